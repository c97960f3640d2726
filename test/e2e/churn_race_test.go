package e2e

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

func TestATaskRoleThatIsGoneBeforeItIsHeldLeavesNothing(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	class := s.class()
	s.drop(s.class())
	tr := s.declare("orders")
	s.awaitReason("orders", "ClassNotFound")
	var first sync.Once
	s.intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "GetCallerIdentity" {
			first.Do(func() {
				s.awaitWorkers(1)
				s.must(world.Kube.Delete(s.ctx, tr))
				s.awaitGone("orders")
			})
		}
		return awssim.Fault{}
	})
	s.create(class)
	s.awaitClassReady()
	s.awaitWorkers(0)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls for a TaskRole that is gone: %v", writes)
	}
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	s.must(client.IgnoreNotFound(world.Kube.Delete(s.ctx, class)))
}

// awaitWorkers waits until the manager is at so many TaskRoles at this moment.
func (s *stage) awaitWorkers(n int) {
	s.Helper()
	want := fmt.Sprintf(`controller_runtime_active_workers{controller="taskrole"} %d`, n)
	s.eventually(want, func() error {
		_, body, err := get(s.manager.Metrics + "/metrics")
		if err == nil && !strings.Contains(body, want) {
			err = errors.New("not yet")
		}
		return err
	})
}

func TestWhatAPipelineRegistersDuringADeletionIsNotHidden(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ after, before string }{
		"between our looking and our registering":       {before: "RegisterTaskDefinition"},
		"between our registering and our looking again": {after: "RegisterTaskDefinition", before: "ListTaskDefinitions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			s.register("orders", "orders:1")
			s.declare("orders")
			s.awaitReady("orders")
			interleave(s, c.after, c.before)
			s.remove("orders")
			s.awaitGone("orders")
			if newest := s.describe("orders"); image(newest) != "orders:2" || newest.text("taskRoleArn") != "" {
				t.Errorf("the newest revision, %d, runs %s with role %q", newest.number(), image(newest), newest.text("taskRoleArn"))
			}
			t.Log(s.active("orders"))
		})
	}
}
