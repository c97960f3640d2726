package aws

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"golang.org/x/time/rate"
)

// budgets limit how often we call each service of each account: AWS throttles
// an account as a whole, and the pipelines work in it, too.
type budgets struct {
	options Options

	mu       sync.Mutex
	limiters map[budget]*limiter
}

// call is what a budget is asked for.
type call struct{ account, region, service, operation string }

// budget is what calls share: IAM's is the account's, for it has no regions (IAM:
// How IAM works); registrations of task definitions have one beside ECS's,
// because AWS throttles them far below its other calls.
type budget struct {
	account, region, service string
	registrations            bool
}

func newBudgets(o Options) *budgets {
	return &budgets{options: o, limiters: map[budget]*limiter{}}
}

// longestWait for a registration: a worker that waits for minutes is missing
// where there is nothing to register. What does not get its turn is tried again
// with the others.
const longestWait = 10 * time.Second

// wait waits until the budgets have room for one attempt. Services without a
// budget (STS, a call in an hour) do not wait.
func (b *budgets) wait(ctx context.Context, c call) error {
	if l := b.limiter(c.registrations()); l != nil {
		turn, cancel := context.WithTimeout(ctx, longestWait)
		defer cancel()
		if err := l.waitFor(turn, c); err != nil {
			return err
		}
	}
	if l := b.limiter(c.budget()); l != nil {
		return l.waitFor(ctx, c)
	}
	return nil
}

// answered tells the budgets how AWS took an attempt.
func (b *budgets) answered(c call, err error) {
	throttled := err != nil && Explain(err).Class == Throttled
	for _, key := range []budget{c.registrations(), c.budget()} {
		if l := b.limiter(key); l != nil {
			l.adapt(throttled, time.Now())
		}
	}
}

func (c call) budget() budget {
	if c.service == iam.ServiceID {
		return budget{account: c.account, service: c.service}
	}
	return budget{account: c.account, region: c.region, service: c.service}
}

// registrations is the budget of registrations; of another call it is none.
func (c call) registrations() budget {
	if c.service != ecs.ServiceID || c.operation != "RegisterTaskDefinition" {
		return budget{}
	}
	return budget{c.account, c.region, c.service, true}
}

// limiter is nil for what has no budget.
func (b *budgets) limiter(key budget) *limiter {
	var limit float64
	var burst int
	switch {
	case key.registrations:
		limit, burst = b.options.RegistrationRate, b.options.RegistrationBurst
	case key.service == iam.ServiceID:
		limit, burst = b.options.IAMRate, b.options.IAMBurst
	case key.service == ecs.ServiceID:
		limit, burst = b.options.ECSRate, b.options.ECSBurst
	default:
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limiters[key] == nil {
		b.limiters[key] = &limiter{Limiter: rate.NewLimiter(rate.Limit(limit), burst), most: rate.Limit(limit)}
	}
	return b.limiters[key]
}

// limiter is a rate that yields to AWS's throttling, for all workers at once: a
// throttled answer takes a third off it, down to a tenth, and each second without
// one gives a twentieth back. The SDK's own adaptive mode is one for each client,
// and sinks to one call in two seconds where others fill the account.
type limiter struct {
	*rate.Limiter
	most rate.Limit

	mu      sync.Mutex
	changed time.Time
}

const (
	slower   = 2.0 / 3
	least    = 1.0 / 10
	recovery = 1.0 / 20
	// pace is the time between two changes: answers to calls that were made at
	// the same time are one event.
	pace = time.Second
)

func (l *limiter) adapt(throttled bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := l.Limit()
	if now.Sub(l.changed) < pace || !throttled && limit == l.most {
		return
	}
	if throttled {
		limit = max(limit*slower, l.most*least)
	} else {
		limit = min(limit+l.most*recovery, l.most)
	}
	l.SetLimitAt(now, limit)
	l.changed = now
}

func (l *limiter) waitFor(ctx context.Context, c call) error {
	err := l.Wait(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return Failure{Class: Throttled, Service: c.service, Operation: c.operation, Message: fmt.Sprintf(
		"the controller's own rate budget for account %s has no room within the deadline: %v", c.account, err)}
}
