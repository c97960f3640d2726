package iam

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// reach is what the Action of a statement matches, or its NotAction.
type reach struct {
	patterns []string
	but      bool // everything but the patterns
}

// reaches are those of a statement, one for each action: each is judged by itself.
func reaches(s *policy.Statement) []reach {
	if len(s.NotAction) > 0 {
		return []reach{{patterns: s.NotAction, but: true}}
	}
	out := make([]reach, len(s.Action))
	for i := range s.Action {
		out[i] = reach{patterns: s.Action[i : i+1]}
	}
	return out
}

// covers says whether b matches no action that a does not. It never says so
// wrongly.
func (a reach) covers(b reach) bool {
	switch {
	case !a.but && !b.but:
		return all(b.patterns, a.names)
	case a.but && !b.but:
		return all(b.patterns, func(narrow string) bool {
			return !slices.ContainsFunc(a.patterns, func(p string) bool { return policy.OverlapAction(p, narrow) })
		})
	case a.but:
		return all(a.patterns, reach{patterns: b.patterns}.names)
	default:
		return a.names("*") || reach{patterns: b.patterns}.names("*")
	}
}

// names says whether one of the patterns covers the other.
func (a reach) names(narrow string) bool {
	return slices.ContainsFunc(a.patterns, func(wide string) bool { return policy.CoversAction(wide, narrow) })
}

func all(list []string, is func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !is(s) })
}

// String is an action pattern, or says what is left out.
func (a reach) String() string {
	if !a.but {
		return strings.Join(a.patterns, ", ")
	}
	left := slices.Sorted(slices.Values(a.patterns))
	last := len(left) - 1
	text := left[last]
	if last > 0 {
		text = strings.Join(left[:last], ", ") + " and " + text
	}
	return "everything but " + text
}

// split tells what the documents allow, and what they deny whatever the resource and
// the circumstances.
func split(documents []policy.Document) (allowed, denied []reach) {
	for _, d := range documents {
		for i := range d.Statement {
			s := &d.Statement[i]
			switch {
			case s.Effect == policy.Allow:
				allowed = append(allowed, reaches(s)...)
			case len(s.Condition) == 0 && slices.Contains(s.Resource, "*"):
				denied = append(denied, reaches(s)...)
			}
		}
	}
	return allowed, denied
}

// beyond are the actions that documents allow and those of the base do not, sorted,
// without those that another one covers. Resources and conditions do not count: an
// action that the base allows on some is not beyond it on others.
func beyond(documents []policy.Document, base policy.Document) []string {
	allowed, denied := split(documents)
	within, _ := split([]policy.Document{base})
	within = append(within, denied...)
	var kept []reach
	for _, a := range allowed {
		if coveredBy(within, a) || coveredBy(kept, a) {
			continue
		}
		kept = append(slices.DeleteFunc(kept, a.covers), a)
	}
	names := make([]string, len(kept))
	for i, a := range kept {
		names[i] = a.String()
	}
	slices.Sort(names)
	return names
}

func coveredBy(list []reach, b reach) bool {
	return slices.ContainsFunc(list, func(a reach) bool { return a.covers(b) })
}
