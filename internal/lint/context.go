package lint

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// serviceContextKeys are in a request only when an AWS service makes it on
// behalf of a resource (IAM: AWS global condition context keys): as they are
// spelled there, by their name in small letters.
var serviceContextKeys = map[string]string{
	"aws:sourcearn":     "aws:SourceArn",
	"aws:sourceaccount": "aws:SourceAccount",
}

// checkConditions looks at each condition for what AWS's guides print and what is
// not meant to be left like that.
func checkConditions(s *statement) (findings []policy.Finding) {
	for _, c := range s.conditions {
		if spelled, found := serviceContextKeys[strings.ToLower(c.name)]; found {
			findings = append(findings, s.serviceContextKey(spelled, c.absent())...)
		}
		findings = append(findings, s.placeholders(c)...)
	}
	return findings
}

// serviceContextKey tells what becomes of a statement whose condition is always
// the same for a task's own requests.
func (s *statement) serviceContextKey(key string, always bool) []policy.Finding {
	why := fmt.Sprintf("a task's own requests never carry %s, which is there only when an AWS service asks on behalf of a resource", key)
	switch {
	case s.allows() && !always:
		return s.blame(policy.Error, CodeServiceContextKey, fmt.Sprintf("allows nothing: %s. Drop this condition: it belongs into the role's trust policy, which the controller guards with it already. To narrow the statement, use aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is", why))
	case s.allows():
		return s.blame(policy.Info, CodeServiceContextKey, fmt.Sprintf("has a condition that narrows nothing, it is always true: %s. Drop it, or narrow the statement by aws:ResourceAccount or aws:ResourceOrgID", why))
	case !always:
		return s.blame(policy.Warning, CodeServiceContextKey, fmt.Sprintf("denies nothing: %s. Drop this condition, or deny by aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is", why))
	default:
		return s.blame(policy.Warning, CodeServiceContextKey, fmt.Sprintf("has a condition that spares nothing from the denial, it is always true: %s. Drop it if that is meant, or deny by aws:ResourceAccount or aws:ResourceOrgID", why))
	}
}
