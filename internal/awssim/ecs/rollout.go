package ecs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The states of a service deployment (View service history using Amazon ECS service
// deployments).
const (
	rolloutPending       = "PENDING"
	rolloutInProgress    = "IN_PROGRESS"
	rolloutSuccessful    = "SUCCESSFUL"
	rolloutStopped       = "STOPPED"
	rolloutStopRequested = "STOP_REQUESTED"
	rollbackRequested    = "ROLLBACK_REQUESTED"
	rollbackInProgress   = "ROLLBACK_IN_PROGRESS"
	rollbackSuccessful   = "ROLLBACK_SUCCESSFUL"
	rollbackFailed       = "ROLLBACK_FAILED"
)

// rollout is what ECS calls a service deployment: how a service came from what it
// ran to what it is to run.
type rollout struct {
	arn      string
	number   int // rises from one to the next
	sources  []string
	target   string // its deployment's id
	config   object // the service's deploymentConfiguration at the time
	status   string
	reason   string
	created  time.Time
	started  time.Time
	updated  time.Time
	finished time.Time
	stopped  time.Time

	back       string // the deployment that it is rolled back to; empty: it is not
	backReason string
	backAt     time.Time

	steps   []step
	at      int       // how many of them were begun
	due     time.Time // of the next
	waiting bool      // for tasks that cannot be started yet
	stuck   bool      // its tasks fail, and nothing but a hand helps
}

func (r *rollout) over() bool {
	switch r.status {
	case rolloutSuccessful, rolloutStopped, rollbackSuccessful, rollbackFailed:
		return true
	}
	return false
}

func (r *rollout) set(status, reason string, at time.Time) {
	r.status, r.reason, r.updated = status, reason, at
	if r.over() {
		r.finished = at
	}
	if status == rolloutStopped {
		r.stopped = at
	}
}

// stage is the step that the rollout is in; the zero step before the first.
func (r *rollout) stage() step {
	if r.at == 0 {
		return step{}
	}
	return r.steps[r.at-1]
}

// ongoing is the service's rollout that is not over, nil when there is none.
func (s *service) ongoing() *rollout {
	if n := len(s.rollouts); n > 0 && !s.rollouts[n-1].over() {
		return &s.rollouts[n-1]
	}
	return nil
}

// deploy starts a deployment of what the service stands on now. One that was under
// way is stopped, and its tasks count among what is replaced.
func (c *call) deploy(s *service) {
	if s.controller() != controllerECS {
		if s.revision != nil {
			c.replaceTaskSet(s)
		}
		return
	}
	if r := s.ongoing(); r != nil {
		r.set(rolloutStopped, "Service deployment stopped because a newer service deployment was started.", c.now)
	}
	d := c.addDeployment(s)
	sources := s.occupied(s.current)
	s.current = append([]string{d.id}, sources...)
	config := s.deploymentConfiguration()
	s.rollouts = append(s.rollouts, rollout{
		arn:    strings.Replace(s.arn, ":service/", ":service-deployment/", 1) + "/" + fmt.Sprintf("%021s", d.number()),
		number: c.ids, sources: sources, target: d.id, config: config, status: rolloutPending,
		created: c.now, updated: c.now, due: c.now, steps: plan(config, c.service.options.Deployment),
	})
	c.proceed(s)
}

// proceed takes the service's rollout as far as its time has come.
func (c *call) proceed(s *service) {
	now := c.now
	defer func() { c.now = now }()
	for r := s.ongoing(); r != nil && !r.stuck; r = s.ongoing() {
		switch {
		case !now.Before(r.due):
			c.now = r.due
		case r.waiting && c.startable(s, s.deployment(r.heading())):
			c.now = now // what it waited for is there before it looked again
		default:
			return
		}
		c.next(s, r)
	}
}

// heading is the deployment that the rollout starts tasks of.
func (r *rollout) heading() string {
	if r.back != "" {
		return r.back
	}
	return r.target
}

// next begins the next step, or ends the rollout after the last. It stays where it
// is as long as tasks do not start.
func (c *call) next(s *service, r *rollout) {
	switch {
	case r.status == rollbackRequested:
		c.rollBack(s, r)
		return
	case r.status == rollbackInProgress:
		c.rolledBack(s, r)
		return
	case r.at == len(r.steps):
		c.finish(s, r)
		return
	}
	next := r.steps[r.at]
	if next.starts && !c.keep(s, s.deployment(r.target), next.takes > 0) {
		c.failedToStart(s, r)
		return
	}
	if next.runs {
		c.runTasks(s, r.target)
	}
	r.waiting = false
	r.at++
	if r.at > 1 && r.status == rolloutPending {
		r.status, r.started = rolloutInProgress, c.now
	}
	r.updated, r.due = c.now, c.now.Add(next.takes)
}

// finish ends a rollout that went well: what it replaced goes.
func (c *call) finish(s *service, r *rollout) {
	c.runTasks(s, r.target)
	d := s.deployment(r.target)
	c.settle(s, d)
	r.set(rolloutSuccessful, "", c.now)
}

// settle leaves the service with one deployment, which is COMPLETED.
func (c *call) settle(s *service, d *deployment) {
	for _, id := range s.current {
		if id != d.id {
			c.stopTasks(s, id, 0, d.id)
		}
	}
	s.current = []string{d.id}
	d.set(stateCompleted, d.completed(), c.now)
	c.tell(s, "(deployment %s) deployment completed.", d.id)
	c.tell(s, "has reached a steady state.")
}

// advance takes everything in the region as far as its time has come.
func (c *call) advance() {
	for _, cl := range c.clusters {
		for _, name := range cl.unsettled() {
			s := cl.services[name]
			switch {
			case s.status == statusDraining && !c.now.Before(s.gone):
				c.gone(s)
			case s.status == statusActive && s.ongoing() != nil:
				c.proceed(s)
			case s.status == statusActive && c.short(s):
				c.scale(s)
			}
		}
	}
}

// unsettled are the services of which something may have come to pass, in a fixed
// order.
func (cl *cluster) unsettled() []string {
	var names []string
	for name, s := range cl.services {
		if s.status == statusDraining || s.status == statusActive && (s.ongoing() != nil || s.lacking) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
