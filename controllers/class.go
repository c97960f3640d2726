package controllers

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// resolveClass finds the class of a TaskRole and what its namespace is labelled.
func (r *TaskRoleReconciler) resolveClass(ctx context.Context, p *pass) error {
	class, err := r.classOf(ctx, p.taskRole)
	if err != nil {
		return err
	}
	if !class.DeletionTimestamp.IsZero() && p.taskRole.Status.Role.ID == "" {
		return stalled(v1alpha1.ReasonClassNotUsable, "class %s is being deleted and takes no new TaskRoles: use another class", class.Name)
	}
	if p.labels, err = r.namespaceLabels(ctx, p.taskRole.Namespace); err != nil {
		return err
	}
	p.defaulted = p.taskRole.Spec.ClassName == "" && p.taskRole.Status.Effective.ClassName == ""
	p.setClass(class)
	return nil
}

// givenBefore is the class that the role's tag names, where the status that
// knew it was lost: a class is resolved once, and a default that has changed
// since does not move a TaskRole.
func (p *pass) givenBefore() (string, bool) {
	role := p.observed.Role
	if !p.defaulted || role == nil || !model.OwnerOf(role.Tags).Same(p.desired.Owner) {
		return "", false
	}
	name := role.Tags[model.TagClass]
	return name, name != "" && name != p.class.Name
}

// returnTo takes the steps again with the class that was given before.
func (r *TaskRoleReconciler) returnTo(ctx context.Context, p *pass, class string) error {
	p.defaulted = false
	p.taskRole.Status.Effective.ClassName = class
	for _, step := range []func(context.Context, *pass) error{r.resolveClass, r.claim, r.declare, r.connect, r.survey, r.hold, r.converge} {
		if err := step(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) setClass(class *v1alpha1.TaskRoleClass) {
	p.class = class
	p.taskRole.Status.Effective = desired.Effective(p.taskRole, class)
	p.options.MoveServices = p.taskRole.Status.Effective.Rollout == v1alpha1.RolloutUpdate
	p.options.CutoffAccepted = slices.Contains(p.taskRole.Spec.Acknowledge, v1alpha1.AcknowledgeInstanceProfileCutoff)
	p.outcome.Observing = p.taskRole.Status.Effective.ManagementPolicy == v1alpha1.ManagementObserve
}

// classOf is the class that the TaskRole names, else the one it was given
// before, else the default one.
func (r *TaskRoleReconciler) classOf(ctx context.Context, tr *v1alpha1.TaskRole) (*v1alpha1.TaskRoleClass, error) {
	name := tr.Spec.ClassName
	if name == "" {
		name = tr.Status.Effective.ClassName
	}
	if name == "" {
		return r.defaultClass(ctx)
	}
	var class v1alpha1.TaskRoleClass
	err := r.Get(ctx, client.ObjectKey{Name: name}, &class)
	if apierrors.IsNotFound(err) {
		return nil, stalled(v1alpha1.ReasonClassNotFound,
			"TaskRoleClass %s does not exist: see `kubectl get taskroleclasses`, or ask the platform team for it", name)
	}
	return &class, err
}

func (r *TaskRoleReconciler) defaultClass(ctx context.Context) (*v1alpha1.TaskRoleClass, error) {
	var classes v1alpha1.TaskRoleClassList
	if err := r.List(ctx, &classes); err != nil {
		return nil, err
	}
	defaults := slices.DeleteFunc(classes.Items, func(c v1alpha1.TaskRoleClass) bool {
		return c.Annotations[v1alpha1.AnnotationDefaultClass] != "true" || !c.DeletionTimestamp.IsZero()
	})
	switch len(defaults) {
	case 0:
		return nil, stalled(v1alpha1.ReasonClassNotFound,
			"spec.className is absent and no TaskRoleClass is the default one: name a class, or ask the platform team to annotate one with %s=true", v1alpha1.AnnotationDefaultClass)
	case 1:
		return &defaults[0], nil
	default:
		names := make([]string, 0, len(defaults))
		for _, c := range defaults {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		return nil, stalled(v1alpha1.ReasonClassNotFound,
			"spec.className is absent and several TaskRoleClasses are the default one (%s): name a class, or ask the platform team to leave the annotation %s on one of them",
			strings.Join(names, ", "), v1alpha1.AnnotationDefaultClass)
	}
}

func (r *TaskRoleReconciler) namespaceLabels(ctx context.Context, name string) (map[string]string, error) {
	var namespace corev1.Namespace
	if err := r.Get(ctx, client.ObjectKey{Name: name}, &namespace); err != nil {
		return nil, err
	}
	return namespace.Labels, nil
}
