package iam

import (
	"net/http"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Quotas of customer-managed policies (IAM and STS quotas).
const (
	maxPolicies   = 1500
	maxPolicySize = 6144
)

type policyResult struct {
	Policy policyAnswer
}

func createPolicy(r *request) (any, error) {
	name, path := r.form.Get("PolicyName"), r.path()
	given, err := r.tags()
	if err != nil {
		return nil, err
	}
	if err := checkManaged(r.form.Get("PolicyDocument")); err != nil {
		return nil, err
	}
	if r.account.policies[key(name)] != nil {
		return nil, wire.Refuse(http.StatusConflict, "EntityAlreadyExists",
			"A policy called %s already exists. Duplicate names are not allowed.", name)
	}
	if len(r.account.policies) >= maxPolicies {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: %d", maxPolicies)
	}
	created := &policy{
		name: name, path: path, arn: r.arn("policy" + path + name), id: newID("ANPA"),
		created: r.now, updated: r.now, description: r.form.Get("Description"), tags: given,
	}
	created.add(r, true)
	r.account.policies[key(name)] = created
	answer := created.listed(r.account)
	answer.Tags = created.tags.answer()
	return policyResult{answer}, nil
}

// checkManaged judges a document of a managed policy.
func checkManaged(text string) error {
	if _, refusal := grammar.Permissions(text, true); refusal != nil {
		return refusal
	}
	if grammar.Size(text) > maxPolicySize {
		return wire.Refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for PolicySize: %d", maxPolicySize)
	}
	return nil
}

func getPolicy(r *request) (any, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	answer := policy.listed(r.account)
	answer.Description = policy.description
	answer.Tags = &list[tag]{policy.tags}
	return policyResult{answer}, nil
}

func deletePolicy(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	attached, bounded := r.account.uses(policy.arn)
	switch {
	case attached+bounded > 0:
		return nil, wire.Refuse(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
	case len(policy.versions) > 1:
		return nil, wire.Refuse(http.StatusConflict, "DeleteConflict",
			"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "+
				"The default version is deleted with the policy.")
	}
	delete(r.account.policies, key(policy.name))
	return nil, nil
}

type policiesResult struct {
	Policies list[policyAnswer]
	page
}

func listPolicies(r *request) (any, error) {
	var found []*policy
	scope := r.form.Get("Scope")
	if scope != "AWS" {
		found = append(found, sorted(r.account.policies)...)
	}
	if scope != "Local" {
		found = append(found, awsManagedAll(r.caller.Partition)...)
	}
	found = inPath(r, found, func(p *policy) string { return p.path })
	found = slices.DeleteFunc(found, func(p *policy) bool { return !r.used(p) })
	some, more, err := paged(r, "ListPolicies", found)
	var answers []policyAnswer
	for _, policy := range some {
		answers = append(answers, policy.listed(r.account))
	}
	return policiesResult{list[policyAnswer]{answers}, more}, err
}

// used says whether the filters OnlyAttached and PolicyUsageFilter keep a policy.
func (r *request) used(p *policy) bool {
	attached, bounded := r.account.uses(p.arn)
	switch r.form.Get("PolicyUsageFilter") {
	case "PermissionsPolicy":
		return attached > 0
	case "PermissionsBoundary":
		return bounded > 0
	}
	return r.form.Get("OnlyAttached") != "true" || attached > 0
}
