package ecs

import (
	"encoding/json"
	"strconv"
)

// showRollout is an entry of DescribeServiceDeployments.
func (s *service) showRollout(r *rollout) object {
	out := object{
		"serviceDeploymentArn":     r.arn,
		"serviceArn":               s.arn,
		"clusterArn":               s.cluster.arn,
		"createdAt":                timestamp(r.created),
		"updatedAt":                timestamp(r.updated),
		"status":                   r.status,
		"deploymentConfiguration":  r.config,
		"deploymentCircuitBreaker": s.showBreaker(r),
		"alarms":                   object{"status": "DISABLED"},
	}
	r.showTimes(out)
	weighs := strategyOf(r.config) != strategyRolling
	stage := r.stage()
	if weighs && stage.stage != "" && !r.over() {
		out["lifecycleStage"] = stage.stage
	}
	if r.status == rolloutSuccessful {
		stage = step{weight: 100, test: 100}
	}
	if r.back != "" {
		stage = step{}
		out["rollback"] = object{
			"reason": r.backReason, "startedAt": timestamp(r.backAt), "serviceRevisionArn": s.revisionARN(s.deployment(r.back)),
		}
	}
	target := s.showSummary(r.target)
	sources := []any{}
	for _, id := range r.sources {
		source := s.showSummary(id)
		if weighs {
			source["requestedProductionTrafficWeight"] = decimal(100 - stage.weight)
			source["requestedTestTrafficWeight"] = decimal(100 - stage.test)
		}
		sources = append(sources, source)
	}
	if weighs {
		target["requestedProductionTrafficWeight"] = decimal(stage.weight)
		target["requestedTestTrafficWeight"] = decimal(stage.test)
	}
	out["targetServiceRevision"], out["sourceServiceRevisions"] = target, sources
	return out
}

// showSummary counts a service revision's tasks.
func (s *service) showSummary(id string) object {
	tasks, running := s.alive(id)
	requested := 0
	if len(s.current) > 0 && s.current[0] == id {
		requested = s.desired
	}
	return object{
		"arn": s.revisionARN(s.deployment(id)), "requestedTaskCount": requested, "runningTaskCount": running,
		"pendingTaskCount": len(tasks) - running,
	}
}

func (s *service) showBreaker(r *rollout) object {
	failed := s.deployment(r.target).failed
	most := threshold(r.config, s.desired)
	status := "MONITORING"
	switch {
	case !breaks(r.config):
		return object{"status": "DISABLED", "failureCount": failed, "threshold": 0}
	case failed >= most:
		status = "TRIGGERED"
	case r.over():
		status = "MONITORING_COMPLETE"
	}
	return object{"status": status, "failureCount": failed, "threshold": most}
}

func decimal(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', 1, 64)) }
