package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// What a look may cost in calls of AWS.
const (
	mostToCreate = 12
	mostToLook   = 6
)

// aWait makes sure that a new role is waited for, as it always is by default: IAM
// dates roles in whole seconds, so a shorter wait may be over at once.
const aWait = "--propagation-wait=1s"

var reconciled = regexp.MustCompile(`(?m)^controller_runtime_reconcile_total\{controller="taskrole",result="[a-z_]+"\} (\d+)$`)

// looks is how many looks at TaskRoles the manager has ended.
func looks(m *ground.Manager) (int, error) {
	_, body, err := get(m.Metrics + "/metrics")
	if err != nil {
		return 0, err
	}
	total := 0
	for _, match := range reconciled.FindAllStringSubmatch(body, -1) {
		n, err := strconv.Atoi(match[1])
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// look has the manager look at a TaskRole once, and waits for the end of it. The
// manager must be the stage's own, and have nothing else to do. It returns the
// TaskRole as it was when the look began.
func (s *stage) look(name string) *v1alpha1.TaskRole {
	s.Helper()
	before, err := looks(s.manager)
	s.must(err)
	asked := s.lookAt(name)
	s.eventually("a look at "+name, func() error {
		if now, err := looks(s.manager); err != nil || now == before {
			return fmt.Errorf("none has ended: %w", err)
		}
		return nil
	})
	return asked
}

// settled waits until the manager has nothing to do any more.
func (s *stage) settled() {
	s.Helper()
	last, still := -1, 0
	s.eventually("the manager has nothing to do", func() error {
		now, err := looks(s.manager)
		if err != nil {
			return err
		}
		if now != last {
			last, still = now, 0
		}
		still++
		if still < 10 {
			return fmt.Errorf("%d looks", now)
		}
		return nil
	})
}

func TestCreatingATaskRoleAndLookingAtItTakeFewCalls(t *testing.T) {
	s := alone(t, "--resync-period=1h", aWait)
	s.awaitClassReady()
	s.register("orders", "orders:1")
	s.forget()
	s.declare("orders")
	s.awaitReady("orders")
	s.settled()
	created := s.calls()
	t.Logf("creating one TaskRole took %d calls:\n\t%s", len(created), strings.Join(operations(created), "\n\t"))
	if n := len(created); n > mostToCreate {
		t.Errorf("creating took %d calls, %d are allowed", n, mostToCreate)
	}

	s.look("orders")
	s.forget()
	s.look("orders")
	looked := s.calls()
	t.Logf("looking at it unchanged took %d calls:\n\t%s", len(looked), strings.Join(operations(looked), "\n\t"))
	if n := len(looked); n > mostToLook || n == 0 {
		t.Errorf("looking took %d calls, %d are allowed", n, mostToLook)
	}
}

// BenchmarkCreate tells how many calls it takes to create one TaskRole for a
// family that exists.
func BenchmarkCreate(b *testing.B) {
	s := alone(b, "--resync-period=1h", aWait)
	s.awaitClassReady()
	s.forget()
	n := 0
	for b.Loop() {
		n++
		name := fmt.Sprintf("orders-%d", n)
		s.register(name, "orders:1")
		s.declare(name)
		s.awaitReady(name)
	}
	s.settled()
	b.ReportMetric(float64(len(s.calls()))/float64(n), "calls/op")
}

// BenchmarkUnchanged tells how many calls a look takes that finds everything as
// declared.
func BenchmarkUnchanged(b *testing.B) {
	s := alone(b, "--resync-period=1h")
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	s.settled()
	s.look("orders")
	s.forget()
	n := 0
	for b.Loop() {
		n++
		s.look("orders")
	}
	b.ReportMetric(float64(len(s.calls()))/float64(n), "calls/op")
}
