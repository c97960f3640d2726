package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// maxTags is IAM's limit on the tags of a role (IAM and STS quotas). One stays
// free for the previous role.
const maxTags = 50 - 1

// IAM's limits on names and paths (IAM and STS quotas).
const (
	maxPath       = 512
	maxPolicyName = 128
)

// quotas refuses what IAM would refuse for its size.
func quotas(in Input, state model.State) *Refusal {
	errs := lengths(state)
	if n := len(state.Policies) + len(state.ManagedPolicyARNs); n > in.MaxAttached {
		errs = append(errs, field.Forbidden(spec.Child("managedPolicyARNs"), fmt.Sprintf(
			"a role takes %d managed policies here, and this one would have %d: %d of managedPolicyARNs, and %d that its grants and statements fill; have fewer, or have the quota of the account raised and tell the controller by --max-attached-policies",
			in.MaxAttached, n, len(state.ManagedPolicyARNs), len(state.Policies))))
	}
	if n := len(state.Role.Tags); n > maxTags {
		errs = append(errs, field.Forbidden(spec.Child("tags"), fmt.Sprintf(
			"a role takes 50 tags, of which the controller needs 6: this one would have %d; have fewer in the TaskRole or in its class", n+1)))
	}
	if n := policy.Size(state.Role.Trust); n > policy.MaxTrustSize {
		errs = append(errs, field.Forbidden(spec.Child("trust"), fmt.Sprintf(
			"the trust policy would have %d characters, IAM takes %d by default: set selfAssume to false", n, policy.MaxTrustSize)))
	}
	if len(errs) == 0 {
		return nil
	}
	return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: errs}
}

const (
	// maxWildcards of one resource or action is many times what any name needs:
	// comparing patterns costs the product of their lengths, and whoever writes a
	// TaskRole must not be able to keep the controller busy.
	maxWildcards = 16
	// maxComparisons of patterns take about 50 ms. Patterns are compared with all
	// that begins as they do up to their first wildcard; of a thousand that begin
	// with a name each, that is nothing.
	maxComparisons = 250_000
)

// busy refuses actions and resources that could not fit into the policies of a
// role however they were put, before they are compared with each other, and those
// with more wildcards than anybody needs.
func busy(in Input, sources []source) *Refusal {
	characters := 0
	for _, list := range []string{"actions", "resources"} {
		seen := map[string]bool{}
		for i := range sources {
			for j, text := range sources[i].list(list) {
				spelled := text
				if list == "actions" {
					spelled = strings.ToLower(text)
				}
				if seen[spelled] {
					continue
				}
				seen[spelled] = true
				characters += len(text)
				if n := strings.Count(text, "*") + strings.Count(text, "?"); n > maxWildcards {
					return &Refusal{Reason: v1alpha1.ReasonInvalidSpec, Errors: field.ErrorList{field.Invalid(sources[i].at(list, j), text, fmt.Sprintf(
						"it has %d wildcards, %d are taken at most: write a shorter pattern", n, maxWildcards))}}
				}
			}
		}
		if n := comparisons(sortedKeys(seen)); n > maxComparisons {
			return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: field.ErrorList{field.Forbidden(spec, fmt.Sprintf(
				"too many of the %s of its grants and statements begin alike before a wildcard, and to hold them against each other takes %d comparisons, of which %d are taken: name several by one pattern",
				list, n, maxComparisons))}}
		}
	}
	if most := in.MaxAttached * policy.MaxManagedSize; characters > most {
		return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: field.ErrorList{field.Forbidden(spec, fmt.Sprintf(
			"its grants and statements name actions and resources of %d characters together, and the %d policies that a role takes here hold %d: have fewer, or name several by one pattern",
			characters, in.MaxAttached, most))}}
	}
	return nil
}

// comparisons are those of each pattern with everything that begins as it does up
// to its first wildcard. The texts are sorted.
func comparisons(texts []string) int {
	sum := 0
	for _, text := range texts {
		first := strings.IndexAny(text, "*?$")
		if first < 0 {
			continue
		}
		begin, _ := slices.BinarySearch(texts, text[:first])
		end, _ := slices.BinarySearch(texts, text[:first]+"\U0010FFFF") // behind all that IAM takes
		sum += end - begin
	}
	return sum
}

// lengths refuses names and paths that IAM would refuse. A path is made of the
// cluster's id and the names of Kubernetes, so that only these can make it long.
func lengths(state model.State) field.ErrorList {
	var errs field.ErrorList
	name := field.NewPath("metadata", "name")
	if n := len(state.Owner.PolicyPath()); n > maxPath {
		errs = append(errs, field.Forbidden(name, fmt.Sprintf(
			"the IAM path %s has %d characters, IAM takes %d: choose a shorter name, or give the controller a shorter --cluster-id", state.Owner.PolicyPath(), n, maxPath)))
	}
	for _, p := range state.Policies {
		if n := len(p.Name); n > maxPolicyName {
			errs = append(errs, field.Forbidden(name, fmt.Sprintf(
				"the policy name %s has %d characters, IAM takes %d: choose a shorter name", p.Name, n, maxPolicyName)))
		}
	}
	return errs
}

// tooLong refuses a statement that no policy can hold, in the words of who asked
// for it: the document that it would stand in is nobody's to count in.
func tooLong(statement policy.TooLong, from *source) *Refusal {
	statement.Name = from.part
	return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: field.ErrorList{field.Forbidden(from.field, statement.Error())}}
}

// hasKey looks a tag key up as IAM compares them: without regard to case.
func hasKey(tags v1alpha1.Tags, key string) bool {
	for k := range tags {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

func sortedKeys[V any, M ~map[string]V](m M) []string {
	return slices.Sorted(maps.Keys(m))
}
