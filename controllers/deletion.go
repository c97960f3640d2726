package controllers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// retain lets go of what must not be touched. Where the TaskRole itself says so,
// that needs neither AWS nor a class; and where its class is gone, what was effective
// last does. Else the class has its say: what was effective last may be of a spec
// that has changed since.
func (r *TaskRoleReconciler) retain(ctx context.Context, p *pass) error {
	spec, effective := p.taskRole.Spec, p.taskRole.Status.Effective
	if !controllerutil.ContainsFinalizer(p.taskRole, v1alpha1.FinalizerTaskRole) {
		p.done = true
		return nil
	}
	if r.retained(p, spec.ManagementPolicy, spec.DeletionPolicy) {
		return nil
	}
	err := r.resolveClassOfDeleted(ctx, p)
	if p.class != nil {
		effective = p.taskRole.Status.Effective
	}
	if r.retained(p, cmp.Or(spec.ManagementPolicy, effective.ManagementPolicy), cmp.Or(spec.DeletionPolicy, effective.DeletionPolicy)) {
		return nil
	}
	return err
}

// retained says whether these policies keep what was made, and tells it.
func (r *TaskRoleReconciler) retained(p *pass, management v1alpha1.ManagementPolicy, deletion v1alpha1.DeletionPolicy) bool {
	var why string
	switch {
	case management == v1alpha1.ManagementObserve:
		why = "managementPolicy is Observe"
	case deletion == v1alpha1.DeletionRetain:
		why = "deletionPolicy is Retain"
	default:
		return false
	}
	if arn := p.taskRole.Status.Role.ARN; arn != "" {
		r.event(p, corev1.EventTypeNormal, "Retained", "Delete", fmt.Sprintf("%s: role %s stays as it is, with its policies and its task definitions", why, arn))
	}
	p.done = true
	return true
}

// resolveClassOfDeleted finds the class by which the role was made. What the
// class allows today does not matter any more.
func (r *TaskRoleReconciler) resolveClassOfDeleted(ctx context.Context, p *pass) error {
	class, err := r.classOf(ctx, p.taskRole)
	var failure *failed
	if errors.As(err, &failure) {
		failure.Message += fmt.Sprintf("; without it, nothing in AWS can be deleted: create the class again, or set deletionPolicy to Retain to leave %s behind",
			cmp.Or(p.taskRole.Status.Role.ARN, "what was made"))
	}
	if err != nil {
		return err
	}
	p.setClass(class)
	return nil
}

// remove is convergence onto nothing. Only when nothing of the owner's is left
// does the finalizer go.
func (r *TaskRoleReconciler) remove(ctx context.Context, p *pass) error {
	p.outcome.Deleting = true
	p.desired = desired.Nothing(r.input(p.taskRole, p.class, nil))
	if err := p.elsewhere(); err != nil {
		return err
	}
	p.options.Force = p.taskRole.Annotations[v1alpha1.AnnotationForceDelete] == p.desired.RoleName
	others, err := r.claimants(ctx, p)
	if err != nil {
		return err
	}
	successor, err := r.firstOf(ctx, p, others)
	if err != nil {
		return err
	}
	p.options.Succeeded = successor != nil
	if err := r.observe(ctx, p); err != nil {
		return err
	}
	if err := r.observeUsage(ctx, p); err != nil {
		return err
	}
	if err := r.carryOut(ctx, p); err != nil {
		return err
	}
	p.done = len(p.outcome.Plan.Holds) == 0
	return nil
}

// observeUsage looks for what still stands on the role, where there is one.
func (r *TaskRoleReconciler) observeUsage(ctx context.Context, p *pass) (err error) {
	if p.observed.Role == nil {
		return nil
	}
	looking := "look for what uses role " + p.desired.RoleName
	p.usage.Services, p.usage.Tasks, p.use, err = p.account.ecs.Usage(ctx, p.taskRole.Spec.Family, p.observed.Role.ARN)
	if err != nil {
		return awsFailure(plan.AreaTaskDefinition, looking, err)
	}
	if err := r.observeServices(ctx, p); err != nil {
		return err
	}
	p.usage.InstanceProfiles, err = p.account.iam.InstanceProfiles(ctx, p.desired.RoleName)
	if err != nil {
		return awsFailure(plan.AreaRole, looking, err)
	}
	return nil
}

// mayNotPass notes that the previous role of the family cannot be given back: a
// deletion then leaves the family without a role, rather than never to end.
func (r *TaskRoleReconciler) mayNotPass(p *pass, action plan.Action, err error) bool {
	previous := action.Kind == plan.RegisterCopy && p.desired.Role == nil && action.ARN != ""
	why := aws.Explain(err)
	mayNot := why.Class == aws.Denied || why.Class == aws.Invalid && strings.Contains(why.Message, "Role is not valid")
	if !previous || p.options.PreviousRoleDenied || !mayNot {
		return false
	}
	p.options.PreviousRoleDenied = true
	return true
}

// letGo removes the finalizer, and thereby the object.
func (r *TaskRoleReconciler) letGo(ctx context.Context, p *pass) error {
	r.memory.forget(p.taskRole.UID)
	if !controllerutil.ContainsFinalizer(p.taskRole, v1alpha1.FinalizerTaskRole) {
		return nil
	}
	return client.IgnoreNotFound(r.patchFinalizer(ctx, p.taskRole, controllerutil.RemoveFinalizer))
}
