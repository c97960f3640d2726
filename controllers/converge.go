package controllers

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// maxRounds bounds how often a plan is made again in one look, where others
// register revisions at the same time. The next look goes on.
const maxRounds = 4

func (r *TaskRoleReconciler) input(tr *v1alpha1.TaskRole, class *v1alpha1.TaskRoleClass, labels map[string]string) desired.Input {
	return desired.Input{
		TaskRole: tr, Class: class, ClusterID: r.Options.ClusterID, NamespaceLabels: labels, MaxAttached: r.Options.MaxAttached,
	}
}

// declare builds what AWS should have, as far as that can be told without looking
// at AWS: what is refused is refused before anything is asked of it.
func (r *TaskRoleReconciler) declare(_ context.Context, p *pass) error {
	if err := r.build(p, r.input(p.taskRole, p.class, p.labels)); err != nil {
		return err
	}
	return p.elsewhere()
}

// complete builds it again with what the look at AWS added: the revision that the
// role is for, and the documents of managed policies.
func (r *TaskRoleReconciler) complete(p *pass) error {
	in := r.input(p.taskRole, p.class, p.labels)
	if revision, found := p.observed.Family.NewestTrusted(p.desired.TrustedRegistrants); found {
		in.Definition = revision.Registration
	}
	in.ManagedDocuments = p.observed.Managed
	return r.build(p, in)
}

// completeAgain builds it again where another revision may have become the newest
// since. Of what is being deleted nothing is built.
func (r *TaskRoleReconciler) completeAgain(p *pass) error {
	if p.outcome.Deleting {
		return nil
	}
	return r.complete(p)
}

func (r *TaskRoleReconciler) build(p *pass, in desired.Input) error {
	state, err := desired.Build(in)
	if err != nil {
		return leftAlone(p, refused(err))
	}
	p.desired = state
	p.outcome.Findings, p.outcome.Implied = state.Findings, state.Implied
	return nil
}

// elsewhere refuses to go on where the role that was made before is another than
// the one that would be made or deleted now: the old one would be left behind
// with all that it may do, and nobody would hear of it.
func (p *pass) elsewhere() error {
	before, now := p.taskRole.Status.Role.ARN, p.desired.RoleARN()
	if before == "" || before == now {
		return nil
	}
	return stalled(v1alpha1.ReasonConflict,
		"this TaskRole made role %s, but by now would make %s: the controller's --cluster-id is another, or class %s was created again for another account or prefix; set it back, or delete that role by hand and create the TaskRole again",
		before, now, p.class.Name)
}

// connect reaches the account of the class.
func (r *TaskRoleReconciler) connect(ctx context.Context, p *pass) (err error) {
	p.account, err = r.Accounts.of(ctx, p.class)
	return err
}

// hold puts the finalizer on the object before anything is made in AWS.
func (r *TaskRoleReconciler) hold(ctx context.Context, p *pass) error {
	if p.outcome.Observing || controllerutil.ContainsFinalizer(p.taskRole, v1alpha1.FinalizerTaskRole) {
		return nil
	}
	err := r.patchFinalizer(ctx, p.taskRole, controllerutil.AddFinalizer)
	if apierrors.IsNotFound(err) {
		p.done = true // deleted a moment ago, and nothing was made for it
		return nil
	}
	return err
}

func (r *TaskRoleReconciler) patchFinalizer(
	ctx context.Context, tr *v1alpha1.TaskRole, change func(client.Object, string) bool,
) error {
	// A copy, because the answer would overwrite the status that is being made.
	object := tr.DeepCopy()
	base := client.MergeFromWithOptions(tr.DeepCopy(), client.MergeFromWithOptimisticLock{})
	change(object, v1alpha1.FinalizerTaskRole)
	if err := r.Patch(ctx, object, base); err != nil {
		return err
	}
	tr.ResourceVersion, tr.Finalizers = object.ResourceVersion, object.Finalizers
	return nil
}

// converge looks at AWS, plans, and applies, until there is nothing left to plan.
func (r *TaskRoleReconciler) converge(ctx context.Context, p *pass) error {
	recalled, err := r.observe(ctx, p)
	if err != nil {
		return err
	}
	if class, other := p.givenBefore(); other {
		return r.returnTo(ctx, p, class)
	}
	if err := r.complete(p); err != nil {
		return err
	}
	r.plan(p)
	if recalled && touchesIAM(p.outcome.Plan) {
		// What is written now must not rest on what was known before the wait.
		recalled = false
		if err := r.observeIAM(ctx, p); err != nil {
			return err
		}
		r.plan(p)
	}
	applied, err := r.settle(ctx, p)
	if recalled || applied {
		r.rememberForWait(p)
	}
	return err
}

// settle applies the plan, and the plan of what is then left, until nothing is.
func (r *TaskRoleReconciler) settle(ctx context.Context, p *pass) (applied bool, err error) {
	r.tellNotes(p)
	if p.outcome.Observing {
		return false, nil
	}
	for range maxRounds {
		if len(p.outcome.Plan.Actions) == 0 {
			return applied, nil
		}
		applied = true
		if err := r.apply(ctx, p); err != nil {
			return applied, err
		}
		if err := r.completeAgain(p); err != nil {
			return applied, err
		}
		r.plan(p)
		r.tellNotes(p)
	}
	return applied, &failed{Failure: conditions.Failure{
		Area: plan.AreaTaskDefinition, Reason: v1alpha1.ReasonTransient,
		Message: "others register revisions of the family at this very moment: trying again soon",
	}}
}

// observe reads what AWS has, and says whether IAM's part is what was written a
// moment ago.
func (r *TaskRoleReconciler) observe(ctx context.Context, p *pass) (recalled bool, err error) {
	w, recalled := r.memory.recall(p.taskRole.UID, time.Now())
	if recalled {
		p.observed.Role, p.observed.Policies = w.role, w.policies
	} else if err := r.observeIAM(ctx, p); err != nil {
		return false, err
	}
	if err := r.observeFamily(ctx, p); err != nil {
		return false, err
	}
	p.observed.Managed = p.account.iam.Documents(ctx, p.desired.ManagedPolicyARNs)
	p.looked = true
	return recalled, nil
}

func (r *TaskRoleReconciler) observeIAM(ctx context.Context, p *pass) (err error) {
	p.observed.Role, p.observed.Policies, err = p.account.iam.Observe(ctx, p.desired)
	if err != nil {
		return awsFailure(plan.AreaRole, "look at role "+p.desired.RoleName, err)
	}
	return nil
}

func (r *TaskRoleReconciler) observeFamily(ctx context.Context, p *pass) (err error) {
	p.observed.Family, err = p.account.ecs.Observe(ctx, p.taskRole.Spec.Family)
	if err != nil {
		return awsFailure(plan.AreaTaskDefinition, "look at family "+p.taskRole.Spec.Family, err)
	}
	return nil
}

func (r *TaskRoleReconciler) plan(p *pass) {
	p.options.Now = time.Now()
	p.outcome.Plan = plan.Calculate(plan.Input{
		Desired: p.desired, Observed: p.observed, Usage: p.usage,
		RecordedRoleID: p.taskRole.Status.Role.ID, Copied: r.memory.copyOf(p.taskRole.UID),
	}, p.options)
}

func touchesIAM(p plan.Plan) bool {
	for _, a := range p.Actions {
		if a.Kind.Area() != plan.AreaTaskDefinition {
			return true
		}
	}
	return false
}

// apply carries the plan out. Each change is told by an event, also when a later
// one fails.
func (r *TaskRoleReconciler) apply(ctx context.Context, p *pass) error {
	for _, action := range p.outcome.Plan.Actions {
		after, err := p.account.apply(ctx, action, p.observed)
		if errors.Is(err, ecs.ErrChanged) {
			return r.observeFamily(ctx, p)
		}
		if err != nil && r.mayNotPass(p, action, err) {
			return nil // planned again, without that role
		}
		if err != nil {
			return actionFailure(p, action, err)
		}
		p.observed = after
		r.tell(p, action)
		r.record(p, action)
	}
	return nil
}

// record notes what the next look, or a crash before it, needs to know.
func (r *TaskRoleReconciler) record(p *pass, action plan.Action) {
	if action.Kind == plan.RegisterCopy {
		if newest, found := p.observed.Family.Newest(); found && newest.RoleARN == action.ARN {
			r.memory.noteCopy(p.taskRole.UID, plan.Copied{Copy: newest.Number, Source: action.Source.Number})
		}
	}
}

// rememberForWait keeps IAM's part for the look that a hold announces.
func (r *TaskRoleReconciler) rememberForWait(p *pass) {
	for _, h := range p.outcome.Plan.Holds {
		if h.Code == plan.HoldPropagating {
			r.memory.remember(p.taskRole.UID, p.observed, h.Until.Add(memorySlack))
		}
	}
}

// memorySlack is how late the look after a wait may come and still trust what
// was written before it: seconds, as for a queue that is a little behind.
const memorySlack = 10 * time.Second
