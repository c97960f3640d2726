package iam

import "slices"

type detailsResult struct {
	UserDetailList  list[struct{}]
	GroupDetailList list[struct{}]
	RoleDetailList  list[roleDetail]
	Policies        list[policyDetail]
	page
}

type roleDetail struct {
	Path                     string
	RoleName                 string
	RoleID                   string `xml:"RoleId"`
	Arn                      string
	CreateDate               timestamp
	AssumeRolePolicyDocument document
	InstanceProfileList      list[profileAnswer]
	RolePolicyList           list[inlineAnswer]
	AttachedManagedPolicies  list[attachedAnswer]
	PermissionsBoundary      *boundaryAnswer `xml:",omitempty"`
	Tags                     list[tag]
	RoleLastUsed             struct{}
}

type policyDetail struct {
	policyAnswer
	PolicyVersionList list[versionAnswer]
}

// getAccountAuthorizationDetails pages through roles and policies together.
func getAccountAuthorizationDetails(r *request) (any, error) {
	kinds := r.texts("Filter")
	wanted := func(kind string) bool { return len(kinds) == 0 || slices.Contains(kinds, kind) }
	var all []any
	if wanted("Role") {
		for _, role := range sorted(r.account.roles) {
			all = append(all, role)
		}
	}
	if wanted("LocalManagedPolicy") {
		for _, policy := range sorted(r.account.policies) {
			all = append(all, policy)
		}
	}
	if wanted("AWSManagedPolicy") {
		// Only those in use (IAM: GetAccountAuthorizationDetails, measured by what it returns).
		for _, policy := range awsManagedAll(r.caller.Partition) {
			if attached, bounded := r.account.uses(policy.arn); attached+bounded > 0 {
				all = append(all, policy)
			}
		}
	}
	some, more, err := paged(r, "GetAccountAuthorizationDetails", all)
	result := detailsResult{page: more}
	for _, one := range some {
		switch item := one.(type) {
		case *role:
			result.RoleDetailList.Items = append(result.RoleDetailList.Items, r.account.roleDetail(item))
		case *policy:
			result.Policies.Items = append(result.Policies.Items, r.account.policyDetail(item))
		}
	}
	return result, err
}

func (a *account) roleDetail(r *role) roleDetail {
	detail := roleDetail{
		Path: r.path, RoleName: r.name, RoleID: r.id, Arn: r.arn, CreateDate: timestamp(r.created),
		AssumeRolePolicyDocument: document(r.trust),
		InstanceProfileList:      list[profileAnswer]{profileAnswers(a.profilesOf(r))},
		AttachedManagedPolicies:  list[attachedAnswer]{attachments(r.attached)},
		PermissionsBoundary:      r.boundaryAnswer(),
		Tags:                     list[tag]{r.tags},
	}
	for _, name := range r.inlineNames() {
		detail.RolePolicyList.Items = append(detail.RolePolicyList.Items,
			inlineAnswer{PolicyName: name, PolicyDocument: document(r.inline[name])})
	}
	return detail
}

// policyDetail has every version's document, but no tags.
func (a *account) policyDetail(p *policy) policyDetail {
	detail := policyDetail{policyAnswer: p.listed(a)}
	detail.Description = p.description
	for _, v := range slices.Backward(p.versions) {
		answer := v.answer()
		answer.Document = document(v.document)
		detail.PolicyVersionList.Items = append(detail.PolicyVersionList.Items, answer)
	}
	return detail
}
