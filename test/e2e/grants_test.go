package e2e

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
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

// What was found does not come and go with AWS's answers.
func TestWhatWasFoundStaysWhileAWSDoesNotAnswer(t *testing.T) {
	t.Parallel()
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	s := shared(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{admin} })
	s.register("orders", "orders:1", logging)
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{admin} })
	before := s.awaitReady("orders")
	found := condition(before, v1alpha1.ConditionLeastPrivilege)
	if found.Status != metav1.ConditionFalse || !told(before, "IMPLIED_FIRELENS") {
		t.Fatalf("nothing to lose: %s, %v", found.Status, before.Status.Findings)
	}
	s.intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "GetRole" {
			return awssim.Fault{}
		}
		return awssim.Fault{Refuse: wire.Refuse(http.StatusForbidden, "AccessDenied", "User: %s is not authorized to perform: iam:GetRole", call.Caller.ARN)}
	})
	s.lookAt("orders")
	during := s.awaitReason("orders", v1alpha1.ReasonAccessDenied)
	if now := condition(during, v1alpha1.ConditionLeastPrivilege); now != found {
		t.Errorf("LeastPrivilege was %+v, and is %+v", found, now)
	}
	if !reflect.DeepEqual(before.Status.Findings, during.Status.Findings) {
		t.Errorf("findings were %v, and are %v", before.Status.Findings, during.Status.Findings)
	}
	// What is declared anew is judged at once, as far as that can be told.
	s.edit("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.Statements[0].Actions, tr.Spec.Statements[0].Resources = []string{"s3:*"}, []string{"*"}
	})
	s.await("orders", "a finding on what is declared now", func(tr *v1alpha1.TaskRole) bool {
		c := condition(tr, v1alpha1.ConditionLeastPrivilege)
		return c.ObservedGeneration == tr.Generation && strings.HasPrefix(c.Message, "statement ReadSecrets")
	})
	s.intercept(nil)
	s.lookAt("orders")
	if after := s.awaitReady("orders"); !told(after, "IMPLIED_FIRELENS") {
		t.Errorf("findings are %v", after.Status.Findings)
	}
}

// logging gives a registration a log router whose outputs nobody can read.
func logging(in *ecs.RegisterTaskDefinitionInput) {
	in.ContainerDefinitions[0].FirelensConfiguration = &types.FirelensConfiguration{
		Type: types.FirelensConfigurationTypeFluentbit, Options: map[string]string{"config-file-type": "file", "config-file-value": "/outputs.conf"},
	}
}

func told(tr *v1alpha1.TaskRole, code string) bool {
	return slices.ContainsFunc(tr.Status.Findings, func(f v1alpha1.Finding) bool { return f.Code == code })
}

// A pipeline's definition must not stop what was declared from being kept.
func TestWhatADefinitionImpliesAndIAMDoesNotTakeStopsNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1", func(in *ecs.RegisterTaskDefinitionInput) {
		in.ContainerDefinitions[0].Image = aws.String("public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest")
		in.ContainerDefinitions[0].Environment = []types.KeyValuePair{{
			Name: aws.String("CW_CONFIG_CONTENT"), Value: aws.String(`{"metrics":{"namespace":"注文"}}`),
		}}
	})
	s.declare("orders", grants(reading("arn:aws:s3:::in/*")), func(tr *v1alpha1.TaskRole) { tr.Spec.Inference = v1alpha1.InferenceGrant })
	if tr := s.awaitReady("orders"); !told(tr, "IMPLIED_CLOUDWATCH_AGENT") {
		t.Errorf("it is not told: %v", tr.Status.Findings)
	}
	s.wantPolicy("orders", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/*"}`)
}

// IAM takes a Sid once in a document.
func TestGrantsThatDifferInTheirVariablesOnlyBecomeAPolicyThatIAMTakes(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.Statements = nil
		for i := range 4 {
			g := reading("arn:aws:s3:::in/*")
			g.Resources = nil
			for j := range 20 {
				g.Resources = append(g.Resources, fmt.Sprintf("arn:aws:s3:::in/${aws:PrincipalTag/team%02d}/*", i*20+j))
			}
			tr.Spec.Grants = append(tr.Spec.Grants, g)
		}
	})
	if tr := s.awaitReady("orders"); len(tr.Status.Policies) < 2 {
		t.Errorf("%d policies hold them", len(tr.Status.Policies))
	}
}

func TestALookThatFindsTheSameWritesNothingAnywhere(t *testing.T) {
	t.Parallel()
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	s := shared(t, func(c *v1alpha1.TaskRoleClass) {
		c.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{admin}
		c.Spec.SameAccountOnly = true
	})
	s.register("orders", "orders:1", mountingEFS, logging)
	s.declare("orders", grants(reading("arn:aws:s3:::in/*"), v1alpha1.Grant{Access: []string{"Write"}, Resources: []string{"cloudwatch:namespace/Shop"}}),
		func(tr *v1alpha1.TaskRole) { tr.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{admin} })
	before := s.awaitReady("orders")
	s.forget()
	s.awaitLooks(s.roleName("orders"), 3)
	if after := s.get("orders"); after.ResourceVersion != before.ResourceVersion {
		t.Errorf("%+v became %+v", before.Status, after.Status)
	}
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
}
