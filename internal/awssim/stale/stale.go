// Package stale makes reads that lag behind writes, as eventual consistency has
// them: "changes that I make are not always immediately visible" (IAM:
// Troubleshoot IAM), "might not be immediately visible to all subsequent commands
// you run" (ECS: RunTask).
package stale

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Reads say how far reads lag. The zero value is not at all.
type Reads struct {
	// For is the longest time that a write stays unseen.
	For time.Duration
	// Share is the part of reads that lag, by a random time of up to For; half of
	// them where 0. At 1 every read lags, and by the whole of For.
	Share float64
	// Seed decides which.
	Seed uint64
	// Creations has writes lag, too: changing what was just created may fail as if
	// it were not there.
	Creations bool
}

// Clock draws lags. It is safe for concurrent use.
type Clock struct {
	reads Reads

	mu    sync.Mutex
	drawn map[string]uint64 // how often, by key
}

// NewClock returns a clock for the reads of one service.
func NewClock(reads Reads) *Clock {
	if reads.Share <= 0 {
		reads.Share = 0.5
	}
	return &Clock{reads: reads, drawn: map[string]uint64{}}
}

// On says whether anything lags at all.
func (c *Clock) On() bool { return c.reads.For > 0 }

// Horizon is how long a write may stay unseen.
func (c *Clock) Horizon() time.Duration { return c.reads.For }

// Creations says whether changes of what is new lag.
func (c *Clock) Creations() bool { return c.On() && c.reads.Creations }

// Lag is how old the state is that the next read of an object sees. The n-th read
// of an object always lags the same for the same seed, whatever else goes on.
func (c *Clock) Lag(object string) time.Duration {
	if c.reads.Share >= 1 {
		return c.reads.For
	}
	random := c.random(object)
	if random.Float64() >= c.reads.Share {
		return 0
	}
	return time.Duration(random.Float64() * float64(c.reads.For))
}

func (c *Clock) random(object string) *rand.Rand {
	c.mu.Lock()
	n := c.drawn[object]
	c.drawn[object]++
	c.mu.Unlock()
	h := fnv.New64a()
	// A hash never fails to take what it is written.
	_, _ = fmt.Fprint(h, object, "\x00", n)
	return rand.New(rand.NewPCG(c.reads.Seed, h.Sum64()))
}

// History is what an object was before each of its latest changes, the oldest
// first.
type History[T any] []Past[T]

// Past is a state that ended.
type Past[T any] struct {
	Until time.Time
	Was   T
}

// Put adds a state that ended, and forgets those that no read can see any more.
func (h History[T]) Put(until time.Time, was T, horizon time.Duration) History[T] {
	return append(h.Since(until.Add(-horizon)), Past[T]{until, was})
}

// Since keeps what ended after a time.
func (h History[T]) Since(t time.Time) History[T] {
	return slices.DeleteFunc(h, func(p Past[T]) bool { return !p.Until.After(t) })
}

// At is the state at a time, and false where it is the present one.
func (h History[T]) At(t time.Time) (T, bool) {
	for _, p := range h {
		if p.Until.After(t) {
			return p.Was, true
		}
	}
	var none T
	return none, false
}

// Recent says whether anything ended after a time.
func (h History[T]) Recent(t time.Time) bool {
	return len(h) > 0 && h[len(h)-1].Until.After(t)
}
