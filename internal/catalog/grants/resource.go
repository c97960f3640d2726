package grants

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// arnParts: arn, partition, service, region, account and the rest, which may
// hold colons (AWS General Reference: Amazon Resource Names).
const arnParts = 6

// target is a resource of a grant, and what it is.
type target struct {
	resource string
	kind     *kind
	captured captured
}

// What to do where the catalogue has nothing.
const (
	ownStatement = "write the IAM statement itself into spec.statements"
	wayOut       = "for anything else " + ownStatement
)

// shown is a value as messages name it: in quotes where it has white space, which
// would not be seen.
func shown(value string) string {
	if strings.ContainsFunc(value, unicode.IsSpace) {
		return strconv.Quote(value)
	}
	return value
}

// find tells of which type a resource is, or why it is of none.
func (x *index) find(resource string) (target, string) {
	t := target{resource: resource}
	part, arn, message := split(resource)
	if message != "" {
		return t, message
	}
	kinds := x.kinds[part]
	if kinds == nil {
		return t, x.unknownService(resource, part)
	}
	var wrongHead string
	for _, k := range kinds {
		for i := range k.forms {
			f := &k.forms[i]
			rest, ok := f.rests(resource, arn)
			if !ok || !f.rest.match(rest, &t.captured) {
				continue
			}
			if f.arn {
				if message := f.head(resource, &t.captured); message != "" {
					if wrongHead == "" {
						wrongHead = fmt.Sprintf("%s: %s; write it as in %s", shown(resource), message, k.data.Example)
					}
					continue
				}
			}
			t.kind = k
			message := k.refusal(&t)
			return t, message
		}
	}
	if wrongHead != "" {
		return t, wrongHead
	}
	return t, unknownForm(resource, part, arn, kinds)
}

// split finds the service part of a resource.
func split(resource string) (part string, arn bool, message string) {
	if strings.TrimSpace(resource) != resource {
		return "", false, fmt.Sprintf("%q begins or ends with white space: remove it", resource)
	}
	if message := badVariable(resource); message != "" {
		return "", false, message
	}
	if strings.Trim(resource, "*?") == "" {
		return "", false, fmt.Sprintf("%q would be every resource of every service: name the resource by its ARN, or %s", resource, ownStatement)
	}
	before, rest, found := strings.Cut(resource, ":")
	if !found {
		return "", false, fmt.Sprintf("%q is no ARN: an ARN is written as in arn:aws:s3:::my-bucket/reports/*", resource)
	}
	if before != "arn" {
		return before, false, ""
	}
	parts := strings.SplitN(rest, ":", arnParts-1)
	if len(parts) < arnParts-1 {
		return "", true, fmt.Sprintf("%s is no whole ARN: it has six parts, arn:partition:service:region:account:resource, of which region and account are empty for some services", shown(resource))
	}
	if strings.ContainsAny(parts[1], "*?") {
		return "", true, fmt.Sprintf("%s: a wildcard stands in the service's place, and no verb means the same for all services: write a grant for each service", shown(resource))
	}
	if start := strings.Index(resource, "${"); start >= 0 && start < len(resource)-len(parts[arnParts-2]) {
		return "", true, fmt.Sprintf("%s: a policy variable stands before the fifth colon, and IAM replaces variables only in an ARN's last part: write partition, region and account as they are", shown(resource))
	}
	return parts[1], true, ""
}

// badVariable finds a ${ that no } closes: IAM would take it for text.
func badVariable(resource string) string {
	for rest := resource; ; {
		_, after, found := strings.Cut(rest, "${")
		if !found {
			return ""
		}
		if _, rest, found = strings.Cut(after, "}"); !found {
			return fmt.Sprintf("%s: a policy variable is not closed: write it as in ${aws:PrincipalTag/team}", shown(resource))
		}
	}
}

// rests is the part of a resource that tells its type.
func (f *form) rests(resource string, arn bool) (string, bool) {
	if f.arn != arn {
		return "", false
	}
	colons := 1
	if arn {
		colons = arnParts - 1
	}
	for range colons {
		resource = resource[strings.IndexByte(resource, ':')+1:]
	}
	return resource, true
}

var (
	partitionName = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	// With wildcards: us-*, *.
	regionName  = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+$|^[a-z0-9-]*[*?][a-z0-9*?-]*$`)
	accountName = regexp.MustCompile(`^\d{12}$`)
)

// head captures partition, region and account, or says which of them is wrong.
func (f *form) head(resource string, c *captured) string {
	parts := strings.SplitN(resource, ":", arnParts)
	c[partition], c[region], c[account] = parts[1], parts[3], parts[4]
	if !partitionName.MatchString(parts[1]) {
		return fmt.Sprintf("%q is no partition, those are aws, aws-cn, aws-us-gov and the like", parts[1])
	}
	if message := place("region", f.region, parts[3]); message != "" {
		return message
	}
	if message := place("account", f.account, parts[4]); message != "" {
		return message
	}
	switch {
	case f.region != "{region}" || regionName.MatchString(parts[3]):
	case strings.EqualFold(parts[3], "region"):
		return fmt.Sprintf("the literal word %s stands in the region's place", parts[3])
	default:
		return fmt.Sprintf("%q is no region", parts[3])
	}
	switch {
	case f.account != "{account}" || accountName.MatchString(parts[4]):
	case strings.ContainsAny(parts[4], "*?"):
		return "a wildcard stands in the account's place, and would take in other people's resources of that name"
	default:
		return fmt.Sprintf("%q is no account, which has 12 digits", parts[4])
	}
	return ""
}

// place compares a part of the head with what stands there in the form.
func place(name, want, got string) string {
	switch {
	case strings.HasPrefix(want, "{") && got == "":
		return fmt.Sprintf("its %s is missing", name)
	case want == "" && got != "":
		return fmt.Sprintf("such an ARN has no %s, but %q stands in its place", name, got)
	case !strings.HasPrefix(want, "{") && want != got:
		return fmt.Sprintf("%q stands in the %s's place, where such an ARN has %q", got, name, want)
	}
	return ""
}

// refusal says why nothing can be granted on a resource of the type.
func (k *kind) refusal(t *target) string {
	if k.data.Refuse != "" {
		return fmt.Sprintf("%s: %s", shown(t.resource), k.data.Refuse)
	}
	if k.first >= 0 && !k.data.AnyName && strings.Trim(t.captured[k.first], "*?") == "" {
		return fmt.Sprintf("%s would be all of its kind (%s), those of others and of tomorrow too: begin with a name, as in %s, or %s",
			shown(t.resource), k.data.About, k.data.Example, ownStatement)
	}
	return ""
}
