package awssim

import (
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Options shape the simulated AWS. The zero value behaves as AWS does on a good
// day: it throttles nobody, is consistent at once, lets writes wait for each other
// and takes every caller's own policies to allow what he does.
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
	// buckets in an account and region, as published (ECS: Request throttling for
	// the Amazon ECS API): registering and deregistering 1/s with a burst of 20.
	// ECS.Rates are others.
	Throttle bool
	// IAMRate and IAMBurst are a token bucket for the IAM calls of one account,
	// in calls a second and in calls. AWS does not publish its own: 0 is none.
	IAMRate  float64
	IAMBurst int
	// IAMRates are further buckets of an account, for single operations by name.
	IAMRates map[string]wire.Rate
	// ECS is what only ECS knows; its PageSize, Now, Throttle, Stale and Assumable
	// follow from what stands here.
	ECS ecs.Options
	// Propagation is how long a new role takes to reach ECS. Until then RunTask
	// refuses it, and services start no tasks on it, which only their events tell. A
	// definition can name it at once.
	Propagation time.Duration
	// Stale has reads of IAM and ECS lag behind writes.
	Stale Staleness
	// Latency is how long each call takes at least, pages of listings included.
	Latency time.Duration
	// Conflicts has two writes on one thing that overlap fail as on AWS: the later one
	// with ConcurrentModification, where IAM's model knows that error, or with "Too
	// many concurrent attempts to create a new revision of the specified family."
	Conflicts bool
	// Enforce says whose requests are held against their own policies: those of the
	// user or role, and its boundary. Nil is nobody's; Everybody is everybody's. It is
	// called from many goroutines at once. What a new user or a role that only a
	// Session knows may do is said by Server.Grant.
	Enforce func(caller wire.Caller) bool
}

// Staleness says how far reads lag behind writes.
type Staleness = stale.Reads

// Everybody is for Options.Enforce.
func Everybody(wire.Caller) bool { return true }

// Credentials are what an SDK client signs with. SessionToken is empty for users.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

func (o Options) forECS() ecs.Options {
	options := o.ECS
	options.PageSize, options.Now, options.Throttle = o.PageSize, o.Now, o.Throttle
	options.Stale = o.Stale
	return options
}
