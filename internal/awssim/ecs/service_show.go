package ecs

import "cmp"

// launchType is where a service's or task's request has it run. One with a
// strategy of capacity providers has none.
func launchType(given object) string {
	if len(list(given, "capacityProviderStrategy")) > 0 {
		return ""
	}
	return cmp.Or(text(given, "launchType"), "EC2")
}

// showService is the service as DescribeServices tells it.
func (c *call) showService(s *service, tags bool) object {
	running := 0
	for _, t := range s.cluster.tasks {
		if t.service == s && !t.stopped() {
			running++
		}
	}
	out := object{
		"serviceArn":           s.arn,
		"serviceName":          s.name,
		"clusterArn":           s.cluster.arn,
		"status":               s.status,
		"desiredCount":         s.desired,
		"runningCount":         running,
		"pendingCount":         0,
		"createdAt":            timestamp(s.created),
		"createdBy":            s.createdBy,
		"loadBalancers":        array(list(s.given, "loadBalancers")),
		"serviceRegistries":    array(list(s.given, "serviceRegistries")),
		"placementConstraints": array(list(s.given, "placementConstraints")),
		"placementStrategy":    array(list(s.given, "placementStrategy")),
		"schedulingStrategy":   s.strategy(),
		"deploymentController": object{"type": s.controller()},
		"enableExecuteCommand": truth(s.given, "enableExecuteCommand"),
		"enableECSManagedTags": truth(s.given, "enableECSManagedTags"),
		"propagateTags":        cmp.Or(text(s.given, "propagateTags"), "NONE"),
		"events":               array(s.events),
		"deployments":          []any{},
	}
	deploying := child(s.given, "deploymentConfiguration")
	if deploying == nil {
		deploying = object{"maximumPercent": 200, "minimumHealthyPercent": 100}
	}
	out["deploymentConfiguration"] = deploying
	if tags {
		out["tags"] = tagList(c.tags[s.arn])
	}
	s.showPlacing(out)
	if s.revision != nil {
		out["taskDefinition"] = s.revision.arn
		if s.status == statusActive {
			out["deployments"] = []any{s.showDeployment(running)}
		}
	}
	return out
}

func (s *service) showDeployment(running int) object {
	out := object{
		"id":                 s.deployment.id,
		"status":             "PRIMARY",
		"taskDefinition":     s.revision.arn,
		"desiredCount":       s.desired,
		"runningCount":       running,
		"pendingCount":       0,
		"failedTasks":        0,
		"createdAt":          timestamp(s.deployment.created),
		"updatedAt":          timestamp(s.deployment.updated),
		"rolloutState":       "COMPLETED",
		"rolloutStateReason": "ECS deployment " + s.deployment.id + " completed.",
	}
	if running < s.desired {
		out["rolloutState"] = "IN_PROGRESS"
		out["rolloutStateReason"] = "ECS deployment " + s.deployment.id + " in progress."
	}
	s.showPlacing(out)
	return out
}

// showPlacing adds what a service and its deployment both tell of where tasks run.
func (s *service) showPlacing(out object) {
	launch := launchType(s.given)
	if launch != "" {
		out["launchType"] = launch
	}
	if launch == "FARGATE" {
		out["platformVersion"] = cmp.Or(text(s.given, "platformVersion"), "LATEST")
		out["platformFamily"] = "Linux"
	}
	for _, member := range []string{"networkConfiguration", "capacityProviderStrategy"} {
		if has(s.given, member) {
			out[member] = s.given[member]
		}
	}
}
