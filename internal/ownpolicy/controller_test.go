package ownpolicy_test

import (
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/lint"
	"github.com/taskrole/ecs-taskrole-controller/internal/ownpolicy"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	boundary  = "arn:aws:iam::111122223333:policy/boundary"
	shared    = "arn:aws:iam::111122223333:policy/shared"
	execution = "arn:aws:iam::111122223333:role/ecsTaskExecutionRole"
	role      = "arn:aws:iam::111122223333:role/taskrole/prod/shop/prod.shop.orders"
	own       = "arn:aws:iam::111122223333:policy/taskrole/prod/shop/orders/prod.shop.orders"
)

func controller(change ...func(*v1alpha1.TaskRoleClassSpec)) ownpolicy.Controller {
	class := &v1alpha1.TaskRoleClass{ObjectMeta: metav1.ObjectMeta{Name: "production"}, Spec: v1alpha1.TaskRoleClassSpec{
		AccountID: "111122223333", Region: "us-west-2", PermissionsBoundaryARN: boundary, AllowedManagedPolicyARNs: []v1alpha1.PolicyARN{shared},
	}}
	for _, c := range change {
		c(&class.Spec)
	}
	return ownpolicy.Controller{Class: class, ClusterID: "prod", PassableRoles: []string{execution}}
}

func unbounded(c *v1alpha1.TaskRoleClassSpec) { c.PermissionsBoundaryARN, c.Unbounded = "", true }

func china(c *v1alpha1.TaskRoleClassSpec) {
	c.Partition, c.Region, c.PermissionsBoundaryARN = "aws-cn", "cn-north-1", "arn:aws-cn:iam::111122223333:policy/boundary"
	c.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{"arn:aws-cn:iam::111122223333:policy/shared"}
}

type call struct {
	action, resource string
	context          map[string][]string
}

func TestTheControllerMayDoItsWorkAndNothingBeside(t *testing.T) {
	bounded := map[string][]string{"iam:PermissionsBoundary": {boundary}}
	attaching := func(arn string) map[string][]string {
		return map[string][]string{"iam:PermissionsBoundary": {boundary}, "iam:PolicyARN": {arn}}
	}
	passed := map[string][]string{"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}
	may := []call{
		{"iam:CreateRole", role, bounded}, {"iam:PutRolePermissionsBoundary", role, bounded}, {"iam:DeleteRole", role, nil},
		{"iam:AttachRolePolicy", role, attaching(own)}, {"iam:AttachRolePolicy", role, attaching(shared)},
		{"iam:CreatePolicyVersion", own, nil}, {"iam:GetPolicy", shared, nil}, {"iam:GetRole", "arn:aws:iam::111122223333:role/admin", nil},
		{"iam:PassRole", role, passed}, {"iam:PassRole", execution, passed},
		{"ecs:RegisterTaskDefinition", "arn:aws:ecs:us-west-2:111122223333:task-definition/orders:*", nil},
		{"ecs:TagResource", "arn:aws:ecs:us-west-2:111122223333:task-definition/orders:*", map[string][]string{"ecs:CreateAction": {"RegisterTaskDefinition"}}},
		{"ecs:DescribeServices", "arn:aws:ecs:us-west-2:111122223333:service/c/s", nil}, {"ecs:ListTasks", "*", nil},
	}
	mayNot := []call{
		{"iam:CreateRole", role, nil}, {"iam:CreateRole", role, map[string][]string{"iam:PermissionsBoundary": {shared}}},
		{"iam:CreateRole", "arn:aws:iam::111122223333:role/admin", bounded}, {"iam:CreateRole", strings.Replace(role, "/prod/", "/prod-2/", 1), bounded},
		{"iam:AttachRolePolicy", role, attaching("arn:aws:iam::aws:policy/AdministratorAccess")},
		{"iam:AttachRolePolicy", role, map[string][]string{"iam:PolicyARN": {own}}},
		{"iam:DeleteRolePermissionsBoundary", role, bounded}, {"iam:PutRolePolicy", role, bounded},
		{"iam:CreatePolicyVersion", shared, nil}, {"iam:CreatePolicyVersion", boundary, nil},
		{"iam:PassRole", role, map[string][]string{"iam:PassedToService": {"ec2.amazonaws.com"}}}, {"iam:PassRole", "arn:aws:iam::111122223333:role/admin", passed},
		{"ecs:UpdateService", "arn:aws:ecs:us-west-2:111122223333:service/c/s", nil}, {"ecs:RunTask", "arn:aws:ecs:us-west-2:111122223333:task-definition/orders:1", nil},
		{"ecs:TagResource", "arn:aws:ecs:us-west-2:111122223333:task-definition/orders:1", nil}, {"sts:AssumeRole", role, nil},
	}
	has := policy.Policies{Identity: []policy.Document{controller().Policy()}}
	for _, c := range may {
		if got := has.Evaluate(policy.Request{Action: c.action, Resource: c.resource, Context: c.context}); got != policy.Allowed {
			t.Errorf("%s on %s with %v: %s", c.action, c.resource, c.context, got)
		}
	}
	for _, c := range mayNot {
		if got := has.Evaluate(policy.Request{Action: c.action, Resource: c.resource, Context: c.context}); got == policy.Allowed {
			t.Errorf("%s on %s with %v: %s", c.action, c.resource, c.context, got)
		}
	}
}

func TestWithoutABoundaryNoneIsAskedForAndOneCanBeTakenOff(t *testing.T) {
	has := policy.Policies{Identity: []policy.Document{controller(unbounded).Policy()}}
	for _, action := range []string{"iam:CreateRole", "iam:DeleteRolePermissionsBoundary"} {
		if got := has.Evaluate(policy.Request{Action: action, Resource: role}); got != policy.Allowed {
			t.Errorf("%s: %s", action, got)
		}
	}
}

// What lint has against everybody's policies it would have against ours: but for
// the escalation that the boundary is there for.
func TestThePoliciesAreAsTightAsAnybodysShouldBe(t *testing.T) {
	for name, document := range map[string]policy.Document{
		"bounded": controller().Policy(), "pipeline": controller().Pipeline("shop"),
		"no managed policies": controller(func(c *v1alpha1.TaskRoleClassSpec) { c.AllowedManagedPolicyARNs = nil }).Policy(),
	} {
		for _, f := range lint.Check(document, nil) {
			known := f.Code == lint.CodePrivilegeEscalation || f.Code == lint.CodeBroadResource && strings.Contains(f.Message, "ecs:ListTasks on *")
			if f.Severity != policy.Info && !known {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if n := policy.Size(document); n > policy.MaxManagedSize {
			t.Errorf("%s: %d characters", name, n)
		}
		for _, s := range document.Statement {
			for _, action := range s.Action {
				if _, found := reference.Find(action); !found {
					t.Errorf("%s: %s does not exist", name, action)
				}
			}
		}
	}
}

func TestAPipelineMayHandOutTheRolesOfItsNamespaceAlone(t *testing.T) {
	has := policy.Policies{Identity: []policy.Document{controller().Pipeline("shop")}}
	passed := map[string][]string{"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}
	for arn, want := range map[string]policy.Decision{
		role: policy.Allowed, strings.Replace(role, "/shop/", "/bank/", 1): policy.ImplicitlyDenied, execution: policy.ImplicitlyDenied,
	} {
		if got := has.Evaluate(policy.Request{Action: "iam:PassRole", Resource: arn, Context: passed}); got != want {
			t.Errorf("%s: %s", arn, got)
		}
	}
}

func TestAControllerInChinaNamesItsPartition(t *testing.T) {
	inChina := controller(china)
	inChina.PassableRoles = nil
	for _, s := range inChina.Policy().Statement {
		if i := slices.IndexFunc(s.Resource, func(r string) bool { return strings.HasPrefix(r, "arn:aws:") }); i >= 0 {
			t.Errorf("%s: %s", s.Sid, s.Resource[i])
		}
	}
}
