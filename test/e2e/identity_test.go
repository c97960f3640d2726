package e2e

import (
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func TestAManagerWithAnotherClusterIDLeavesWhatWasMadeAlone(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	s.register("orders", "orders:1")
	s.declare("orders")
	made := s.awaitReady("orders")
	if err := s.manager.Stop(unheard); err != nil {
		t.Fatal(err)
	}
	s.forget()
	s.manager = launched(t, "--resync-period=1h", "--cluster-id=mistyped")
	held := s.awaitReason("orders", v1alpha1.ReasonConflict)
	for _, part := range []string{made.Status.Role.ARN, "--cluster-id"} {
		if message := condition(held, v1alpha1.ConditionStalled).Message; !strings.Contains(message, part) {
			t.Errorf("it does not name %s: %s", part, message)
		}
	}
	if held.Status.Role != made.Status.Role {
		t.Errorf("the role that was made is forgotten: %+v", held.Status.Role)
	}
	s.remove("orders")
	s.awaitReason("orders", v1alpha1.ReasonConflict)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
	if err := s.manager.Stop(unheard); err != nil {
		t.Fatal(err)
	}
	s.manager = launched(t, "--resync-period=1h")
	s.awaitGone("orders")
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestALostStatusDoesNotMoveATaskRoleToTodaysDefaultClass(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	s.editClass(byDefault)
	s.register("orders", "orders:1")
	s.declare("orders", nameless)
	made := s.awaitReady("orders")

	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Annotations = nil })
	today := s.class(byDefault)
	today.Name += "-today"
	s.create(today)
	t.Cleanup(func() { s.drop(today) })
	lost := made.DeepCopy()
	lost.Status = v1alpha1.TaskRoleStatus{}
	s.must(world.Kube.Status().Update(s.ctx, lost))
	s.forget()
	s.annotate("orders", v1alpha1.AnnotationReconcile, "now")
	found := s.await("orders", "has its status again", func(tr *v1alpha1.TaskRole) bool { return tr.Status.Role.ID != "" })
	if found.Status.Effective.ClassName != s.className || found.Status.Role != made.Status.Role {
		t.Errorf("class %s, role %+v", found.Status.Effective.ClassName, found.Status.Role)
	}
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}

func TestAClusterThatTakesAnothersPlaceTakesItsRolesOverWhenItIsTold(t *testing.T) {
	const gone = "0b5e0a3e-0000-4000-8000-000000000000"
	s := alone(t, "--resync-period=2s")
	s.register("orders", "orders:1")
	s.makeRole(s.roleName("orders"), s.path(), s.trust(), with(s.ownerTags("orders"), map[string]string{"ecs.taskrole.dev/cluster-uid": gone}))
	id := s.role(s.roleName("orders")).ID
	s.declare("orders")
	s.awaitReason("orders", v1alpha1.ReasonOtherCluster)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("it touched what is another cluster's: %v", writes)
	}
	s.must(s.manager.Stop(unheard))
	s.manager = launched(t, "--resync-period=2s", "--moved-from="+gone)
	s.awaitReady("orders")
	if r := s.role(s.roleName("orders")); r.ID != id || r.Tags["ecs.taskrole.dev/cluster-uid"] != world.ClusterUID {
		t.Errorf("the role that was taken over: %+v", r)
	}
}
