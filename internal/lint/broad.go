package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// broad are the statement's actions that could be given an ARN and are given
// every resource of one of their types; which resources do it comes with them.
func (s *statement) broad(accepted func(name string, a *reference.Action) bool, wide func(resource, resourceType) bool) (actions, resources []string, acts []*reference.Action) {
	by := map[*reference.ResourceType]string{}
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
			actions, acts = append(actions, p.names[n]), append(acts, a)
			if r := by[a.Resources[i]]; !slices.Contains(resources, r) {
				resources = append(resources, r)
			}
		}
	}
	return actions, resources, acts
}

// starred says whether the action's ordinary use is authorised on * although it
// has a resource type, which is for something else: metrics are in no dataset
// (Amazon CloudWatch: Actions, resources, and condition keys).
func starred(action *reference.Action) bool {
	return action.Service.Prefix == "cloudwatch" && strings.Contains(action.Name, "Metric") &&
		!slices.ContainsFunc(action.Resources, func(t *reference.ResourceType) bool { return t.Name != "dataset" })
}

// checkBroadResources finds a star where an ARN could stand. Actions of which
// other checks say worse are left to them.
func checkBroadResources(s *statement) []policy.Finding {
	if !s.allows() || s.everything() {
		return nil
	}
	narrowed := s.narrowed()
	actions, resources, acts := s.broad(func(name string, a *reference.Action) bool {
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
		list(actions), list(resources), list(forms(acts)), but))
}
