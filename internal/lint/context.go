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
	f := policy.Finding{Code: CodeServiceContextKey, Subject: s.name}
	why := fmt.Sprintf("a task's own requests never carry %s, which is there only when an AWS service asks on behalf of a resource", key)
	switch {
	case s.allows() && !always:
		f.Severity = policy.Error
		f.Message = fmt.Sprintf("%s allows nothing: %s. Drop this condition: it belongs into the role's trust policy, which the controller guards with it already. To narrow the statement, use aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is",
			s.name, why)
	case s.allows():
		f.Severity = policy.Info
		f.Message = fmt.Sprintf("this condition of %s narrows nothing, it is always true: %s. Drop it, or narrow the statement by aws:ResourceAccount or aws:ResourceOrgID", s.name, why)
	case !always:
		f.Severity = policy.Warning
		f.Message = fmt.Sprintf("%s denies nothing: %s. Drop this condition, or deny by aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is",
			s.name, why)
	default:
		f.Severity = policy.Warning
		f.Message = fmt.Sprintf("this condition of %s spares nothing from the denial, it is always true: %s. Drop it if that is meant, or deny by aws:ResourceAccount or aws:ResourceOrgID", s.name, why)
	}
	return []policy.Finding{f}
}

// placeholders finds ARNs with the word region in the region's place, as AWS's
// guides print them.
func (s *statement) placeholders(c condition) (findings []policy.Finding) {
	for _, value := range c.values {
		a, whole := parseARN(value)
		if !whole || !strings.EqualFold(a.region, "region") {
			continue
		}
		findings = append(findings, policy.Finding{
			Severity: policy.Warning, Code: CodePlaceholder, Subject: s.name,
			Message: fmt.Sprintf("%s compares %s by %s with %s, where the literal word region stands in the region's place and matches no ARN: write a real one, as in %s",
				s.name, c.name, c.written, value, realRegion(a)),
		})
	}
	return findings
}
