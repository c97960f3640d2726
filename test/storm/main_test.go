package storm

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

var (
	interleavings = flag.Int("storm.interleavings", 40, "how many interleavings are tried")
	seed          = flag.Uint64("storm.seed", rand.Uint64(), "decides what the pipelines do, and the weather")
	atOnce        = flag.Int("storm.at-once", 60, "interleavings at the same time")
	stale         = flag.Duration("storm.stale", time.Second, "how far reads of AWS lag behind at most; 0: not at all")
)

// Where the manager and the families are, and how often it looks at them.
const (
	home     = "100000000000"
	cluster  = "storm"
	accounts = 6
	resync   = time.Second
)

// callTimeout is how long the manager waits for an answer: longer than a pipeline
// can hold one up by what it does meanwhile, and shorter than silence lasts.
const callTimeout = ground.Patience * 4 * time.Second

// flags let the manager do in seconds what it does in minutes.
func flags() []string {
	return []string{
		fmt.Sprintf("--resync-period=%s", resync), "--propagation-wait=0s", fmt.Sprintf("--read-lag=%s", *stale+*stale/2),
		"--retry-first=50ms", "--retry-most=2s", fmt.Sprintf("--aws-call-timeout=%s", callTimeout), "--max-concurrent-reconciles=64",
		"--iam-rate=10000", "--ecs-rate=10000", "--iam-burst=1000", "--ecs-burst=1000", "--registration-rate=1000", "--registration-burst=1000",
	}
}

// world is what all interleavings share.
var world struct {
	*ground.Ground
	accounts []*ground.Account
	flows    flows
	weather  *awssim.Storm
	moments  moments
	summary  summary
}

// summary becomes the last line, however the run ended.
type summary struct {
	tried, failed, acts, made, lost atomic.Int32
}

func (s *summary) String() string {
	return fmt.Sprintf("storm: %d interleavings of %d acts tried, %d failed, seed %d; %s; the controller registered %d revisions, %d of them without hearing of it; weather: %s",
		s.tried.Load(), s.acts.Load(), s.failed.Load(), *seed, &world.moments, s.made.Load(), s.lost.Load(), world.weather.Tally())
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		return 1
	}
	code = m.Run()
	if err := world.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		code = 1
	}
	fmt.Println(&world.summary)
	return code
}

func setUp() (err error) {
	// What limits how many are tried at a time is a flag of our own.
	if err := flag.Set("test.parallel", fmt.Sprint(*atOnce)); err != nil {
		return err
	}
	world.weather = &awssim.Storm{
		Seed: *seed, Throttle: .05, Error: .03, Reset: .02, Timeout: .002, Conflict: .03,
		AmbiguousError: .02, AmbiguousReset: .02, AmbiguousTimeout: .004, Hang: callTimeout + time.Second,
		Slow: .2, SlowBy: 30 * time.Millisecond,
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
