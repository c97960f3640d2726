package crashpoints

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

var (
	which = flag.String("crashpoints", "31", "all, or N for every Nth point")
	seed  = flag.Uint64("crashpoints.seed", rand.Uint64(), "which of N points is the first")
	lanes = flag.Int("crashpoints.lanes", 3, "managers at the same time, besides the one that waits for roles to propagate")
)

// world is what all points of a run share.
var world struct {
	*ground.Ground
	calls switchboard
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
	if world.Ground, err = ground.Start("crashpoints", awssim.Options{PageSize: 2}); err != nil {
		return err
	}
	world.AWS.Intercept(world.calls.decide)
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
	if world.Ground != nil {
		err = errors.Join(err, world.Stop())
	}
	return err
}
