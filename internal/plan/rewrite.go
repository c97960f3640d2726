package plan

import (
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// rewrite is an action that writes a new version of an attached policy.
type rewrite struct {
	action     Action
	before     string // the document as JSON
	after      policy.Document
	gains, out map[string]bool // statements, by their meaning
}

// gapless orders rewrites so that a statement which moves from one policy to
// another is in at least one of them all the time: the policy that gains it goes
// before the one that loses it. Two policies that swap statements have no such
// order, and keep theirs; the order in which documents are split never makes
// them.
func gapless(list []rewrite) []Action {
	if len(list) > 1 {
		for i := range list {
			list[i].compare()
		}
	}
	actions := make([]Action, 0, len(list))
	for len(list) > 0 {
		next := slices.IndexFunc(list, func(r rewrite) bool {
			return !slices.ContainsFunc(list, func(other rewrite) bool { return moves(r.out, other.gains) })
		})
		next = max(next, 0)
		actions = append(actions, list[next].action)
		list = slices.Delete(list, next, next+1)
	}
	return actions
}

func (r *rewrite) compare() {
	document, err := policy.Parse(r.before)
	if err != nil { // nothing of it is known to stay
		document = policy.Document{}
	}
	before, after := meanings(document), meanings(r.after)
	r.gains, r.out = without(after, before), without(before, after)
}

// meanings are the document's statements, by what each means alone.
func meanings(d policy.Document) map[string]bool {
	out := map[string]bool{}
	for _, s := range d.Statement {
		out[policy.Digest(policy.Document{Version: d.Version, Statement: policy.Statements{s}})] = true
	}
	return out
}

func without(set, other map[string]bool) map[string]bool {
	out := map[string]bool{}
	for m := range set {
		if !other[m] {
			out[m] = true
		}
	}
	return out
}

func moves(from, to map[string]bool) bool {
	for m := range from {
		if to[m] {
			return true
		}
	}
	return false
}
