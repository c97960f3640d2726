package iam

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// Apply carries out one action of the areas Role and Policy on what o says was
// observed, and returns what is to be observed after it: what the plan projects,
// and what only AWS knows (ids, ARNs, dates, versions). What is gone already
// counts as deleted or detached. On an error o is returned as it was.
func (s *Service) Apply(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	apply, known := map[plan.Kind]func(context.Context, plan.Action, model.Observed) (model.Observed, error){
		plan.CreateRole:   s.createRole,
		plan.CreatePolicy: s.createPolicy,
		plan.UpdatePolicy: s.updatePolicy,
	}[a.Kind]
	if known {
		return apply(ctx, a, o)
	}
	if err := s.call(ctx, a); err != nil {
		return o, err
	}
	return plan.Project(o, a), nil
}

// call makes the calls of all actions after which nothing needs to be learned
// from AWS.
func (s *Service) call(ctx context.Context, a plan.Action) (err error) {
	role, arn := &a.RoleName, &a.ARN
	switch a.Kind {
	case plan.PutBoundary:
		_, err = s.api.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: role, PermissionsBoundary: arn})
	case plan.DeleteBoundary:
		_, err = s.api.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: role})
	case plan.UpdateTrust:
		trust := a.Role.Trust.JSON()
		_, err = s.api.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: role, PolicyDocument: &trust})
	case plan.TagRole:
		_, err = s.api.TagRole(ctx, &iam.TagRoleInput{RoleName: role, Tags: listOf(a.Tags)})
	case plan.UntagRole:
		_, err = s.api.UntagRole(ctx, &iam.UntagRoleInput{RoleName: role, TagKeys: a.Keys})
	case plan.TagPolicy:
		_, err = s.api.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: arn, Tags: listOf(a.Tags)})
	case plan.UntagPolicy:
		_, err = s.api.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: a.Keys})
	case plan.AttachPolicy:
		_, err = s.api.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: arn})
	default:
		return s.remove(ctx, a)
	}
	return err
}

// remove makes the calls of the actions that take something away for good.
func (s *Service) remove(ctx context.Context, a plan.Action) (err error) {
	switch a.Kind {
	case plan.DetachPolicy:
		_, err = s.api.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &a.RoleName, PolicyArn: &a.ARN})
	case plan.DeleteInline:
		_, err = s.api.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &a.RoleName, PolicyName: &a.Subject})
	case plan.DeletePolicy:
		err = s.deletePolicy(ctx, a.ARN)
	case plan.DeleteRole:
		_, err = s.api.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &a.RoleName})
	default:
		return fmt.Errorf("%s is no action on IAM", a.Kind)
	}
	if is(err, aws.NotFound) {
		return nil
	}
	return err
}
