package e2e

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// interleave has the pipeline register image 2 right before the manager's first
// call of an operation after it made another.
func interleave(s *stage, after, before string) {
	var mu sync.Mutex
	armed, done := after == "", false
	s.intercept(func(call awssim.Call) awssim.Fault {
		mu.Lock()
		strike := armed && !done && call.Operation == before
		done = done || strike
		armed = armed || call.Operation == after
		mu.Unlock()
		if strike {
			s.register("orders", "orders:2")
		}
		return awssim.Fault{}
	})
}

func TestWhatAPipelineRegistersMeanwhileWins(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after, before string
		want          []string // ACTIVE revisions
	}{
		"between our looking and our registering": {
			before: "RegisterTaskDefinition",
			// Ours, 3, is a copy of 1, and goes.
			want: []string{"1 deployer", "2 deployer", "4 " + controller + " ROLE"},
		},
		"between our registering and our looking again": {
			after: "RegisterTaskDefinition", before: "ListTaskDefinitions",
			want: []string{"1 deployer", "2 " + controller + " ROLE", "3 deployer", "4 " + controller + " ROLE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			s.register("orders", "orders:1")
			interleave(s, c.after, c.before)
			s.declare("orders")
			s.awaitRole("orders", s.roleARN("orders"), "orders:2")
			s.awaitReady("orders")
			var want []string
			for _, line := range c.want {
				want = append(want, strings.ReplaceAll(line, "ROLE", s.roleARN("orders")))
			}
			s.eventually("the stale copy is withdrawn, and nothing else", func() error {
				if diff := different(want, s.active("orders")); diff != "" {
					return fmt.Errorf("ACTIVE revisions (-want +got):\n%s", diff)
				}
				return nil
			})
			s.awaitLooks(s.roleName("orders"), 1)
			if diff := different(want, s.active("orders")); diff != "" {
				t.Errorf("it does not stay so (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWithdrawnRevisionGivesWayToTheOneBeforeIt(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	s.register("orders", "orders:2")
	s.awaitRole("orders", s.roleARN("orders"), "orders:2")
	s.awaitReady("orders")
	// The pipeline takes its bad revision back; ours is a copy of it.
	s.deregister("orders", 3)
	s.awaitRole("orders", s.roleARN("orders"), "orders:1")
	s.awaitReady("orders")
	s.eventually("the copy of what was withdrawn is withdrawn", func() error {
		for _, line := range s.active("orders") {
			if line[:1] == "4" {
				return errors.New(line + " is ACTIVE")
			}
		}
		return nil
	})
}
