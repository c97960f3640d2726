// Package ecs observes task definition families, and registers copies of their
// revisions that carry a role. SDK types stay inside.
package ecs

import (
	"time"

	"k8s.io/utils/lru"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
)

// keptRevisions is how many revisions are remembered: a look reads two or three
// of a family, of some KB each (64 KB at most). More families than that only
// cost a call a look.
const keptRevisions = 2000

// keptWithdrawn is how many deregistered revisions are remembered by their ARN, for
// the seconds in which lists may still show them.
const keptWithdrawn = 2000

// keptRegistered is how many families' last registrations are remembered: far more
// than an account takes while reads lag, at a few a second.
const keptRegistered = 2000

// keptInactive is how many deregistered revisions are remembered that something runs.
const keptInactive = 500

// Service speaks to ECS in one account and region. It is safe for concurrent
// use, and worth keeping: it remembers revisions.
type Service struct {
	api    aws.ECS
	caller string
	// revisions are model.Revision by ARN. A revision never changes, and its
	// number is not used twice. Two things about it may change: its status, which
	// no model.Revision tells (the list of what is ACTIVE is read at every look),
	// and its tags, which are read again when a copy is registered, and matter
	// nowhere else.
	revisions *lru.Cache
	// withdrawn are ARNs of what is deregistered, which nobody can take back.
	withdrawn *lru.Cache
	// registered are registration by family, for as long as reads may not show it.
	registered *lru.Cache
	// inactive are model.Revision by ARN of those that are deregistered, and that
	// services and tasks still run.
	inactive *lru.Cache
	// lag is how long reads may not show what was written.
	lag time.Duration
}

// registration is the last of a family that we made.
type registration struct {
	arn string
	at  time.Time // when it was answered
}

// ErrChanged says that others registered or deregistered revisions of the
// family since it was looked at, or may have, and nothing was registered that stands:
// look and plan again.
var ErrChanged error = aws.Failure{
	Class: aws.Concurrent, Service: "ECS", Operation: "RegisterTaskDefinition",
	Message: "the ACTIVE revisions of the family changed since they were looked at, so nothing was registered",
}

// New makes a Service. Caller is the ARN of who we are, as GetCallerIdentity
// tells it: registeredBy is compared with it. Lag is how long reads may not show
// what was written.
func New(api aws.ECS, caller string, lag time.Duration) *Service {
	return &Service{
		api: api, caller: caller, lag: lag,
		revisions: lru.New(keptRevisions), withdrawn: lru.New(keptWithdrawn), inactive: lru.New(keptInactive), registered: lru.New(keptRegistered),
	}
}

// missing says whether err is that something is not there.
func missing(err error) bool {
	return err != nil && aws.Explain(err).Class == aws.NotFound
}
