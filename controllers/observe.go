package controllers

import (
	"cmp"
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// observe reads what AWS has. IAM's part is what was written a moment ago, where
// that is known: its reads may not show it yet.
func (r *TaskRoleReconciler) observe(ctx context.Context, p *pass) error {
	if w, recalled := r.memory.recall(p.desired.RoleARN()); recalled {
		p.observed.Role, p.observed.Policies = w.role, w.policies
		p.recalled = w.until
		if w.role != nil && w.role.Path != p.desired.Owner.Path() {
			p.desired.RolePath = w.role.Path
		}
	} else if err := r.observeIAM(ctx, p); err != nil {
		return err
	}
	if err := r.observeFamily(ctx, p); err != nil {
		return err
	}
	if err := r.observeServices(ctx, p); err != nil {
		return err
	}
	p.observed.Managed = p.account.iam.Documents(ctx, p.desired.ManagedPolicyARNs)
	p.looked, p.options.Settled = true, r.settled(p)
	return nil
}

func (r *TaskRoleReconciler) observeIAM(ctx context.Context, p *pass) (err error) {
	p.recalled = time.Time{}
	p.observed.Role, p.observed.Policies, err = p.account.iam.Observe(ctx, p.desired)
	if err != nil {
		return awsFailure(plan.AreaRole, "look at role "+p.desired.RoleName, err)
	}
	return r.candidate(ctx, p)
}

func (r *TaskRoleReconciler) observeFamily(ctx context.Context, p *pass) (err error) {
	family := p.taskRole.Spec.Family
	p.observed.Family, err = p.account.ecs.Observe(ctx, family, r.known(p))
	if err != nil {
		return awsFailure(plan.AreaTaskDefinition, "look at family "+family, err)
	}
	if newest, found := p.observed.Family.Newest(); found && p.observed.Family.Last(newest) && newest.RoleARN == p.desired.RoleARN() {
		r.memory.named(p.taskRole.UID)
	}
	return r.observeCarried(ctx, p)
}

// observeCarried looks whose the role is that the family carries before it is ours.
func (r *TaskRoleReconciler) observeCarried(ctx context.Context, p *pass) (err error) {
	newest, _ := p.observed.Family.Newest()
	p.observed.Carried = model.Owner{}
	if newest.RoleARN == "" || newest.RoleARN == p.desired.RoleARN() || model.Managed(newest.RoleARN) {
		return nil
	}
	p.observed.Carried, err = p.account.iam.Owner(ctx, newest.RoleARN)
	if err != nil {
		return awsFailure(plan.AreaTaskDefinition, "look whose role "+newest.RoleARN+" is", err)
	}
	return nil
}

// known is what is remembered of the family: of a process before this one what the
// status tells. Copies of ours may stand beneath what others registered since where
// an answer was lost, a withdrawal failed or a list lagged, or where an earlier
// process ended before all was well.
func (r *TaskRoleReconciler) known(p *pass) ecs.Known {
	status, c := p.taskRole.Status, r.memory.copyOf(p.taskRole.UID)
	ready := meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady)
	return ecs.Known{
		Registered: cmp.Or(c.arn, status.TaskDefinition.ARN), Source: c.last.Source, Above: c.clean,
		Beneath: !c.wrote.IsZero() || p.begun && !ready && !r.memory.knows(p.taskRole.UID),
	}
}

// confirm makes sure that the role is still the one which was read or remembered,
// before anything is written to it: between two reads of a look somebody may have
// put another in its place, which then would be taken for ours.
func (r *TaskRoleReconciler) confirm(ctx context.Context, p *pass) error {
	id, err := p.account.iam.RoleID(ctx, p.desired.RoleName)
	if err != nil {
		return awsFailure(plan.AreaRole, "look at role "+p.desired.RoleName, err)
	}
	known := ""
	if p.observed.Role != nil {
		known = p.observed.Role.ID
	}
	switch {
	case id == known:
		return nil
	case !p.recalled.IsZero(): // the read lags, of the role before this one perhaps, or somebody deleted or made it: time will tell
		p.options.Settled = p.recalled
		return nil
	default: // somebody deleted it, or made another
		r.memory.distrust(p.desired.RoleARN())
		return r.observeIAM(ctx, p)
	}
}

// settled is when what AWS shows can be acted on: not while a write of ours is in
// doubt, and, of what an earlier process may have written a moment before it
// ended, not right after our start: it may have made a role that neither the status
// tells nor reads show. A role that never was made has nothing to wait for.
func (r *TaskRoleReconciler) settled(p *pass) time.Time {
	if doubted := r.memory.doubted(p.desired.RoleARN()); !doubted.IsZero() {
		return doubted
	}
	made := p.begun || p.outcome.Deleting || p.observed.Role != nil || p.taskRole.Status.Role.ID != ""
	if p.recalled.IsZero() && made {
		return r.began().Add(r.Options.ReadLag)
	}
	return time.Time{}
}

// keep remembers what was written, or that nobody knows what was.
func (r *TaskRoleReconciler) keep(p *pass, err error) {
	now, roleARN := time.Now(), p.desired.RoleARN()
	if err == nil && len(p.outcome.Plan.Pending) == 0 {
		newest, _ := p.observed.Family.Newest()
		r.memory.found(p.taskRole.UID, newest.Number, p.start.Add(-r.Options.ReadLag))
	}
	switch {
	case err != nil && unanswered(err):
		r.memory.mistrust(roleARN, now.Add(r.Options.ReadLag))
	case p.wrote: // also where what should have followed failed
		r.memory.remember(roleARN, p.observed, now.Add(r.Options.ReadLag))
	case err != nil && !p.recalled.IsZero() && terminal(err): // AWS is not as remembered, perhaps
		r.memory.mistrust(roleARN, p.recalled)
	}
	for _, h := range p.outcome.Plan.Holds {
		if known := p.wrote || !p.recalled.IsZero(); err == nil && known && h.Code == plan.HoldPropagating {
			r.memory.remember(roleARN, p.observed, later(h.Until.Add(memorySlack), now.Add(r.Options.ReadLag)))
		}
	}
}

// memorySlack is how late the look after a wait may come and still trust what
// was written before it: seconds, as for a queue that is a little behind.
const memorySlack = 10 * time.Second

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
