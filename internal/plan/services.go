package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// ServiceState says where a service is on its way to the role.
type ServiceState string

// States of a service, those first that need somebody.
const (
	ServiceFailed  ServiceState = "Failed"
	ServiceBehind  ServiceState = "Behind"
	ServiceWaiting ServiceState = "Waiting"
	ServiceMoving  ServiceState = "Moving"
	ServiceSynced  ServiceState = "Synced"
)

var urgency = []ServiceState{ServiceFailed, ServiceBehind, ServiceWaiting, ServiceMoving, ServiceSynced}

// ServiceView is one service and what is to be said of it.
type ServiceView struct {
	Service  model.Service
	Revision int32 // that it is to run
	State    ServiceState
	Message  string
	hold     HoldCode // why it waits, where that is something to look at again
	movable  bool
}

// services moves what runs onto the newest revision, where that carries the role:
//
//	the service runs                            | then
//	--------------------------------------------+------------------------------
//	a revision that carries the role            | nothing; a deployment of it is
//	                                            | followed to its end
//	what our copy is a copy of, and             |
//	... it deploys by CodeDeploy or others      | nothing, and say what to do
//	... the rollout is not wanted               | nothing, and say so
//	... onto the copy it failed, or was stopped | nothing, and never again
//	... others deploy it at this moment         | wait
//	... it is the first of its family           | move it, and wait how that ends
//	... another one is moved, or failed         | wait
//	anything else                               | nothing: its pipeline deploys it
func (p *Plan) services(in Input, opts Options) {
	target, exists := in.Observed.Family.Newest()
	roleARN := in.Desired.RoleARN()
	if !exists || target.RoleARN != roleARN {
		target = model.Revision{}
	}
	p.rollout(in, opts, rolloutTo{target, in.Observed.Family.Ours(target, roleARN), func(r model.Revision) bool { return r.RoleARN == roleARN }})
}

// rolloutTo is where services are to go.
type rolloutTo struct {
	target model.Revision // of no ARN: there is none yet
	copied bool           // we registered it, and so move what ran before
	// arrived says whether a service that runs the revision needs no move.
	arrived func(model.Revision) bool
}

func (p *Plan) rollout(in Input, opts Options, to rolloutTo) {
	for i := range in.Observed.Services {
		if s := &in.Observed.Services[i]; !s.Draining {
			p.Services = append(p.Services, view(in, opts, s, to))
		}
	}
	p.inTurn(in, opts, to)
	slices.SortStableFunc(p.Services, func(a, b ServiceView) int {
		return slices.Index(urgency, a.State) - slices.Index(urgency, b.State)
	})
}

func view(in Input, opts Options, s *model.Service, to rolloutTo) ServiceView {
	v := ServiceView{Service: *s, Revision: number(s.Definition), State: ServiceBehind}
	runs, known := in.Observed.Used[s.Definition]
	switch {
	case s.Definition == to.target.ARN:
		v.onTarget(s)
	case known && to.arrived(runs):
		v.State, v.Message = ServiceSynced, fmt.Sprintf("revision %d carries the role", v.Revision)
	case to.target.ARN == "":
		v.Message = "no revision carries the role yet"
	case s.Controller != controllerECS:
		v.Message = elsewhere(s, to.target)
	case !to.copied || !known || runs.Body != to.target.Body:
		v.Message = fmt.Sprintf("it runs revision %d, which the newest is no copy of: whoever deploys it moves it to revision %d", v.Revision, to.target.Number)
	case !opts.MoveServices:
		v.Message = fmt.Sprintf("set rollout.services to Update, or move it: aws ecs update-service --cluster %s --service %s --task-definition %s", s.Cluster, s.Name, to.target.ARN)
	default:
		v.next(in, opts, s, to)
	}
	return v
}

// controllerECS deploys by itself what UpdateService says.
const controllerECS = "ECS"

// onTarget is a service that is to run the revision already.
func (v *ServiceView) onTarget(s *model.Service) {
	switch d := s.Primary(); {
	case d.State == "FAILED":
		v.State, v.Message = ServiceFailed, failure(v.Revision, "FAILED", d.Reason)
	case s.Busy:
		v.State, v.hold = ServiceMoving, HoldRollingOut
		v.Message = fmt.Sprintf("its deployment of revision %d is in progress, %d of %d tasks run", v.Revision, d.Running, d.Desired)
	default:
		v.State, v.Message = ServiceSynced, fmt.Sprintf("it runs revision %d", v.Revision)
	}
}

// next is a service that is to be moved, as far as it alone decides on it.
func (v *ServiceView) next(in Input, opts Options, s *model.Service, to rolloutTo) {
	why, failed := s.Failed[to.target.ARN]
	switch {
	case failed:
		v.State, v.Message = ServiceFailed, failure(to.target.Number, why, "")+": it is not tried again; once the cause is gone, deploy it by hand: aws ecs update-service --cluster "+
			s.Cluster+" --service "+s.Name+" --task-definition "+to.target.ARN
	case s.Busy:
		v.State, v.hold, v.Message = ServiceWaiting, HoldBusy, "somebody else's deployment of it is in progress: it is moved when that has ended"
	case cutsOff(in, s) && !opts.CutoffAccepted:
		v.State, v.hold = ServiceWaiting, HoldCutoff
		v.Message = "its tasks have no role so far, and on their hosts get what the instance's own role gives: with a role they lose that; see the finding INSTANCE_PROFILE_CUTOFF, then write acknowledge: [InstanceProfileCutoff]"
	default:
		v.State, v.movable = ServiceWaiting, true
		v.Message = fmt.Sprintf("it is moved from revision %d to %d", v.Revision, to.target.Number)
	}
}

func failure(revision int32, state, reason string) string {
	if reason != "" {
		state += " (" + reason + ")"
	}
	return fmt.Sprintf("its deployment of revision %d ended as %s", revision, state)
}

// cutsOff says whether tasks of the service lose what the role of their instance
// gave them: a task that has a role gets nothing from the instance's (Amazon ECS
// Developer Guide: Task IAM role).
func cutsOff(in Input, s *model.Service) bool {
	return in.Desired.Role != nil && s.OnHosts && in.Observed.Used[s.Definition].RoleARN == ""
}

// elsewhere says how a service is deployed that UpdateService cannot move.
func elsewhere(s *model.Service, target model.Revision) string {
	if s.Controller == "CODE_DEPLOY" {
		return fmt.Sprintf("AWS CodeDeploy deploys it: name %s as TaskDefinition in its AppSpec, and create a deployment", target.ARN)
	}
	return fmt.Sprintf("deployment controller %s deploys it: have it create a task set with %s", s.Controller, target.ARN)
}

// inTurn moves one service after the other, and none after one that failed: what
// one of them could not start with, the next cannot either.
func (p *Plan) inTurn(in Input, opts Options, to rolloutTo) {
	if !opts.MoveServices {
		return
	}
	p.holdServices(opts)
	before := slices.IndexFunc(p.Services, func(v ServiceView) bool { return v.State == ServiceFailed })
	if before < 0 {
		before = slices.IndexFunc(p.Services, func(v ServiceView) bool { return v.State == ServiceMoving })
	}
	for i := range p.Services {
		v := &p.Services[i]
		switch {
		case !v.movable:
		case before >= 0:
			v.Message = fmt.Sprintf("it is moved when %s is: %s", p.Services[before].Service, p.Services[before].Message)
		case p.unsettled():
			v.Message = "the newest revision is about to change"
		default:
			p.move(in, v, to)
			before = i
		}
	}
}

// unsettled says whether another revision is about to become the newest, or none may.
func (p *Plan) unsettled() bool {
	is := func(a Action) bool { return a.Kind == RegisterCopy || a.Kind == Deregister }
	return p.holds(AreaTaskDefinition) || slices.ContainsFunc(p.Actions, is) || slices.ContainsFunc(p.Pending, is)
}

func (p *Plan) move(in Input, v *ServiceView, to rolloutTo) {
	service := v.Service
	p.add(Action{
		Kind: MoveService, RoleName: in.Desired.RoleName, ARN: to.target.ARN, Service: &service,
		Subject: service.Cluster + "/" + service.Name,
		Reason:  fmt.Sprintf("it runs revision %d of family %s, of which revision %d is a copy %s", v.Revision, in.Desired.Owner.Family, to.target.Number, carrying(to.target)),
	})
}

func carrying(r model.Revision) string {
	if r.RoleARN == "" {
		return "without a role"
	}
	return "that carries " + baseName(r.RoleARN)
}

// holdServices says what is waited for.
func (p *Plan) holdServices(opts Options) {
	for _, v := range p.Services {
		h := Hold{Area: AreaServices, Code: v.hold, Message: v.Service.String() + ": " + v.Message}
		switch {
		case v.State == ServiceFailed:
			h.Code, h.Terminal = HoldFailed, true
		case v.hold == HoldCutoff:
			h.Terminal = true
		case v.hold == "":
			continue
		default:
			h.Until = opts.Now.Add(opts.RolloutPoll)
		}
		p.Holds = append(p.Holds, h)
	}
}

// number is NUMBER of a revision's ARN, ...:task-definition/FAMILY:NUMBER.
func number(arn string) int32 {
	n, err := strconv.ParseInt(arn[strings.LastIndex(arn, ":")+1:], 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
