package e2e

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// What AWS's guide on task IAM roles prints.
const (
	guideAccount = "111122223333"
	guideRole    = "AmazonECSTaskS3BucketRole"
	guideTrust   = `{ "Version":"2012-10-17", "Statement":[ { "Effect":"Allow", "Principal":{ "Service":[ "ecs-tasks.amazonaws.com" ] },
		"Action":"sts:AssumeRole", "Condition":{ "ArnLike":{ "aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*" },
		"StringEquals":{ "aws:SourceAccount":"111122223333" } } } ] }`
	guidePolicy = `{ "Version":"2012-10-17", "Statement":[ { "Effect":"Allow", "Action":[ "s3:GetObject" ],
		"Resource":[ "arn:aws:s3:::my-task-secrets-bucket/*" ], "Condition":{ "ArnLike":{ "aws:SourceArn":"arn:aws:ecs:region:123456789012:*" },
		"StringEquals":{ "aws:SourceAccount":"123456789012" } } } ] }`
)

// guide is the guide's example as a TaskRole.
func guide(tr *v1alpha1.TaskRole) {
	tr.Spec.RoleName = guideRole
	tr.Spec.Statements = []v1alpha1.Statement{{
		Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::my-task-secrets-bucket/*"},
		Conditions: v1alpha1.ConditionBlock{
			"ArnLike":      {"aws:SourceArn": {"arn:aws:ecs:region:123456789012:*"}},
			"StringEquals": {"aws:SourceAccount": {"123456789012"}},
		},
	}}
}

func TestTheExampleOfTheGuideBecomesTrueAsPrinted(t *testing.T) {
	t.Parallel()
	s := newStage(t, world.shared.use(t), guideAccount, func(c *v1alpha1.TaskRoleClass) {
		c.Spec.AllowRoleNames = []v1alpha1.NamePattern{"AmazonECSTask*"}
	})
	s.register("s3-reader", "reader:1")
	s.declare("s3-reader", guide)
	tr := s.awaitReady("s3-reader")

	role := s.role(guideRole)
	if diff := different(meaning(t, guideTrust), role.Trust); diff != "" {
		t.Errorf("the trust policy is not the guide's (-want +got):\n%s", diff)
	}
	arn := s.policyARN("s3-reader", guideRole)
	if diff := different([]string{arn}, role.Attached); diff != "" {
		t.Errorf("attached policies (-want +got):\n%s", diff)
	}
	if diff := different(meaning(t, guidePolicy), s.policy(arn).Document); diff != "" {
		t.Errorf("the policy is not applied as written (-want +got):\n%s", diff)
	}
	if got := s.describe("s3-reader").text("taskRoleArn"); got != s.arnOfRole(guideRole) {
		t.Errorf("the newest revision carries %q", got)
	}
	wantStatus(t, tr, v1alpha1.RoleStatus{Name: guideRole, ARN: s.arnOfRole(guideRole), ID: role.ID})

	// The conditions that the guide prints never match a task's own calls: what
	// was applied permits nothing, and the status says so, and what to write.
	least := condition(tr, v1alpha1.ConditionLeastPrivilege)
	if least.Status != metav1.ConditionFalse || !strings.Contains(least.Message, "aws:ResourceAccount") {
		t.Errorf("LeastPrivilege is %s: %s", least.Status, least.Message)
	}
	if !hasFinding(tr, v1alpha1.SeverityError, "aws:SourceArn") || !hasFinding(tr, v1alpha1.SeverityError, "aws:SourceAccount") {
		t.Errorf("findings: %+v", tr.Status.Findings)
	}
	// For the next run: the account is always the same.
	s.remove("s3-reader")
	s.awaitGone("s3-reader")
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func wantStatus(t *testing.T, tr *v1alpha1.TaskRole, role v1alpha1.RoleStatus) {
	t.Helper()
	if diff := different(role, tr.Status.Role); diff != "" {
		t.Errorf("status.role (-want +got):\n%s", diff)
	}
	if len(tr.Status.Policies) != 1 || tr.Status.Policies[0].Version != "v1" || tr.Status.Policies[0].Digest == "" {
		t.Errorf("status.policies = %+v", tr.Status.Policies)
	}
	if tr.Status.TaskDefinition.Revision != 2 || tr.Status.TaskDefinition.ARN == "" {
		t.Errorf("status.taskDefinition = %+v", tr.Status.TaskDefinition)
	}
	if stalled(tr) || len(tr.Status.Pending) > 0 {
		t.Errorf("stalled: %v, pending: %v", stalled(tr), tr.Status.Pending)
	}
}

func hasFinding(tr *v1alpha1.TaskRole, severity v1alpha1.Severity, text string) bool {
	for _, f := range tr.Status.Findings {
		if f.Severity == severity && strings.Contains(f.Message, text) {
			return true
		}
	}
	return false
}
