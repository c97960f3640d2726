package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestWhatIsDeniedIsToldAndGoesOnOnceItIsAllowed(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "CreatePolicy" {
			return awssim.Fault{}
		}
		return awssim.Fault{Refuse: wire.Refuse(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: iam:CreatePolicy on resource: policy x because no identity-based policy allows the iam:CreatePolicy action", call.Caller.ARN)}
	})
	s.register("orders", "orders:1")
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonAccessDenied)
	message := condition(tr, v1alpha1.ConditionReady).Message
	if !stalled(tr) || !containsAll(message, []string{"iam:CreatePolicy", "AccessDenied", "allow it"}) {
		t.Errorf("stalled: %v, %s", stalled(tr), message)
	}
	for kind, want := range map[string]string{
		v1alpha1.ConditionRoleSynced: "True", v1alpha1.ConditionPolicySynced: "False", v1alpha1.ConditionTaskDefinitionSynced: "Unknown",
	} {
		if c := condition(tr, kind); string(c.Status) != want {
			t.Errorf("%s is %s: %s", kind, c.Status, c.Message)
		}
	}
	s.awaitEvent("orders", v1alpha1.ReasonAccessDenied, "iam:CreatePolicy")
	// Slowly: it is asked once a resync, not in a hurry.
	s.forget()
	s.awaitLooks(s.roleName("orders"), 1)
	if looks, tries := count(s.calls(), "GetRole"), count(s.calls(), "CreatePolicy"); tries > looks {
		t.Errorf("%d tries in %d looks", tries, looks)
	}
	s.intercept(nil)
	s.awaitReady("orders")
	s.wantOne("orders")
}

func TestAThrottledCallIsTriedAgain(t *testing.T) {
	t.Parallel()
	for operation, refusal := range map[string]*wire.Error{
		"GetRole":                wire.Refuse(http.StatusBadRequest, "Throttling", "Rate exceeded"),
		"CreatePolicy":           wire.Refuse(http.StatusBadRequest, "Throttling", "Rate exceeded"),
		"RegisterTaskDefinition": wire.Refuse(http.StatusBadRequest, "ThrottlingException", "Rate exceeded"),
		"AttachRolePolicy":       wire.Refuse(http.StatusConflict, "ConcurrentModification", "The request was rejected because multiple requests to change this object were submitted simultaneously."),
		"ListTaskDefinitions":    wire.Refuse(http.StatusInternalServerError, "ServerException", "Service Unavailable. Please try again later."),
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			// More often than the SDK tries by itself.
			var left atomic.Int32
			left.Store(7)
			s.intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation == operation && left.Add(-1) >= 0 {
					return awssim.Fault{Refuse: refusal}
				}
				return awssim.Fault{}
			})
			s.register("orders", "orders:1")
			s.declare("orders")
			s.awaitReady("orders")
			if left.Load() > 0 {
				t.Errorf("the test tests nothing: %d refusals left", left.Load())
			}
			s.wantOne("orders")
		})
	}
}

func TestAnAnswerThatIsLostAfterTheEffectLeavesNoDuplicateAndNoOrphan(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"CreateRole", "CreatePolicy", "AttachRolePolicy", "RegisterTaskDefinition"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			decide, struck := once(operation, awssim.Fault{DropAfter: true})
			s.intercept(decide)
			s.register("orders", "orders:1")
			s.declare("orders")
			s.awaitReady("orders")
			<-struck
			s.wantOne("orders")
		})
	}
}

func TestAnAnswerToAChangeThatIsLostAfterTheEffectIsMadeUpFor(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	decide, struck := once("CreatePolicyVersion", awssim.Fault{DropAfter: true})
	s.intercept(decide)
	s.edit("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.Statements[0].Actions = []string{"s3:GetObject", "s3:GetObjectVersion"}
	})
	tr := s.awaitReady("orders")
	<-struck
	p := s.policy(s.policyARN("orders", s.roleName("orders")))
	if p.Versions != 2 || p.Default != "v2" || tr.Status.Policies[0].Version != "v2" {
		t.Errorf("%d versions, default %s, status %+v", p.Versions, p.Default, tr.Status.Policies)
	}
}

func TestAnAnswerToADeletionThatIsLostIsMadeUpFor(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"RegisterTaskDefinition", "DetachRolePolicy", "DeletePolicy", "DeleteRole"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			s.register("orders", "orders:1")
			s.declare("orders")
			s.awaitReady("orders")
			decide, struck := once(operation, awssim.Fault{DropAfter: true})
			s.intercept(decide)
			s.remove("orders")
			s.awaitGone("orders")
			<-struck
			if left := s.inventory(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if newest := s.describe("orders"); newest.number() != 3 || newest.text("taskRoleArn") != "" {
				t.Errorf("revision %d carries %q", newest.number(), newest.text("taskRoleArn"))
			}
		})
	}
}

// wantOne fails the test unless AWS has exactly one role with one policy, and
// one copy of the pipeline's only revision.
func (s *stage) wantOne(name string) {
	s.Helper()
	role := s.roleName(name)
	want := []string{s.policyARN(name, role), s.roleARN(name)}
	if diff := different(want, s.inventory()); diff != "" {
		s.Errorf("roles and policies (-want +got):\n%s", diff)
	}
	if r := s.role(role); r == nil || len(r.Attached) != 1 {
		s.Errorf("role: %+v", r)
	}
	if p := s.policy(want[0]); p == nil || p.Versions != 1 {
		s.Errorf("policy: %+v", p)
	}
	revisions := []string{"1 " + deployer, fmt.Sprintf("2 %s %s", controller, s.roleARN(name))}
	if diff := different(revisions, s.active(name)); diff != "" {
		s.Errorf("ACTIVE revisions (-want +got):\n%s", diff)
	}
	for _, call := range s.calls() {
		if call.Operation == "DeregisterTaskDefinition" && strings.Contains(call.Parameters, ":1\"") {
			s.Errorf("the pipeline's revision was deregistered: %s", call.Parameters)
		}
	}
}

func TestAnAccountThatHangsHoldsUpNoOther(t *testing.T) {
	// Longer than the test: who gets a worker of the account that hangs keeps it.
	s := alone(t, "--aws-call-timeout=1h", "--max-concurrent-reconciles=4")
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	hung := newStage(t, s.manager, "")
	var held atomic.Int32
	hung.intercept(func(awssim.Call) awssim.Fault {
		held.Add(1)
		return awssim.Fault{DropBefore: true, Hang: time.Hour}
	})
	for i := range 12 {
		hung.declare(fmt.Sprintf("orders-%d", i))
	}
	s.eventually("calls hang", func() error {
		if held.Load() == 0 {
			return errors.New("none does")
		}
		return nil
	})
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Statements[0].Actions = []string{"s3:GetObjectVersion"} })
	s.awaitReady("orders")
	s.declare("more", func(tr *v1alpha1.TaskRole) { tr.Spec.Family = "more" })
	s.awaitReason("more", v1alpha1.ReasonWaitingForFamily)
	// Half of the workers, and the one that looks at the class.
	if n := held.Load(); n > 2+1 {
		t.Errorf("of the account that hangs %d calls are made at the same time", n)
	}
}
