package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// checkElements finds what IAM's grammar asks for and does not get (IAM: Grammar
// of the IAM JSON policy language).
func checkElements(s *statement) []policy.Finding {
	var faults []string
	fault := func(wrong bool, says string) {
		if wrong {
			faults = append(faults, says)
		}
	}
	fault(s.Effect != policy.Allow && s.Effect != policy.Deny,
		fmt.Sprintf("its Effect is %q: write Allow or Deny, in these capitals", s.Effect))
	fault(len(s.Action)+len(s.NotAction) == 0, "it has no Action: name the actions")
	fault(len(s.Action) > 0 && len(s.NotAction) > 0, "it has both Action and NotAction: keep Action")
	fault(len(s.Resource)+len(s.NotResource) == 0, "it has no Resource: name the ARNs, or * for actions that know none")
	fault(len(s.Resource) > 0 && len(s.NotResource) > 0, "it has both Resource and NotResource: keep Resource")
	fault(len(s.Principal)+len(s.NotPrincipal) > 0,
		"it names a principal: in a role's policy that is always the role itself, leave it out")
	if len(faults) == 0 {
		return nil
	}
	return s.blame(policy.Error, CodeInvalidElement, "is refused by IAM: "+sentences(faults))
}

func checkSid(s *statement) []policy.Finding {
	keep := func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}
	clean := strings.Map(keep, s.Sid)
	if clean == s.Sid {
		return nil
	}
	cure := "leave it out"
	if clean != "" {
		cure = "write " + clean
	}
	return s.blame(policy.Error, CodeInvalidSid,
		fmt.Sprintf("has the Sid %q, and IAM takes only letters and digits there: %s", s.Sid, cure))
}

func checkDuplicateSids(d *document) (findings []policy.Finding) {
	first, told := map[string]int{}, map[string]bool{}
	for i := range d.statements {
		s := &d.statements[i]
		if s.Sid == "" || told[s.Sid] {
			continue
		}
		before, twice := first[s.Sid]
		if !twice {
			first[s.Sid] = i
			continue
		}
		told[s.Sid] = true
		findings = append(findings, one(policy.Error, CodeDuplicateSid, s.name, fmt.Sprintf(
			"has the Sid of the one before it, numbers %d and %d, and IAM takes each Sid once in a document: rename one, for instance to %s2",
			before+1, i+1, s.Sid))...)
	}
	return findings
}

// checkCharacters finds what IAM takes nowhere in a document: everything but
// tab, line feed, carriage return and U+0020 to U+00FF (IAM: CreatePolicy,
// PolicyDocument).
func checkCharacters(s *statement) []policy.Finding {
	const last = 'ÿ' // U+00FF
	foreign := func(r rune) bool {
		return r > last || r < ' ' && r != '\t' && r != '\n' && r != '\r'
	}
	var values []string
	look := func(texts ...string) {
		for _, text := range texts {
			if strings.ContainsFunc(text, foreign) || !utf8.ValidString(text) {
				values = append(values, fmt.Sprintf("%+q", text))
			}
		}
	}
	// The Sid has a check of its own, which is stricter.
	look(s.Action...)
	look(s.NotAction...)
	look(s.Resource...)
	look(s.NotResource...)
	for _, c := range s.conditions {
		look(c.written, c.name)
		look(c.values...)
	}
	if len(values) == 0 {
		return nil
	}
	return s.blame(policy.Error, CodeCharacters, fmt.Sprintf(
		"is refused by IAM for its characters, which may only be tab, line feed, carriage return and U+0020 to U+00FF: write %s without the others, with * in the place of each where a pattern may stand",
		list(values)))
}
