package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// clause is one operator and key of a condition with its values. All clauses of
// a condition must hold.
type clause struct {
	place   place // in its one spelling
	spelled place
	values  []string // ascending
}

// condition is the conditions of a statement. Equal ones have the same key.
type condition struct {
	key     string
	number  int      // of the conditions of one document
	clauses []clause // ascending by place
	needs   []string // the variables that must have a value
}

func newCondition(c Conditions, s syntax) *condition {
	var list []clause
	for operator, keys := range c {
		for key, values := range keys {
			p := place{operator, key}
			list = append(list, clause{p.folded(), p, union(values)})
		}
	}
	return ofClauses(list, s)
}

func ofClauses(list []clause, s syntax) *condition {
	slices.SortFunc(list, func(a, b clause) int {
		return cmp.Or(comparePlaces(a.place, b.place), slices.Compare(a.values, b.values), compareSpelled(a, b))
	})
	list = slices.CompactFunc(list, func(a, b clause) bool {
		return a.place == b.place && slices.Equal(a.values, b.values)
	})
	out := &condition{clauses: list}
	for _, one := range list {
		for _, value := range one.values {
			out.needs = append(out.needs, needs(value, s)...)
		}
	}
	out.needs = union(out.needs)
	out.key = keyOf(list)
	return out
}

// keyOf is a text that equal lists of clauses have in common, and no others.
func keyOf(list []clause) string {
	var key []byte
	for _, one := range list {
		key = appendField(appendField(key, one.place.operator), one.place.key)
		key = strconv.AppendInt(key, int64(len(one.values)), 10)
		for _, value := range one.values {
			key = appendField(key, value)
		}
	}
	return string(key)
}

// appendField appends a text so that one can tell where it ends.
func appendField(key []byte, text string) []byte {
	key = strconv.AppendInt(append(key, ' '), int64(len(text)), 10)
	return append(append(key, ':'), text...)
}

func comparePlaces(a, b place) int {
	return cmp.Or(strings.Compare(a.operator, b.operator), strings.Compare(a.key, b.key))
}

// compareSpelled prefers the spelling that AWS uses: operators in capitals.
func compareSpelled(a, b clause) int {
	return cmp.Or(strings.Compare(a.spelled.operator, b.spelled.operator), compareSpellings(a.spelled.key, b.spelled.key))
}

// conditions writes the clauses as a document has them.
func (c *condition) conditions() Conditions {
	if len(c.clauses) == 0 {
		return nil
	}
	out := Conditions{}
	for _, one := range c.clauses {
		keys := out[one.spelled.operator]
		if keys == nil {
			keys = map[string]Strings{}
			out[one.spelled.operator] = keys
		}
		keys[one.spelled.key] = slices.Clone(one.values)
	}
	return out
}

// implies says whether the other condition holds wherever this one does. It
// never says so wrongly.
func (c *condition) implies(other *condition) bool {
	if c == other {
		return true
	}
	return !slices.ContainsFunc(other.clauses, func(wide clause) bool {
		return !slices.ContainsFunc(c.clauses, func(narrow clause) bool { return narrow.implies(wide) })
	})
}

// implies knows that values are alternatives, and that none of them may match
// where the operator is a negated one (IAM: Conditions with multiple context keys
// or values). Of other operators it knows nothing.
func (c clause) implies(wide clause) bool {
	switch {
	case c.place != wide.place:
		return false
	case slices.Equal(c.values, wide.values):
		return true
	case len(c.values) == 0 || len(wide.values) == 0:
		return false
	}
	set, name := operatorParts(c.place.operator)
	return positive[name] && subset(c.values, wide.values) ||
		negated[name] && set == "" && subset(wide.values, c.values)
}

// alternatives says whether two conditions that differ in this clause's values
// only hold, one or the other, just where one with the values of both does. Of
// ForAllValues that is not so: some of the request's values may match one, the
// rest the other.
func (c clause) alternatives() bool {
	set, name := operatorParts(c.place.operator)
	return positive[name] && set != "forallvalues" && len(c.values) > 0
}

// operatorParts takes an operator in small letters to pieces: whether it asks for
// the key's presence changes nothing here.
func operatorParts(operator string) (set, name string) {
	set, name, found := strings.Cut(operator, ":")
	if !found {
		set, name = "", operator
	}
	return set, strings.TrimSuffix(name, "ifexists")
}

// The operators of which the values are alternatives, and those of which none
// may match (IAM: JSON policy elements: Condition operators).
var (
	positive = names("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress")
	negated  = names("stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress")
)

func names(list ...string) map[string]bool {
	out := map[string]bool{}
	for _, name := range list {
		out[name] = true
	}
	return out
}
