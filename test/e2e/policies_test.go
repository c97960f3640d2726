package e2e

import (
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func TestObserveTellsThePlanAndWritesNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
	tr := s.awaitReason("orders", v1alpha1.ReasonDrift)
	pending := joined(tr.Status.Pending)
	for _, text := range []string{"create role", "create policy", "attach policy", "register a copy of task definition orders:1"} {
		if !containsAll(pending, []string{text}) {
			t.Errorf("status.pending does not tell that it would %s:\n%s", text, pending)
		}
	}
	if stalled(tr) || len(tr.Finalizers) > 0 {
		t.Errorf("stalled: %v, finalizers: %v", stalled(tr), tr.Finalizers)
	}
	s.awaitLooks(s.roleName("orders"), 1)
	s.remove("orders")
	s.awaitGone("orders")
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}

func TestEnforceAfterObserveDoesWhatWasPending(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
	s.awaitReason("orders", v1alpha1.ReasonDrift)
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementEnforce })
	tr := s.awaitReady("orders")
	if len(tr.Status.Pending) > 0 {
		t.Errorf("still pending: %v", tr.Status.Pending)
	}
	s.awaitRole("orders", s.roleARN("orders"), "orders:1")

	// And back: what is then done by hand is told, and stays.
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
	s.awaitReady("orders")
	s.detach(s.roleName("orders"), s.policyARN("orders", s.roleName("orders")))
	s.forget()
	tr = s.awaitReason("orders", v1alpha1.ReasonDrift)
	if !containsAll(joined(tr.Status.Pending), []string{"attach policy"}) {
		t.Errorf("pending: %v", tr.Status.Pending)
	}
	if c := condition(tr, v1alpha1.ConditionPolicySynced); c.Status != "False" || c.Reason != v1alpha1.ReasonDrift {
		t.Errorf("PolicySynced is %s: %s", c.Status, c.Reason)
	}
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}

func TestRetainLeavesEverythingAsItIs(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
	s.awaitReady("orders")
	role, inventory, active := s.role(s.roleName("orders")), s.inventory(), s.active("orders")
	s.forget()
	s.remove("orders")
	s.awaitGone("orders")
	s.awaitEvent("orders", "Retained", "Retain", s.roleARN("orders"))
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
	if diff := different([]any{role, inventory, active}, []any{s.role(s.roleName("orders")), s.inventory(), s.active("orders")}); diff != "" {
		t.Errorf("AWS changed (-before +after):\n%s", diff)
	}

	// Who declares the same again finds its own.
	s.declare("orders")
	s.awaitReady("orders")
	if again := s.role(s.roleName("orders")); again.ID != role.ID {
		t.Errorf("role %s became %s", role.ID, again.ID)
	}
	if diff := different(active, s.active("orders")); diff != "" {
		t.Errorf("revisions (-before +after):\n%s", diff)
	}
}

func joined(lines []string) string {
	out := ""
	for _, line := range lines {
		out += line + "\n"
	}
	return out
}
