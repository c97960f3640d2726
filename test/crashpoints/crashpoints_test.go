package crashpoints

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// point is where a manager dies.
type point struct {
	at        int // the number of the call in its scenario, from 1
	side      side
	operation string // what that call was in a run in which nobody died
}

func (p point) String() string { return fmt.Sprintf("%02d-%s-%s", p.at, p.side, p.operation) }

// tally counts what was tried, by scenario.
type tally struct {
	mu            sync.Mutex
	tried, failed map[string]int
}

func (c *tally) count(scenario string, failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried[scenario]++
	if failed {
		c.failed[scenario]++
	}
}

func (c *tally) String() string {
	parts, tried, failed := make([]string, 0, len(scenarios)), 0, 0
	for _, s := range scenarios {
		text := fmt.Sprintf("%s %d", s.name, c.tried[s.name])
		if n := c.failed[s.name]; n > 0 {
			text += fmt.Sprintf(" (%d failed)", n)
		}
		parts = append(parts, text)
		tried, failed = tried+c.tried[s.name], failed+c.failed[s.name]
	}
	return fmt.Sprintf("crash points: %s: %d tried, %d failed", strings.Join(parts, ", "), tried, failed)
}

func TestEveryCrashPointEndsInExactlyWhatIsDeclared(t *testing.T) {
	every := 1
	if *which != "all" {
		n, err := strconv.Atoi(*which)
		if err != nil || n < 1 {
			t.Fatalf("-crashpoints=%s: say all, or a number", *which)
		}
		every = n
	}
	t.Logf("-crashpoints=%s -crashpoints.seed=%d, managers with %s", *which, *seed, strings.Join(flags, " "))
	var mu sync.Mutex
	found := map[string][]point{}
	t.Run("uncut", func(t *testing.T) {
		for _, sc := range scenarios {
			t.Run(sc.name, func(t *testing.T) {
				t.Parallel()
				points := sc.points(t)
				mu.Lock()
				defer mu.Unlock()
				found[sc.name] = points
			})
		}
	})
	if t.Failed() {
		return
	}
	results := &tally{tried: map[string]int{}, failed: map[string]int{}}
	t.Run("cut", func(t *testing.T) {
		number := int(*seed % uint64(every))
		for _, sc := range scenarios {
			for _, p := range found[sc.name] {
				number++
				if number%every != 0 {
					continue
				}
				t.Run(sc.name+"/"+p.String(), func(t *testing.T) {
					t.Parallel()
					defer func() { results.count(sc.name, t.Failed()) }()
					sc.try(t, p)
				})
			}
		}
	})
	world.summary = results.String()
}

// points finds out which calls the scenario makes where nobody dies.
func (sc scenario) points(t *testing.T) []point {
	t.Helper()
	s := sc.start(t, nil)
	sc.act(s)
	s.eventually("it is carried out", s.converged)
	s.eventually("AWS has what is declared", s.judge)
	made := s.calls.all()
	t.Logf("%d calls: %s", len(made), strings.Join(operations(made), " "))
	var out []point
	for i, call := range made {
		out = append(out, point{i + 1, before, call.Operation}, point{i + 1, after, call.Operation})
		final := s.deleted && call.Operation == "RegisterTaskDefinition"
		if call.Write && !final && *which == "all" {
			out = append(out, point{i + 1, late, call.Operation})
		}
	}
	s.staysSo()
	return out
}

// start makes a stage on which the scenario is about to begin.
func (sc scenario) start(t *testing.T, hit *strike) *stage {
	t.Helper()
	free := world.lanes
	if sc.patient {
		free = world.patient
	}
	s := newStage(t, free)
	if sc.prepare != nil {
		sc.prepare(s)
	}
	racing := func() {
		if sc.racing != nil {
			sc.racing(s)
		}
	}
	if hit != nil {
		hit.kill = s.lane.manager.Kill
	}
	s.calls.begin(racing, hit)
	return s
}

// try has a manager die at the point, and judges what the next one makes of it.
func (sc scenario) try(t *testing.T, p point) {
	hit := &strike{at: p.at, side: p.side, struck: make(chan struct{}), resume: make(chan struct{})}
	resume := sync.OnceFunc(func() { close(hit.resume) })
	t.Cleanup(resume)
	s := sc.start(t, hit)
	t.Cleanup(resume) // before the stage is cleared
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("calls around it:\n%s", s.calls.around(p.at))
		}
	})
	sc.act(s)
	s.eventually("the call that it is about", func() error {
		if !s.calls.dead() {
			return errors.New("it was not made")
		}
		return nil
	})
	if got := s.calls.all()[p.at-1].Operation; got != p.operation {
		t.Logf("call %d is %s this time, not %s", p.at, got, p.operation)
	}
	if p.side != late {
		s.eventually("the call is over", s.calls.taken)
	}
	s.must(s.lane.run())
	s.eventually("it is carried out", s.converged)
	s.eventually("AWS has what is declared", s.judge)
	if p.side == late {
		resume()
		s.eventually("the late call is over", s.calls.taken)
		if !s.deleted {
			s.nudge()
		}
		s.eventually("AWS has what is declared, after the late call", s.judge)
	}
	s.staysSo()
}

// staysSo fails the test where the manager still changes anything.
func (s *stage) staysSo() {
	s.Helper()
	if s.deleted {
		return
	}
	// Every look begins with GetRole. The look at which a manager's start or the
	// nudge before it came is over when the second of these has begun, and that
	// one when the third has.
	begun := 0
	for i := range 3 {
		n := len(s.calls.all())
		s.nudge()
		s.eventually("another look", func() error {
			if s.calls.count("GetRole", n) == 0 {
				return errors.New("there is none")
			}
			return nil
		})
		if i == 1 {
			begun = len(s.calls.all())
		}
	}
	if writes := s.calls.writes(begun); len(writes) > 0 {
		s.Errorf("it goes on changing what is as declared: %v", writes)
	}
	if err := s.judge(); err != nil {
		s.Errorf("it does not stay so: %v", err)
	}
}

func operations(calls []awssim.Call) []string {
	out := make([]string, 0, len(calls))
	for _, call := range calls {
		out = append(out, call.Operation)
	}
	return out
}
