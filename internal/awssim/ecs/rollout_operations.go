package ecs

import (
	"encoding/json"
	"slices"
	"strings"
)

// How many ListServiceDeployments gives by default, and how many ARNs the Describe
// operations of service deployments and revisions take ("You can specify a maximum
// of 20 ARNs").
const (
	rolloutsListed    = 20
	rolloutsDescribed = 20
)

// listServiceDeployments gives the newest first.
func (c *call) listServiceDeployments() (object, error) {
	s, err := c.namedService()
	if err != nil {
		return nil, err
	}
	var found []*rollout
	for _, r := range slices.Backward(s.rollouts) {
		if states := texts(c.in, "status"); len(states) > 0 && !slices.Contains(states, r.status) {
			continue
		}
		if c.createdWithin(&r) {
			found = append(found, &r)
		}
	}
	return page(c, "serviceDeployments", found, pager[*rollout]{
		key:   func(r *rollout) mark { return mark{Name: r.arn, Number: r.number} },
		show:  func(r *rollout) any { return s.showBrief(r) },
		after: func(r *rollout, m mark) bool { return r.number < m.Number },
		size:  rolloutsListed,
	})
}

// createdWithin holds a rollout against the filter createdAt.
func (c *call) createdWithin(r *rollout) bool {
	created, _ := timestamp(r.created).Float64()
	within := child(c.in, "createdAt")
	for key, sign := range map[string]float64{"after": 1, "before": -1} {
		bound, is := within[key].(json.Number)
		if at, err := bound.Float64(); is && (err != nil || (created-at)*sign < 0) {
			return false
		}
	}
	return true
}

func (s *service) showBrief(r *rollout) object {
	out := object{
		"serviceDeploymentArn":     r.arn,
		"serviceArn":               s.arn,
		"clusterArn":               s.cluster.arn,
		"createdAt":                timestamp(r.created),
		"targetServiceRevisionArn": s.revisionARN(s.deployment(r.target)),
		"status":                   r.status,
	}
	r.showTimes(out)
	delete(out, "stoppedAt")
	return out
}

// showTimes adds what is told of a rollout only from some point on.
func (r *rollout) showTimes(out object) {
	if !r.started.IsZero() {
		out["startedAt"] = timestamp(r.started)
	}
	if !r.finished.IsZero() {
		out["finishedAt"] = timestamp(r.finished)
	}
	if !r.stopped.IsZero() {
		out["stoppedAt"] = timestamp(r.stopped)
	}
	if r.reason != "" {
		out["statusReason"] = r.reason
	}
}

func (c *call) describeServiceDeployments() (object, error) {
	return c.describeByARN("serviceDeploymentArns", "serviceDeployments", func(s *service, arn string) object {
		for i := range s.rollouts {
			if s.rollouts[i].arn == arn {
				return s.showRollout(&s.rollouts[i])
			}
		}
		return nil
	})
}

func (c *call) describeServiceRevisions() (object, error) {
	return c.describeByARN("serviceRevisionArns", "serviceRevisions", func(s *service, arn string) object {
		for i := range s.deployments {
			if s.revisionARN(&s.deployments[i]) == arn {
				return s.showServiceRevision(&s.deployments[i])
			}
		}
		return nil
	})
}

// describeByARN answers what belongs to services, by ARNs that name them.
func (c *call) describeByARN(asked, answered string, show func(*service, string) object) (object, error) {
	arns := texts(c.in, asked)
	switch {
	case len(arns) == 0:
		return nil, invalidParameter("%s cannot be empty.", asked)
	case len(arns) > rolloutsDescribed:
		return nil, invalidParameter("%s can have at most %d items.", asked, rolloutsDescribed)
	}
	found, failures := []any{}, []any{}
	for _, arn := range arns {
		if s := c.owner(arn); s != nil {
			if shown := show(s, arn); shown != nil {
				found = append(found, shown)
				continue
			}
		}
		failures = append(failures, object{"arn": arn, "reason": "MISSING"})
	}
	return object{answered: found, "failures": failures}, nil
}

// owner is the service of a service deployment's or revision's ARN, nil where there
// is none: arn:...:KIND/CLUSTER/SERVICE/ID.
func (c *call) owner(arn string) *service {
	part := strings.Split(strings.TrimPrefix(arn, c.prefix), "/")
	if !strings.HasPrefix(arn, c.prefix) || len(part) != 4 || c.clusters[part[1]] == nil {
		return nil
	}
	return c.clusters[part[1]].services[part[2]]
}

// stopServiceDeployment rolls a deployment back, or goes on with its rollback
// (Stopping Amazon ECS service deployments).
func (c *call) stopServiceDeployment() (object, error) {
	arn := text(c.in, "serviceDeploymentArn")
	if kind := text(c.in, "stopType"); kind != "" && kind != "ROLLBACK" {
		return nil, invalidParameter("Invalid stop type '%s'.", kind)
	}
	s := c.owner(arn)
	if s == nil || !slices.ContainsFunc(s.rollouts, func(r rollout) bool { return r.arn == arn }) {
		return nil, refuse("ServiceDeploymentNotFoundException", "Service deployment not found.")
	}
	r := s.ongoing()
	if r == nil || r.arn != arn {
		return nil, refuse("ConflictException", "The service deployment is in a terminal state and can not be stopped.")
	}
	if r.status == rolloutPending || r.status == rolloutInProgress {
		r.set(rollbackRequested, stoppedByUser, c.now)
		r.backReason, r.stuck = stoppedByUser, false
		r.due = c.now.Add(c.service.options.Deployment / 10)
	}
	return object{"serviceDeploymentArn": arn}, nil
}
