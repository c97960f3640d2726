package awssim

import "github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"

// buckets are the token buckets of IAM, of each account. ECS keeps its own.
type buckets struct {
	options Options
	tokens  wire.Buckets
}

// take refuses a call for which no token is left.
func (b *buckets) take(call Call) *wire.Error {
	if call.Service != "iam" {
		return nil
	}
	account := call.Caller.Account
	all := wire.Rate{PerSecond: b.options.IAMRate, Burst: b.options.IAMBurst}
	if all.PerSecond > 0 && !b.tokens.Take(account, all, call.At) {
		return throttled(call.Service)
	}
	if one, found := b.options.IAMRates[call.Operation]; found && !b.tokens.Take(account+" "+call.Operation, one, call.At) {
		return throttled(call.Service)
	}
	return nil
}
