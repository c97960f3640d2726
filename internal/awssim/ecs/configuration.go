package ecs

import (
	"cmp"
	"math"
	"slices"
)

// The bounds that DeploymentCircuitBreaker documents: half of the desired count, but
// no fewer than 3 tasks and no more than 200 (How the Amazon ECS deployment circuit
// breaker detects failures).
const (
	breakerPercent = 50
	breakerFewest  = 3
	breakerMost    = 200
)

// longestBake is what bakeTimeInMinutes and its like take at most: 24 hours.
const longestBake = 1440

func strategyOf(config object) string { return cmp.Or(text(config, "strategy"), strategyRolling) }

// deploymentConfiguration is the service's, with what AWS adds to it.
func (s *service) deploymentConfiguration() object {
	out := object{"maximumPercent": 200, "minimumHealthyPercent": 100}
	if s.strategy() == "DAEMON" {
		out = object{"maximumPercent": 100, "minimumHealthyPercent": 0}
	}
	for key, v := range child(s.given, "deploymentConfiguration") {
		out[key] = v
	}
	if s.controller() == controllerECS {
		byDefault(out, "strategy", strategyRolling)
		byDefault(out, "bakeTimeInMinutes", 0)
		byDefault(out, "deploymentCircuitBreaker", object{"enable": false, "rollback": false})
	}
	return out
}

func breaks(config object) bool { return truth(child(config, "deploymentCircuitBreaker"), "enable") }

func rollsBack(config object) bool {
	return truth(child(config, "deploymentCircuitBreaker"), "rollback")
}

// threshold is how many tasks may fail before the circuit breaker acts
// (ThresholdConfiguration).
func threshold(config object, desired int) int {
	given := child(child(config, "deploymentCircuitBreaker"), "thresholdConfiguration")
	value := int64(breakerPercent)
	if has(given, "value") {
		value = number(given, "value")
	}
	part := int(math.Ceil(float64(value) * float64(desired) / 100))
	switch text(given, "type") {
	case "COUNT":
		return int(value)
	case "UNBOUNDED_PERCENT":
		return max(part, 1)
	}
	return min(max(part, breakerFewest), breakerMost)
}

// validConfiguration holds a service's deployment settings together.
func (s *service) validConfiguration() error {
	config := child(s.given, "deploymentConfiguration")
	strategy := strategyOf(config)
	if !slices.Contains([]string{strategyRolling, strategyBlueGreen, strategyLinear, strategyCanary}, strategy) {
		return invalidParameter("Invalid deployment strategy '%s'.", strategy)
	}
	if kind := s.controller(); kind != controllerECS {
		switch {
		case strategy != strategyRolling:
			return invalidParameter("Deployment strategy %s is only supported with the ECS deployment controller.", strategy)
		case breaks(config):
			return invalidParameter("Deployment circuit breaker is only supported with the ECS deployment controller.")
		}
	}
	switch {
	case strategy == strategyBlueGreen && !has(config, "bakeTimeInMinutes"):
		return invalidParameter("bakeTimeInMinutes must be specified when the deployment strategy is BLUE_GREEN.")
	case strategy != strategyLinear && has(config, "linearConfiguration"):
		return invalidParameter("linearConfiguration is only valid when the deployment strategy is LINEAR.")
	case strategy != strategyCanary && has(config, "canaryConfiguration"):
		return invalidParameter("canaryConfiguration is only valid when the deployment strategy is CANARY.")
	case s.strategy() == "DAEMON" && strategy != strategyRolling:
		return invalidParameter("Deployment strategy %s is not supported with the DAEMON scheduling strategy.", strategy)
	}
	return validShifts(config)
}

func validShifts(config object) error {
	linear, canary := child(config, "linearConfiguration"), child(config, "canaryConfiguration")
	for _, m := range []struct {
		in  object
		key string
	}{{config, "bakeTimeInMinutes"}, {linear, "stepBakeTimeInMinutes"}, {canary, "canaryBakeTimeInMinutes"}} {
		if n := number(m.in, m.key); n < 0 || n > longestBake {
			return invalidParameter("%s must be between 0 and %d.", m.key, longestBake)
		}
	}
	if p := percent(linear, "stepPercent", linearPercent); p < 3 || p > 100 {
		return invalidParameter("stepPercent must be between 3.0 and 100.0.")
	}
	if p := percent(canary, "canaryPercent", canaryPercent); p < 0.1 || p > 100 {
		return invalidParameter("canaryPercent must be between 0.1 and 100.0.")
	}
	return nil
}
