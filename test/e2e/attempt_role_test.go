package e2e

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// onTheRole are attempts on a role that is ours.
func onTheRole() []attempt {
	bounded := func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Unbounded, c.Spec.PermissionsBoundaryARN = false, v1alpha1.PolicyARN("arn:aws:iam::"+c.Spec.AccountID+":policy/boundary")
	}
	boundary := func(s *stage) { s.customPolicy("boundary") }
	name := func(s *stage) *string { return aws.String(s.roleName("orders")) }
	policy := func(s *stage) string { return s.policyARN("orders", s.roleName("orders")) }
	keeps := []string{"CreateRole", "DeleteRole", "RegisterTaskDefinition", "DeregisterTaskDefinition"}
	return []attempt{
		{name: "the boundary is removed", class: bounded, bring: boundary, act: func(s *stage) {
			_, err := s.admin.iam.DeleteRolePermissionsBoundary(s.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: name(s)})
			s.must(err)
		}, must: []string{"PutRolePermissionsBoundary"}, never: keeps},
		{name: "the boundary is changed", class: bounded, bring: boundary, act: func(s *stage) {
			_, err := s.admin.iam.PutRolePermissionsBoundary(s.ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: name(s), PermissionsBoundary: aws.String(administrator)})
			s.must(err)
		}, must: []string{"PutRolePermissionsBoundary"}, never: keeps},
		{name: "a boundary is put that nobody declared", act: func(s *stage) {
			_, err := s.admin.iam.PutRolePermissionsBoundary(s.ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: name(s), PermissionsBoundary: aws.String(administrator)})
			s.must(err)
		}, must: []string{"DeleteRolePermissionsBoundary"}, never: keeps},
		{name: "an administrator's policy is attached", act: func(s *stage) { s.attach(s.roleName("orders"), administrator) }, must: []string{"DetachRolePolicy"}, never: keeps},
		{name: "an inline policy is put", act: func(s *stage) {
			_, err := s.admin.iam.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{RoleName: name(s), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy)})
			s.must(err)
		}, must: []string{"DeleteRolePolicy"}, never: keeps},
		{name: "the trust is edited", act: func(s *stage) { s.rewriteTrust(s.roleName("orders"), trustOf("ec2.amazonaws.com")) }, must: []string{"UpdateAssumeRolePolicy"}, never: keeps},
		{name: "the owner tags are removed", act: func(s *stage) {
			s.untagRole(s.roleName("orders"), "ecs.taskrole.dev/cluster-id", "ecs.taskrole.dev/name", "ecs.taskrole.dev/cluster-uid")
		}, must: []string{"TagRole"}, never: keeps},
		{name: "an owner tag names another", act: func(s *stage) { s.tagRole(s.roleName("orders"), "ecs.taskrole.dev/namespace", "bank") }, must: []string{"TagRole"}, never: keeps},
		{name: "a principal tag is added", act: func(s *stage) { s.tagRole(s.roleName("orders"), "team", "admins") }, must: []string{"UntagRole"}, never: keeps},
		{name: "the policy gets another version", act: func(s *stage) { s.newVersion(policy(s), true) }, must: []string{"CreatePolicyVersion"}, never: keeps},
		{name: "the policy is detached", act: func(s *stage) { s.detach(s.roleName("orders"), policy(s)) }, must: []string{"AttachRolePolicy"}, never: keeps},
		{name: "the policy is deleted", act: func(s *stage) {
			s.detach(s.roleName("orders"), policy(s))
			_, err := s.admin.iam.DeletePolicy(s.ctx, &iam.DeletePolicyInput{PolicyArn: aws.String(policy(s))})
			s.must(err)
		}, must: []string{"CreatePolicy", "AttachRolePolicy"}, never: keeps},
		{name: "the role is deleted", act: (*stage).raze, must: []string{"CreateRole", "AttachRolePolicy"}},
		{name: "the role is deleted, and another has its name", act: func(s *stage) {
			s.away(func() {
				s.raze()
				s.makeRole(s.roleName("orders"), "/", trustOf("ec2.amazonaws.com"), nil)
				s.attach(s.roleName("orders"), administrator)
			})
		}, reason: v1alpha1.ReasonConflict, never: []string{"DeleteRole", "DetachRolePolicy", "UpdateAssumeRolePolicy", "TagRole", "AttachRolePolicy"}, whole: true},
		{name: "... in our path, without our tags", act: func(s *stage) {
			s.away(func() {
				s.raze()
				s.makeRole(s.roleName("orders"), s.path(), s.trust(), nil)
			})
		}, reason: v1alpha1.ReasonConflict, never: []string{"DeleteRole", "UpdateAssumeRolePolicy", "TagRole", "AttachRolePolicy"}, whole: true},
		{name: "the role is deleted and made again as it was", act: func(s *stage) {
			s.away(func() {
				s.raze()
				s.makeRole(s.roleName("orders"), s.path(), s.trust(), s.ownerTags("orders"))
			})
		}, event: "RoleRecreated", must: []string{"AttachRolePolicy"}, never: []string{"CreateRole", "DeleteRole"}},
		{name: "another cluster of our id tags it", act: func(s *stage) { s.tagRole(s.roleName("orders"), "ecs.taskrole.dev/cluster-uid", "6f6f") },
			reason: v1alpha1.ReasonOtherCluster, never: []string{"writes"}, whole: true},
		{name: "it is put into an instance profile, then the TaskRole goes", act: func(s *stage) {
			s.intoProfile(s.roleName("orders"))
			s.remove("orders")
		}, reason: gone, event: "RoleKept", must: []string{"DetachRolePolicy"}, never: []string{"DeleteRole"}, then: func(s *stage) {
			if r := s.role(s.roleName("orders")); r == nil || len(r.Attached) > 0 {
				s.Errorf("the role: %+v", r)
			}
		}},
		{name: "a policy is attached, then the TaskRole goes", act: func(s *stage) {
			s.attach(s.roleName("orders"), administrator)
			s.remove("orders")
		}, reason: gone, must: []string{"DetachRolePolicy", "DeleteRole"}, then: func(s *stage) {
			if left := s.inventory(); len(left) > 0 {
				s.Errorf("left behind: %v", left)
			}
		}},
		{name: "an inline policy is put, then the TaskRole goes", act: func(s *stage) {
			_, err := s.admin.iam.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{RoleName: name(s), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy)})
			s.must(err)
			s.remove("orders")
		}, reason: gone, must: []string{"DeleteRolePolicy", "DeleteRole"}},
		{name: "the previous role's tag names an administrator's role, then the TaskRole goes", act: func(s *stage) {
			s.makeRole("admin-of-all", "/", trustOf("ecs-tasks.amazonaws.com"), nil)
			s.away(func() {
				s.tagRole(s.roleName("orders"), "ecs.taskrole.dev/previous-role", "arn:aws:iam::"+s.account+":role/admin-of-all")
				s.deregister("orders", 1) // else the pipeline's own revision tells
				s.remove("orders")
			})
		}, reason: gone, must: []string{"RegisterTaskDefinition", "DeleteRole"}, then: gets(nobodys)},
	}
}

// away has the manager see nothing while somebody meddles.
func (s *stage) away(meddle func()) {
	s.Helper()
	s.intercept(noLooks)
	meddle()
	s.intercept(nil)
}

// raze deletes the role of the TaskRole orders by hand.
func (s *stage) raze() {
	s.Helper()
	role := s.roleName("orders")
	for _, arn := range s.role(role).Attached {
		s.detach(role, arn)
	}
	_, err := s.admin.iam.DeleteRole(s.ctx, &iam.DeleteRoleInput{RoleName: &role})
	s.must(err)
}

func (s *stage) intoProfile(role string) {
	s.Helper()
	_, err := s.admin.iam.CreateInstanceProfile(s.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("hosts")})
	s.must(err)
	_, err = s.admin.iam.AddRoleToInstanceProfile(s.ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("hosts"), RoleName: &role})
	s.must(err)
}

func tagList(tags map[string]string) []types.Tag {
	var out []types.Tag
	for key, value := range tags {
		out = append(out, types.Tag{Key: aws.String(strings.Clone(key)), Value: aws.String(value)})
	}
	return out
}
