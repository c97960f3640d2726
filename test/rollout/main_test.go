// Package rollout has ECS services deployed by the simulator, with every kind of
// deployment and ending, and looks at what the controller does about them.
package rollout

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const (
	home      = "100000000000"
	clusterID = "rollout"
)

// world is what all scenes share.
var world struct {
	*ground.Ground
	manager *ground.Manager
	mu      sync.Mutex
	faults  map[string]func(awssim.Call) awssim.Fault // by account
}

// decide asks the scene whose account a call of the manager is made in.
func decide(call awssim.Call) awssim.Fault {
	world.mu.Lock()
	fault := world.faults[call.Caller.Account]
	world.mu.Unlock()
	if fault == nil || !strings.Contains(call.Caller.ARN, "/"+ground.Controller+"/") {
		return awssim.Fault{}
	}
	return fault(call)
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	defer func() {
		if world.Ground == nil {
			return
		}
		if err := tearDown(); err != nil {
			fmt.Fprintln(os.Stderr, "rollout:", err)
			code = 1
		}
	}()
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "rollout:", err)
		return 1
	}
	return m.Run()
}

// setUp starts a manager that looks every second. Deployments go on when a scene
// drives them.
func setUp() (err error) {
	world.Ground, err = ground.Start("rollout", awssim.Options{PageSize: 2, ECS: ecs.Options{Deployment: 24 * time.Hour}})
	if err != nil {
		return err
	}
	world.faults = map[string]func(awssim.Call) awssim.Fault{}
	world.AWS.Intercept(decide)
	kubeconfig, err := world.Kubeconfig("rollout", world.Plane.Config())
	if err != nil {
		return err
	}
	world.manager, err = world.Launch(ground.Launch{
		Name: "rollout", ClusterID: clusterID, Kubeconfig: kubeconfig, Region: ground.Region,
		Identity: world.AWS.Session(home, ground.Controller, "pod"),
		Flags: []string{
			"--resync-period=1s", "--survey-age=1s", "--rollout-poll=1s", "--propagation-wait=0s", "--read-lag=0s",
			"--retry-first=50ms", "--retry-most=1s", "--max-concurrent-reconciles=16",
			"--iam-rate=1000", "--ecs-rate=1000", "--iam-burst=1000", "--ecs-burst=1000", "--registration-rate=1000", "--registration-burst=1000",
		},
	})
	return err
}

func tearDown() error {
	var err error
	if world.manager != nil {
		err = world.manager.Stop()
	}
	if stopped := world.Stop(); err == nil {
		err = stopped
	}
	return err
}
