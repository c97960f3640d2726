package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// The family has revision 1 of a pipeline, and revision 2, our copy of it.
const (
	rolled   = "arn:aws:iam::111122223333:role/taskrole/prod/shop/orders"
	ourselfs = "arn:aws:sts::111122223333:assumed-role/controller/pod"
)

func revisionARN(n int) string {
	return fmt.Sprintf("arn:aws:ecs:us-west-2:111122223333:task-definition/orders:%d", n)
}

func rolling(services ...model.Service) Input {
	first := model.Revision{ARN: revisionARN(1), Number: 1, RegisteredBy: "arn:aws:sts::111122223333:assumed-role/ci/run", Body: "a"}
	second := model.Revision{ARN: revisionARN(2), Number: 2, RoleARN: rolled, RegisteredBy: ourselfs, Body: "a"}
	third := model.Revision{ARN: revisionARN(3), Number: 3, RegisteredBy: first.RegisteredBy, Body: "b"}
	return Input{
		Desired: model.State{
			Owner: model.Owner{ClusterID: "prod", Namespace: "shop", Name: "orders", Family: "orders"}, RoleName: "orders", Role: &model.Role{},
			Place: model.Place{Partition: "aws", Account: "111122223333", Region: "us-west-2"},
		},
		Observed: model.Observed{
			Family:   model.Family{Name: "orders", Caller: ourselfs, Revisions: []model.Revision{second, first}},
			Used:     map[string]model.Revision{first.ARN: first, second.ARN: second, third.ARN: third},
			Services: services,
		},
	}
}

// running is a service whose deployment of the revision has ended.
func running(name string, revision int, change ...func(*model.Service)) model.Service {
	s := model.Service{
		ARN: "arn:aws:ecs:us-west-2:111122223333:service/blue/" + name, Name: name, Cluster: "blue", Controller: "ECS", Definition: revisionARN(revision),
		Deployments: []model.Deployment{{Definition: revisionARN(revision), Primary: true, State: "COMPLETED"}},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func deploying(s *model.Service) { s.Busy = true }
func onHost(s *model.Service)    { s.OnHosts = true }
func failed(s *model.Service) {
	s.Failed = map[string]string{revisionARN(2): "ROLLBACK_SUCCESSFUL (tasks failed to start)"}
}

func by(controller string) func(*model.Service) {
	return func(s *model.Service) { s.Controller = controller }
}

func TestServicesAreMovedByTheTable(t *testing.T) {
	stuck := running("a", 2, func(s *model.Service) { s.Deployments[0].State, s.Deployments[0].Reason = "FAILED", "why" })
	for name, c := range map[string]struct {
		services []model.Service
		change   func(*Input, *Options)
		states   string
		moves    []string
		holds    []HoldCode
	}{
		"on the target":                     {services: []model.Service{running("a", 2)}, states: "a Synced"},
		"on the source":                     {services: []model.Service{running("a", 1)}, states: "a Waiting", moves: []string{"blue/a"}},
		"on the source, no leave":           {services: []model.Service{running("a", 1)}, change: func(_ *Input, o *Options) { o.MoveServices = false }, states: "a Behind"},
		"on the source, others deploy":      {services: []model.Service{running("a", 1, deploying)}, states: "a Waiting", holds: []HoldCode{HoldBusy}},
		"on the source, failed before":      {services: []model.Service{running("a", 1, failed)}, states: "a Failed", holds: []HoldCode{HoldFailed}},
		"on other content":                  {services: []model.Service{running("a", 3)}, states: "a Behind"},
		"on a revision that nobody can see": {services: []model.Service{running("a", 9)}, states: "a Behind"},
		"moving":                            {services: []model.Service{running("a", 2, deploying)}, states: "a Moving", holds: []HoldCode{HoldRollingOut}},
		"stuck on the target":               {services: []model.Service{stuck}, states: "a Failed", holds: []HoldCode{HoldFailed}},
		"by CodeDeploy":                     {services: []model.Service{running("a", 1, by("CODE_DEPLOY"))}, states: "a Behind"},
		"by others":                         {services: []model.Service{running("a", 1, by("EXTERNAL"))}, states: "a Behind"},
		"being deleted":                     {services: []model.Service{running("a", 1, func(s *model.Service) { s.Draining = true })}},
		"two: one after the other":          {services: []model.Service{running("a", 1), running("b", 1)}, states: "a Waiting, b Waiting", moves: []string{"blue/a"}},
		"two: one moves":                    {services: []model.Service{running("a", 2, deploying), running("b", 1)}, states: "b Waiting, a Moving", holds: []HoldCode{HoldRollingOut}},
		"two: one failed":                   {services: []model.Service{running("a", 1), running("b", 1, failed)}, states: "b Failed, a Waiting", holds: []HoldCode{HoldFailed}},
		"two: one is busy":                  {services: []model.Service{running("a", 1, deploying), running("b", 1)}, states: "a Waiting, b Waiting", moves: []string{"blue/b"}, holds: []HoldCode{HoldBusy}},
		"on hosts, the first role":          {services: []model.Service{running("a", 1, onHost)}, states: "a Waiting", holds: []HoldCode{HoldCutoff}},
		"on hosts, accepted": {
			services: []model.Service{running("a", 1, onHost)}, change: func(_ *Input, o *Options) { o.CutoffAccepted = true },
			states: "a Waiting", moves: []string{"blue/a"},
		},
		"on hosts, not the first role": {
			services: []model.Service{running("a", 1, onHost)}, change: func(in *Input, _ *Options) {
				r := in.Observed.Used[revisionARN(1)]
				r.RoleARN = "arn:aws:iam::111122223333:role/legacy"
				in.Observed.Used[r.ARN] = r
			},
			states: "a Waiting", moves: []string{"blue/a"},
		},
		"the pipeline names the role itself": {
			services: []model.Service{running("a", 1)}, change: func(in *Input, _ *Options) { in.Observed.Family.Revisions[0].RegisteredBy = "ci" }, states: "a Behind",
		},
		"no revision carries the role": {
			services: []model.Service{running("a", 1)}, change: func(in *Input, _ *Options) { in.Observed.Family.Revisions = in.Observed.Family.Revisions[1:] }, states: "a Behind",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in, opts := rolling(c.services...), Options{MoveServices: true, Now: time.Unix(1000, 0), RolloutPoll: time.Second}
			if c.change != nil {
				c.change(&in, &opts)
			}
			var p Plan
			p.services(in, opts)
			var states, moves []string
			var holds []HoldCode
			for _, v := range p.Services {
				states = append(states, v.Service.Name+" "+string(v.State))
				if v.Message == "" {
					t.Errorf("%s: nothing is said", v.Service.Name)
				}
			}
			for _, a := range p.Actions {
				moves = append(moves, a.Subject)
				if a.Kind != MoveService || a.ARN != revisionARN(2) || a.Service == nil {
					t.Errorf("%+v", a)
				}
			}
			for _, h := range p.Holds {
				holds = append(holds, h.Code)
			}
			if got := strings.Join(states, ", "); got != c.states || !slices.Equal(moves, c.moves) || !slices.Equal(holds, c.holds) {
				t.Errorf("states %s, moves %v, holds %v; not %s, %v, %v", got, moves, holds, c.states, c.moves, c.holds)
			}
		})
	}
}

func TestNoServiceMovesWhileAnotherRevisionIsAboutToBecomeTheNewest(t *testing.T) {
	in, opts := rolling(running("a", 1)), Options{MoveServices: true}
	p := Plan{Actions: []Action{{Kind: RegisterCopy}}}
	p.services(in, opts)
	if diff := cmp.Diff(1, len(p.Actions)); diff != "" {
		t.Errorf("%+v", p.Actions)
	}
}
