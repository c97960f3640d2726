package controllers

import (
	"context"
	"errors"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// indexFamily finds TaskRoles by their family.
const indexFamily = "spec.family"

// claim sees to it that one TaskRole alone acts on a family of an account and
// region. Of several it is the one whose role the family carries in AWS; where it
// carries nobody's, the one that stands first.
func (r *TaskRoleReconciler) claim(ctx context.Context, p *pass) error {
	others, err := r.claimants(ctx, p)
	if err != nil {
		return err
	}
	first, err := r.firstOf(ctx, p, others)
	if err != nil || first == nil {
		return err
	}
	incumbent, err := r.incumbent(ctx, p, others)
	if err != nil {
		return err
	}
	if incumbent == nil && before(p.taskRole, first) || incumbent != nil && incumbent.UID == p.taskRole.UID {
		return nil
	}
	if incumbent != nil {
		first = incumbent
	}
	return stalled(v1alpha1.ReasonFamilyClaimed,
		"family %s in account %s, region %s is already claimed by TaskRole %s/%s: a family has one role, so delete one of the two TaskRoles",
		p.taskRole.Spec.Family, p.class.Spec.AccountID, p.class.Spec.Region, first.Namespace, first.Name)
}

// claimants are the other TaskRoles that name the family, as before orders them:
// one that is being deleted holds no claim.
func (r *TaskRoleReconciler) claimants(ctx context.Context, p *pass) ([]v1alpha1.TaskRole, error) {
	var all v1alpha1.TaskRoleList
	if err := r.List(ctx, &all, client.MatchingFields{indexFamily: p.taskRole.Spec.Family}); err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(all.Items, func(other v1alpha1.TaskRole) bool {
		return other.UID == p.taskRole.UID || !other.DeletionTimestamp.IsZero()
	})
	slices.SortFunc(others, func(a, b v1alpha1.TaskRole) int {
		if before(&a, &b) {
			return -1
		}
		return 1
	})
	return others, nil
}

// firstOf is the first that claims the family rightly: one that its class does not
// allow holds no claim, so that nobody can block a family by naming it. Whether a
// class allows one takes longest to tell, so that is asked of no more than it
// takes: thousands may name one family.
func (r *TaskRoleReconciler) firstOf(ctx context.Context, p *pass, others []v1alpha1.TaskRole) (*v1alpha1.TaskRole, error) {
	for i := range others {
		if contends, err := r.contends(ctx, &others[i], p.class); contends || err != nil {
			return &others[i], err
		}
	}
	return nil, nil
}

// incumbent is the one, this TaskRole or another, whose role the family carries:
// AWS knows that also where the cluster forgot it. Who only observes is none.
func (r *TaskRoleReconciler) incumbent(ctx context.Context, p *pass, others []v1alpha1.TaskRole) (*v1alpha1.TaskRole, error) {
	if err := r.connect(ctx, p); err != nil {
		return nil, err
	}
	if err := r.observeFamily(ctx, p); err != nil {
		return nil, err
	}
	newest, _ := p.observed.Family.Newest()
	if !model.Managed(newest.RoleARN) {
		return nil, nil
	}
	if r.roleARN(p.taskRole, p.class) == newest.RoleARN && !observes(p.taskRole) {
		return p.taskRole, nil
	}
	for i := range others {
		if observes(&others[i]) {
			continue
		}
		class, err := r.classOf(ctx, &others[i])
		if err != nil || r.roleARN(&others[i], class) != newest.RoleARN {
			continue // whose class is not to be had contends for nothing
		}
		if contends, err := r.contends(ctx, &others[i], p.class); contends || err != nil {
			return &others[i], err
		}
	}
	return nil, nil
}

// roleARN is the ARN of the role that a TaskRole has, or would have.
func (r *TaskRoleReconciler) roleARN(tr *v1alpha1.TaskRole, class *v1alpha1.TaskRoleClass) string {
	return desired.Nothing(r.input(tr, class, nil)).RoleARN()
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
