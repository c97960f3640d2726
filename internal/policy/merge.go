package policy

import (
	"encoding/binary"
	"slices"
)

// merge makes one of rules that differ in one thing only, until none is left.
// What becomes equal along the way depends on what is merged first, so both ways
// are gone, and the shorter result is taken.
func (m *minimiser) merge(rules []*rule) []*rule {
	one := m.mergeInTurn(rules, byResources, byActions)
	if len(one) == len(rules) {
		return rules
	}
	other := m.mergeInTurn(rules, byActions, byResources)
	slices.SortFunc(one, m.compareRules)
	slices.SortFunc(other, m.compareRules)
	if m.length(other) < m.length(one) {
		return other
	}
	return one
}

func (m *minimiser) mergeInTurn(rules []*rule, first, second func([]byte, *rule) []byte) []*rule {
	for count := -1; count != len(rules); {
		count = len(rules)
		rules = m.mergeEqual(rules, first)
		rules = m.mergeEqual(rules, second)
		rules = m.mergeValues(rules)
	}
	return rules
}

// byResources is the key of rules that differ in their actions at most.
func byResources(key []byte, r *rule) []byte {
	return appendWords(binary.AppendUvarint(common(key, r), uint64(r.condition.number)), r.resources) //nolint:gosec // numbers from 0
}

// byActions is the key of rules that differ in their resources at most.
func byActions(key []byte, r *rule) []byte {
	return appendWords(binary.AppendUvarint(common(key, r), uint64(r.condition.number)), r.actions) //nolint:gosec // numbers from 0
}

// common begins the key of all rules that may be merged. Needing the same
// variables they are void together, if at all.
func common(key []byte, r *rule) []byte {
	key = appendField(key, r.effect)
	for _, name := range r.needs {
		key = appendField(key, name)
	}
	return append(key, '\n')
}

func appendWords(key []byte, list []word) []byte {
	for _, w := range list {
		key = binary.BigEndian.AppendUint32(key, uint32(w)) //nolint:gosec // numbers from 0
	}
	return key
}

func (m *minimiser) mergeEqual(rules []*rule, keyOf func([]byte, *rule) []byte) []*rule {
	groups := newGroups(len(rules))
	var key []byte
	for _, r := range rules {
		if r.changeable() {
			key = keyOf(key[:0], r)
			groups.add(key, r)
		}
	}
	if !groups.merging() {
		return rules
	}
	out := make([]*rule, 0, len(rules))
	for _, r := range rules {
		if !r.changeable() {
			out = append(out, r)
		}
	}
	for _, list := range groups.lists {
		out = append(out, m.join(list))
	}
	return out
}

// groups are rules by key, in the order in which the keys came.
type groups struct {
	number map[string]int
	lists  [][]*rule
	count  int
}

func newGroups(size int) *groups { return &groups{number: make(map[string]int, size)} }

func (g *groups) add(key []byte, r *rule) {
	g.count++
	i, known := g.number[string(key)]
	if !known {
		i = len(g.lists)
		g.number[string(key)] = i
		g.lists = append(g.lists, nil)
	}
	g.lists[i] = append(g.lists[i], r)
}

func (g *groups) merging() bool { return len(g.lists) < g.count }

// join makes one rule of all of a group.
func (m *minimiser) join(list []*rule) *rule {
	if len(list) == 1 {
		return list[0]
	}
	joined := *list[0]
	joined.actions, joined.resources, joined.origin = nil, nil, nil
	for _, r := range list {
		joined.actions = append(joined.actions, r.actions...)
		joined.resources = append(joined.resources, r.resources...)
		joined.origin = append(joined.origin, r.origin...)
	}
	joined.actions = m.actions.reduce(joined.actions)
	joined.resources = m.resources.reduce(joined.resources)
	return &joined
}

// mergeValues makes one of rules that differ only in the values of one clause
// which are alternatives.
func (m *minimiser) mergeValues(rules []*rule) []*rule {
	var places []place
	for _, r := range rules {
		for _, c := range r.condition.clauses {
			if r.changeable() && c.alternatives() {
				places = append(places, c.place)
			}
		}
	}
	slices.SortFunc(places, comparePlaces)
	for _, p := range slices.Compact(places) {
		rules = m.mergeValuesOf(rules, p)
	}
	return rules
}

// mergeValuesOf merges at one place. Where a condition has two clauses there, the
// other one is part of what must be equal.
func (m *minimiser) mergeValuesOf(rules []*rule, p place) []*rule {
	groups := newGroups(0)
	var rest []*rule
	for _, r := range rules {
		i := slices.IndexFunc(r.condition.clauses, func(c clause) bool { return c.place == p })
		if i < 0 || !r.changeable() || !r.condition.clauses[i].alternatives() {
			rest = append(rest, r)
			continue
		}
		key := appendWords(common(nil, r), r.actions)
		key = append(appendWords(append(key, '\n'), r.resources), '\n')
		groups.add(append(key, keyOf(slices.Delete(slices.Clone(r.condition.clauses), i, i+1))...), r)
	}
	if !groups.merging() {
		return rules
	}
	for _, list := range groups.lists {
		joined := m.join(list)
		if len(list) > 1 {
			joined.condition = m.eitherOf(list, p)
		}
		rest = append(rest, joined)
	}
	return rest
}

// eitherOf is the condition that holds where one of the rules' does.
func (m *minimiser) eitherOf(list []*rule, p place) *condition {
	best := slices.MinFunc(list, func(a, b *rule) int {
		return slices.CompareFunc(a.condition.clauses, b.condition.clauses, compareSpelled)
	})
	clauses := slices.Clone(best.condition.clauses)
	i := slices.IndexFunc(clauses, func(c clause) bool { return c.place == p })
	var values []string
	for _, r := range list {
		j := slices.IndexFunc(r.condition.clauses, func(c clause) bool { return c.place == p })
		values = append(values, r.condition.clauses[j].values...)
	}
	clauses[i].values = union(values)
	return m.intern(ofClauses(clauses, m.resources.syntax))
}

// length is how long the rules are when they are written, but for what is the
// same however they are merged.
func (m *minimiser) length(rules []*rule) int {
	const statement, element = len(`{"Effect":"Allow","Action":[],"Resource":[]},`), len(`"",`)
	sum := 0
	for _, r := range rules {
		sum += statement
		for _, w := range r.actions {
			sum += len(m.actions.texts[w]) + element
		}
		for _, w := range r.resources {
			sum += len(m.resources.texts[w]) + element
		}
		for _, c := range r.condition.clauses {
			sum += len(`"":{"":[]}`) + len(c.place.operator) + len(c.place.key)
			for _, value := range c.values {
				sum += len(value) + element
			}
		}
	}
	return sum
}
