package soak

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

var (
	seed     = flag.Uint64("soak.seed", rand.Uint64(), "decides what happens, and the weather")
	duration = flag.Duration("soak.time", 10*time.Second, "how long the storm lasts")
	roles    = flag.Int("soak.roles", 12, "how many TaskRoles there are")
	stale    = flag.Duration("soak.stale", -1, "how far reads of AWS lag behind at most; absent: 10s, or a tenth of a storm that is shorter than 100s")
)

// pace is how long things take: as in earnest, or all of it shorter, where the
// storm is too short for that.
type pace struct {
	stale, readLag, propagation, callTimeout, hang time.Duration
	resync, retryFirst, retryMost                  time.Duration
	between                                        time.Duration // edits of one TaskRole
}

func newPace() pace {
	p := pace{
		stale: min(10*time.Second, *duration/10), resync: min(time.Minute, *duration/4),
		between: min(15*time.Second, *duration/12),
	}
	if *stale >= 0 {
		p.stale = *stale
	}
	// Half as much again as AWS lags.
	p.readLag = p.stale * 3 / 2
	p.propagation = min(15*time.Second, *duration/10)
	p.callTimeout = min(5*time.Second, *duration/20)
	p.hang = 2 * p.callTimeout
	p.retryFirst, p.retryMost = min(time.Second, *duration/100), min(30*time.Second, *duration/10)
	return p
}

// flags of the manager.
func (p pace) flags() []string {
	return []string{
		fmt.Sprint("--resync-period=", max(p.resync, time.Second)), fmt.Sprint("--propagation-wait=", p.propagation), fmt.Sprint("--read-lag=", p.readLag),
		fmt.Sprint("--retry-first=", p.retryFirst), fmt.Sprint("--retry-most=", p.retryMost), fmt.Sprint("--aws-call-timeout=", p.callTimeout),
		"--iam-rate=100", "--iam-burst=100", "--ecs-rate=100", "--ecs-burst=100", "--registration-rate=20", "--registration-burst=20",
		"--max-concurrent-reconciles=32",
	}
}

// world is what the test stands on.
var world struct {
	*ground.Ground
	watch   *watch
	pace    pace
	summary string // the last line
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	defer func() {
		if world.Ground != nil {
			if err := world.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "soak:", err)
				code = 1
			}
		}
		if world.summary != "" {
			fmt.Println(world.summary)
		}
	}()
	world.pace = newPace()
	world.watch = &watch{storm: &awssim.Storm{
		Seed: *seed, Throttle: .20, Error: .05, AmbiguousTimeout: .02, Hang: world.pace.hang, Only: ours,
	}}
	var err error
	world.Ground, err = ground.Start("soak", awssim.Options{
		Stale: awssim.Staleness{For: world.pace.stale, Seed: *seed}, Propagation: world.pace.propagation, Conflicts: true,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 1
	}
	world.AWS.Intercept(world.watch.decide)
	return m.Run()
}
