package aws

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"golang.org/x/time/rate"
)

// budgets limit how often we call each service of each account: AWS throttles
// an account as a whole, and the pipelines work in it, too.
type budgets struct {
	options Options

	mu       sync.Mutex
	limiters map[budget]*rate.Limiter
}

type budget struct{ account, service string }

func newBudgets(o Options) *budgets {
	return &budgets{options: o, limiters: map[budget]*rate.Limiter{}}
}

// wait waits until the budget has room for one attempt. Services without a
// budget (STS, a call in an hour) do not wait.
func (b *budgets) wait(ctx context.Context, account, service, operation string) error {
	limiter := b.limiter(budget{account, service})
	if limiter == nil {
		return nil
	}
	err := limiter.Wait(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return Failure{Class: Throttled, Service: service, Operation: operation, Message: fmt.Sprintf(
		"the controller's own rate budget for account %s has no room within the deadline: %v", account, err)}
}

func (b *budgets) limiter(key budget) *rate.Limiter {
	var limit float64
	var burst int
	switch key.service {
	case iam.ServiceID:
		limit, burst = b.options.IAMRate, b.options.IAMBurst
	case ecs.ServiceID:
		limit, burst = b.options.ECSRate, b.options.ECSBurst
	default:
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limiters[key] == nil {
		b.limiters[key] = rate.NewLimiter(rate.Limit(limit), burst)
	}
	return b.limiters[key]
}
