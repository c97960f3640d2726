package aws

import (
	"context"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// attempt stands around each attempt of a call: it waits for the account's
// budget, then gives the attempt a deadline, counts it and takes its time.
type attempt struct {
	account, region string
	timeout         time.Duration
	budgets         *budgets
	metrics         *metrics
}

// ID names the middleware in the SDK's stack.
func (*attempt) ID() string { return "TaskRoleAttempt" }

// HandleFinalize makes one attempt. The wait for the budget comes before the
// signature, whose date must be fresh, and before the deadline starts to run.
func (a *attempt) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
	c := call{a.account, a.region, service, operation}
	if err := a.budgets.wait(ctx, c); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	start := time.Now()
	out, metadata, err := next.HandleFinalize(ctx, in)
	a.metrics.observe(service, operation, time.Since(start), err)
	a.budgets.answered(c, err)
	return out, metadata, err
}
