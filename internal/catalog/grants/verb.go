package grants

import (
	"fmt"
	"slices"
	"strings"
)

// unknownVerbs finds the verbs that the type of some resource does not offer.
func unknownVerbs(access []string, targets []target) []Problem {
	if len(access) == 0 {
		return []Problem{{Field: fieldAccess, Index: -1, Message: noVerb(targets)}}
	}
	var problems []Problem
	for i, verb := range access {
		var seen []*kind
		var messages []string
		for j := range targets {
			t := &targets[j]
			if _, offered := t.kind.verbs[verb]; offered || slices.Contains(seen, t.kind) {
				continue
			}
			seen = append(seen, t.kind)
			messages = append(messages, unknownVerb(verb, t))
		}
		if len(messages) > 0 {
			problems = append(problems, Problem{Field: fieldAccess, Index: i, Value: verb,
				Message: fmt.Sprintf("%q is no verb of %s", verb, strings.Join(messages, "; nor of "))})
		}
	}
	return problems
}

func noVerb(targets []target) string {
	if len(targets) == 0 {
		return "no verb is named: list at least one, such as Read"
	}
	t := &targets[0]
	return fmt.Sprintf("no verb is named: list at least one of those that %s offers, %s", shown(t.resource), strings.Join(t.kind.data.VerbNames(), ", "))
}

// unknownVerb says of a resource that lacks a verb what it offers, and what may be
// meant.
func unknownVerb(verb string, t *target) string {
	offered := t.kind.data.VerbNames()
	message := fmt.Sprintf("%s (%s of %s), which offers %s",
		shown(t.resource), t.kind.data.Name, t.kind.service, strings.Join(offered, ", "))
	if meant := near(verb, offered); len(meant) > 0 {
		return fmt.Sprintf("%s: write %s", message, strings.Join(meant, " or "))
	}
	known, err := catalogue()
	if err != nil {
		return message
	}
	for _, other := range known.kinds[t.kind.forms[0].part] {
		if _, found := other.verbs[verb]; found {
			return fmt.Sprintf("%s: it is for %s, write %s", message, other.data.About, other.like(t))
		}
	}
	return message
}

// like is how a resource of this type is written that belongs to the target:
// with the target's names, a * for those that it lacks, and the type's example
// where they have none in common.
func (k *kind) like(t *target) string {
	var c captured
	for i, name := range k.variables {
		switch at := slices.Index(t.kind.variables, name); {
		case at >= 0 && t.captured[at] != "":
			c[i] = t.captured[at]
		case i == k.first:
			return k.data.Example
		default:
			c[i] = "*"
		}
	}
	all, err := parseTemplate(strings.NewReplacer("*}", "}", "/}", "}").Replace(k.data.ARN), &k.variables, false)
	if err != nil {
		return k.data.Example
	}
	return all.append(nil, &c)[0]
}
