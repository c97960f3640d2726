package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// broad are the statement's actions that could be given an ARN and are given
// every resource of one of their types; which resources do it, and of which types,
// comes with them.
func (s *statement) broad(accepted func(name string, a *reference.Action) bool, wide func(resource, resourceType) bool) (actions, resources []string, types []*reference.ResourceType) {
	by, of := map[*reference.ResourceType]string{}, map[*reference.ResourceType]bool{}
	for _, p := range s.actions {
		for _, t := range p.types {
			i := slices.IndexFunc(s.resources, func(r resource) bool { return wide(r, t) })
			if i >= 0 {
				by[t.ResourceType] = s.resources[i].text
			}
		}
		if len(by) == 0 {
			continue
		}
		for n, a := range p.matches {
			i := slices.IndexFunc(a.Resources, func(t *reference.ResourceType) bool { return by[t] != "" })
			if i < 0 || !accepted(p.names[n], a) {
				continue
			}
			actions = append(actions, p.names[n])
			if r := by[a.Resources[i]]; !slices.Contains(resources, r) {
				resources = append(resources, r)
			}
			for _, t := range a.Resources[i:] {
				if by[t] != "" && !of[t] {
					of[t] = true
					types = append(types, t)
				}
			}
		}
	}
	return actions, resources, types
}

// starred says whether the action's ordinary use is authorised on * although it
// has a resource type, which is for something else: metrics are in no dataset
// (Amazon CloudWatch: Actions, resources, and condition keys).
func starred(action *reference.Action) bool {
	return action.Service.Prefix == "cloudwatch" && strings.Contains(action.Name, "Metric") &&
		!slices.ContainsFunc(action.Resources, func(t *reference.ResourceType) bool { return t.Name != "dataset" })
}

// held says whether a condition names, by a key of the service's own, the ARNs
// through which or with which alone the actions may act, such as
// elasticfilesystem:AccessPointArn or bedrock:InferenceProfileArn: that is an ARN
// where one could stand.
func (s *statement) held() bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool {
		return c.known && c.found && c.kind() == "ARN" && !strings.HasPrefix(strings.ToLower(c.name), "aws:") &&
			(c.operator.family == arnFamily || c.operator.family == stringFamily) &&
			!c.operator.negated && !c.absent() && len(c.values) > 0 && !slices.ContainsFunc(c.values, nameless)
	})
}

// nameless says whether an ARN leaves open which one of its kind it is.
func nameless(text string) bool {
	a, whole := parseARN(text)
	return !whole || strings.Trim(a.rest[strings.LastIndexAny(a.rest, ":/")+1:], "*?") == ""
}

// checkBroadResources finds a star where an ARN could stand. Actions of which
// other checks say worse are left to them.
func checkBroadResources(s *statement) []policy.Finding {
	if !s.allows() || s.everything() || s.held() {
		return nil
	}
	narrowed := s.narrowed()
	actions, resources, types := s.broad(func(name string, a *reference.Action) bool {
		return name != passRole && !starred(a) && !escalates(name) && (narrowed || !exposes(name))
	}, resource.unrestricted)
	if len(actions) == 0 {
		return nil
	}
	severity, but := policy.Warning, ""
	if narrowed {
		severity, but = policy.Info, " Its conditions choose among them, which holds only as long as nobody else can set what they look at."
	}
	return s.blame(severity, CodeBroadResource, fmt.Sprintf(
		"allows %s on %s, in every account and region that the task can reach, where an ARN could stand: write it, as %s.%s",
		list(actions), list(resources), list(forms(types)), but))
}
