package awssim

import (
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// Options shape the simulated AWS. The zero value behaves as AWS does, but for
// throttling and propagation, which would only make tests slow.
type Options struct {
	// PageSize is the most items that a page of any IAM or ECS listing holds,
	// also when a request asks for more. 0 is AWS's own: 100 in IAM.
	PageSize int
	// Now is the clock of everything that AWS dates; time.Now where nil.
	Now func() time.Time
	// MaxAttached is how many managed policies a role may have; 10 where 0
	// (IAM and STS quotas: it can be raised).
	MaxAttached int
	// Throttle makes ECS refuse with ThrottlingException what exceeds its token
	// buckets: RegisterTaskDefinition 1/s with a burst of 20.
	Throttle bool
	// IAMRate and IAMBurst are a token bucket for the IAM calls of one account,
	// in calls a second and in calls. AWS does not publish its own: 0 is none.
	IAMRate  float64
	IAMBurst int
	// ECS is what only ECS knows; its PageSize, Now and Throttle are those above.
	ECS ecs.Options
	// Propagation is how long a new role takes to reach ECS.
	Propagation time.Duration
}

// Credentials are what an SDK client signs with. SessionToken is empty for users.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

func (o Options) forECS() ecs.Options {
	options := o.ECS
	options.PageSize, options.Now, options.Throttle = o.PageSize, o.Now, o.Throttle
	return options
}
