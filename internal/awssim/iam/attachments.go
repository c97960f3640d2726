package iam

import (
	"net/http"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func attachRolePolicy(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	arn := r.form.Get("PolicyArn")
	found, err := r.policyByARN(arn)
	if err != nil {
		return nil, err
	}
	switch {
	case found == nil:
		return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
	case strings.HasPrefix(found.path, serviceLinkedPath):
		return nil, wire.Refuse(http.StatusBadRequest, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
	case slices.Contains(role.attached, arn):
		return nil, nil
	case len(role.attached) >= r.service.options.MaxAttached:
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded",
			"Cannot exceed quota for PoliciesPerRole: %d", r.service.options.MaxAttached)
	}
	role.attached = append(role.attached, arn)
	return nil, nil
}

func detachRolePolicy(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	arn := r.form.Get("PolicyArn")
	if _, _, _, err := readPolicyARN(arn); err != nil {
		return nil, err
	}
	at := slices.Index(role.attached, arn)
	if at < 0 {
		return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	role.attached = slices.Delete(role.attached, at, at+1)
	return nil, nil
}

type attachedResult struct {
	AttachedPolicies list[attachedAnswer]
	page
}

func listAttachedRolePolicies(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	found := inPath(r, role.attached, func(arn string) string {
		_, path, _, _ := readPolicyARN(arn)
		return path
	})
	some, more, err := paged(r, "ListAttachedRolePolicies", found)
	return attachedResult{list[attachedAnswer]{attachments(some)}, more}, err
}

func attachments(arns []string) []attachedAnswer {
	var out []attachedAnswer
	for _, arn := range arns {
		// It was an ARN when it was attached.
		_, _, name, _ := readPolicyARN(arn)
		out = append(out, attachedAnswer{PolicyName: name, PolicyArn: arn})
	}
	return out
}

type entitiesResult struct {
	PolicyGroups list[struct{}]
	PolicyUsers  list[struct{}]
	PolicyRoles  list[policyRole]
	page
}

type policyRole struct {
	RoleName string
	RoleID   string `xml:"RoleId"`
}

// listEntitiesForPolicy tells roles only: users and groups have no policies here.
func listEntitiesForPolicy(r *request) (any, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	usage, kind := r.form.Get("PolicyUsageFilter"), r.form.Get("EntityFilter")
	var found []policyRole
	for _, role := range inPath(r, sorted(r.account.roles), func(role *role) string { return role.path }) {
		attached := slices.Contains(role.attached, policy.arn) && usage != "PermissionsBoundary"
		bounded := role.boundary == policy.arn && usage != "PermissionsPolicy"
		if (attached || bounded) && (kind == "" || kind == "Role") {
			found = append(found, policyRole{role.name, role.id})
		}
	}
	some, more, err := paged(r, "ListEntitiesForPolicy", found)
	return entitiesResult{PolicyRoles: list[policyRole]{some}, page: more}, err
}
