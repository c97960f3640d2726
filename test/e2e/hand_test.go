package e2e

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// anyPolicy permits something that nobody declared.
const anyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// customPolicy makes a customer-managed policy by hand, and returns its ARN.
func (s *stage) customPolicy(name string) string {
	s.Helper()
	out, err := s.admin.iam.CreatePolicy(s.ctx, &iam.CreatePolicyInput{PolicyName: aws.String(name), PolicyDocument: aws.String(anyPolicy)})
	s.must(err)
	return aws.ToString(out.Policy.Arn)
}

func (s *stage) detach(role, policy string) {
	s.Helper()
	_, err := s.admin.iam.DetachRolePolicy(s.ctx, &iam.DetachRolePolicyInput{RoleName: aws.String(role), PolicyArn: aws.String(policy)})
	s.must(err)
}

func (s *stage) attach(role, policy string) {
	s.Helper()
	_, err := s.admin.iam.AttachRolePolicy(s.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(role), PolicyArn: aws.String(policy)})
	s.must(err)
}

func (s *stage) tagRole(role, key, value string) {
	s.Helper()
	_, err := s.admin.iam.TagRole(s.ctx, &iam.TagRoleInput{RoleName: aws.String(role), Tags: []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}})
	s.must(err)
}

func (s *stage) untagRole(role string, keys ...string) {
	s.Helper()
	_, err := s.admin.iam.UntagRole(s.ctx, &iam.UntagRoleInput{RoleName: aws.String(role), TagKeys: keys})
	s.must(err)
}

func (s *stage) untagPolicy(policy string, keys ...string) {
	s.Helper()
	_, err := s.admin.iam.UntagPolicy(s.ctx, &iam.UntagPolicyInput{PolicyArn: aws.String(policy), TagKeys: keys})
	s.must(err)
}

// newVersion writes another document into a policy.
func (s *stage) newVersion(policy string, byDefault bool) string {
	s.Helper()
	out, err := s.admin.iam.CreatePolicyVersion(s.ctx, &iam.CreatePolicyVersionInput{
		PolicyArn: aws.String(policy), PolicyDocument: aws.String(anyPolicy), SetAsDefault: byDefault,
	})
	s.must(err)
	return aws.ToString(out.PolicyVersion.VersionId)
}

func (s *stage) rewriteTrust(role, document string) {
	s.Helper()
	_, err := s.admin.iam.UpdateAssumeRolePolicy(s.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String(role), PolicyDocument: aws.String(document)})
	s.must(err)
}

// trustOf is a trust policy for one service, such as ecs-tasks.amazonaws.com.
func trustOf(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
}

// makeRole makes a role by hand.
func (s *stage) makeRole(name, path, trust string, tags map[string]string) {
	s.Helper()
	in := &iam.CreateRoleInput{RoleName: aws.String(name), Path: aws.String(path), AssumeRolePolicyDocument: aws.String(trust)}
	for key, value := range tags {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	_, err := s.admin.iam.CreateRole(s.ctx, in)
	s.must(err)
}
