package crashpoints

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

var (
	which = flag.String("crashpoints", "31", "all, or N for every Nth point")
	seed  = flag.Uint64("crashpoints.seed", rand.Uint64(), "which of N points is the first")
	lanes = flag.Int("crashpoints.lanes", 3, "managers at the same time, besides the one that waits for roles to propagate")
)

// world is what all points of a run share.
var world struct {
	plane   *controlplane.Plane
	kube    client.Client // an administrator's, uncached
	aws     *awssim.Server
	calls   switchboard
	folder  string // of what lives as long as the run
	manager string // the manager's binary
	// lanes are those that nobody uses at the moment. A new role is waited for in
	// one of them only, for the scenarios that are about that: it takes seconds.
	lanes, patient chan *lane
	summary        string // the last line
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	ctrl.SetLogger(logr.Discard())
	defer func() {
		if err := tearDown(); err != nil {
			fmt.Fprintln(os.Stderr, "crash points:", err)
			code = 1
		}
		if world.summary != "" {
			fmt.Println(world.summary)
		}
	}()
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "crash points:", err)
		return 1
	}
	return m.Run()
}

func setUp() (err error) {
	// What limits how many points are tried at a time is the number of lanes.
	if err := flag.Set("test.parallel", "10000"); err != nil {
		return err
	}
	if world.folder, err = os.MkdirTemp("", "crashpoints-"); err != nil {
		return err
	}
	if err := buildManager(); err != nil {
		return err
	}
	if world.aws, err = awssim.Start(awssim.Options{PageSize: 2}); err != nil {
		return err
	}
	world.aws.Intercept(world.calls.decide)
	if world.plane, err = controlplane.Start("config/crd/bases"); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return err
	}
	if world.kube, err = client.New(world.plane.Config(), client.Options{Scheme: scheme.Scheme}); err != nil {
		return err
	}
	return openLanes()
}

func openLanes() error {
	world.lanes, world.patient = make(chan *lane, *lanes), make(chan *lane, 1)
	for n := range *lanes + 1 {
		l, err := newLane(n)
		if err != nil {
			return err
		}
		if n == 0 {
			// IAM dates roles in whole seconds: a wait of one may be over at once.
			l.flags = append(l.flags, "--propagation-wait=2s")
			world.patient <- l
			continue
		}
		world.lanes <- l
	}
	return nil
}

func tearDown() (err error) {
	for _, free := range []chan *lane{world.patient, world.lanes} {
		for range len(free) {
			err = errors.Join(err, (<-free).close())
		}
	}
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

// deadline is far above what anything here takes: what is not there by then is
// not coming.
const deadline = patience * 30 * time.Second
