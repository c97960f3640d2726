package controllers

import (
	"context"
	"errors"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
)

// indexFamily finds TaskRoles by their family.
const indexFamily = "spec.family"

// claim sees to it that one TaskRole alone acts on a family of an account and
// region: of several, the one that stands first.
func (r *TaskRoleReconciler) claim(ctx context.Context, p *pass) error {
	first, err := r.rival(ctx, p, func(other *v1alpha1.TaskRole) bool { return before(other, p.taskRole) })
	if err != nil || first == nil {
		return err
	}
	return stalled(v1alpha1.ReasonFamilyClaimed,
		"family %s in account %s, region %s is already claimed by TaskRole %s/%s: a family has one role, so delete one of the two TaskRoles",
		p.taskRole.Spec.Family, p.class.Spec.AccountID, p.class.Spec.Region, first.Namespace, first.Name)
}

// rival is the first of the other TaskRoles that count and claim the family
// rightly: one that is being deleted holds no claim, nor does one that its class
// does not allow, so that nobody can block a family by naming it. Whether a class
// allows one takes longest to tell, so that is asked last and of no more than it
// takes: thousands may name one family.
func (r *TaskRoleReconciler) rival(ctx context.Context, p *pass, counts func(*v1alpha1.TaskRole) bool) (*v1alpha1.TaskRole, error) {
	var all v1alpha1.TaskRoleList
	if err := r.List(ctx, &all, client.MatchingFields{indexFamily: p.taskRole.Spec.Family}); err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(all.Items, func(other v1alpha1.TaskRole) bool {
		return other.UID == p.taskRole.UID || !other.DeletionTimestamp.IsZero() || !counts(&other)
	})
	slices.SortFunc(others, func(a, b v1alpha1.TaskRole) int {
		if before(&a, &b) {
			return -1
		}
		return 1
	})
	for i := range others {
		if contends, err := r.contends(ctx, &others[i], p.class); contends || err != nil {
			return &others[i], err
		}
	}
	return nil, nil
}

// contends says whether the TaskRole may act on its family in the account and
// region of the class.
func (r *TaskRoleReconciler) contends(ctx context.Context, tr *v1alpha1.TaskRole, place *v1alpha1.TaskRoleClass) (bool, error) {
	class, err := r.classOf(ctx, tr)
	var failure *failed
	if errors.As(err, &failure) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if class.Spec.AccountID != place.Spec.AccountID || class.Spec.Region != place.Spec.Region {
		return false, nil
	}
	labels, err := r.namespaceLabels(ctx, tr.Namespace)
	if err != nil {
		return false, client.IgnoreNotFound(err)
	}
	return desired.Allowed(r.input(tr, class, labels)) == nil, nil
}

// before orders claims: who acts before who only watches, then who serves the
// family already, so that nobody is ousted by an elder who comes to act later,
// then the elder, then, because ages are in whole seconds, the lesser uid.
func before(a, b *v1alpha1.TaskRole) bool {
	if x, y := observes(a), observes(b); x != y {
		return y
	}
	if x, y := serves(a), serves(b); x != y {
		return x
	}
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return a.UID < b.UID
}

func serves(tr *v1alpha1.TaskRole) bool { return tr.Status.TaskDefinition.Revision > 0 }

func observes(tr *v1alpha1.TaskRole) bool {
	return tr.Spec.ManagementPolicy == v1alpha1.ManagementObserve ||
		tr.Spec.ManagementPolicy == "" && tr.Status.Effective.ManagementPolicy == v1alpha1.ManagementObserve
}
