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
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/go-logr/logr"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// world is what all tests of a run share.
var world struct {
	plane      *controlplane.Plane
	kube       client.Client // an administrator's, uncached
	aws        *awssim.Server
	faults     faults
	folder     string // of what lives as long as the run
	manager    string // the manager's binary
	kubeconfig string // of the manager's ServiceAccount
	shared     sharedManager
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
	ctrl.SetLogger(logr.Discard())
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
	return m.Run()
}

func setUp() (err error) {
	if world.folder, err = os.MkdirTemp("", "e2e-"); err != nil {
		return err
	}
	if err := buildManager(); err != nil {
		return err
	}
	if world.aws, err = awssim.Start(awssim.Options{PageSize: 2}); err != nil {
		return err
	}
	world.aws.Intercept(world.faults.decide)
	if world.plane, err = controlplane.Start("config/crd/bases"); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return err
	}
	if world.kube, err = client.New(world.plane.Config(), client.Options{Scheme: scheme.Scheme}); err != nil {
		return err
	}
	return grantRights(context.Background())
}

func tearDown() error {
	err := world.shared.stop()
	if world.plane != nil {
		err = errors.Join(err, world.plane.Stop())
	}
	if world.aws != nil {
		err = errors.Join(err, world.aws.Close())
	}
	return errors.Join(err, os.RemoveAll(world.folder))
}

// buildManager builds what is shipped, with the race detector where the tests
// have it.
func buildManager() error {
	root, err := controlplane.Root()
	if err != nil {
		return err
	}
	world.manager = filepath.Join(world.folder, "manager")
	args := append([]string{"build", "-buildvcs=false", "-o", world.manager}, raceFlags...)
	build := exec.Command("go", append(args, "./cmd/manager")...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the manager: %w\n%s", err, out)
	}
	return nil
}
