package controllers

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs/survey"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// Options are what the platform sets for all TaskRoles.
type Options struct {
	// ClusterID tells this cluster from others that manage roles in the same
	// accounts. It is part of every path, name and owner tag.
	ClusterID string
	// ClusterUID is the UID of the namespace kube-system, and MovedFrom are those of
	// clusters of the same id whose place this one takes.
	ClusterUID string
	MovedFrom  []string
	// Resync is the time between two looks at an unchanged TaskRole; each is
	// moved by up to a tenth, so that restarts do not bundle them.
	Resync time.Duration
	// PropagationWait is how old a role must be before a task definition names it.
	PropagationWait time.Duration
	// ReadLag is how long reads of AWS may not show what was written.
	ReadLag time.Duration
	// SurveyAge is how old what is known of what runs may become at least.
	SurveyAge time.Duration
	// RolloutPoll is the time between two looks at a deployment in progress.
	RolloutPoll time.Duration
	// MaxAttached is the accounts' quota of managed policies on a role.
	MaxAttached int
	// MaxConcurrent is how many TaskRoles are worked on at once.
	MaxConcurrent int
	// RetryFirst and RetryMost bound the backoff after failures that may pass.
	RetryFirst, RetryMost time.Duration
}

// TaskRoleReconciler converges AWS onto TaskRoles:
//
//	TaskRole + class ──> desired ──┐
//	                               ├──> plan ──> apply ──> status
//	AWS ──────────────> observe ───┘
type TaskRoleReconciler struct {
	client.Client
	// Live reads past the cache.
	Live     client.Reader
	Recorder events.EventRecorder
	Accounts *Accounts
	Options  Options

	memory *memory
	lanes  *lanes
	// began is when the first look began.
	began func() time.Time
}

// pass is one look at one TaskRole. Each step adds to it what the next needs.
type pass struct {
	start time.Time
	// taskRole is the object; its status is what will be written.
	taskRole *v1alpha1.TaskRole
	class    *v1alpha1.TaskRoleClass
	// defaulted: the class is the default one, and nothing says that the
	// TaskRole was ever given another.
	defaulted bool
	begun     bool              // something may have been made for it before
	labels    map[string]string // of the namespace
	account   *account
	leave     func(error) // the account's lane; nil: not entered
	// snapshot is what runs in the account's clusters, and use what of it is the
	// family's; nil: unsurveyed says why that is not known.
	snapshot   *survey.Snapshot
	unsurveyed error
	use        model.Use
	unmoved    error // why services are not moved that should be
	desired    model.State
	observed   model.Observed
	looked     bool // observed is what AWS has
	// recalled: IAM's part of observed is not read, but remembered until then.
	recalled time.Time
	wrote    bool // something was changed, and is in observed
	usage    model.Usage
	options  plan.Options
	outcome  conditions.Outcome
	told     []plan.Note // by events
	// done: a deletion has left nothing to do, and the finalizer may go; or the
	// object is gone, or going, and nothing was made.
	done bool
}

// Reconcile looks at one TaskRole and brings AWS nearer to what it declares.
// What went wrong stands in the status; an error is returned where a retry soon
// may help.
func (r *TaskRoleReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.TaskRole
	if err := r.Get(ctx, req.NamespacedName, &found); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	p := &pass{start: time.Now(), taskRole: found.DeepCopy(), begun: controllerutil.ContainsFinalizer(&found, v1alpha1.FinalizerTaskRole)}
	p.outcome.Generation = found.Generation
	p.options = plan.Options{
		PropagationWait: r.Options.PropagationWait, MaxAttached: r.Options.MaxAttached, MovedFrom: r.Options.MovedFrom, RolloutPoll: r.Options.RolloutPoll,
	}

	err := r.look(ctx, p)
	var failure *failed
	switch {
	case ctx.Err() != nil:
		return ctrl.Result{}, ctx.Err() // the manager stops: nothing was judged
	case turnedAway(err) > 0:
		return ctrl.Result{RequeueAfter: turnedAway(err)}, nil
	case errors.As(err, &failure):
		p.outcome.Failure = &failure.Failure
	case err != nil:
		return ctrl.Result{}, err // of the API server: nothing was judged
	case p.done && found.DeletionTimestamp.IsZero():
		return ctrl.Result{}, nil // its deletion will be heard of
	case p.done:
		return ctrl.Result{}, r.letGo(ctx, p)
	}
	if r.memory.passing(&found, p.outcome) {
		return ctrl.Result{}, failure // too short a trouble to tell anybody
	}
	if err := r.report(ctx, &found, p); err != nil {
		return ctrl.Result{}, err
	}
	if conditions.Retry(p.outcome) {
		return ctrl.Result{}, failure
	}
	resync := wait.Jitter(r.Options.Resync, resyncJitter)
	return ctrl.Result{RequeueAfter: conditions.Next(p.outcome, time.Now(), resync)}, nil
}

// resyncJitter spreads thousands of TaskRoles that a restart looked at together.
const resyncJitter = 0.1

// look walks, and leaves the lane that it entered.
func (r *TaskRoleReconciler) look(ctx context.Context, p *pass) (err error) {
	defer func() {
		if p.leave != nil {
			p.leave(err)
		}
	}()
	return r.walk(ctx, p)
}

// walk takes the steps that lead from a TaskRole to an outcome. The first that
// fails ends it.
func (r *TaskRoleReconciler) walk(ctx context.Context, p *pass) error {
	steps := []func(context.Context, *pass) error{r.resolveClass, r.enter, r.claim, r.declare, r.connect, r.survey, r.hold, r.converge}
	if !p.taskRole.DeletionTimestamp.IsZero() {
		steps = []func(context.Context, *pass) error{r.retain, r.enter, r.connect, r.remove}
	}
	for _, step := range steps {
		if err := step(ctx, p); err != nil || p.done {
			return err
		}
	}
	return nil
}
