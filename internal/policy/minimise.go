package policy

import "slices"

// Minimise says the same in the fewest statements and the shortest lists that it
// finds, always the same ones whatever the order of what it is given. For each
// statement of the result it tells of which statements of d it was made.
// A statement with a Sid is somebody's own: it is never merged with another, but
// dropped where another covers it. Sids are kept, and none is made.
//
// Whatever the request, the result answers as d does: statements become one only
// where they differ in their actions alone, in their resources alone, or in the
// values of one condition, so no action meets a resource that it did not meet
// before; an action or a resource is left out of a statement only where others
// of the same effect say all of it. What has a NotAction, a NotResource or a
// principal loses repetitions, no more. The origins of a statement are ascending, no statement of d is an
// origin twice, and one that others cover is none.
func Minimise(d Document) (Document, [][]int) {
	m := newMinimiser(d)
	rules := unify(m.read(d.Statement))
	for size := 0; size != total(rules); {
		size = total(rules)
		rules = m.dropCovered(rules)
		rules = m.merge(rules)
		rules = m.trim(rules)
	}
	out := Document{Version: d.Version, ID: d.ID}
	if d.Statement != nil {
		out.Statement = make(Statements, 0, len(rules))
	}
	origins := make([][]int, 0, len(rules))
	for _, r := range rules {
		out.Statement = append(out.Statement, m.statement(r))
		slices.Sort(r.origin)
		origins = append(origins, r.origin)
	}
	return out, origins
}

// minimiser knows the words and conditions of one document.
type minimiser struct {
	actions, resources *vocabulary
	conditions         map[string]*condition
}

func newMinimiser(d Document) *minimiser {
	inResources := parted // of the older version: it knows no variables
	if d.Version == Version {
		inResources = inResource
	}
	return &minimiser{
		actions:    newVocabulary(inAction, len(d.Statement)),
		resources:  newVocabulary(inResources, len(d.Statement)),
		conditions: map[string]*condition{},
	}
}

// total is what every step makes smaller, if it does anything.
func total(rules []*rule) int {
	sum := 0
	for _, r := range rules {
		sum += 1 + len(r.actions) + len(r.resources)
	}
	return sum
}

// unify makes one of rules that say the same word by word, under the least of
// their Sids. Where only one has a name, the others are not its origin: what a
// Sid names was written under it. The rules are in order, so equal ones stand
// together, the least Sid first.
func unify(rules []*rule) []*rule {
	out := rules[:0]
	for _, r := range rules {
		if len(out) == 0 || compareContent(out[len(out)-1], r) != 0 {
			out = append(out, r)
			continue
		}
		last := out[len(out)-1]
		switch last.sid {
		case r.sid:
			last.origin = append(last.origin, r.origin...)
		case "":
			out[len(out)-1] = r
		}
	}
	return out
}
