package ecs

import (
	"maps"
	"slices"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
)

// seen is the region as a read sees it: each family, service and cluster's tasks
// in its own state of up to the horizon ago ("The Amazon ECS API follows an
// eventual consistency model", RunTask).
func (c *call) seen(operation string) *region {
	if c.now.Sub(c.changed) >= c.service.lags.Horizon() {
		return c.region
	}
	view := *c.region
	view.families = map[string]*family{}
	only := c.asksForFamily(operation)
	for _, name := range slices.Sorted(maps.Keys(c.families)) {
		f := c.families[name]
		if (only == "" || only == name) && f.changed.After(c.now.Add(-c.service.lags.Horizon())) {
			f = f.at(c.now.Add(-c.service.lags.Lag(operation + " family/" + name)))
		}
		if len(f.revisions) > 0 {
			view.families[name] = f
		}
	}
	view.clusters = map[string]*cluster{}
	for _, name := range slices.Sorted(maps.Keys(c.clusters)) {
		view.clusters[name] = c.clusters[name].at(c.now, operation, c.service.lags)
	}
	return &view
}

// asksForFamily is the family that the request is about, empty where it is about
// any.
func (c *call) asksForFamily(operation string) string {
	switch operation {
	case "DescribeTaskDefinition":
		ref, _ := c.parse(text(c.in, "taskDefinition"))
		return ref.family
	case "ListTaskDefinitions":
		return text(c.in, "familyPrefix")
	}
	return ""
}

// at is the family as it was: what was registered since is not there, what was
// deregistered since is ACTIVE.
func (f *family) at(t time.Time) *family {
	out := &family{last: f.last, changed: f.changed}
	for _, v := range f.revisions {
		if v.registered.After(t) {
			continue
		}
		status := v.status
		if status == statusDeleteInProgress && v.deletion.After(t) {
			status = statusInactive
		}
		if status == statusInactive && v.deregistered.After(t) {
			status = statusActive
		}
		if status != v.status {
			was := *v
			was.definition = maps.Clone(v.definition)
			was.setStatus(status)
			delete(was.definition, "deleteRequestedAt")
			if status == statusActive {
				delete(was.definition, "deregisteredAt")
			}
			v = &was
		}
		out.revisions = append(out.revisions, v)
	}
	return out
}

// at is the cluster with its services and tasks as they were.
func (cl *cluster) at(now time.Time, operation string, lags *stale.Clock) *cluster {
	out := *cl
	out.services = map[string]*service{}
	for _, name := range slices.Sorted(maps.Keys(cl.services)) {
		s, since := cl.services[name], now.Add(-lags.Horizon())
		if s.past.Recent(since) {
			was, old := s.past.At(now.Add(-lags.Lag(operation + " " + s.arn)))
			if old && was == nil {
				continue
			}
			if old {
				s = was
			}
		}
		shown := *s
		shown.cluster = &out
		out.services[name] = &shown
	}
	out.tasks = nil
	t := now.Add(-lags.Lag(operation + " tasks/" + cl.arn))
	for _, one := range cl.tasks {
		if one.created.After(t) {
			continue
		}
		shown := *one
		shown.cluster = &out
		if one.service != nil {
			// A service that is not seen yet has no tasks that could be.
			if shown.service = out.services[one.service.name]; shown.service == nil {
				continue
			}
		}
		if shown.stoppedAt.After(t) {
			shown.stoppedAt, shown.stopCode, shown.reason = time.Time{}, "", ""
		}
		out.tasks = append(out.tasks, &shown)
	}
	return &out
}

// remember keeps services as they are before a write.
func (c *call) remember(write func(*call) (object, error)) (object, error) {
	before := map[*service]service{}
	for _, cl := range c.clusters {
		for _, s := range cl.services {
			before[s] = s.snapshot()
		}
	}
	out, err := write(c)
	if err != nil {
		return nil, err
	}
	c.changed = c.now
	for _, cl := range c.clusters {
		for _, s := range cl.services {
			was, old := before[s]
			switch {
			case !old:
				s.past = s.past.Put(c.now, nil, c.service.lags.Horizon())
			case s.differs(was):
				s.past = s.past.Put(c.now, &was, c.service.lags.Horizon())
			}
		}
	}
	return out, nil
}

// snapshot is a copy that later changes of the service leave alone.
func (s *service) snapshot() service {
	out := *s
	out.deployments, out.rollouts = slices.Clone(s.deployments), slices.Clone(s.rollouts)
	return out
}

func (s *service) differs(was service) bool {
	return s.status != was.status || s.revision != was.revision || s.desired != was.desired ||
		!slices.Equal(s.current, was.current) || !slices.Equal(s.states(), was.states())
}

// states are how far the service's deployments have come.
func (s *service) states() []string {
	var out []string
	for i := range s.deployments {
		out = append(out, s.deployments[i].state, s.deployments[i].updated.String())
	}
	for i := range s.rollouts {
		out = append(out, s.rollouts[i].status, s.rollouts[i].updated.String())
	}
	return out
}
