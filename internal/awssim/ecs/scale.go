package ecs

import "fmt"

// schedulerStops is the stop code of a task that its service ended.
const schedulerStops = "ServiceSchedulerInitiated"

// keep starts or stops tasks of a deployment until there are as many as the service
// wants, and says whether there are. Those that it starts are pending first, or run
// at once.
func (c *call) keep(s *service, d *deployment, pending bool) bool {
	tasks, _ := s.alive(d.id)
	if len(tasks) > s.desired {
		c.stopTasks(s, d.id, s.desired, d.id)
	}
	var started []*task
	for n := len(tasks); n < s.desired; n++ {
		t, why := c.launch(s, d)
		if t == nil {
			c.tell(s, "%s", why)
			break
		}
		t.pending = pending
		started = append(started, t)
	}
	if len(started) > 0 {
		d.updated = c.now
		c.tell(s, "has started %d tasks: %s.", len(started), naming(started))
	}
	return len(tasks)+len(started) >= s.desired
}

// launch starts a task of a deployment, or says why it does not start.
func (c *call) launch(s *service, d *deployment) (*task, string) {
	if role := c.unassumable(d.revision); role != "" {
		return nil, fmt.Sprintf("failed to launch a task with (error %s).", cannotAssume(role))
	}
	at, failure := c.place(s.cluster, d.revision, d.given)
	if failure != nil {
		return nil, failure.event()
	}
	t := &task{
		revision: d.revision, service: s, group: "service:" + s.name, startedBy: d.id, given: d.given, where: at,
		executes: truth(s.given, "enableExecuteCommand"),
	}
	c.start(s.cluster, t)
	return t, ""
}

// startable says whether a task of the deployment would start.
func (c *call) startable(s *service, d *deployment) bool {
	if c.unassumable(d.revision) != "" {
		return false
	}
	_, failure := c.place(s.cluster, d.revision, d.given)
	return failure == nil
}

// runTasks has the tasks of a deployment run that were pending.
func (c *call) runTasks(s *service, id string) {
	tasks, _ := s.alive(id)
	for _, t := range tasks {
		t.pending = false
	}
}

// stopTasks stops those tasks of a deployment that are more than left.
func (c *call) stopTasks(s *service, id string, left int, by string) {
	tasks, _ := s.alive(id)
	if len(tasks) <= left {
		return
	}
	ended := tasks[left:]
	for _, t := range ended {
		t.stop(c.now, schedulerStops, "Scaling activity initiated by (deployment "+by+")")
	}
	c.tell(s, "has stopped %d running tasks: %s.", len(ended), naming(ended))
}

// scale brings the service's tasks to the number that it wants. A deployment that
// FAILED "doesn't launch any new tasks" (Deployment).
func (c *call) scale(s *service) {
	s.lacking = false
	if r := s.ongoing(); r != nil {
		for _, id := range s.current {
			d := s.deployment(id)
			if d.state == stateCompleted || id == r.target && r.begun() {
				c.keep(s, d, id == r.target && !r.stage().runs && r.stage().takes > 0)
			}
		}
		return
	}
	if d := s.primary(); d != nil && d.state != stateFailed {
		s.lacking = !c.keep(s, d, false)
	}
}

// begun says whether tasks of the rollout's target were started.
func (r *rollout) begun() bool {
	for _, step := range r.steps[:r.at] {
		if step.starts {
			return !r.stuck && r.back == ""
		}
	}
	return false
}

// short says whether a service that lacks tasks can have them now.
func (c *call) short(s *service) bool {
	d := s.primary()
	return s.lacking && d != nil && c.startable(s, d)
}

// drain has a service go that was deleted: "the status moves to DRAINING", and
// "After all tasks have transitioned to either STOPPING or STOPPED, the service
// status moves from DRAINING to INACTIVE" (DeleteService).
func (c *call) drain(s *service) {
	s.desired, s.status = 0, statusDraining
	if r := s.ongoing(); r != nil {
		r.set(rolloutStopped, "Service deployment stopped because the service was deleted.", c.now)
	}
	s.gone = c.now.Add(c.service.options.Deployment / 2)
	if !c.now.Before(s.gone) {
		c.gone(s)
	}
}

// gone ends a service that drained, and what ECS knew of its deployments: it
// "deletes the service revision when you delete a service".
func (c *call) gone(s *service) {
	for _, t := range s.cluster.tasks {
		if t.service == s {
			t.stop(c.now, schedulerStops, "Service deleted")
		}
	}
	s.status = statusInactive
	s.deployments, s.rollouts, s.current = nil, nil, nil
	delete(c.tags, s.arn)
}
