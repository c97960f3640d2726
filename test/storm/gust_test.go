package storm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// Where a gust can go on once the controller hears of its beginning.
var (
	registers  = moment{"RegisterTaskDefinition", false}
	registered = moment{"RegisterTaskDefinition", true}
	openings   = []moment{
		{"ListTaskDefinitions", true}, {"DescribeTaskDefinition", true}, registers, registers, registered,
	}
	// sequels are where it goes on after something slipped in before a registration:
	// the controller takes back what it has just registered.
	sequels = []moment{
		{"DeregisterTaskDefinition", false}, {"DeregisterTaskDefinition", true}, registers, registered,
	}
)

// How long a script is.
const (
	mostGusts   = 3
	mostMoments = 3
)

// idle is how often the controller looks at a family without making a call until it
// is taken not to make it: the first look may have begun before, and the others may
// be shown what was before.
func idle() int { return 2 + int((*stale+resync-1)/resync) }

// act does what the script says, until it is over.
func (f *flow) act() {
	f.Helper()
	for range 1 + f.random.IntN(mostGusts) {
		f.gust()
	}
}

// gust does something by the clock, and something at each of some moments after
// it.
func (f *flow) gust() {
	f.Helper()
	// Everything by chance is drawn before anything happens: the script must not
	// depend on what the controller does.
	pause := time.Duration(f.random.IntN(120)) * time.Millisecond
	traps := make([]*trap, f.random.IntN(mostMoments+1))
	beginning, from := f.draw(len(traps) > 0), openings
	for i := range traps {
		m := from[f.random.IntN(len(from))]
		slips := m == registers && i+1 < len(traps)
		s := f.draw(slips)
		if from = openings; slips {
			from = sequels
		}
		traps[i] = &trap{moment: m, sprung: make(chan struct{})}
		traps[i].do = func() { f.do(s, traps[i]) }
	}
	time.Sleep(pause)
	f.set(append([]*trap(nil), traps...)) // before: the answer may be quick
	f.acting.Lock()
	f.do(beginning, nil)
	f.acting.Unlock()
	f.await(traps)
	must(f.T, f.failed())
}

// await waits for the moments, and does by the clock what is left when one did not
// come: the controller made no such call.
func (f *flow) await(traps []*trap) {
	f.Helper()
	missed := false
	for _, t := range traps {
		missed = missed || !f.comes(t)
		if missed {
			f.set(nil)
			f.spring(t, false)
		}
		world.moments.note(t.moment, t.caught)
	}
}

// failed is what went wrong for the pipeline, once what was sprung is done.
func (f *flow) failed() error {
	f.acting.Lock()
	defer f.acting.Unlock()
	return f.failure
}

// comes waits until a trap springs, and says false if it does not seem to.
func (f *flow) comes(t *trap) bool {
	before, _ := f.seen()
	err := wait.PollUntilContextTimeout(f.ctx, 10*time.Millisecond, ground.Deadline, true, func(context.Context) (bool, error) {
		select {
		case <-t.sprung:
			return true, nil
		default:
		}
		if looks, _ := f.seen(); looks > before+idle() {
			return false, errIdle
		}
		return false, nil
	})
	return err == nil
}

var errIdle = errors.New("the controller has nothing to do")

// do does one step, at a trap's moment or, where there is none, by the clock.
func (f *flow) do(s step, t *trap) {
	when := "by chance"
	if t != nil {
		when = "waiting in vain for the moment " + t.String()
		if t.caught {
			when = t.String()
		}
	}
	err := s.do(f)
	f.told = append(f.told, fmt.Sprintf("%s: %s", when, s.name))
	if err != nil && f.failure == nil {
		f.failure = fmt.Errorf("%s, %s: %w", s.name, when, err)
	}
}
