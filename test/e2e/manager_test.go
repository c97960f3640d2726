package e2e

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const (
	// home is the manager's own AWS account, controller the role that it has in
	// every account.
	home       = "100000000000"
	controller = "taskrole-controller"
	clusterID  = "e2e"
	// sharedResync is how soon the shared manager sees what was done by hand.
	sharedResync = 2 * time.Second
)

// launch starts a manager with the rights of config/rbac. Later flags override the
// harness's own.
func launch(flags ...string) (*ground.Manager, error) {
	return world.Launch(ground.Launch{
		Name: "manager", ClusterID: clusterID, Kubeconfig: world.kubeconfig, Region: region,
		Identity: world.AWS.Session(home, controller, "pod"),
		Flags: append([]string{
			"--propagation-wait=200ms", "--read-lag=0s", "--retry-first=100ms", "--retry-most=2s",
			"--iam-rate=1000", "--ecs-rate=1000", "--iam-burst=1000", "--ecs-burst=1000",
			"--registration-rate=1000", "--registration-burst=1000",
		}, flags...),
	})
}

// unheard is what a manager says that lacks a right of config/rbac.
const unheard = "is forbidden: User"

// sharedManager is the manager of the parallel tests, started when the first of
// them needs it.
type sharedManager struct {
	mu      sync.Mutex
	running *ground.Manager
}

func (s *sharedManager) use(t testing.TB) *ground.Manager {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		m, err := launch("--resync-period="+sharedResync.String(), "--max-concurrent-reconciles=16")
		if err != nil {
			t.Fatal(err)
		}
		s.running = m
	}
	return s.running
}

// stop makes room for a manager of a test's own: two would both act.
func (s *sharedManager) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	m := s.running
	s.running = nil
	return m.Stop(unheard)
}

func get(url string) (status int, body string, err error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), errors.Join(err, response.Body.Close())
}
