package aws

import (
	"cmp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options are the knobs of a Connector. Zero values mean the defaults.
type Options struct {
	// CallTimeout is how long one attempt of a call may take, so that an
	// endpoint which hangs holds up nobody for longer. Default 30 s.
	CallTimeout time.Duration
	// IAMRate and ECSRate are attempts a second for each account and service,
	// retries counted; IAMBurst and ECSBurst how many may come at once.
	// ECS's are for each region, too.
	IAMRate, ECSRate   float64
	IAMBurst, ECSBurst int
	// RegistrationRate and RegistrationBurst are the same for registrations of
	// task definitions, which count as calls to ECS as well.
	RegistrationRate  float64
	RegistrationBurst int
	// Registerer takes the metrics; nil: none are kept.
	Registerer prometheus.Registerer
	// UserAgent is added to the SDK's own, as NAME/VERSION: CloudTrail shows it.
	UserAgent string
}

// AWS does not publish IAM's request rates; ECS allows about 20 reads of
// clusters a second and one registration, with a burst of 20 (Amazon ECS: Request
// throttling for the Amazon ECS API). Half of what is known, or less, leaves the
// pipelines their share; the bursts let a TaskRole or two be made in one go.
const (
	defaultCallTimeout = 30 * time.Second
	defaultIAMRate     = 10
	defaultIAMBurst    = 30
	defaultECSRate     = 10
	defaultECSBurst    = 20

	defaultRegistrationRate  = 0.5
	defaultRegistrationBurst = 5
)

func (o Options) withDefaults() Options {
	o.CallTimeout = cmp.Or(o.CallTimeout, defaultCallTimeout)
	o.IAMRate = cmp.Or(o.IAMRate, defaultIAMRate)
	o.IAMBurst = cmp.Or(o.IAMBurst, defaultIAMBurst)
	o.ECSRate = cmp.Or(o.ECSRate, defaultECSRate)
	o.ECSBurst = cmp.Or(o.ECSBurst, defaultECSBurst)
	o.RegistrationRate = cmp.Or(o.RegistrationRate, defaultRegistrationRate)
	o.RegistrationBurst = cmp.Or(o.RegistrationBurst, defaultRegistrationBurst)
	return o
}
