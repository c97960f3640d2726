package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// byHand are what somebody does in AWS, or for a whole class or namespace, past
// the TaskRole.
var byHand = []edit{
	{"by hand: attach a policy", 3, meddles(func(l *life, _ *rand.Rand) error {
		_, err := l.Admin.IAM.AttachRolePolicy(l.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(l.role()), PolicyArn: aws.String(l.foreign)})
		return err
	})},
	{"by hand: detach a policy", 3, meddles(func(l *life, _ *rand.Rand) error {
		_, err := l.Admin.IAM.DetachRolePolicy(l.ctx, &iam.DetachRolePolicyInput{RoleName: aws.String(l.role()), PolicyArn: aws.String(l.policyARN())})
		return err
	})},
	{"by hand: an inline policy", 3, meddles(func(l *life, r *rand.Rand) error {
		_, err := l.Admin.IAM.PutRolePolicy(l.ctx, &iam.PutRolePolicyInput{
			RoleName: aws.String(l.role()), PolicyName: aws.String(fmt.Sprintf("hand-%d", r.IntN(3))), PolicyDocument: aws.String(anyPolicy),
		})
		return err
	})},
	{"by hand: another version", 3, meddles(func(l *life, r *rand.Rand) error {
		_, err := l.Admin.IAM.CreatePolicyVersion(l.ctx, &iam.CreatePolicyVersionInput{
			PolicyArn: aws.String(l.policyARN()), PolicyDocument: aws.String(anyPolicy), SetAsDefault: r.IntN(2) == 0,
		})
		return err
	})},
	{"by hand: delete a version", 3, meddles(func(l *life, r *rand.Rand) error {
		_, err := l.Admin.IAM.DeletePolicyVersion(l.ctx, &iam.DeletePolicyVersionInput{
			PolicyArn: aws.String(l.policyARN()), VersionId: aws.String(fmt.Sprintf("v%d", 1+r.IntN(6))),
		})
		return err
	})},
	{"by hand: untag the policy", 2, meddles(func(l *life, _ *rand.Rand) error {
		_, err := l.Admin.IAM.UntagPolicy(l.ctx, &iam.UntagPolicyInput{PolicyArn: aws.String(l.policyARN()), TagKeys: []string{"ecs.taskrole.dev/name"}})
		return err
	})},
	{"by hand: remove the boundary", 2, meddles(func(l *life, _ *rand.Rand) error {
		_, err := l.Admin.IAM.DeleteRolePermissionsBoundary(l.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(l.role())})
		return err
	})},
	{"by hand: edit the tags", 3, meddles(func(l *life, _ *rand.Rand) error {
		if recorded, err := l.recorded(); err != nil || l.keeps() || !recorded {
			return err
		}
		if _, err := l.Admin.IAM.UntagRole(l.ctx, &iam.UntagRoleInput{RoleName: aws.String(l.role()), TagKeys: []string{"team", "ecs.taskrole.dev/name"}}); err != nil {
			return err
		}
		_, err := l.Admin.IAM.TagRole(l.ctx, &iam.TagRoleInput{RoleName: aws.String(l.role()), Tags: []types.Tag{{Key: aws.String("admin"), Value: aws.String("true")}}})
		return err
	})},
	{"by hand: edit the trust", 3, meddles(func(l *life, _ *rand.Rand) error {
		if recorded, err := l.recorded(); err != nil || l.keeps() || !recorded {
			return err
		}
		_, err := l.Admin.IAM.UpdateAssumeRolePolicy(l.ctx, &iam.UpdateAssumeRolePolicyInput{
			RoleName: aws.String(l.role()), PolicyDocument: aws.String(trustOf("ec2.amazonaws.com")),
		})
		return err
	})},
	{"by hand: deregister the copy", 2, meddles(func(l *life, _ *rand.Rand) error {
		if len(l.shipped) == 0 {
			return nil
		}
		newest, err := l.Pipeline.Describe(l.ctx, l.family())
		shipped := slices.ContainsFunc(l.shipped, func(r ground.Revision) bool { return arnOf(r) == arnOf(newest) })
		if err != nil || shipped || newest.Text("taskRoleArn") != l.arn() {
			return err
		}
		_, err = l.Pipeline.ECS.DeregisterTaskDefinition(l.ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(arnOf(newest))})
		return err
	})},
	{"class: other tags", 1, func(l *life, r *rand.Rand) error {
		// A class wakes all its TaskRoles: of many, few may do it.
		if l.number%10 > 1 {
			return l.ship("")
		}
		var tags v1alpha1.Tags
		if r.IntN(3) > 0 {
			tags = v1alpha1.Tags{"environment": v1alpha1.TagValue(fmt.Sprintf("e%d", r.IntN(3)))}
		}
		l.count(&l.tally.edits)
		return l.retag(tags)
	}},
	{"namespace: other labels", 1, func(l *life, r *rand.Rand) error {
		if l.number%10 > 1 {
			return l.ship("")
		}
		l.count(&l.tally.edits)
		return l.label(l.namespace, []string{"yes", "no"}[r.IntN(2)])
	}},
}

// meddles does something by hand. That the manager acts at the same time, or that
// there is nothing to meddle with, is no fault.
func meddles(hand func(*life, *rand.Rand) error) func(*life, *rand.Rand) error {
	excused := []string{"NoSuchEntity", "DeleteConflict", "LimitExceeded", "ConcurrentModification", "ClientException", "InvalidParameterException"}
	return func(l *life, r *rand.Rand) error {
		l.count(&l.tally.drifts)
		err := hand(l, r)
		if slices.Contains(excused, code(err)) || err != nil && strings.Contains(err.Error(), "ClientException") {
			return nil
		}
		return err
	}
}
