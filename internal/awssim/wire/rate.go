package wire

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is a token bucket: Burst tokens at most, of which PerSecond come back.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Buckets are token buckets by name. The zero value is ready for use, by many
// goroutines at once.
type Buckets struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// Take takes a token out of the bucket of that name, and says whether there was
// one. A bucket comes into being full, with the rate of the first who asks.
func (b *Buckets) Take(name string, r Rate, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limiters == nil {
		b.limiters = map[string]*rate.Limiter{}
	}
	limiter := b.limiters[name]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
		b.limiters[name] = limiter
	}
	return limiter.AllowN(now, 1)
}
