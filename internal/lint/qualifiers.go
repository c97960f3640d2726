package lint

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// checkQualifiers finds keys of many values that are compared as if they had one
// (IAM: Single-valued vs. multivalued context keys).
func checkQualifiers(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		if c.known && c.found && !c.single() && c.operator.qualifier == "" && !c.operator.null() {
			wrong = append(wrong, fmt.Sprintf("%s of %s (write %s%s if one value that matches is enough, %s%s if all must)",
				c.written, c.name, forAnyValue, c.written, forAllValues, c.written))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeMissingQualifier,
		"compares keys of many values without saying how many must match: "+sentences(wrong))
}

// checkForAllValues finds ForAllValues where it lets through what it seems to
// hold back: it is true of a request without the key (IAM: Set operators for
// multivalued keys).
func checkForAllValues(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		switch {
		case !c.known || c.operator.qualifier != forAllValues || c.operator.null():
		case c.single():
			wrong = append(wrong, fmt.Sprintf("%s has one value at most: write %s", c.name, strings.TrimPrefix(c.operator.like(c.operator.name), forAllValues)))
		case s.allows() && !s.requires(c.name):
			wrong = append(wrong, fmt.Sprintf("a request without %s passes: add the condition Null of %s with false, or write %s",
				c.name, c.name, forAnyValue+strings.TrimPrefix(c.operator.like(c.operator.name), forAllValues)))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeForAllValues, "has a ForAllValues that is true where the key is absent: "+sentences(wrong))
}

// requires says whether the statement asks for the key to be there.
func (s *statement) requires(key string) bool {
	for _, c := range s.conditions {
		if c.known && strings.EqualFold(c.name, key) && !c.absent() && (c.operator.null() || c.operator.qualifier == forAnyValue) {
			return true
		}
	}
	return false
}

// checkContradictions finds a key that must be absent and yet compare.
func checkContradictions(s *statement) []policy.Finding {
	for _, c := range s.conditions {
		if !c.operator.null() || !c.known || len(c.values) != 1 || !c.absent() {
			continue
		}
		for _, other := range s.conditions {
			if strings.EqualFold(c.name, other.name) && other.known && !other.absent() {
				return s.blame(s.idle(), CodeContradiction, fmt.Sprintf(
					"%s: Null wants %s to be absent, and %s of the same key is false where it is. Drop one of the two; Null of %s with false asks for the key to be there",
					s.idleVerb(), c.name, other.written, c.name))
			}
		}
	}
	return nil
}
