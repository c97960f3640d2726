// Package e2e tests the whole controller: the manager that is shipped, as a
// process of its own, between a real kube-apiserver and a simulated AWS, with
// no more rights than config/rbac gives it.
//
// A test gets a stage: an AWS account, a namespace and a class that nobody else
// uses.
//
//	shared(t)        beside a manager that all such tests share, and which looks
//	                 at everything once every resync; for parallel tests
//	alone(t, flags)  with a manager of its own, for tests that count calls, or
//	                 kill it; never parallel
package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// world is what all tests of a run share.
var world struct {
	*ground.Ground
	faults     faults
	kubeconfig string // of the manager's ServiceAccount
	shared     sharedManager
	licences   licences
	held       held
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

// atOnce is how many parallel tests run at the same time. They mostly wait, so
// the number of cores says nothing.
const atOnce = "12"

func run(m *testing.M) (code int) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := tearDown(); err != nil {
			fmt.Fprintln(os.Stderr, "end to end:", err)
			code = 1
		}
	}()
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "end to end:", err)
		return 1
	}
	code = m.Run()
	if err := ownRights(world.AWS.Calls(), world.licences.of, everything(code)); err != nil {
		fmt.Fprintln(os.Stderr, "end to end:", err)
		code = 1
	}
	return code
}

func setUp() (err error) {
	if world.Ground, err = ground.Start("e2e", awssim.Options{PageSize: 2, Enforce: world.held.holds}); err != nil {
		return err
	}
	world.AWS.Intercept(world.faults.decide)
	return grantRights(context.Background())
}

func tearDown() error {
	err := world.shared.stop()
	if world.Ground != nil {
		err = errors.Join(err, world.Stop())
	}
	return err
}
