package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func grants(list ...v1alpha1.Grant) func(*v1alpha1.TaskRole) {
	return func(tr *v1alpha1.TaskRole) { tr.Spec.Statements, tr.Spec.Grants = nil, list }
}

func reading(resource string) v1alpha1.Grant {
	return v1alpha1.Grant{Access: []string{"Read"}, Resources: []string{resource}}
}

// wantPolicy waits until the role's one policy says the same as the statements,
// whatever their order and Sids.
func (s *stage) wantPolicy(name string, statements ...string) {
	s.Helper()
	var want []string
	for _, text := range statements {
		want = append(want, s.statement(meaning(s, strings.ReplaceAll(text, "ACCOUNT", s.account))))
	}
	slices.Sort(want)
	s.eventually("the policy of "+name+" is as declared", func() error {
		var got []string
		if p := s.policy(s.policyARN(name, s.roleName(name))); p != nil {
			for _, statement := range statementsOf(p.Document) {
				delete(statement, "Sid")
				got = append(got, s.statement(statement))
			}
		}
		slices.Sort(got)
		if diff := different(want, got); diff != "" {
			return fmt.Errorf("-want +got:\n%s", diff)
		}
		return nil
	})
}

func (s *stage) statement(meaning any) string { return fmt.Sprintf("%v", meaning) }

func TestGrantsBecomeTheFewestActionsOnTheRightARNs(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", grants(
		v1alpha1.Grant{Access: []string{"Read", "List"}, Resources: []string{"arn:aws:s3:::in/p/*"}},
		v1alpha1.Grant{Access: []string{"Send"}, Resources: []string{"arn:aws:sqs:us-west-2:" + s.account + ":orders"}},
	))
	tr := s.awaitReady("orders")
	s.wantPolicy("orders",
		`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/p/*"}`,
		`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::in","Condition":{"StringLike":{"s3:prefix":["p/","p/*"]}}}`,
		`{"Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:us-west-2:ACCOUNT:orders"}`)
	if c := condition(tr, v1alpha1.ConditionLeastPrivilege); c.Status != "True" {
		t.Errorf("LeastPrivilege is %s: %s", c.Status, c.Message)
	}

	// The same in another order and other words is no reason to write.
	s.forget()
	s.edit("orders", func(tr *v1alpha1.TaskRole) {
		slices.Reverse(tr.Spec.Grants)
		tr.Spec.Grants[1].Access = []string{"List", "Read"}
		tr.Spec.Grants = append(tr.Spec.Grants, reading("arn:aws:s3:::in/p/q/*"))
	})
	s.awaitReady("orders")
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}

func TestECSExecIsPermittedAsTheGuideHasItAndTakenBack(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	own := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/*"}`
	s.declare("orders", grants(reading("arn:aws:s3:::in/*")), func(tr *v1alpha1.TaskRole) { tr.Spec.ExecuteCommand = v1alpha1.ExecuteCommandEnabled })
	s.awaitReady("orders")
	s.wantPolicy("orders", own, `{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}`)
	if tr := s.get("orders"); tr.Status.Effective.ExecuteCommand != v1alpha1.ExecuteCommandEnabled || len(tr.Status.Findings) > 0 {
		t.Errorf("effective %q, findings %v", tr.Status.Effective.ExecuteCommand, tr.Status.Findings)
	}
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ExecuteCommand = "" })
	s.wantPolicy("orders", own)
}

// mountingEFS gives a registration a volume that IAM guards.
func mountingEFS(in *ecs.RegisterTaskDefinitionInput) {
	in.Volumes = []types.Volume{{Name: aws.String("shared"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
		FileSystemId: aws.String("fs-0123456789abcdef0"), TransitEncryption: types.EFSTransitEncryptionEnabled,
		AuthorizationConfig: &types.EFSAuthorizationConfig{Iam: types.EFSAuthorizationConfigIAMEnabled},
	}}}
	in.ContainerDefinitions[0].MountPoints = []types.MountPoint{{SourceVolume: aws.String("shared"), ContainerPath: aws.String("/shared")}}
}

const efsStatement = `{"Effect":"Allow","Action":["elasticfilesystem:ClientMount","elasticfilesystem:ClientWrite"],
	"Resource":"arn:aws:elasticfilesystem:us-west-2:ACCOUNT:file-system/fs-0123456789abcdef0"}`

func implied(tr *v1alpha1.TaskRole) bool {
	return slices.ContainsFunc(tr.Status.Findings, func(f v1alpha1.Finding) bool { return f.Code == "IMPLIED_EFS" })
}

func TestWhatTheTaskDefinitionImpliesIsToldOrGrantedAsDeclared(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1", mountingEFS)
	own := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/*"}`
	s.declare("orders", grants(reading("arn:aws:s3:::in/*")))
	tr := s.await("orders", "Ready, with a finding", func(tr *v1alpha1.TaskRole) bool {
		return condition(tr, v1alpha1.ConditionReady).Status == metav1.ConditionTrue && implied(tr)
	})
	if c := condition(tr, v1alpha1.ConditionLeastPrivilege); c.Status != "True" {
		t.Errorf("what is missing counts against least privilege: %s", c.Message)
	}
	s.wantPolicy("orders", own)

	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Inference = v1alpha1.InferenceGrant })
	s.wantPolicy("orders", own, efsStatement)
	s.await("orders", "no finding", func(tr *v1alpha1.TaskRole) bool { return !implied(tr) })

	// The pipeline gives the volume up, and the role its right.
	s.register("orders", "orders:2")
	s.lookAt("orders")
	s.wantPolicy("orders", own)
	s.awaitRole("orders", s.roleARN("orders"), "orders:2")
}

// Whoever may register a task definition must not thereby decide what a role may.
func TestTheRevisionOfAnUntrustedRegistrantImpliesNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", grants(reading("arn:aws:s3:::in/*")), func(tr *v1alpha1.TaskRole) { tr.Spec.Inference = v1alpha1.InferenceGrant })
	s.awaitReady("orders")
	s.forget()
	s.registerBy(s.admin, "orders", "evil:1", mountingEFS)
	s.lookAt("orders")
	s.awaitReason("orders", v1alpha1.ReasonUntrusted)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}

func TestManagedPoliciesAreJudgedAsTheyAreInAWS(t *testing.T) {
	t.Parallel()
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	s := shared(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{admin} })
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{admin} })
	tr := s.awaitReady("orders")
	c := condition(tr, v1alpha1.ConditionLeastPrivilege)
	if c.Status != "False" || !strings.Contains(c.Message, admin) {
		t.Errorf("LeastPrivilege is %s: %s", c.Status, c.Message)
	}
}
