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
	running, pending := s.counts()
	out := object{
		"serviceArn":           s.arn,
		"serviceName":          s.name,
		"clusterArn":           s.cluster.arn,
		"status":               s.status,
		"desiredCount":         s.desired,
		"runningCount":         running,
		"pendingCount":         pending,
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
	out["deploymentConfiguration"] = s.deploymentConfiguration()
	if tags {
		out["tags"] = tagList(c.tags[s.arn])
	}
	showPlacing(s.given, out)
	if s.revision != nil {
		out["taskDefinition"] = s.revision.arn
	}
	if s.status != statusInactive {
		s.showRunning(out)
	}
	return out
}

// counts are the tasks of all of the service's deployments.
func (s *service) counts() (running, pending int) {
	for _, t := range s.cluster.tasks {
		switch {
		case t.service != s || t.stopped():
		case t.pending:
			pending++
		default:
			running++
		}
	}
	return running, pending
}

// showRunning adds what tasks of the service there are: deployments, or the task
// sets that CodeDeploy and others make in their place.
func (s *service) showRunning(out object) {
	if s.controller() != controllerECS {
		sets := []any{}
		for _, id := range s.current {
			sets = append(sets, s.showTaskSet(id))
		}
		out["taskSets"] = sets
		return
	}
	deployments, revisions := []any{}, []any{}
	for _, id := range s.current {
		deployments = append(deployments, s.showDeployment(id))
		revisions = append(revisions, s.showSummary(id))
	}
	out["deployments"], out["currentServiceRevisions"] = deployments, revisions
	if r := s.ongoing(); r != nil {
		out["currentServiceDeployment"] = r.arn
	}
}

// showPlacing adds what a service and its deployments tell of where tasks run.
func showPlacing(given, out object) {
	launch := launchType(given)
	if launch != "" {
		out["launchType"] = launch
	}
	if launch == launchFargate {
		out["platformVersion"] = cmp.Or(text(given, "platformVersion"), "LATEST")
		out["platformFamily"] = "Linux"
	}
	for _, member := range []string{"networkConfiguration", "capacityProviderStrategy"} {
		if has(given, member) {
			out[member] = given[member]
		}
	}
}
