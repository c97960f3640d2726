package controllers

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
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
		TaskRole: tr, Class: class, ClusterID: r.Options.ClusterID, ClusterUID: r.Options.ClusterUID,
		RolePath: adoptedBefore(tr), NamespaceLabels: labels, MaxAttached: r.Options.MaxAttached,
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
	in.Definitions, in.Use = p.definitions(), p.use
	in.ManagedDocuments, in.RolePath, in.Protected = p.observed.Managed, p.desired.RolePath, p.desired.Adoption.Protected
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
	if err := r.observe(ctx, p); err != nil {
		return r.repair(ctx, p, err)
	}
	if class, other := p.givenBefore(); other {
		return r.returnTo(ctx, p, class)
	}
	if err := p.surveyedAll(); err != nil {
		return err
	}
	if err := r.complete(p); err != nil {
		return err
	}
	r.judgeHosts(ctx, p)
	if err := r.carryOut(ctx, p); err != nil {
		return err
	}
	return p.unmoved
}

// carryOut plans and applies. What was written is remembered, also where what
// should have followed failed.
func (r *TaskRoleReconciler) carryOut(ctx context.Context, p *pass) error {
	r.plan(p)
	if (p.observed.Role != nil || !p.recalled.IsZero()) && touchesIAM(p.outcome.Plan) {
		if err := r.confirm(ctx, p); err != nil {
			return err
		}
		r.plan(p)
	}
	err := r.settle(ctx, p)
	r.keep(p, err)
	return err
}

// stillThere asks the API server itself for the TaskRole before a role is made for
// it. The cache may lag right after a start, and a deletion that began before our
// finalizer was there takes the object all the same (the registry of kube-apiserver
// deletes without looking at the version): nobody would ever delete that role.
func (r *TaskRoleReconciler) stillThere(ctx context.Context, p *pass) (bool, error) {
	if p.outcome.Deleting || !slices.ContainsFunc(p.outcome.Plan.Actions, func(a plan.Action) bool { return a.Kind == plan.CreateRole }) {
		return true, nil
	}
	var live v1alpha1.TaskRole
	err := r.Live.Get(ctx, client.ObjectKeyFromObject(p.taskRole), &live)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	return live.UID == p.taskRole.UID && live.DeletionTimestamp.IsZero(), err
}

// repair puts right what nobody declared on the role itself, where ECS could not
// be read, and gives back why. What the role permits may rest on the task
// definition, and is left alone.
func (r *TaskRoleReconciler) repair(ctx context.Context, p *pass, cause error) error {
	var failure *failed
	if !errors.As(cause, &failure) || failure.Area != plan.AreaTaskDefinition || p.outcome.Observing || p.observed.Role == nil {
		return cause
	}
	p.options.Settled, p.options.Now = r.settled(p), time.Now()
	if err := r.confirm(ctx, p); err != nil {
		return cause
	}
	p.outcome.Plan = plan.Repair(r.planInput(p), p.options)
	err := r.apply(ctx, p)
	r.keep(p, err)
	p.outcome.Plan = plan.Plan{}
	return cause
}

// settle applies the plan, and the plan of what is then left, until nothing is.
func (r *TaskRoleReconciler) settle(ctx context.Context, p *pass) error {
	r.tellNotes(p)
	if p.outcome.Observing {
		return nil
	}
	for range maxRounds {
		if len(p.outcome.Plan.Actions) == 0 {
			return nil
		}
		if there, err := r.stillThere(ctx, p); err != nil || !there {
			p.done = err == nil
			return err
		}
		if err := r.apply(ctx, p); err != nil {
			return err
		}
		if err := r.observeServicesAgain(ctx, p); err != nil {
			return err
		}
		if err := r.completeAgain(p); err != nil {
			return err
		}
		r.plan(p)
		r.tellNotes(p)
	}
	return &failed{Failure: conditions.Failure{
		Area: plan.AreaTaskDefinition, Reason: v1alpha1.ReasonTransient,
		Message: "others register revisions of the family at this very moment: trying again soon",
	}}
}

func (r *TaskRoleReconciler) plan(p *pass) {
	p.options.Now = time.Now()
	p.outcome.Plan = plan.Calculate(r.planInput(p), p.options)
	r.keepWide(p)
}

func (r *TaskRoleReconciler) planInput(p *pass) plan.Input {
	status, made := p.taskRole.Status, r.memory.copyOf(p.taskRole.UID)
	in := plan.Input{
		Desired: p.desired, Observed: p.observed, Usage: p.usage,
		RecordedRoleID: status.Role.ID, Copied: made.last, Dropped: made.dropped,
	}
	if status.TaskDefinition.Revision > 0 {
		in.RecordedPrevious = cmp.Or(status.TaskDefinition.PreviousRoleARN, plan.NoPreviousRole)
	}
	if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionTaskDefinitionSynced); c != nil && c.Reason == v1alpha1.ReasonPipelineDrops {
		in.Dropped = max(in.Dropped, plan.DropsTold) // told before this process began
	}
	return in
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
		if action.Kind.Area() == plan.AreaTaskDefinition {
			r.memory.writes(p.taskRole.UID, time.Now())
		}
		after, err := p.account.apply(ctx, action, p.observed)
		if errors.Is(err, ecs.ErrChanged) {
			return r.observeFamily(ctx, p)
		}
		if errors.Is(err, ecs.ErrServiceChanged) {
			return nil // read again before the next plan
		}
		if err != nil && r.mayNotPass(p, action, err) {
			return nil // planned again, without that role
		}
		if err != nil {
			return actionFailure(p, action, err)
		}
		p.observed, p.wrote = after, true
		r.tell(p, action)
		r.record(p, action)
	}
	return nil
}

// record notes what the next look, or a crash before it, needs to know.
func (r *TaskRoleReconciler) record(p *pass, action plan.Action) {
	if action.Kind != plan.RegisterCopy {
		return
	}
	if newest, found := p.observed.Family.Newest(); found && newest.RoleARN == action.ARN {
		r.memory.noteCopy(p.taskRole.UID, newest, *action.Source)
	}
}
