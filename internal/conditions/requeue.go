package conditions

import (
	"time"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// conflictRetry is how soon a name that somebody else seems to have is looked at
// again: IAM's reads lag behind its writes by seconds, so it may be our own.
const conflictRetry = 30 * time.Second

// Retry says whether the failure should go to the work queue, whose backoff
// grows: it may pass by itself. The end of a survey wakes those who wait for it.
func Retry(o Outcome) bool {
	return o.Failure != nil && !o.Failure.Terminal && o.Failure.Reason != v1alpha1.ReasonSurveying
}

// Next is the time until the next look when nothing happens before: when a hold
// ends, and at the latest after resync.
func Next(o Outcome, now time.Time, resync time.Duration) time.Duration {
	next := resync
	if o.Failure != nil {
		if o.Failure.Reason == v1alpha1.ReasonConflict {
			next = min(next, conflictRetry)
		}
		return next
	}
	for _, h := range o.Plan.Holds {
		if !h.Until.IsZero() {
			// Not before its time, and never 0, which would mean no next look.
			next = min(next, max(h.Until.Sub(now), time.Millisecond))
		}
	}
	return next
}
