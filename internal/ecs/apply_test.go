package ecs_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	simecs "github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func (b *bench) emptyFamily() model.Family { return model.Family{Name: family} }

// copies applies a RegisterCopy of the source as the plan would make it.
func (b *bench) copies(f model.Family, source model.Revision, role string) (model.Family, error) {
	o, err := b.service.Apply(context.Background(), plan.Action{
		Kind: plan.RegisterCopy, RoleName: "prod.shop.orders-api", ARN: role, Source: &source,
	}, observed(f))
	return o.Family, err
}

func (b *bench) mustCopy(f model.Family, source model.Revision, role string) model.Family {
	b.t.Helper()
	after, err := b.copies(f, source, role)
	if err != nil {
		b.t.Fatal(err)
	}
	return after
}

// exotic holds what a trip through typed structures would lose or change.
const exotic = `,"taskRoleArn":"` + before + `","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512",
	"executionRoleArn":"arn:aws:iam::111122223333:role/exec",
	"fieldOfTomorrow":{"html":"<b>&amp; \u2028</b>","big":12345678901234567890,"fine":0.10000000000000000001,"list":[1,2.50,{"x":[]}],"flag":false},
	"volumes":[{"name":"data","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","transitEncryption":"ENABLED","newThing":"<&>"}}],
	"tags":[{"key":"team","value":"shop + co"},{"key":"cost","value":"42"}]`

func TestACopyEqualsItsSourceButForTheRole(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(exotic)
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	if diff := cmp.Diff([]int32{2, 1}, numbers(after)); diff != "" {
		t.Errorf("revisions after it (-want +got):\n%s", diff)
	}
	source, copied := b.described(family+":1"), b.described(family+":2")
	if copied.role != ours || source.role != before {
		t.Errorf("roles are %q and %q", source.role, copied.role)
	}
	if diff := cmp.Diff(source.members, copied.members); diff != "" {
		t.Errorf("copy (-source +copy):\n%s", diff)
	}
	sent := b.sentRegistration()
	for _, raw := range []string{
		`<b>&amp; `, `12345678901234567890`, `0.10000000000000000001`, `"newThing":"<&>"`, `[1,2.50,{"x":[]}]`, `shop + co`,
	} {
		if !strings.Contains(sent, raw) {
			t.Errorf("%s is not sent as it is:\n%s", raw, sent)
		}
	}
	if after.Revisions[0].Body != after.Revisions[1].Body {
		t.Error("a copy and its source have different bodies")
	}
}

type description struct {
	role    string
	members map[string]string
}

// described is what ECS says of a revision, but for what differs in any two.
func (b *bench) described(name string) description {
	b.t.Helper()
	answer := b.post(b.pipeline, "DescribeTaskDefinition", `{"taskDefinition":"`+name+`","include":["TAGS"]}`)
	var definition map[string]json.RawMessage
	if err := json.Unmarshal(answer["taskDefinition"], &definition); err != nil {
		b.t.Fatal(err)
	}
	d := description{members: map[string]string{"tags": string(answer["tags"])}}
	for name, raw := range definition {
		switch name {
		case "taskRoleArn":
			d.role = strings.Trim(string(raw), `"`)
		case "taskDefinitionArn", "revision", "registeredAt", "registeredBy":
		default:
			d.members[name] = string(raw)
		}
	}
	return d
}

// sentRegistration is the body of the last registration.
func (b *bench) sentRegistration() string {
	sent := ""
	for _, call := range b.sim.Calls() {
		if call.Operation == "RegisterTaskDefinition" {
			sent = call.Parameters
		}
	}
	return sent
}

func TestACopyTakesThreeCalls(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(exotic)
	f := b.observe()
	b.made()
	b.mustCopy(f, f.Revisions[0], ours)
	if diff := cmp.Diff([]string{"DescribeTaskDefinition", "RegisterTaskDefinition", "ListTaskDefinitions"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	b.observe()
	if diff := cmp.Diff([]string{"ListTaskDefinitions"}, b.made()); diff != "" {
		t.Errorf("calls of the next look (-want +got):\n%s", diff)
	}
}

func TestWhatARegistrationAnsweredIsWhatALookWouldRead(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(exotic)
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	b.service = b.controller()
	if diff := cmp.Diff(b.observe(), after); diff != "" {
		t.Errorf("family (-read afresh +remembered):\n%s", diff)
	}
}

func TestACopyCarriesTheTagsThatItsSourceHasNow(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(`,"tags":[{"key":"stage","value":"old"}]`)
	f := b.observe()
	b.post(b.pipeline, "TagResource", `{"resourceArn":"`+f.Revisions[0].ARN+`","tags":[{"key":"stage","value":"new"}]}`)
	b.mustCopy(f, f.Revisions[0], ours)
	if tags := b.described(family + ":2").members["tags"]; !strings.Contains(tags, "new") || strings.Contains(tags, "old") {
		t.Errorf("tags are %s", tags)
	}
}

func TestACopyWithoutARoleOrTagsLeavesBothOut(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(carrying(ours))
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], "")
	sent := b.sentRegistration()
	if strings.Contains(sent, "taskRoleArn") || strings.Contains(sent, `"tags"`) {
		t.Errorf("sent is %s", sent)
	}
	if after.Revisions[0].RoleARN != "" || after.Revisions[0].Number != 2 {
		t.Errorf("newest is %+v", after.Revisions[0])
	}
}

func TestACopyOfAnOlderRevisionIsOneOfThatRevision(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(`,"cpu":"256"`)
	f := b.observe()
	b.mustCopy(f, f.Revisions[0], ours)
	b.pushes(`,"cpu":"512"`)
	f = b.observe()
	b.mustCopy(f, f.Revisions[0], ours)
	b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:3"}`) // withdrawn
	f = b.observe()
	if diff := cmp.Diff([]int32{4, 2, 1}, numbers(f)); diff != "" {
		t.Fatalf("revisions (-want +got):\n%s", diff)
	}
	f = b.mustCopy(f, f.Revisions[2], ours)
	if diff := cmp.Diff([]int32{5, 4, 2, 1}, numbers(f)); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	if string(f.Revisions[0].Registration["cpu"]) != `"256"` {
		t.Errorf("cpu of the copy is %s", f.Revisions[0].Registration["cpu"])
	}
}

func TestNothingIsRegisteredWhenTheFamilyChangedSinceTheLook(t *testing.T) {
	cases := map[string]func(*bench){
		"others registered":   func(b *bench) { b.pushes("") },
		"others deregistered": func(b *bench) { b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:2"}`) },
		"nothing of it is ACTIVE now": func(b *bench) {
			b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:2"}`)
			b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:1"}`)
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			b := start(t, awssim.Options{})
			b.pushes("")
			b.pushes("")
			f := b.observe()
			change(b)
			b.made()
			after, err := b.copies(f, f.Revisions[0], ours)
			if !errors.Is(err, ecs.ErrChanged) || aws.Explain(err).Class != aws.Concurrent {
				t.Errorf("error is %v", err)
			}
			if diff := cmp.Diff(f, after); diff != "" {
				t.Errorf("an error changed what is observed:\n%s", diff)
			}
			if diff := cmp.Diff([]string{"DescribeTaskDefinition"}, b.made()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARevisionThatSlipsInBetweenShowsAfterTheCopy(t *testing.T) {
	for _, when := range []string{"RegisterTaskDefinition", "ListTaskDefinitions"} {
		t.Run("before "+when, func(t *testing.T) {
			b := start(t, awssim.Options{})
			b.pushes("")
			f := b.observe()
			var once sync.Once
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation == when && strings.Contains(call.Caller.ARN, "taskrole-controller") {
					once.Do(func() { b.pushes(`,"cpu":"1024"`) })
				}
				return awssim.Fault{}
			})
			after := b.mustCopy(f, f.Revisions[0], ours)
			newest, _ := after.Newest()
			foreign, _ := after.NewestForeign(ours)
			if string(foreign.Registration["cpu"]) != `"1024"` {
				t.Errorf("the newest foreign revision is %d: the plan cannot see that our copy is stale", foreign.Number)
			}
			if newest.Number != 3 {
				t.Errorf("newest is %d", newest.Number)
			}
		})
	}
}

func TestARestorationThatHidesWhatSlippedInIsWithdrawn(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	var once sync.Once
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "RegisterTaskDefinition" && strings.Contains(call.Caller.ARN, "taskrole-controller") {
			once.Do(func() { b.pushes(`,"cpu":"1024"`) })
		}
		return awssim.Fault{}
	})
	restore := plan.Action{Kind: plan.RegisterCopy, Source: &f.Revisions[0], ARN: before}
	if _, err := b.service.Apply(context.Background(), restore, observed(f)); !errors.Is(err, ecs.ErrChanged) {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff([]int32{2}, numbers(b.observe())); diff != "" {
		t.Errorf("revisions down to the newest of others (-want +got):\n%s", diff)
	}
}

func TestACopyShowsAlthoughTheListLagsBehind(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	// The nearest to a lagging list that a strict one can give: by the time of
	// the list, our revision is not ACTIVE.
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "ListTaskDefinitions" {
			b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:2"}`)
		}
		return awssim.Fault{}
	})
	if diff := cmp.Diff([]int32{2, 1}, numbers(b.mustCopy(f, f.Revisions[0], ours))); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
}

func TestARegistrationIsNeverSentTwice(t *testing.T) {
	faults := map[string]awssim.Fault{
		"500":            {Refuse: wire.Refuse(500, "ServerException", "Service Unavailable")},
		"throttled":      {Refuse: wire.Refuse(400, "ThrottlingException", "Rate exceeded")},
		"answer lost":    {DropAfter: true},
		"connection cut": {DropBefore: true},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			b := start(t, awssim.Options{})
			b.pushes("")
			f := b.observe()
			b.made()
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation == "RegisterTaskDefinition" {
					return fault
				}
				return awssim.Fault{}
			})
			if _, err := b.copies(f, f.Revisions[0], ours); err == nil || aws.Explain(err).Class.Terminal() {
				t.Errorf("error is %v", err)
			}
			if diff := cmp.Diff([]string{"DescribeTaskDefinition", "RegisterTaskDefinition"}, b.made()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAConcurrentRegistrationIsSomethingToTryAgain(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	b.sim.ECS().FailNextRegistrations(1)
	_, err := b.copies(f, f.Revisions[0], ours)
	if got := aws.Explain(err); got.Class != aws.Concurrent || got.Code != "ClientException" {
		t.Errorf("explained as %+v", got)
	}
}

func TestACopyIsSeenAsSettledWhereAWSDoesNotSayWhoRegistered(t *testing.T) {
	b := start(t, awssim.Options{ECS: simecs.Options{NoRegisteredBy: true, DropUnknown: true}})
	b.pushes(exotic)
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	if diff := cmp.Diff([]int32{2}, numbers(after)); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	if after.Revisions[0].RoleARN != ours || after.Revisions[0].Body != f.Revisions[0].Body {
		t.Errorf("newest is %+v", after.Revisions[0])
	}
}

func TestAStaleCopyIsDeregistered(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	f = b.mustCopy(f, f.Revisions[0], ours)
	b.made()
	o, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.Deregister, ARN: f.Revisions[0].ARN}, observed(f))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DeregisterTaskDefinition"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b.observe(), o.Family); diff != "" {
		t.Errorf("family (-read +projected):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{1}, numbers(o.Family)); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
}

func TestARevisionOfOthersIsNeverDeregistered(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes(carrying(ours))
	f := b.observe()
	b.made()
	for _, arn := range []string{f.Revisions[0].ARN, "arn:aws:ecs:us-west-2:111122223333:task-definition/other:1"} {
		if _, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.Deregister, ARN: arn}, observed(f)); err == nil {
			t.Errorf("%s was deregistered", arn)
		}
	}
	if calls := b.made(); len(calls) > 0 {
		t.Errorf("calls: %v", calls)
	}
}
