package ecs

import (
	"slices"
	"time"
)

// again is how long the scheduler waits by default before it tries once more to
// start what did not start. AWS documents that the wait grows, not how.
const again = 10 * time.Second

// unsteady is how many failed tasks it takes until a service's events say so. AWS
// does not document the number; it is the circuit breaker's smallest.
const unsteady = breakerFewest

const (
	breakerRolledBack = "Service deployment rolled back because the circuit breaker threshold was exceeded."
	breakerStopped    = "Service deployment stopped because the circuit breaker threshold was exceeded."
	noCandidate       = "No rollback candidate was found to run the rollback."
	stoppedByUser     = "Service deployment was stopped by user."
)

// failedToStart counts a task of the rollout that did not start.
func (c *call) failedToStart(s *service, r *rollout) {
	wait := c.service.options.Retry
	if wait <= 0 {
		wait = again
	}
	r.waiting, r.due = true, c.now.Add(wait)
	if r.back == "" {
		c.count(s, r, 1)
	}
}

// count adds to the rollout's failed tasks, and lets the circuit breaker judge.
func (c *call) count(s *service, r *rollout, failed int) {
	d := s.deployment(r.target)
	before := d.failed
	d.failed, d.updated = d.failed+failed, c.now
	if before < unsteady && d.failed >= unsteady {
		c.tell(s, "is unable to consistently start tasks successfully. "+
			"For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
	}
	if breaks(r.config) && d.failed >= threshold(r.config, s.desired) {
		c.trip(s, r)
	}
}

// trip ends a rollout as the circuit breaker does: "a service deployment will
// transition to a failed state and stop launching new tasks"
// (DeploymentCircuitBreaker).
func (c *call) trip(s *service, r *rollout) {
	d := s.deployment(r.target)
	d.set(stateFailed, "ECS deployment circuit breaker: tasks failed to start.", c.now)
	if strategyOf(r.config) == strategyRolling {
		c.tell(s, "(deployment %s) deployment failed: tasks failed to start.", d.id)
	} else {
		c.tell(s, "(deployment %s) deployment failed: %s", d.id, breakerRolledBack)
	}
	if !rollsBack(r.config) {
		r.set(rolloutStopped, breakerStopped, c.now)
		return
	}
	r.backReason = breakerRolledBack
	c.rollBack(s, r)
}

// rollBack turns a rollout around: "Amazon ECS uses the last successful service
// revision for the rollback", and makes no new one (Amazon ECS service revisions).
func (c *call) rollBack(s *service, r *rollout) {
	failed, d := s.deployment(r.target), s.lastCompleted()
	r.stuck, r.waiting = false, false
	if failed.state != stateFailed {
		failed.set(stateFailed, r.backReason, c.now)
	}
	if d == nil {
		r.set(rollbackFailed, noCandidate, c.now)
		return
	}
	r.set(rollbackInProgress, r.backReason, c.now)
	r.back, r.backAt, r.due = d.id, c.now, c.now.Add(c.service.options.Deployment/2)
	d.created = c.now
	d.set(stateInProgress, "ECS deployment circuit breaker: rolling back to deploymentId "+d.id+".", c.now)
	if r.backReason != breakerRolledBack {
		d.reason = d.underWay()
	}
	c.tell(s, "rolling back to deployment %s.", d.id)
	s.restore(d)
	// The one that failed is told of until the rollback is over, tasks or not.
	others := s.occupied(slices.DeleteFunc(slices.Clone(s.current), func(id string) bool { return id == d.id || id == failed.id }))
	s.current = append([]string{d.id, failed.id}, others...)
}

// lastCompleted is the deployment that went well last, nil where none did.
func (s *service) lastCompleted() *deployment {
	for _, r := range slices.Backward(s.rollouts) {
		switch r.status {
		case rolloutSuccessful:
			return s.deployment(r.target)
		case rollbackSuccessful:
			return s.deployment(r.back)
		}
	}
	return nil
}

// restore has the service stand on an earlier deployment again.
func (s *service) restore(d *deployment) {
	given := clone(s.given)
	for _, member := range append(revisionMembers, "taskDefinition") {
		delete(given, member)
		if has(d.given, member) {
			given[member] = d.given[member]
		}
	}
	s.given, s.revision = given, d.revision
}

// rolledBack ends a rollback, once the tasks of what was before run.
func (c *call) rolledBack(s *service, r *rollout) {
	d := s.deployment(r.back)
	if !c.keep(s, d, false) {
		c.failedToStart(s, r)
		return
	}
	c.settle(s, d)
	r.set(rollbackSuccessful, r.backReason, c.now)
}
