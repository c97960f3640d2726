package awssim

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Storm is random bad weather: a plan of faults for Server.Intercept, by its
// method Decide. Which call it strikes depends on the seed, on what is called on
// which resource, and on how often that has been called: calls on other things,
// or their order, change nothing. Its fields must not change once it is at work.
type Storm struct {
	Seed uint64
	// Shares of calls, from 0 to 1 and not above 1 together, that fail without an
	// effect: refused for their rate, with a 5xx, by a TCP reset, by silence, and,
	// where AWS's model knows the error, for meeting another write.
	Throttle, Error, Reset, Timeout, Conflict float64
	// Shares of calls that have their effect and yet fail: with a 5xx, by a TCP
	// reset, by silence.
	AmbiguousError, AmbiguousReset, AmbiguousTimeout float64
	// Hang is how long the silence lasts before the connection is closed. Where it is
	// 0, timeouts are closed connections: as ambiguous, and quicker.
	Hang time.Duration
	// Slow is the share of the other calls that take up to SlowBy longer.
	Slow   float64
	SlowBy time.Duration
	// Only says which calls the storm may strike; nil: all.
	Only func(Call) bool

	mu    sync.Mutex
	calm  bool
	drawn map[string]uint64
	tally Tally
}

// Kinds of what a Storm does, as they are counted.
const (
	Throttled        = "throttled"
	Errored          = "error"
	WasReset         = "reset"
	TimedOut         = "timeout"
	Conflicted       = "conflict"
	AmbiguousError   = "ambiguous error"
	AmbiguousReset   = "ambiguous reset"
	AmbiguousTimeout = "ambiguous timeout"
	Slowed           = "slowed"
)

// Tally is what a Storm did.
type Tally struct {
	Calls  int            // that it could have struck
	ByKind map[string]int // struck, by the names above
}

// String is one line: calls, then each kind with its count.
func (t Tally) String() string {
	parts := []string{fmt.Sprintf("%d calls", t.Calls)}
	for _, kind := range slices.Sorted(maps.Keys(t.ByKind)) {
		parts = append(parts, fmt.Sprintf("%d %s", t.ByKind[kind], kind))
	}
	return strings.Join(parts, ", ")
}

// Calm ends the storm: calls from now on are spared, and not counted.
func (s *Storm) Calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = true
}

// Tally returns what the storm did so far.
func (s *Storm) Tally() Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Tally{Calls: s.tally.Calls, ByKind: maps.Clone(s.tally.ByKind)}
}

// Decide is for Server.Intercept. It is safe for concurrent use.
func (s *Storm) Decide(call Call) Fault {
	if s.Only != nil && !s.Only(call) {
		return Fault{}
	}
	random, weather := s.draw(call)
	if !weather {
		return Fault{}
	}
	kind, fault := s.pick(call, random.Float64())
	if kind == "" && random.Float64() < s.Slow {
		kind, fault = Slowed, Fault{Delay: time.Duration(random.Float64() * float64(s.SlowBy))}
	}
	if kind != "" {
		s.mu.Lock()
		s.tally.ByKind[kind]++
		s.mu.Unlock()
	}
	return fault
}

// draw makes the random numbers of the n-th call on a thing.
func (s *Storm) draw(call Call) (*rand.Rand, bool) {
	thing := strings.Join([]string{call.Service, call.Operation, call.Caller.Account, call.Caller.Region}, " ")
	if len(call.Asked) > 0 {
		thing += " " + call.Asked[0].Resource
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm {
		return nil, false
	}
	if s.drawn == nil {
		s.drawn, s.tally.ByKind = map[string]uint64{}, map[string]int{}
	}
	n := s.drawn[thing]
	s.drawn[thing]++
	s.tally.Calls++
	h := fnv.New64a()
	// A hash never fails to take what it is written.
	_, _ = fmt.Fprint(h, thing, "\x00", n)
	return rand.New(rand.NewPCG(s.Seed, h.Sum64())), true
}

// pick lays the shares end to end and takes that on which at lies.
func (s *Storm) pick(call Call, at float64) (string, Fault) {
	for _, one := range []struct {
		share float64
		kind  string
		fault func() Fault
	}{
		{s.Throttle, Throttled, func() Fault { return Fault{Refuse: throttled(call.Service)} }},
		{s.Error, Errored, func() Fault { return Fault{Refuse: anError(call.Service, at)} }},
		{s.Reset, WasReset, func() Fault { return Fault{DropBefore: true, Reset: true} }},
		{s.Timeout, TimedOut, func() Fault { return Fault{DropBefore: true, Hang: s.Hang} }},
		{s.Conflict, Conflicted, func() Fault { return Fault{Refuse: conflict(call.Service, call.Operation)} }},
		{s.AmbiguousError, AmbiguousError, func() Fault { return Fault{RefuseAfter: anError(call.Service, at)} }},
		{s.AmbiguousReset, AmbiguousReset, func() Fault { return Fault{DropAfter: true, Reset: true} }},
		{s.AmbiguousTimeout, AmbiguousTimeout, func() Fault { return Fault{DropAfter: true, Hang: s.Hang} }},
	} {
		if at < one.share {
			if one.kind == Conflicted && conflict(call.Service, call.Operation) == nil {
				return "", Fault{}
			}
			return one.kind, one.fault()
		}
		at -= one.share
	}
	return "", Fault{}
}

// anError is the service's own failure, or that it is overloaded, about as often.
func anError(service string, at float64) *wire.Error {
	if int(at*1e6)%2 == 0 {
		return unavailable()
	}
	return failed(service)
}
