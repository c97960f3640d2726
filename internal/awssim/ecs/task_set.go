package ecs

import (
	"errors"
	"strings"
)

// showTaskSet is an entry of taskSets: what CodeDeploy, or a controller outside of
// AWS, deploys to a service.
func (s *service) showTaskSet(id string) object {
	d := s.deployment(id)
	tasks, running := s.alive(id)
	out := object{
		"id":                   d.id,
		"taskSetArn":           strings.Replace(s.arn, ":service/", ":task-set/", 1) + "/" + d.id,
		"serviceArn":           s.arn,
		"clusterArn":           s.cluster.arn,
		"startedBy":            s.controller(),
		"status":               "PRIMARY",
		"taskDefinition":       d.revision.arn,
		"computedDesiredCount": s.desired,
		"runningCount":         running,
		"pendingCount":         len(tasks) - running,
		"createdAt":            timestamp(d.created),
		"updatedAt":            timestamp(d.updated),
		"scale":                object{"unit": "PERCENT", "value": decimal(100)},
		"stabilityStatus":      "STEADY_STATE",
		"stabilityStatusAt":    timestamp(d.updated),
		"loadBalancers":        array(list(d.given, "loadBalancers")),
		"serviceRegistries":    array(list(d.given, "serviceRegistries")),
		"tags":                 []any{},
	}
	showPlacing(d.given, out)
	return out
}

// PutTaskSet has a service of the controllers CODE_DEPLOY and EXTERNAL run the
// definition, as if its controller had deployed it: a task set of desired tasks takes
// the place of the one before.
func (s *Service) PutTaskSet(in Cluster, service, definition string, desired int) error {
	return s.reach(in, func(c *call, cl *cluster) error {
		at := cl.services[c.serviceName(cl, service)]
		if at == nil || at.status != statusActive || at.controller() == controllerECS {
			return errors.New("no such service of another deployment controller than ECS")
		}
		v, err := c.launchable(definition, clientError)
		if err != nil {
			return err
		}
		at.revision, at.desired = v, desired
		c.replaceTaskSet(at)
		return nil
	})
}

// replaceTaskSet has a service of another controller run what it stands on.
func (c *call) replaceTaskSet(s *service) {
	before := s.current
	d := c.addDeployment(s)
	d.set(stateCompleted, d.completed(), c.now)
	s.current = []string{d.id}
	for _, id := range before {
		c.stopTasks(s, id, 0, d.id)
	}
	s.lacking = !c.keep(s, d, false)
}
