package iam

import (
	"context"
	"maps"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// createRole creates the role with everything that IAM takes in the one call,
// so that no crash leaves a role without owner, trust or boundary.
func (s *Service) createRole(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	trust := a.Role.Trust.JSON()
	in := &iam.CreateRoleInput{RoleName: &a.RoleName, Path: &a.Path, AssumeRolePolicyDocument: &trust, Tags: listOf(a.Role.Tags)}
	if a.Role.Description != "" {
		in.Description = &a.Role.Description
	}
	if a.Role.BoundaryARN != "" {
		in.PermissionsBoundary = &a.Role.BoundaryARN
	}
	out, err := s.api.CreateRole(ctx, in)
	if is(err, aws.AlreadyExists) {
		return s.foundRole(ctx, a, o, err)
	}
	if err != nil {
		return o, err
	}
	after := plan.Project(o, a)
	created := observedRole(out.Role)
	after.Role.Name, after.Role.Path, after.Role.ARN = created.Name, created.Path, created.ARN
	after.Role.ID, after.Role.Created = created.ID, created.Created
	return after, nil
}

// foundRole judges a role that turned out to exist. It is the one that was to be
// created where an answer was lost, so that the SDK tried again, or where IAM's
// reads lagged behind: then its path, tags and trust are those that were sent.
// Anything else is a conflict for the next look to explain.
func (s *Service) foundRole(ctx context.Context, a plan.Action, o model.Observed, conflict error) (model.Observed, error) {
	role, err := s.role(ctx, a.RoleName)
	if err != nil {
		return o, err
	}
	if role == nil { // names are unique across all paths: it is not visible yet, or just gone
		return o, notYetVisible("CreateRole", a.RoleName)
	}
	if role.Path != a.Path || !maps.Equal(role.Tags, a.Role.Tags) || role.BoundaryARN != a.Role.BoundaryARN {
		return o, conflict
	}
	trust, err := policy.Parse(role.Trust)
	if err != nil || !policy.Equivalent(trust, a.Role.Trust) {
		return o, conflict
	}
	after := plan.Project(o, a)
	after.Role = role
	return after, nil
}

func (s *Service) createPolicy(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	document := a.Policy.Document.JSON()
	out, err := s.api.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: &a.Policy.Name, Path: &a.Path, PolicyDocument: &document, Tags: listOf(a.Policy.Tags),
	})
	if is(err, aws.AlreadyExists) {
		return s.foundPolicy(ctx, a, o, err)
	}
	if err != nil {
		return o, err
	}
	created := model.ObservedPolicy{
		ARN: awssdk.ToString(out.Policy.Arn), ID: awssdk.ToString(out.Policy.PolicyId), Version: awssdk.ToString(out.Policy.DefaultVersionId),
	}
	return s.written(a, o, created, document), nil
}

// foundPolicy judges a policy that turned out to exist, as foundRole does.
func (s *Service) foundPolicy(ctx context.Context, a plan.Action, o model.Observed, conflict error) (model.Observed, error) {
	found, err := s.policy(ctx, a.ARN)
	if is(err, aws.NotFound) {
		return o, s.unseen(ctx, a.Policy.Name, conflict)
	}
	if err != nil {
		return o, err
	}
	document, err := policy.Parse(found.Document)
	if err != nil || !policy.Equivalent(document, a.Policy.Document) || !maps.Equal(found.Tags, a.Policy.Tags) {
		return o, conflict
	}
	return s.written(a, o, found, found.Document), nil
}

// unseen says why a policy exists whose ARN finds nothing: policy names are unique
// across all paths, so it is in another one, or reads lag.
func (s *Service) unseen(ctx context.Context, name string, conflict error) error {
	pages := iam.NewListPoliciesPaginator(s.api, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, p := range page.Policies {
			if strings.EqualFold(awssdk.ToString(p.PolicyName), name) {
				return conflict
			}
		}
	}
	return notYetVisible("CreatePolicy", name)
}

func notYetVisible(operation, name string) error {
	return aws.Failure{Class: aws.Concurrent, Service: iam.ServiceID, Operation: operation, Code: "EntityAlreadyExists",
		Message: name + " exists, but reads do not show it yet"}
}

// written puts what AWS said of a policy's new version into what is observed,
// and remembers the document: versions never change, so what was written needs
// no reading.
func (s *Service) written(a plan.Action, o model.Observed, p model.ObservedPolicy, document string) model.Observed {
	if p.ID != "" && p.Version != "" {
		s.documents.Add(revision{p.ID, p.Version}, document)
	}
	after := plan.Project(o, a)
	for i := range after.Policies {
		if after.Policies[i].ARN == a.ARN {
			after.Policies[i].ID, after.Policies[i].Version = p.ID, p.Version
		}
	}
	return after
}
