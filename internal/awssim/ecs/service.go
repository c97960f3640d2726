// Package ecs is Amazon ECS as the simulator plays it: task definitions in every
// detail, services with their deployments, and as much of clusters, container
// instances and tasks as says who runs what where.
//
// Services go by a fixed plan (Options.Deployment): a deployment's tasks all start at
// once, next to those that they replace. Capacity, load balancers, lifecycle hooks and
// alarms are not played.
//
// Messages are AWS's own where they are known from its documentation or from
// public reports; where a rule is documented but its message is not, the message
// says the rule in our words.
package ecs

import (
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Options are what a test may choose of a Service.
type Options struct {
	// PageSize is the most items that a page of a listing holds, also when a
	// request asks for more; 0 is AWS's own: 10 of ListServices, 100 of others.
	PageSize int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// NoRegisteredBy leaves registeredBy out of task definitions, as emulators do.
	NoRegisteredBy bool
	// DropUnknown forgets members that the SDK's model does not know, as emulators do.
	DropUnknown bool
	// Throttle holds every operation to AWS's published rate: RegisterTaskDefinition
	// and DeregisterTaskDefinition, together, to 1 a second and 20 at once.
	Throttle bool
	// Rates are other rates for operations by name, under Throttle: as if AWS had
	// raised a quota. Such an operation has a bucket of its own.
	Rates map[string]wire.Rate
	// Stale has reads of definitions, services and tasks lag behind writes.
	Stale stale.Reads
	// Assumable says whether ECS may assume a role; nil: every one. A service's tasks
	// do not start on one that it may not, which the service's events tell, and which
	// a deployment circuit breaker counts.
	Assumable func(account, arn string) bool
	// Deployment is how long a service's deployment, its rollback twice over, and the
	// deletion of a service twice over take; 0: no time. A deployment of strategy
	// BLUE_GREEN, LINEAR or CANARY takes the bake times that the service says besides.
	// CompleteDeployment, StepDeployment and FailDeployment do not wait for it.
	Deployment time.Duration
	// Retry is how long the service scheduler waits until it tries again to start
	// tasks that did not start; 0 is 10 seconds.
	Retry time.Duration
}

// Service is ECS in every account and region. It is safe for concurrent use.
type Service struct {
	options Options
	lags    *stale.Clock
	buckets wire.Buckets

	mu           sync.Mutex // guards everything below
	regions      map[place]*region
	concurrently int // registrations still to fail as if two had met
}

// place is where state lives: nothing in ECS crosses an account or a region.
type place struct{ account, region string }

// New returns an ECS in which nothing exists yet.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{options: o, lags: stale.NewClock(o.Stale), regions: map[place]*region{}}
}

// Do answers one request of protocol awsJson1.1: body and answer are JSON
// objects. An error is a *wire.Error, except for a body that is no JSON object,
// which is one too (SerializationException).
func (s *Service) Do(c wire.Caller, operation string, body []byte) (answer []byte, err error) {
	if err := s.throttled(c, operation); err != nil {
		return nil, err
	}
	in, err := s.read(operation, body)
	if err != nil {
		return nil, err
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	r := s.region(c)
	r.forget(now)
	at := &call{Caller: c, region: r, service: s, now: now, in: in}
	at.pass()
	out, err := at.run(operation)
	if err != nil {
		return nil, err
	}
	return encode(out)
}

// Writes tells whether the operation changes anything when it succeeds.
func Writes(operation string) bool { return operations[operation].writes }

// FailNextRegistrations makes the next n calls of RegisterTaskDefinition that are
// otherwise right, of whatever account and region, fail as AWS does when two
// register in one family at once. They take no revision number.
func (s *Service) FailNextRegistrations(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.concurrently = n
}

func (s *Service) region(c wire.Caller) *region {
	at := place{c.Account, c.Region}
	r, ok := s.regions[at]
	if !ok {
		r = &region{
			prefix:     arnPrefix(c),
			families:   map[string]*family{},
			clusters:   map[string]*cluster{},
			providers:  map[string]*CapacityProvider{},
			providerOf: map[string]string{},
			tags:       map[string][]tag{},
		}
		s.regions[at] = r
	}
	return r
}

// call is one request at work: who asks, what for, and the state it touches. The
// Service's lock is held as long as it lives.
type call struct {
	wire.Caller
	*region
	service *Service
	now     time.Time
	in      object
}

// run runs the operation, a read on what it sees and a write on what there is.
func (c *call) run(operation string) (object, error) {
	op := operations[operation]
	switch {
	case op.writes:
		return c.write(op.run)
	case c.service.lags.On():
		c.region = c.seen(operation)
	}
	return op.run(c)
}

// write does something that changes what there is, and keeps what was for reads
// that lag behind.
func (c *call) write(do func(*call) (object, error)) (object, error) {
	if c.service.lags.On() {
		return c.remember(do)
	}
	return do(c)
}

// pass lets happen what has come to pass since the last request.
func (c *call) pass() {
	for _, cl := range c.clusters {
		if len(cl.unsettled()) > 0 {
			// It cannot fail: advance does not.
			_, _ = c.write(func(c *call) (object, error) { c.advance(); return nil, nil })
			return
		}
	}
}
