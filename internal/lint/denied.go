package lint

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// checkDenied finds an Allow of which a Deny of the same document leaves nothing
// (IAM: Policy evaluation logic: an explicit Deny overrides any Allow). What
// several of them take away together is not looked for.
func checkDenied(d *document) (findings []policy.Finding) {
	var denials []*statement
	for i := range d.statements {
		if s := &d.statements[i]; s.deniesPlainly() {
			denials = append(denials, s)
		}
	}
	for i := range d.statements {
		s := &d.statements[i]
		if !s.allows() {
			continue
		}
		i := slices.IndexFunc(denials, func(by *statement) bool { return by.takes(s) })
		if i < 0 {
			continue
		}
		findings = append(findings, s.blame(policy.Warning, CodeDenied, fmt.Sprintf(
			"contradicts %s, which denies, without a condition, all that is allowed here: a Deny has the last word, so nothing is allowed. Drop one of the two, or name in the Deny only what must never be done",
			denials[i].name))...)
	}
	return findings
}

// deniesPlainly says whether what the statement denies is known to the letter.
func (s *statement) deniesPlainly() bool {
	return s.Effect == policy.Deny && len(s.Condition) == 0 &&
		len(s.NotAction)+len(s.NotResource)+len(s.Principal)+len(s.NotPrincipal) == 0
}

// takes says whether the statement, a Deny, is about all that the other one is.
func (s *statement) takes(other *statement) bool {
	return takes(s.Action, other.Action, other.NotAction, policy.CoversAction) &&
		takes(s.Resource, other.Resource, other.NotResource, policy.Covers)
}

// takes says whether each of these is covered by one of the wide ones; all but
// some is covered only by everything.
func takes(wide, these, allBut policy.Strings, covers func(wide, narrow string) bool) bool {
	if len(allBut) > 0 {
		these = append(policy.Strings{"*"}, these...)
	}
	if len(these) == 0 {
		return false
	}
	for _, narrow := range these {
		if !slices.ContainsFunc(wide, func(w string) bool { return covers(w, narrow) }) {
			return false
		}
	}
	return true
}
