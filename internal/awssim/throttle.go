package awssim

import (
	"net/http"
	"sync"

	"golang.org/x/time/rate"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// buckets are the token buckets of IAM, one an account. ECS keeps its own.
type buckets struct {
	options Options

	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

func newBuckets(options Options) *buckets {
	return &buckets{options: options, limiters: map[string]*rate.Limiter{}}
}

// take refuses a call for which no token is left.
func (b *buckets) take(call Call) *wire.Error {
	if call.Service != "iam" || b.options.IAMRate <= 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter := b.limiters[call.Caller.Account]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(b.options.IAMRate), b.options.IAMBurst)
		b.limiters[call.Caller.Account] = limiter
	}
	if !limiter.AllowN(call.At, 1) {
		return wire.Refuse(http.StatusBadRequest, "Throttling", "Rate exceeded")
	}
	return nil
}
