package iam

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Observe reads what AWS has under the names of one owner: the role called
// want.RoleName in whatever path, or nil, and the policies in the owner's path,
// sorted by name. It changes nothing. An unchanged role with one policy takes
// five calls, a role that does not exist two.
func (s *Service) Observe(ctx context.Context, want model.State) (*model.ObservedRole, []model.ObservedPolicy, error) {
	role, err := s.role(ctx, want.RoleName)
	if err != nil {
		return nil, nil, err
	}
	policies, err := s.policies(ctx, want.Owner.PolicyPath())
	if err != nil {
		return nil, nil, err
	}
	return role, policies, nil
}

// Owner is the owner that the tags of a role name; none where they name none, or
// where there is no such role.
func (s *Service) Owner(ctx context.Context, roleARN string) (model.Owner, error) {
	name := roleARN[strings.LastIndex(roleARN, "/")+1:]
	out, err := s.api.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if is(err, aws.NotFound) {
		return model.Owner{}, nil
	}
	if err != nil {
		return model.Owner{}, err
	}
	return model.OwnerOf(tagsOf(out.Role.Tags)), nil
}

// RoleID is the unique id of the role of that name; empty where there is none.
func (s *Service) RoleID(ctx context.Context, name string) (string, error) {
	out, err := s.api.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if is(err, aws.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.Role.RoleId), nil
}

// InstanceProfiles names the instance profiles that hold the role; none where
// the role does not exist.
func (s *Service) InstanceProfiles(ctx context.Context, role string) ([]string, error) {
	var names []string
	pages := iam.NewListInstanceProfilesForRolePaginator(s.api, &iam.ListInstanceProfilesForRoleInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if is(err, aws.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, profile := range page.InstanceProfiles {
			names = append(names, awssdk.ToString(profile.InstanceProfileName))
		}
	}
	return names, nil
}

func (s *Service) role(ctx context.Context, name string) (*model.ObservedRole, error) {
	out, err := s.api.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if is(err, aws.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	role := observedRole(out.Role)
	if role.Attached, err = s.attached(ctx, name); err == nil {
		role.Inline, err = s.inline(ctx, name)
	}
	if is(err, aws.NotFound) { // deleted between two calls
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return role, nil
}

func observedRole(r *types.Role) *model.ObservedRole {
	role := &model.ObservedRole{
		Name: awssdk.ToString(r.RoleName), Path: awssdk.ToString(r.Path), ARN: awssdk.ToString(r.Arn),
		ID: awssdk.ToString(r.RoleId), Created: awssdk.ToTime(r.CreateDate),
		Trust: decoded(awssdk.ToString(r.AssumeRolePolicyDocument)), Tags: tagsOf(r.Tags),
	}
	if r.PermissionsBoundary != nil {
		role.BoundaryARN = awssdk.ToString(r.PermissionsBoundary.PermissionsBoundaryArn)
	}
	return role
}

func (s *Service) attached(ctx context.Context, role string) ([]string, error) {
	var arns []string
	pages := iam.NewListAttachedRolePoliciesPaginator(s.api, &iam.ListAttachedRolePoliciesInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range page.AttachedPolicies {
			arns = append(arns, awssdk.ToString(p.PolicyArn))
		}
	}
	return arns, nil
}

func (s *Service) inline(ctx context.Context, role string) ([]string, error) {
	var names []string
	pages := iam.NewListRolePoliciesPaginator(s.api, &iam.ListRolePoliciesInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		names = append(names, page.PolicyNames...)
	}
	return names, nil
}

// policies reads the policies of exactly this path: a path prefix also finds
// those of paths below.
func (s *Service) policies(ctx context.Context, path string) ([]model.ObservedPolicy, error) {
	var found []model.ObservedPolicy
	pages := iam.NewListPoliciesPaginator(s.api, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, PathPrefix: &path})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, listed := range page.Policies {
			if awssdk.ToString(listed.Path) != path {
				continue
			}
			p, err := s.policy(ctx, awssdk.ToString(listed.Arn))
			if is(err, aws.NotFound) { // deleted since it was listed
				continue
			}
			if err != nil {
				return nil, err
			}
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(p, q model.ObservedPolicy) int { return strings.Compare(p.Name, q.Name) })
	return found, nil
}

// policy reads one policy. ListPolicies gives no tags, and a call for them
// alone costs as much as GetPolicy, which also says which version is the
// default at this moment.
func (s *Service) policy(ctx context.Context, arn string) (model.ObservedPolicy, error) {
	out, err := s.api.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return model.ObservedPolicy{}, err
	}
	p := model.ObservedPolicy{
		Name: awssdk.ToString(out.Policy.PolicyName), ARN: awssdk.ToString(out.Policy.Arn),
		ID: awssdk.ToString(out.Policy.PolicyId), Version: awssdk.ToString(out.Policy.DefaultVersionId),
		Tags: tagsOf(out.Policy.Tags),
	}
	p.Document, err = s.document(ctx, p)
	return p, err
}

func (s *Service) document(ctx context.Context, p model.ObservedPolicy) (string, error) {
	key := revision{p.ID, p.Version}
	if known, found := s.documents.Get(key); found {
		return known.(string), nil
	}
	out, err := s.api.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &p.ARN, VersionId: &p.Version})
	if err != nil {
		return "", err
	}
	document := decoded(awssdk.ToString(out.PolicyVersion.Document))
	s.documents.Add(key, document)
	return document, nil
}
