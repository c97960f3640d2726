package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// arn is the six parts of an ARN.
type arn struct{ partition, service, region, account, rest string }

const arnParts = 6

// parseARN takes an ARN to pieces, wildcards and all. A colon in a variable, such
// as that of ${aws:userid}, separates nothing.
func parseARN(text string) (a arn, whole bool) {
	var part [arnParts]string
	n, start, depth := 0, 0, 0
	for i := 0; i < len(text) && n < arnParts-1; i++ {
		switch {
		case strings.HasPrefix(text[i:], "${"):
			depth++
		case text[i] == '}' && depth > 0:
			depth--
		case text[i] == ':' && depth == 0:
			part[n] = text[start:i]
			n, start = n+1, i+1
		}
	}
	part[n] = text[start:]
	if n < arnParts-1 || part[0] != "arn" {
		return arn{}, false
	}
	return arn{part[1], part[2], part[3], part[4], part[5]}, true
}

func (a arn) String() string {
	return strings.Join([]string{"arn", a.partition, a.service, a.region, a.account, a.rest}, ":")
}

// anywhere is the ARN in any partition, region and account, as far as it has
// them: of patterns that this one covers every resource of a type is named.
func (a arn) anywhere() arn {
	a.partition = "*"
	if a.region != "" {
		a.region = "*"
	}
	if a.account != "" {
		a.account = "*"
	}
	return a
}

// unrestricted says whether the resource names every resource of the type, in
// all accounts and regions.
func (r resource) unrestricted(t resourceType) bool {
	a := r.arn
	a.partition = "*"
	return r.star || r.isARN && a.service == t.arn.service && policy.Covers(a.String(), t.Pattern)
}

// everyName says whether the resource leaves out none of the type's, of those in
// its account and region.
func (r resource) everyName(t resourceType) bool {
	return r.star || r.isARN && r.arn.service == t.arn.service && policy.Covers(r.arn.anywhere().String(), t.Pattern)
}

// form is a type's ARN as an author would write it.
func form(t *reference.ResourceType) string {
	return strings.NewReplacer("${Partition}", "aws", "${", "<", "}", ">").Replace(t.ARN)
}

// kinds are the types that the actions act on.
func kinds(actions []*reference.Action) (out []*reference.ResourceType) {
	seen := map[*reference.ResourceType]bool{}
	for _, a := range actions {
		for _, t := range a.Resources {
			if !seen[t] {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	return out
}

// forms are the ARNs of the types, each once, the shortest first: a bucket's
// object is better known than an access point's.
func forms(types []*reference.ResourceType) []string {
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = form(t)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return slices.Compact(out)
}

// serves says whether some of the pattern's actions act on ARNs of the service.
func (p pattern) serves(service string) bool {
	return slices.ContainsFunc(p.types, func(t resourceType) bool { return t.arn.service == service })
}
