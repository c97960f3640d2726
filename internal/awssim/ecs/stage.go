package ecs

import (
	"encoding/json"
	"time"
)

// step is a part of a rollout.
type step struct {
	stage  string // lifecycleStage, of the strategies that have them
	takes  time.Duration
	starts bool    // the target's tasks are started as it begins
	runs   bool    // they run from here on
	weight float64 // percent of production traffic that the target gets
	test   float64 // percent of test traffic
}

const (
	strategyRolling   = "ROLLING"
	strategyBlueGreen = "BLUE_GREEN"
	strategyLinear    = "LINEAR"
	strategyCanary    = "CANARY"
)

// What AWS takes where a configuration does not say (LinearConfiguration and
// CanaryConfiguration in the Amazon ECS API Reference).
const (
	linearPercent = 10.0
	linearMinutes = 6
	canaryPercent = 5.0
	canaryMinutes = 10
)

// plan is how a deployment goes. All of it but the bake times, which the service
// itself says, takes whole.
func plan(config object, whole time.Duration) []step {
	part := whole / 10
	if strategyOf(config) == strategyRolling {
		return []step{{takes: part}, {takes: 4 * part, starts: true}, {takes: 5 * part, runs: true}}
	}
	// Amazon ECS blue/green service deployments workflow.
	steps := []step{
		{takes: part},
		{stage: "RECONCILE_SERVICE", takes: part},
		{stage: "PRE_SCALE_UP", takes: part},
		{stage: "SCALE_UP", takes: part, starts: true},
		{stage: "POST_SCALE_UP", takes: part, runs: true},
		{stage: "TEST_TRAFFIC_SHIFT", takes: part, test: 100},
		{stage: "POST_TEST_TRAFFIC_SHIFT", takes: part, test: 100},
	}
	for _, shift := range shifts(config) {
		steps = append(steps, step{stage: "PRODUCTION_TRAFFIC_SHIFT", takes: part + shift.takes, weight: shift.weight, test: 100})
	}
	bake := minutes(config, "bakeTimeInMinutes", 0)
	return append(steps,
		step{stage: "POST_PRODUCTION_TRAFFIC_SHIFT", takes: part, weight: 100, test: 100},
		step{stage: "BAKE_TIME", takes: bake, weight: 100, test: 100},
		step{stage: "CLEAN_UP", takes: part, weight: 100, test: 100})
}

// shifts are how the production traffic moves: "This bake time is not applied after
// reaching 100 percent traffic" (LinearConfiguration).
func shifts(config object) []step {
	switch strategyOf(config) {
	case strategyLinear:
		linear := child(config, "linearConfiguration")
		size, wait := percent(linear, "stepPercent", linearPercent), minutes(linear, "stepBakeTimeInMinutes", linearMinutes)
		var steps []step
		for weight := size; weight < 100; weight += size {
			steps = append(steps, step{weight: weight, takes: wait})
		}
		return append(steps, step{weight: 100})
	case strategyCanary:
		canary := child(config, "canaryConfiguration")
		return []step{
			{weight: percent(canary, "canaryPercent", canaryPercent), takes: minutes(canary, "canaryBakeTimeInMinutes", canaryMinutes)},
			{weight: 100},
		}
	}
	return []step{{weight: 100}}
}

func minutes(o object, key string, otherwise int64) time.Duration {
	n := otherwise
	if has(o, key) {
		n = number(o, key)
	}
	return time.Duration(n) * time.Minute
}

func percent(o object, key string, otherwise float64) float64 {
	n, _ := o[key].(json.Number)
	if f, err := n.Float64(); err == nil {
		return f
	}
	return otherwise
}
