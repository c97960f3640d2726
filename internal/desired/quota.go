package desired

import (
	"errors"
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

// maxWildcards of one resource is many times what any name needs: comparing
// patterns costs the product of their lengths, and whoever writes a TaskRole must
// not be able to keep the controller busy.
const maxWildcards = 16

// busy refuses resources that could not fit into the policies of a role however
// they were put, before they are compared with each other, and those with more
// wildcards than anybody needs.
func busy(in Input, sources []source) *Refusal {
	characters, seen := 0, map[string]bool{}
	for i := range sources {
		for j, resource := range sources[i].statement.Resource {
			if seen[resource] {
				continue
			}
			seen[resource] = true
			characters += len(resource)
			if n := strings.Count(resource, "*") + strings.Count(resource, "?"); n > maxWildcards {
				return &Refusal{Reason: v1alpha1.ReasonInvalidSpec, Errors: field.ErrorList{field.Invalid(sources[i].at("resources", j), resource, fmt.Sprintf(
					"it has %d wildcards, %d are taken at most: write a shorter pattern", n, maxWildcards))}}
			}
		}
	}
	if most := in.MaxAttached * policy.MaxManagedSize; characters > most {
		return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: field.ErrorList{field.Forbidden(spec, fmt.Sprintf(
			"its grants and statements name resources of %d characters together, and the %d policies that a role takes here hold %d: have fewer, or name several by one pattern",
			characters, in.MaxAttached, most))}}
	}
	return nil
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

// tooLong refuses a statement that no policy can hold. sources are where the
// statements came from.
func tooLong(err error, sources []*source) *Refusal {
	path := spec.Child("statements")
	var statement *policy.TooLong
	if errors.As(err, &statement) {
		path = sources[statement.Index].field
	}
	return &Refusal{Reason: v1alpha1.ReasonQuotaExceeded, Errors: field.ErrorList{field.Forbidden(path, err.Error())}}
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
