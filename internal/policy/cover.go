package policy

import "slices"

// index finds the plain rules that name an action or a resource.
type index struct {
	*minimiser
	rules               []*rule
	byAction, byElement postings
	gone                []bool // by rule
}

// postings are the numbers of rules by word: those of word w stand from
// start[w] to start[w+1].
type postings struct{ start, rules []int32 }

func (m *minimiser) index(rules []*rule) *index {
	return &index{
		minimiser: m,
		rules:     rules,
		byAction:  post(rules, len(m.actions.texts), func(r *rule) []word { return r.actions }),
		byElement: post(rules, len(m.resources.texts), func(r *rule) []word { return r.resources }),
		gone:      make([]bool, len(rules)),
	}
}

func post(rules []*rule, words int, of func(*rule) []word) postings {
	p := postings{start: make([]int32, words+1)}
	for _, r := range rules {
		for _, w := range plainly(r, of) {
			p.start[w+1]++
		}
	}
	for w := range words {
		p.start[w+1] += p.start[w]
	}
	p.rules = make([]int32, p.start[words])
	next := slices.Clone(p.start)
	for i, r := range rules {
		for _, w := range plainly(r, of) {
			p.rules[next[w]] = int32(i) //nolint:gosec // a document has fewer statements
			next[w]++
		}
	}
	return p
}

func plainly(r *rule, of func(*rule) []word) []word {
	if !r.plain() {
		return nil
	}
	return of(r)
}

func (p postings) of(w word) []int32 { return p.rules[p.start[w]:p.start[w+1]] }

// count is how many rules name the word or one that covers it, some twice.
func (p postings) count(v *vocabulary, w word) int {
	sum := len(p.of(w))
	for _, wide := range v.above[w] {
		sum += len(p.of(wide))
	}
	return sum
}

// any asks about the rules that name the word or one that covers it.
func (p postings) any(v *vocabulary, w word, is func(int32) bool) bool {
	if slices.ContainsFunc(p.of(w), is) {
		return true
	}
	return slices.ContainsFunc(v.above[w], func(wide word) bool { return slices.ContainsFunc(p.of(wide), is) })
}

// dropCovered drops rules that say nothing beyond another one, which may have a
// Sid or not. Of two that say the same in different words it keeps the one with
// a Sid, then the one with the lesser Sid, then the first.
func (m *minimiser) dropCovered(rules []*rule) []*rule {
	x := m.index(rules)
	for i, r := range rules {
		if !r.plain() {
			continue
		}
		x.gone[i] = x.rarest(r, func(j int32) bool {
			other := rules[j]
			return int(j) != i && !x.gone[j] && x.covers(other, r) && (!x.covers(r, other) || preferred(other, r, int(j) < i))
		})
	}
	return x.left()
}

func preferred(a, b *rule, first bool) bool {
	switch {
	case a.sid == b.sid:
		return first
	case a.sid == "" || b.sid == "":
		return b.sid == ""
	default:
		return a.sid < b.sid
	}
}

// rarest asks about the rules that name the rule's rarest action or resource, or
// one that covers it: among them are all that cover the rule.
func (x *index) rarest(r *rule, is func(int32) bool) bool {
	fewest, rarest, inActions := -1, word(0), false
	for _, w := range r.actions {
		if n := x.byAction.count(x.actions, w); fewest < 0 || n < fewest {
			fewest, rarest, inActions = n, w, true
		}
	}
	for _, w := range r.resources {
		if n := x.byElement.count(x.resources, w); n < fewest {
			fewest, rarest, inActions = n, w, false
		}
	}
	if inActions {
		return x.byAction.any(x.actions, rarest, is)
	}
	return x.byElement.any(x.resources, rarest, is)
}

func (x *index) covers(wide, narrow *rule) bool {
	return x.mayCover(wide, narrow) && x.actions.allWithin(narrow.actions, wide.actions) && x.resources.allWithin(narrow.resources, wide.resources)
}

// mayCover says whether a rule holds wherever another does, actions and
// resources apart.
func (x *index) mayCover(wide, narrow *rule) bool {
	return wide.effect == narrow.effect && subset(wide.needs, narrow.needs) && narrow.condition.implies(wide.condition)
}

func (x *index) left() []*rule {
	out := make([]*rule, 0, len(x.rules))
	for i, r := range x.rules {
		if !x.gone[i] {
			out = append(out, r)
		}
	}
	return out
}

// trim takes out of a rule each resource for which other rules have all its
// actions, then each action that other rules have for all its resources. A rule
// of which nothing is left goes.
func (m *minimiser) trim(rules []*rule) []*rule {
	x := m.index(rules)
	for i, r := range rules {
		if r.changeable() {
			x.trimRule(i, r)
		}
	}
	out := x.left()
	slices.SortFunc(out, m.compareRules)
	return out
}

func (x *index) trimRule(i int, r *rule) {
	trimmed := *r
	trimmed.resources = without(r.resources, func(w word) bool {
		return len(x.resources.needs[w]) == 0 && !slices.ContainsFunc(r.actions, func(a word) bool { return !x.elsewhere(i, a, w) })
	})
	trimmed.actions = without(r.actions, func(a word) bool {
		return !slices.ContainsFunc(trimmed.resources, func(w word) bool { return !x.elsewhere(i, a, w) })
	})
	x.gone[i] = len(trimmed.actions) == 0 || len(trimmed.resources) == 0
	x.rules[i] = &trimmed
}

// elsewhere says whether a rule other than i has the action for the resource. One
// that is gone has nothing.
func (x *index) elsewhere(i int, action, resource word) bool {
	has := func(j int32) bool {
		other := x.rules[j]
		return int(j) != i && x.actions.within(action, other.actions) &&
			x.resources.within(resource, other.resources) && x.mayCover(other, x.rules[i])
	}
	if x.byAction.count(x.actions, action) < x.byElement.count(x.resources, resource) {
		return x.byAction.any(x.actions, action, has)
	}
	return x.byElement.any(x.resources, resource, has)
}

// without is the list without some of its words: itself where there are none.
func without(list []word, some func(word) bool) []word {
	if !slices.ContainsFunc(list, some) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), some)
}
