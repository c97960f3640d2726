package policy

import (
	"slices"
	"strings"
)

// place is an operator and a key of a statement's conditions.
type place struct{ operator, key string }

// folded is the place in its one spelling. The names of operators and keys are
// written in any capitals (IAM: JSON policy elements: Condition). What follows
// the name within the key, the key of a tag or of an encryption context, is kept
// as it is: elsewhere in AWS its capitals count.
func (p place) folded() place {
	name := len(p.key)
	if slash := strings.IndexByte(p.key, '/'); slash >= 0 {
		name = slash
	}
	if prefix := strings.IndexByte(p.key, ':'); prefix >= 0 && prefix < name {
		if colon := strings.IndexByte(p.key[prefix+1:name], ':'); colon >= 0 {
			name = prefix + 1 + colon
		}
	}
	return place{lower(p.operator), lower(p.key[:name]) + p.key[name:]}
}

// canonicalConditions spells operators and keys in one way. Where a statement
// has the same place in two spellings with different values, each of the two
// must match: putting their values into one list would let either do. They keep
// their spellings then.
func canonicalConditions(c Conditions) Conditions {
	values := map[place]Strings{}
	spellings := map[place][]place{}
	for operator, keys := range c {
		for key, list := range keys {
			p := place{operator, key}
			values[p] = set(list, same)
			spellings[p.folded()] = append(spellings[p.folded()], p)
		}
	}
	var out Conditions
	put := func(p place, list Strings) {
		if out == nil {
			out = Conditions{}
		}
		if out[p.operator] == nil {
			out[p.operator] = map[string]Strings{}
		}
		out[p.operator][p.key] = list
	}
	for folded, places := range spellings {
		first := values[places[0]]
		if !slices.ContainsFunc(places, func(p place) bool { return !slices.Equal(values[p], first) }) {
			put(folded, first)
			continue
		}
		for _, p := range places {
			put(p, values[p])
		}
	}
	return out
}
