package aws_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestClientsOfATargetAreMadeOnce(t *testing.T) {
	sim := start(t)
	c := connector(t, aws.Options{})
	first := connect(t, c, here())
	if second := connect(t, c, here()); second != first {
		t.Error("the second Connect made other clients than the first")
	}
	if diff := cmp.Diff([]string{"GetCallerIdentity"}, made(sim)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	want := aws.Identity{Account: account, ARN: "arn:aws:iam::" + account + ":user/controller"}
	if first.Identity != want {
		t.Errorf("identity is %v, want %v", first.Identity, want)
	}
	elsewhere := here()
	elsewhere.Region = "eu-west-1"
	abroad := connect(t, c, elsewhere)
	if abroad == first {
		t.Error("two regions share their clients")
	}
	sim.ForgetCalls()
	for _, clients := range []*aws.Clients{first, abroad} {
		if _, err := clients.ECS.ListClusters(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	calls := sim.Calls()
	if calls[0].Caller.Region != region || calls[1].Caller.Region != "eu-west-1" {
		t.Errorf("regions called are %s and %s", calls[0].Caller.Region, calls[1].Caller.Region)
	}
}

func TestWorkersThatConnectAtOnceShareTheirClients(t *testing.T) {
	start(t)
	c := connector(t, aws.Options{})
	got := make([]*aws.Clients, 8)
	var workers sync.WaitGroup
	for i := range got {
		workers.Go(func() {
			var err error
			if got[i], err = c.Connect(context.Background(), here()); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	for i := range got {
		if got[i] != got[0] {
			t.Error("two workers have clients of their own, and with them caches of their own")
		}
	}
}

func TestCredentialsOfAnotherAccountAreRefusedBeforeAnythingIsCalled(t *testing.T) {
	sim := start(t)
	target := here()
	target.Account = other
	_, err := connector(t, aws.Options{}).Connect(context.Background(), target)
	want := &aws.WrongAccountError{Want: other, Got: account, CallerARN: "arn:aws:iam::" + account + ":user/controller"}
	var wrong *aws.WrongAccountError
	if !errors.As(err, &wrong) || *wrong != *want {
		t.Fatalf("error is %v, want %v", err, want)
	}
	if f := aws.Explain(err); f.Class != aws.Denied || !f.Class.Terminal() || f.Code != "WrongAccount" {
		t.Errorf("explained as %+v", f)
	}
	if diff := cmp.Diff([]string{"GetCallerIdentity"}, made(sim)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestAFailedConnectionIsTriedAgain(t *testing.T) {
	sim := start(t)
	c := connector(t, aws.Options{})
	sim.Intercept(func(awssim.Call) awssim.Fault {
		return awssim.Fault{Refuse: wire.Refuse(403, "AccessDenied", "not today")}
	})
	if _, err := c.Connect(context.Background(), here()); aws.Explain(err).Code != "AccessDenied" {
		t.Fatalf("error is %v", err)
	}
	sim.Intercept(nil)
	connect(t, c, here())
}

func TestARoleOfAnotherAccountIsAssumedWithItsExternalID(t *testing.T) {
	sim := start(t)
	target := roleIn(t, sim, "xyzzy")
	c := connector(t, aws.Options{})
	clients := connect(t, c, target)
	want := aws.Identity{Account: other, ARN: "arn:aws:sts::" + other + ":assumed-role/taskroles/ecs-taskrole-controller"}
	if clients.Identity != want {
		t.Errorf("identity is %v, want %v", clients.Identity, want)
	}
	sim.ForgetCalls()
	if err := getRole(context.Background(), clients); aws.Explain(err).Class != aws.NotFound {
		t.Errorf("GetRole as the role: %v", err)
	}
	if calls := sim.Calls(); len(calls) != 1 || calls[0].Caller.Account != other {
		t.Errorf("calls after the first are %v: the session is not kept", calls)
	}
	for _, id := range []string{"plugh", "xyzz"} {
		target.ExternalID = id
		_, err := c.Connect(context.Background(), target)
		f := aws.Explain(err)
		if f.Class != aws.Denied || f.Code != "AccessDenied" || f.Operation != "AssumeRole" || f.Service != "STS" {
			t.Errorf("external id %q: explained as %+v (%v)", id, f, err)
		}
	}
}

func TestARoleOfAnotherAccountIsNotAssumedWithoutAnExternalID(t *testing.T) {
	sim := start(t)
	target := roleIn(t, sim, "") // whose trust policy asks for none
	target.ExternalID = ""
	sim.ForgetCalls()
	_, err := connector(t, aws.Options{}).Connect(context.Background(), target)
	var missing *aws.MissingExternalIDError
	if !errors.As(err, &missing) || missing.Account != other {
		t.Fatalf("error is %v", err)
	}
	if f := aws.Explain(err); !f.Class.Terminal() {
		t.Errorf("explained as %+v", f)
	}
	if diff := cmp.Diff([]string{"GetCallerIdentity"}, made(sim)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
