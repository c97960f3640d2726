package grants

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// both are the conditions of a verb and those of its grant: each must hold.
// Nothing that changes is shared with the result.
func both(own, granted policy.Conditions) policy.Conditions {
	if len(granted) == 0 {
		return own
	}
	out := make(policy.Conditions, len(own)+len(granted))
	for _, conditions := range []policy.Conditions{own, granted} {
		for operator, keys := range conditions {
			if len(keys) > 0 && out[operator] == nil {
				out[operator] = make(map[string]policy.Strings, len(keys))
			}
			for key, values := range keys {
				out[operator][key] = slices.Clone(values)
			}
		}
	}
	return out
}

// conditionProblems finds conditions under which some of the permissions would
// never hold, and those that a verb sets itself.
func conditionProblems(g Grant, targets []target, permissions []Permission, own []policy.Conditions) []Problem {
	if len(g.Conditions) == 0 {
		return nil
	}
	var problems []Problem
	all := heldBy(g.Access, targets)
	for _, operator := range slices.Sorted(maps.Keys(g.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(g.Conditions[operator])) {
			message := ownCondition(operator, key, permissions, own)
			if len(g.Conditions[operator][key]) == 0 {
				message = "it has no values and would never hold: list some, or leave it out"
			} else if message == "" {
				message = unknownKey(key, all)
			}
			if message != "" {
				value := operator + " " + key
				name := value
				if shown(operator+key) != operator+key {
					name = strconv.Quote(value)
				}
				problems = append(problems, Problem{Field: fieldConditions, Index: -1, Value: value, Message: name + ": " + message})
			}
		}
	}
	return problems
}

// ownCondition tells of a verb that sets the condition itself.
func ownCondition(operator, key string, permissions []Permission, own []policy.Conditions) string {
	for i := range permissions {
		if sets(own[i], operator, key) {
			return fmt.Sprintf("%s sets this condition itself for %s, from the resource: write the resource that is meant, or %s",
				permissions[i].Verb, strings.Join(permissions[i].Statement.Action, ", "), ownStatement)
		}
	}
	return ""
}

func sets(own policy.Conditions, operator, key string) bool {
	for o, keys := range own {
		if !strings.EqualFold(o, operator) {
			continue
		}
		for k := range keys {
			if strings.EqualFold(k, key) {
				return true
			}
		}
	}
	return false
}
