package policy

import (
	"cmp"
	"slices"
	"strings"
)

// rule is a statement in numbers, and which statements it was made of.
type rule struct {
	sid, effect              string
	actions, resources       []word
	notActions, notResources []word
	condition                *condition
	needs                    []string // the variables that must have a value
	who                      *parties
	origin                   []int
}

// parties are the principals of a statement, and a text that equal ones have in common.
type parties struct {
	yes, not Principal
	key      string
}

// plain says whether the rule says "any of these actions on any of these
// resources" and nothing else but its conditions.
func (r *rule) plain() bool {
	return r.who == nil && len(r.notActions) == 0 && len(r.notResources) == 0 && len(r.actions) > 0 && len(r.resources) > 0
}

// changeable says whether the rule may become another one: a Sid is somebody's
// name for what it says.
func (r *rule) changeable() bool { return r.sid == "" && r.plain() }

// whoKey is the principals' key, empty for none.
func (r *rule) whoKey() string {
	if r.who == nil {
		return ""
	}
	return r.who.key
}

// compareContent orders rules by all but their Sid. It stops at the first
// difference, which mostly is in the actions.
func compareContent(a, b *rule) int {
	if c := cmp.Or(strings.Compare(a.effect, b.effect), slices.Compare(a.actions, b.actions)); c != 0 {
		return c
	}
	if c := cmp.Or(slices.Compare(a.notActions, b.notActions), slices.Compare(a.resources, b.resources)); c != 0 {
		return c
	}
	return cmp.Or(
		slices.Compare(a.notResources, b.notResources),
		strings.Compare(a.condition.key, b.condition.key),
		strings.Compare(a.whoKey(), b.whoKey()),
	)
}

// compareRules orders rules for the reader: by the service of their first
// action, what is allowed before what is denied, then by content.
func (m *minimiser) compareRules(a, b *rule) int {
	if c := cmp.Compare(m.service(a), m.service(b)); c != 0 {
		return c
	}
	if c := compareContent(a, b); c != 0 {
		return c
	}
	return strings.Compare(a.sid, b.sid)
}

// service is a number that the rules of one service have in common.
func (m *minimiser) service(r *rule) word {
	switch {
	case len(r.actions) > 0:
		return m.actions.first[r.actions[0]]
	case len(r.notActions) > 0:
		return m.actions.first[r.notActions[0]]
	default:
		return -1
	}
}

// read puts the statements into numbers, in the order of rules.
func (m *minimiser) read(list Statements) []*rule {
	for i := range list {
		m.actions.learn(list[i].Action)
		m.actions.learn(list[i].NotAction)
		m.resources.learn(list[i].Resource)
		m.resources.learn(list[i].NotResource)
	}
	m.actions.settle()
	m.resources.settle()
	all := make([]rule, len(list))
	rules := make([]*rule, len(list))
	for i := range list {
		s := &list[i]
		rules[i] = &all[i]
		all[i] = rule{
			sid:          s.Sid,
			effect:       s.Effect,
			actions:      m.actions.words(s.Action),
			notActions:   m.actions.words(s.NotAction),
			resources:    m.resources.words(s.Resource),
			notResources: m.resources.words(s.NotResource),
			condition:    m.intern(newCondition(s.Condition, m.resources.syntax)),
			who:          readPrincipals(s),
			origin:       []int{i},
		}
		m.lookUp(rules[i])
	}
	slices.SortFunc(rules, m.compareRules)
	return rules
}

// intern gives equal conditions one pointer, and of their spellings the one that
// is preferred, wherever it stands.
func (m *minimiser) intern(c *condition) *condition {
	known := m.conditions[c.key]
	if known == nil {
		c.number = len(m.conditions)
		m.conditions[c.key] = c
		return c
	}
	if slices.CompareFunc(c.clauses, known.clauses, compareSpelled) < 0 {
		known.clauses = c.clauses
	}
	return known
}

// lookUp fills in what variables the rule needs.
func (m *minimiser) lookUp(r *rule) {
	r.needs = r.condition.needs
	for _, list := range [][]word{r.resources, r.notResources} {
		for _, w := range list {
			if more := m.resources.needs[w]; len(more) > 0 {
				r.needs = union(r.needs, more)
			}
		}
	}
}

func readPrincipals(s *Statement) *parties {
	if len(s.Principal) == 0 && len(s.NotPrincipal) == 0 {
		return nil
	}
	p := &parties{yes: sortedPrincipal(s.Principal), not: sortedPrincipal(s.NotPrincipal)}
	p.key = string(encode([]Principal{p.yes, p.not}))
	return p
}

func sortedPrincipal(p Principal) Principal {
	if len(p) == 0 {
		return nil
	}
	out := Principal{}
	for kind, list := range p {
		out[kind] = union(list)
	}
	return out
}

// statement writes the rule as a statement.
func (m *minimiser) statement(r *rule) Statement {
	s := Statement{
		Sid:         r.sid,
		Effect:      r.effect,
		Action:      m.actions.strings(r.actions),
		NotAction:   m.actions.strings(r.notActions),
		Resource:    m.resources.strings(r.resources),
		NotResource: m.resources.strings(r.notResources),
		Condition:   r.condition.conditions(),
	}
	if r.who != nil {
		s.Principal, s.NotPrincipal = r.who.yes, r.who.not
	}
	return s
}
