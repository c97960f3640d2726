package grants

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Covering is the grant on the statement's resources, under its conditions, that
// permits what the statement does by few verbs and little beside. There is none
// where no type has such resources or no verb of theirs such actions, and where a
// verb sets conditions of its own.
func Covering(s policy.Statement) (Grant, bool) {
	g := Grant{Resources: s.Resource, Conditions: s.Condition}
	missing := pairsOf(s)
	for len(missing) > 0 {
		verb, left := bestVerb(g, s.Resource, missing)
		if verb == "" {
			return Grant{}, false
		}
		g.Access = append(g.Access, verb)
		missing = left
	}
	if _, problems := Expand(g); len(g.Access) == 0 || len(problems) > 0 {
		return Grant{}, false
	}
	slices.Sort(g.Access)
	return g, true
}

// pair is an action on a resource.
type pair struct{ action, resource string }

func pairsOf(s policy.Statement) []pair {
	var out []pair
	for _, action := range s.Action {
		for _, resource := range s.Resource {
			out = append(out, pair{action, resource})
		}
	}
	return out
}

// bestVerb is the one that leaves the fewest pairs missing, and of those the one
// that permits the least; empty: none permits any of them.
func bestVerb(g Grant, resources []string, missing []pair) (best string, left []pair) {
	left = missing
	least := 0
	for _, verb := range verbsOf(resources) {
		permissions, problems := Expand(Grant{Access: []string{verb}, Resources: g.Resources, Conditions: g.Conditions})
		if len(problems) > 0 {
			continue
		}
		rest, permits := without(missing, permissions, g.Conditions)
		if len(rest) < len(left) || len(rest) == len(left) && best != "" && permits < least {
			best, left, least = verb, rest, permits
		}
	}
	return best, left
}

// verbsOf are those that the type of the first resource offers: a grant's verbs
// are offered by all of them.
func verbsOf(resources []string) []string {
	known, err := catalogue()
	if err != nil || len(resources) == 0 {
		return nil
	}
	t, message := known.find(resources[0])
	if message != "" {
		return nil
	}
	return t.kind.data.VerbNames()
}

// without are the pairs that no permission has under these conditions alone, and
// how many pairs there are in all that the permissions have.
func without(pairs []pair, permissions []Permission, conditions policy.Conditions) (rest []pair, permits int) {
	for i := range permissions {
		permits += len(permissions[i].Statement.Action) * len(permissions[i].Statement.Resource)
	}
	for _, p := range pairs {
		if !slices.ContainsFunc(permissions, func(permission Permission) bool { return permission.has(p, conditions) }) {
			rest = append(rest, p)
		}
	}
	return rest, permits
}

func (p Permission) has(want pair, conditions policy.Conditions) bool {
	return len(p.Statement.Condition) == len(conditions) &&
		policy.Equivalent(conditional(p.Statement.Condition), conditional(conditions)) &&
		slices.ContainsFunc(p.Statement.Action, func(action string) bool { return strings.EqualFold(action, want.action) }) &&
		slices.ContainsFunc(p.Statement.Resource, func(resource string) bool { return policy.Covers(resource, want.resource) })
}

// conditional is a document that is all conditions, to compare them by meaning.
func conditional(conditions policy.Conditions) policy.Document {
	return policy.Document{Version: policy.Version, Statement: policy.Statements{{
		Effect: policy.Allow, Action: policy.Strings{"*"}, Resource: policy.Strings{"*"}, Condition: conditions,
	}}}
}
