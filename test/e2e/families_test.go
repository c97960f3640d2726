package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func TestAFamilyThatDoesNotExistYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonWaitingForFamily)
	if stalled(tr) {
		t.Error("Stalled, although a pipeline will come")
	}
	if role := s.role(s.roleName("orders")); role == nil || len(role.Attached) != 1 {
		t.Errorf("the role is not ready for the pipeline to name it: %+v", role)
	}
	if tr.Status.Role.ARN != s.roleARN("orders") {
		t.Errorf("status.role = %+v", tr.Status.Role)
	}

	s.register("orders", "orders:1")
	s.awaitReady("orders")
	s.awaitRole("orders", s.roleARN("orders"), "orders:1")
}

func TestNothingIsRegisteredWhereThePipelineNamesTheRole(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.declare("orders")
	s.awaitReason("orders", v1alpha1.ReasonWaitingForFamily)
	s.register("orders", "orders:1", carrying(s.roleARN("orders")))
	tr := s.awaitReady("orders")
	if tr.Status.TaskDefinition.Revision != 1 {
		t.Errorf("status.taskDefinition = %+v", tr.Status.TaskDefinition)
	}
	s.register("orders", "orders:2", carrying(s.roleARN("orders")))
	s.await("orders", "has seen revision 2", func(tr *v1alpha1.TaskRole) bool { return tr.Status.TaskDefinition.Revision == 2 })
	if n := count(s.calls(), "RegisterTaskDefinition"); n != 0 {
		t.Errorf("%d registrations", n)
	}
}

// rivals makes two TaskRoles of one family, the second one some time later.
func rivals(s *stage) {
	s.Helper()
	s.register("orders", "orders:1")
	elder := s.declare("elder", func(tr *v1alpha1.TaskRole) { tr.Spec.Family = "orders" })
	s.awaitReady("elder")
	s.younger(elder)
	s.declare("younger", func(tr *v1alpha1.TaskRole) { tr.Spec.Family = "orders" })
}

// younger waits until what is created now is younger than the TaskRole by the
// API server's clock, which counts whole seconds.
func (s *stage) younger(elder *v1alpha1.TaskRole) {
	s.Helper()
	s.eventually("a second later", func() error {
		if now := time.Now(); now.Sub(elder.CreationTimestamp.Time) < time.Second {
			return fmt.Errorf("it is %s", now)
		}
		return nil
	})
}

func TestOfTwoTaskRolesOfAFamilyTheElderActsAndTheOtherTouchesNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	rivals(s)
	loser := s.awaitReason("younger", v1alpha1.ReasonFamilyClaimed)
	if !stalled(loser) || !strings.Contains(condition(loser, v1alpha1.ConditionReady).Message, s.namespace+"/elder") {
		t.Errorf("the loser is not told who was first: %s", summary(loser.Status.Conditions))
	}
	s.awaitEvent("younger", v1alpha1.ReasonFamilyClaimed, "elder")
	s.forget()
	s.remove("younger")
	s.awaitGone("younger")
	s.awaitLooks(s.roleName("elder"), 2)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
	s.awaitReady("elder")
	s.awaitRole("orders", s.roleARN("elder"), "orders:1")
}

func TestWhenTheElderIsDeletedTheOtherTakesTheFamilyOver(t *testing.T) {
	t.Parallel()
	s := shared(t)
	rivals(s)
	s.awaitReason("younger", v1alpha1.ReasonFamilyClaimed)
	s.remove("elder")
	s.awaitGone("elder")
	s.awaitReady("younger")
	s.awaitRole("orders", s.roleARN("younger"), "orders:1")
	if role := s.role(s.roleName("elder")); role != nil {
		t.Errorf("the elder's role is left: %+v", role)
	}
	if n := len(s.inventory()); n != 2 {
		t.Errorf("not one role and one policy: %v", s.inventory())
	}
}

func TestATaskRoleThatItsClassDoesNotAllowHoldsNoClaim(t *testing.T) {
	t.Parallel()
	s := shared(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowRoleNames = nil })
	s.register("orders", "orders:1")
	squatter := s.declare("squatter", func(tr *v1alpha1.TaskRole) { tr.Spec.Family, tr.Spec.RoleName = "orders", "squatted" })
	s.awaitReason("squatter", v1alpha1.ReasonNotAllowed)
	s.younger(squatter)
	s.declare("orders")
	s.awaitReady("orders")
	s.awaitRole("orders", s.roleARN("orders"), "orders:1")
	if tr := s.get("squatter"); !stalled(tr) || s.role("squatted") != nil {
		t.Errorf("the squatter: %s", summary(tr.Status.Conditions))
	}
}
