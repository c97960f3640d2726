package storm

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

var (
	interleavings = flag.Int("storm.interleavings", 40, "how many interleavings are tried")
	seed          = flag.Uint64("storm.seed", rand.Uint64(), "decides what the pipelines do, and the weather")
	atOnce        = flag.Int("storm.at-once", 24, "interleavings at the same time")
	stale         = flag.Duration("storm.stale", time.Second, "how far reads of AWS lag behind at most")
)

// Where the manager and the families are.
const (
	home     = "100000000000"
	cluster  = "storm"
	accounts = 6
)

// flags let the manager do in seconds what it does in minutes.
func flags() []string {
	return []string{
		"--resync-period=1s", "--propagation-wait=0s", fmt.Sprintf("--read-lag=%s", *stale+*stale/2), "--retry-first=50ms", "--retry-most=2s",
		"--aws-call-timeout=2s", "--max-concurrent-reconciles=32",
		"--iam-rate=10000", "--ecs-rate=10000", "--iam-burst=1000", "--ecs-burst=1000", "--registration-rate=1000", "--registration-burst=1000",
	}
}

// world is what all interleavings share.
var world struct {
	*ground.Ground
	accounts []*ground.Account
	flows    flows
	weather  *awssim.Storm
	summary  string // the last line
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	defer func() {
		if world.Ground != nil {
			if err := world.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "storm:", err)
				code = 1
			}
		}
		if world.summary != "" {
			fmt.Println(world.summary)
		}
	}()
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		return 1
	}
	return m.Run()
}

func setUp() (err error) {
	// What limits how many are tried at a time is a flag of our own.
	if err := flag.Set("test.parallel", fmt.Sprint(*atOnce)); err != nil {
		return err
	}
	world.weather = &awssim.Storm{
		Seed: *seed, Throttle: .05, Error: .03, Reset: .02, Conflict: .03,
		AmbiguousError: .02, AmbiguousReset: .02, Slow: .2, SlowBy: 30 * time.Millisecond,
		Only: ours,
	}
	world.Ground, err = ground.Start("storm", awssim.Options{
		PageSize: 3, Stale: awssim.Staleness{For: *stale, Share: .3, Seed: *seed, Creations: *stale > 0},
	})
	if err == nil {
		world.AWS.Intercept(world.flows.decide)
	}
	return err
}

// ours says whether the controller made the call.
func ours(call awssim.Call) bool {
	return strings.Contains(call.Caller.ARN, ":assumed-role/"+ground.Controller+"/")
}

// stopped ends a manager, and says whether it was well.
func stopped(m *ground.Manager) error { return errors.Join(m.Stop()) }
