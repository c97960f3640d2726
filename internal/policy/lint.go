package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Codes of findings.
const (
	// CodeServiceContextKey: a condition on a key that only requests of AWS
	// services carry, in a policy of somebody who makes the requests.
	CodeServiceContextKey = "SERVICE_CONTEXT_KEY"
	// CodePlaceholder: an example's word stands where a real one should.
	CodePlaceholder = "PLACEHOLDER"
)

// serviceContextKeys are in a request only when an AWS service makes it on
// behalf of a resource (IAM: AWS global condition context keys): as they are
// spelled there, by their name in small letters.
var serviceContextKeys = map[string]string{
	"aws:sourcearn":     "aws:SourceArn",
	"aws:sourceaccount": "aws:SourceAccount",
}

// Lint judges a permission policy: one whose requests its principal makes
// itself, as a task does. Findings come in the order of statements.
func Lint(d Document) []Finding {
	var findings []Finding
	for i := range d.Statement {
		s, name := d.Statement[i], Name(d.Statement, i)
		for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
			keys := s.Condition[operator]
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				if spelled, found := serviceContextKeys[lower(key)]; found {
					findings = append(findings, serviceContextKey(s.Effect, name, spelled, absent(operator, keys[key])))
				}
				findings = append(findings, placeholders(name, operator, key, keys[key])...)
			}
		}
	}
	return findings
}

// absent is what a condition comes to when the request lacks its key (IAM: JSON
// policy elements: Condition operators; Set operators for multivalued keys).
func absent(operator string, values Strings) bool {
	op := lower(operator)
	switch {
	case op == "null":
		return slices.ContainsFunc(values, func(v string) bool { return lower(v) == "true" })
	case strings.HasSuffix(op, "ifexists"), strings.HasPrefix(op, "forallvalues:"):
		return true
	case strings.HasPrefix(op, "foranyvalue:"):
		return false
	default:
		return strings.Contains(op, "not")
	}
}

// serviceContextKey tells what becomes of a statement whose condition is always
// the same for a task's own requests.
func serviceContextKey(effect, name, key string, always bool) Finding {
	f := Finding{Code: CodeServiceContextKey, Subject: name}
	why := fmt.Sprintf("a task's own requests never carry %s, which is there only when an AWS service asks on behalf of a resource", key)
	switch {
	case effect == Allow && !always:
		f.Severity = Error
		f.Message = fmt.Sprintf("%s allows nothing: %s. Drop this condition: it belongs into the role's trust policy, which the controller guards with it already. To narrow the statement, use aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is",
			name, why)
	case effect == Allow:
		f.Severity = Info
		f.Message = fmt.Sprintf("this condition of %s narrows nothing, it is always true: %s. Drop it, or narrow the statement by aws:ResourceAccount or aws:ResourceOrgID", name, why)
	case !always:
		f.Severity = Warning
		f.Message = fmt.Sprintf("%s denies nothing: %s. Drop this condition, or deny by aws:ResourceAccount or aws:ResourceOrgID, which tell whose the resource is", name, why)
	default:
		f.Severity = Warning
		f.Message = fmt.Sprintf("this condition of %s spares nothing from the denial, it is always true: %s. Drop it if that is meant, or deny by aws:ResourceAccount or aws:ResourceOrgID", name, why)
	}
	return f
}

// placeholders finds ARNs with the word region in the region's place, as AWS's
// guides print them.
func placeholders(name, operator, key string, values Strings) []Finding {
	var findings []Finding
	for _, value := range values {
		const regionPart, parts = 3, 6
		arn := strings.SplitN(value, ":", parts)
		if len(arn) < parts || arn[0] != "arn" || lower(arn[regionPart]) != "region" {
			continue
		}
		arn[regionPart] = "us-west-2"
		findings = append(findings, Finding{
			Severity: Warning, Code: CodePlaceholder, Subject: name,
			Message: fmt.Sprintf("%s compares %s by %s with %s, where the literal word region stands in the region's place and matches no ARN: write a real one, as in %s",
				name, key, operator, value, strings.Join(arn, ":")),
		})
	}
	return findings
}
