package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
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
func conditionProblems(c policy.Conditions, permissions []Permission, own []policy.Conditions) []Problem {
	var problems []Problem
	for _, operator := range slices.Sorted(maps.Keys(c)) {
		for _, key := range slices.Sorted(maps.Keys(c[operator])) {
			message := ownCondition(operator, key, permissions, own)
			if len(c[operator][key]) == 0 {
				message = fmt.Sprintf("%s %s has no values and would never hold: list some, or leave it out", operator, key)
			} else if message == "" {
				message = unknownKey(operator, key, permissions)
			}
			if message != "" {
				problems = append(problems, Problem{Field: fieldConditions, Index: -1, Value: operator + " " + key, Message: message})
			}
		}
	}
	return problems
}

// ownCondition tells of a verb that sets the condition itself.
func ownCondition(operator, key string, permissions []Permission, own []policy.Conditions) string {
	for i := range permissions {
		if sets(own[i], operator, key) {
			return fmt.Sprintf("%s %s: %s sets this condition itself for %s, from the resource: write the resource that is meant, or %s",
				operator, key, permissions[i].Verb, strings.Join(permissions[i].Statement.Action, ", "), wayOut)
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

// unknownKey tells of the actions that do not know a condition key. Requests for
// them never carry it: a statement that asks for it would be dead for them.
func unknownKey(operator, key string, permissions []Permission) string {
	var knowing, others []string
	var all []*reference.Action
	for i := range permissions {
		for _, name := range permissions[i].Statement.Action {
			action, found := reference.Find(name)
			if !found {
				continue // the tests of the data would have told
			}
			all = append(all, action)
			if _, found = action.Key(key); found {
				knowing = append(knowing, name)
			} else {
				others = append(others, name)
			}
		}
	}
	if len(others) == 0 {
		return ""
	}
	message := fmt.Sprintf("%s %s: %s", operator, key, unknowing(others))
	if len(knowing) > 0 {
		return fmt.Sprintf("%s, only %s: split the grant, and keep the condition where all actions know it", message, list(knowing))
	}
	if near := nearKey(key, all); near != "" {
		return fmt.Sprintf("%s: did you mean %s?", message, near)
	}
	return message + ": leave it out"
}

func unknowing(actions []string) string {
	if actions = unique(actions); len(actions) == 1 {
		return actions[0] + " does not know this key"
	}
	return list(actions) + " do not know this key"
}

func list(names []string) string { return strings.Join(unique(names), ", ") }

func unique(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}
