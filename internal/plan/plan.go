// Package plan compares what is declared with what AWS has, and says what to do
// about it. A Plan is a value: the same input gives the same plan, in the same
// order, and nothing is called. Dry run, events and tests all read it.
//
//	              | AWS: nothing | AWS: ours           | AWS: somebody else's
//	--------------+--------------+---------------------+----------------------
//	declared      | create       | change what differs | nothing, and say so
//	not declared  | nothing      | delete              | nothing
//
// All additions stand before all removals, except where a removal frees a slot
// that an addition needs. IAM comes first, its removals too, then ECS: a task
// definition that cannot be registered keeps nobody from taking back what a role
// should not have. At no moment in between does a role lack what it had before
// and has after, nor hold what it has neither before nor after.
package plan

import (
	"slices"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Input is what a plan is made from.
type Input struct {
	Desired  model.State
	Observed model.Observed
	// Usage is what stands on the role. Only deletion reads it.
	Usage model.Usage
	// RecordedRoleID is the id of the role that the status remembers, if any.
	RecordedRoleID string
	// Copied remembers which foreign revision our newest copy was made from, by
	// revision number; zero values: nothing is remembered.
	Copied Copied
	// Dropped is how many revisions of others in a row came without the role and had
	// to be copied.
	Dropped int
	// RecordedPrevious is the role that the family carried before, as the status
	// remembers it, or NoPreviousRole; empty: it does not. It goes before the tag,
	// which whoever may tag the role can edit.
	RecordedPrevious string
}

// Copied says that revision Copy was registered as a copy of revision Source.
type Copied struct{ Copy, Source int32 }

// Options are the knobs of a plan.
type Options struct {
	Now time.Time
	// PropagationWait is how old a role must be before a task definition names it.
	PropagationWait time.Duration
	// Settled is when reads show what was written before. Until then nothing is
	// done: what looks like drift may be our own work. Zero: they do.
	Settled time.Time
	// MaxAttached is the account's quota of managed policies on a role.
	MaxAttached int
	// Force lets a deletion pass although services or tasks stand on the role.
	Force bool
	// Succeeded says that another TaskRole claims the family. Deletion gives the
	// family its previous role back all the same: a successor never replaces the
	// role of another TaskRole, and it learns the previous role from that revision.
	Succeeded bool
	// MovedFrom are UIDs of clusters whose place this one takes.
	MovedFrom []string
	// MoveServices lets services be moved onto the revision that carries the role.
	MoveServices bool
	// CutoffAccepted: somebody read that tasks on hosts lose what the instance's own
	// role gave them.
	CutoffAccepted bool
	// RolloutPoll is the time between two looks at a deployment in progress.
	RolloutPoll time.Duration
	// PreviousRoleDenied says that the controller may not pass the previous role:
	// deletion leaves the family without a role.
	PreviousRoleDenied bool
}

// Plan is what is to be done.
type Plan struct {
	// Actions are to be applied in this order. The first that fails ends it.
	Actions []Action
	// Pending are actions that a hold keeps back.
	Pending []Action
	// Holds say what keeps the plan from being complete, the gravest first.
	Holds []Hold
	// Notes are worth a warning, and change nothing.
	Notes []Note
	// Services say where each service of the family is on its way to the role, those
	// first that need somebody.
	Services []ServiceView
	// Advice is what would make work superfluous that is done again and again; nil:
	// there is none.
	Advice *Note
}

// HoldCode names a kind of hold.
type HoldCode string

// Kinds of holds.
const (
	HoldConflict     HoldCode = "Conflict"              // somebody else's role or policy has our name
	HoldOtherCluster HoldCode = "OtherCluster"          // another cluster of the same id made the role
	HoldPropagating  HoldCode = "Propagating"           // the role is too young to be named
	HoldNoFamily     HoldCode = "WaitingForFamily"      // nothing of the family is ACTIVE
	HoldSettling     HoldCode = "Settling"              // reads may not show yet what was written
	HoldUntrusted    HoldCode = "UntrustedRegistrant"   // who registered the revision may not have the role
	HoldInUse        HoldCode = "RoleInUse"             // services or tasks stand on a role that is to be deleted
	HoldSurveying    HoldCode = "Surveying"             // what runs is looked at before anything is taken away
	HoldRollingOut   HoldCode = "RollingOut"            // a service is moved at this moment
	HoldBusy         HoldCode = "DeploymentInProgress"  // others deploy the service at this moment
	HoldFailed       HoldCode = "RolloutFailed"         // a service could not be moved
	HoldCutoff       HoldCode = "InstanceProfileCutoff" // tasks would lose what the instance's role gives
)

// Hold is a reason why something is not done yet, or not at all.
type Hold struct {
	Area    Area
	Code    HoldCode
	Message string
	// Terminal: no retry helps until somebody changes the TaskRole, the class
	// or AWS.
	Terminal bool
	// Until is when to look again; zero: at the next resync.
	Until time.Time
}

// Note is a warning.
type Note struct{ Code, Message string }

// Calculate makes the plan.
func Calculate(in Input, opts Options) Plan {
	p := calculate(in, opts)
	deleting := in.Desired.Role == nil
	if unseen := in.Observed.Family.Unseen; deleting && unseen.After(opts.Settled) {
		opts.Settled = unseen // once the role is gone, nobody looks at the family any more
	}
	p.settle(opts, deleting)
	return p
}

func calculate(in Input, opts Options) (p Plan) {
	own := judge(in, opts)
	if own.note != "" {
		p.Notes = append(p.Notes, Note{Code: "RoleRecreated", Message: own.note})
	}
	if in.Desired.Role == nil {
		p.remove(in, opts, own)
		return p
	}
	if own.conflict == "" {
		own.code, own.conflict = HoldConflict, nothingToAdopt(in)
	}
	if own.conflict != "" {
		p.hold(AreaRole, own.code, own.conflict)
		return p
	}
	if conflict := policyConflict(in, opts); conflict != "" {
		p.hold(AreaPolicy, HoldConflict, conflict)
		p.repair(in)
		return p
	}
	p.converge(in, opts)
	return p
}

func (p *Plan) converge(in Input, opts Options) {
	attach, drift, former := attachments(in)
	first, rewrites := policies(in)
	missing := len(attach) - opts.MaxAttached // slots
	if in.Observed.Role != nil {
		missing += len(in.Observed.Role.Attached)
	}
	now, opening := role(in)
	p.add(now...)
	p.add(first...)
	if missing > 0 {
		p.add(drift...)
		missing -= len(drift)
		drift = nil
	}
	if missing > 0 { // a former policy goes only when its statements are elsewhere
		p.add(rewrites...)
		p.add(former...)
		rewrites, former = nil, nil
	}
	p.add(attach...)
	p.add(rewrites...)
	p.add(drift...)
	p.add(former...)
	p.add(inline(in)...)
	p.add(surplus(in, opts)...)
	p.add(opening...)
	p.add(unbound(in)...)
	if unseen := in.Observed.Family.Unseen; unseen.After(opts.Now) {
		p.Holds = append(p.Holds, Hold{Area: AreaTaskDefinition, Code: HoldSettling, Until: unseen,
			Message: "others registered a revision of the family a moment ago, which AWS does not show yet: nothing is registered until it does"})
	} else {
		p.definition(in, opts)
		p.withdrawBeneath(in)
	}
	p.services(in, opts)
	p.sortHolds()
}

// Repair is the part of a plan that does not rest on the task definition: what was
// edited on the role itself is put right, and what nobody declared is taken off it.
func Repair(in Input, opts Options) (p Plan) {
	if own := judge(in, opts); own.ours && in.Desired.Role != nil {
		p.repair(in)
	}
	p.settle(opts, false)
	return p
}

// repair is what can be done while a policy is somebody else's: our own role is
// still put right, and loses what nobody declared.
func (p *Plan) repair(in Input) {
	if in.Observed.Role == nil {
		return
	}
	now, opening := role(in)
	p.add(now...)
	_, drift, _ := attachments(in)
	p.add(drift...)
	p.add(inline(in)...)
	p.add(opening...)
}

func (p *Plan) add(actions ...Action) { p.Actions = append(p.Actions, actions...) }

// hold adds a hold that only a person can lift.
func (p *Plan) hold(area Area, code HoldCode, message string) {
	p.Holds = append(p.Holds, Hold{Area: area, Code: code, Message: message, Terminal: true})
}

// settle keeps everything back while reads may not show what was written before.
// A deletion waits also where nothing seems to be left.
func (p *Plan) settle(opts Options, deleting bool) {
	if !opts.Now.Before(opts.Settled) || len(p.Actions) == 0 && !deleting {
		return
	}
	area := AreaRole
	if len(p.Actions) > 0 {
		area = p.Actions[0].Kind.Area()
	}
	p.Actions, p.Pending = nil, append(p.Actions, p.Pending...)
	p.Holds = append(p.Holds, Hold{Area: area, Code: HoldSettling, Until: opts.Settled,
		Message: "AWS may not show yet what was written a moment ago: nothing is changed until it does"})
}

// narrowing are the kinds of actions by which a role may lose what it permits.
var narrowing = []Kind{UpdatePolicy, DetachPolicy, DeletePolicy}

// Narrows says whether the role may lose something by the plan.
func (p *Plan) Narrows() bool {
	return slices.ContainsFunc(p.Actions, func(a Action) bool { return slices.Contains(narrowing, a.Kind) })
}

// KeepWide keeps back all by which the role may lose something, until it is known
// what runs.
func (p *Plan) KeepWide(until time.Time) {
	var now []Action
	for _, a := range p.Actions {
		if slices.Contains(narrowing, a.Kind) {
			p.Pending = append(p.Pending, a)
		} else {
			now = append(now, a)
		}
	}
	p.Actions = now
	p.Holds = append(p.Holds, Hold{Area: AreaPolicy, Code: HoldSurveying, Until: until,
		Message: "before the role loses anything, it is looked at once more what runs"})
}

// sortHolds puts terminal holds first.
func (p *Plan) sortHolds() {
	slices.SortStableFunc(p.Holds, func(a, b Hold) int {
		switch {
		case a.Terminal == b.Terminal:
			return 0
		case a.Terminal:
			return -1
		default:
			return 1
		}
	})
}
