package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

func TestAManagerThatIsKilledLeavesWhatTheNextOneCompletes(t *testing.T) {
	for name, c := range map[string]struct{ after, before string }{
		"after CreateRole":    {before: "CreatePolicy"},
		"after CreatePolicy":  {before: "AttachRolePolicy"},
		"before it registers": {before: "RegisterTaskDefinition"},
		"after it registered": {after: "RegisterTaskDefinition", before: "ListTaskDefinitions"},
	} {
		t.Run(name, func(t *testing.T) {
			s := alone(t, "--resync-period=2s")
			s.register("orders", "orders:1")
			killed := s.killAt(c.after, c.before)
			s.declare("orders")
			<-killed
			if err := s.manager.Healthy(unheard); err != nil {
				t.Error(err)
			}
			s.intercept(nil)
			s.manager = launched(t, "--resync-period=2s")
			s.awaitReady("orders")
			s.wantOne("orders")
		})
	}
}

// killAt kills the manager in the moment before it makes the call.
func (s *stage) killAt(after, before string) (killed <-chan struct{}) {
	var mu sync.Mutex
	armed, done := after == "", make(chan struct{})
	s.intercept(func(call awssim.Call) awssim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if !armed || call.Operation != before {
			armed = armed || call.Operation == after
			return awssim.Fault{}
		}
		s.manager.Kill()
		select {
		case <-done:
		default:
			close(done)
		}
		return awssim.Fault{DropBefore: true}
	})
	return done
}

func TestADeletionThatWasCutOffIsCompleted(t *testing.T) {
	for _, before := range []string{"DetachRolePolicy", "DeletePolicy", "DeleteRole"} {
		t.Run(before, func(t *testing.T) {
			s := alone(t, "--resync-period=2s")
			s.register("orders", "orders:1")
			s.declare("orders")
			s.awaitReady("orders")
			killed := s.killAt("", before)
			s.remove("orders")
			<-killed
			s.intercept(nil)
			s.manager = launched(t, "--resync-period=2s")
			s.awaitGone("orders")
			if left := s.inventory(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if got := s.active("orders"); len(got) != 3 {
				t.Errorf("ACTIVE revisions: %v", got)
			}
		})
	}
}

func TestTheManagerEndsInTimeAndHandsOver(t *testing.T) {
	elect := []string{
		"--leader-elect", "--leader-election-namespace=" + managerNamespace, "--resync-period=2s",
		"--leader-elect-lease-duration=60s", "--leader-elect-renew-deadline=40s", "--leader-elect-retry-period=200ms",
	}
	s := alone(t, elect...)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	second, err := launch(elect...)
	s.must(err)
	t.Cleanup(func() {
		if err := second.Stop(unheard); err != nil {
			t.Error(err)
		}
	})
	s.eventually("the second manager does nothing", func() error {
		n, err := looks(second)
		if n != 0 {
			t.Errorf("two managers act at the same time: %d looks", n)
		}
		return err
	})

	// In the middle of a call that takes its time.
	decide, slow := once("GetRole", awssim.Fault{Delay: time.Second})
	s.intercept(decide)
	s.lookAt("orders")
	<-slow
	start := time.Now()
	if err := s.manager.Stop(unheard); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > ground.Patience*5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	// The lease was given back: nobody waits a minute for it to run out.
	s.manager = second
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = v1alpha1.Tags{"team": "shop"} })
	s.awaitReady("orders")
	s.wantOne("orders")
}

func TestProbesAnswerAndMetricsCountTheCallsOfAWS(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body, err := get(s.manager.Probes + path); err != nil || status != http.StatusOK {
			t.Errorf("%s answers %d: %s (%v)", path, status, body, err)
		}
	}
	_, body, err := get(s.manager.Metrics + "/metrics")
	s.must(err)
	found := false
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "taskrole_aws_requests_total{") && containsAll(line, []string{`operation="CreateRole"`}) {
			found = strings.HasSuffix(strings.TrimSpace(line), " 1")
			t.Log(strings.TrimSpace(line))
		}
	}
	if !found {
		t.Error("no metric counts the one call of CreateRole")
	}
	if !strings.Contains(body, "taskrole_aws_request_duration_seconds_count{") {
		t.Error("no metric times the calls")
	}
}
