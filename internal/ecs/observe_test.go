package ecs_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	simecs "github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func TestAFamilyThatDoesNotExistIsNoError(t *testing.T) {
	b := start(t, awssim.Options{})
	b.post(b.pipeline, "RegisterTaskDefinition", `{"family":"orders-api-v2","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]}`)
	if f := b.observe(); len(f.Revisions) != 0 || f.Name != family || f.Caller == "" {
		t.Errorf("family is %+v", f)
	}
}

func TestAFamilyIsReadInTwoCallsAndLookedAtAgainInOne(t *testing.T) {
	b := start(t, awssim.Options{})
	for range 3 {
		b.pushes(carrying(before))
	}
	cold := b.observe()
	if diff := cmp.Diff([]string{"ListTaskDefinitions", "DescribeTaskDefinition"}, b.made()); diff != "" {
		t.Errorf("first look (-want +got):\n%s", diff)
	}
	warm := b.observe()
	if diff := cmp.Diff([]string{"ListTaskDefinitions"}, b.made()); diff != "" {
		t.Errorf("second look (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(cold, warm); diff != "" {
		t.Errorf("second look sees something else (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{3}, numbers(cold)); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	r := cold.Revisions[0]
	if r.ARN != "arn:aws:ecs:us-west-2:111122223333:task-definition/orders-api:3" || r.RoleARN != before ||
		r.RegisteredBy != "arn:aws:sts::111122223333:assumed-role/ci/build-7" || r.Registered.IsZero() {
		t.Errorf("revision is %+v", r)
	}
}

func TestALookGoesDownToTheNewestForeignRevisionAcrossPages(t *testing.T) {
	b := start(t, awssim.Options{}) // pages hold two
	b.pushes("")
	b.pushes("")
	controller := b.sim.Session(account, "taskrole-controller", "another-pod")
	for range 5 {
		b.post(controller, "RegisterTaskDefinition",
			`{"family":"`+family+`","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]`+carrying(ours)+`}`)
	}
	b.made()
	if diff := cmp.Diff([]int32{7, 6, 5, 4, 3, 2}, numbers(b.observe())); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	b.made()
	b.observe()
	if diff := cmp.Diff([]string{"ListTaskDefinitions", "ListTaskDefinitions", "ListTaskDefinitions"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestWhatWeRegisteredWithoutTheRoleDoesNotEndALook(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	b.post(b.sim.Session(account, "taskrole-controller", "x"), "RegisterTaskDefinition",
		`{"family":"`+family+`","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]`+carrying(before)+`}`)
	if diff := cmp.Diff([]int32{2, 1}, numbers(b.observe())); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
}

func TestWhereAWSDoesNotSayWhoRegisteredTheNewestRevisionIsForeign(t *testing.T) {
	b := start(t, awssim.Options{ECS: simecs.Options{NoRegisteredBy: true}})
	b.pushes("")
	b.pushes(carrying(ours))
	f := b.observe()
	if diff := cmp.Diff([]int32{2}, numbers(f)); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	if f.Revisions[0].RegisteredBy != "" {
		t.Errorf("registered by %q", f.Revisions[0].RegisteredBy)
	}
}

func TestARevisionDeregisteredWhileWeLookIsPassedOver(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	b.pushes("")
	b.made()
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "DescribeTaskDefinition" && call.Parameters != "" {
			b.sim.Intercept(nil)
			b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:2"}`)
		}
		return awssim.Fault{}
	})
	if diff := cmp.Diff([]int32{1}, numbers(b.observe())); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	// A later look must not remember it as it was.
	if diff := cmp.Diff([]int32{1}, numbers(b.observe())); diff != "" {
		t.Errorf("revisions at the next look (-want +got):\n%s", diff)
	}
}

func TestARefusalIsReturnedWithItsClass(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "DescribeTaskDefinition" {
			return awssim.Fault{Refuse: wire.Refuse(400, "AccessDeniedException", "no")}
		}
		return awssim.Fault{}
	})
	_, err := b.service.Observe(context.Background(), family, ecs.Known{})
	if f := aws.Explain(err); f.Class != aws.Denied || f.Operation != "DescribeTaskDefinition" {
		t.Errorf("explained as %+v", f)
	}
	if _, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.CreateRole}, observed(b.emptyFamily())); err == nil {
		t.Error("an action on IAM is carried out by ECS")
	}
}

func TestALookWhereOthersUseOurIdentityIsBounded(t *testing.T) {
	b := start(t, awssim.Options{})
	controller := b.sim.Session(account, "taskrole-controller", "x")
	for range 25 {
		b.post(controller, "RegisterTaskDefinition",
			`{"family":"`+family+`","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]}`)
	}
	if seen := len(b.observe().Revisions); seen != 20 {
		t.Errorf("%d revisions were read", seen)
	}
}
