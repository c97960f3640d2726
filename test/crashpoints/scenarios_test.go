package crashpoints

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// scenario is something that a manager carries out, and may die of.
type scenario struct {
	name    string
	prepare func(*stage) // with a manager that lives
	act     func(*stage) // asks for it
	// racing is what a pipeline does right before the first registration.
	racing func(*stage)
	// patient: the role that it makes is waited for before a revision names it.
	patient bool
}

var scenarios = []scenario{
	{name: "create", act: (*stage).declare, patient: true},
	{name: "create-racing", act: (*stage).declare, racing: (*stage).ship},
	{name: "adopt", prepare: (*stage).leaveBehind, act: (*stage).adopt},
	{name: "change", prepare: (*stage).crowded, act: (*stage).redeclare},
	{name: "change-back", prepare: (*stage).redeclared, act: (*stage).changeBack},
	{name: "register", prepare: (*stage).ready, act: (*stage).shipAndTell},
	{name: "register-racing", prepare: (*stage).ready, act: (*stage).shipAndTell, racing: (*stage).ship},
	{name: "withdraw", prepare: (*stage).shipped, act: (*stage).withdraw},
	{name: "delete", prepare: (*stage).ready, act: (*stage).remove},
	{name: "delete-racing", prepare: (*stage).ready, act: (*stage).remove, racing: (*stage).ship},
}

// declare declares the TaskRole and its class.
func (s *stage) declare() {
	s.Helper()
	s.declareAs(func(*v1alpha1.TaskRoleSpec) {})
}

func (s *stage) declareAs(change func(*v1alpha1.TaskRoleSpec)) {
	s.Helper()
	s.create(s.class())
	// Two connections at the same time would make calls in no fixed order. One
	// that is cut off may be the point.
	s.eventually("the class is Ready", func() error {
		if s.calls.dead() {
			return nil
		}
		return s.classReady()
	})
	spec := s.first()
	change(&spec)
	s.create(&v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: declared, Namespace: s.namespace}, Spec: spec})
}

// first is what is declared first: two managed policies' worth of statements.
func (s *stage) first() v1alpha1.TaskRoleSpec {
	return v1alpha1.TaskRoleSpec{
		ClassName: s.className, Family: declared, Statements: statements(45, "s3:GetObject"),
		ManagedPolicyARNs: []v1alpha1.PolicyARN{s.policyARN("managed-1")}, PermissionsBoundaryARN: s.policyARN("boundary-1"),
		Tags: v1alpha1.Tags{"team": "shop", "stage": "test"},
	}
}

// second differs from it in everything, and fits into one managed policy.
func (s *stage) second() v1alpha1.TaskRoleSpec {
	spec := s.first()
	spec.Statements = statements(3, "sqs:SendMessage")
	spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{s.policyARN("managed-2")}
	spec.PermissionsBoundaryARN = s.policyARN("boundary-2")
	spec.Tags = v1alpha1.Tags{"team": "payments"}
	spec.Trust.SelfAssume = true
	return spec
}

// statements are n, each of about 150 characters.
func statements(n int, action string) []v1alpha1.Statement {
	var out []v1alpha1.Statement
	for i := range n {
		resource := fmt.Sprintf("arn:aws:s3:::a-bucket-with-a-rather-long-name-%02d/and-a-prefix-that-is-not-short-either/*", i)
		if action == "sqs:SendMessage" {
			resource = fmt.Sprintf("arn:aws:sqs:us-west-2:111122223333:queue-%02d", i)
		}
		out = append(out, v1alpha1.Statement{
			SID: fmt.Sprintf("Statement%02d", i), Effect: v1alpha1.EffectAllow, Actions: []string{action}, Resources: []string{resource},
		})
	}
	return out
}

// leaveBehind makes a role as somebody has kept it by hand, and hands it over.
func (s *stage) leaveBehind() {
	s.Helper()
	made, err := s.admin.CreateRole(s.ctx, &iam.CreateRoleInput{
		RoleName: aws.String(legacy), Path: aws.String(legacyPath), AssumeRolePolicyDocument: aws.String(taskTrust),
		Tags: []types.Tag{
			{Key: aws.String("ecs.taskrole.dev/adopt"), Value: aws.String(s.namespace + "/" + declared)},
			{Key: aws.String("cost"), Value: aws.String("42")},
		},
	})
	s.must(err)
	_, err = s.admin.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{RoleName: aws.String(legacy), PolicyName: aws.String("old"), PolicyDocument: aws.String(anyPolicy)})
	s.must(err)
	_, err = s.admin.AttachRolePolicy(s.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(legacy), PolicyArn: aws.String(string(s.policyARN("boundary-2")))})
	s.must(err)
	s.adopted = aws.ToString(made.Role.RoleId)
	s.neighbours, err = s.others() // without it
	s.must(err)
}

// adopt declares the TaskRole as the heir of that role.
func (s *stage) adopt() {
	s.Helper()
	s.declareAs(func(spec *v1alpha1.TaskRoleSpec) {
		spec.RoleName, spec.AdoptionPolicy = legacy, v1alpha1.AdoptionAdopt
	})
}

// ready declares the TaskRole and waits until it is carried out.
func (s *stage) ready() {
	s.Helper()
	s.declare()
	s.eventually("it is carried out", s.converged)
}

// crowded has the policies at their limit of versions, so that a change has to
// make room.
func (s *stage) crowded() {
	s.Helper()
	s.ready()
	_, own, err := s.everything()
	s.must(err)
	for _, p := range own {
		if aws.ToString(p.Path) != s.path()+declared+"/" {
			continue
		}
		for range 4 {
			_, err := s.admin.CreatePolicyVersion(s.ctx, &iam.CreatePolicyVersionInput{PolicyArn: p.Arn, PolicyDocument: aws.String(anyPolicy)})
			s.must(err)
		}
	}
}

func (s *stage) redeclare() {
	s.Helper()
	s.edit(func(tr *v1alpha1.TaskRole) { tr.Spec = s.second() })
}

func (s *stage) redeclared() {
	s.Helper()
	s.ready()
	s.redeclare()
	s.eventually("it is carried out", s.converged)
}

// changeBack makes one policy two again, and adds an inline policy and an
// attachment that nobody declared.
func (s *stage) changeBack() {
	s.Helper()
	_, err := s.admin.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(s.roleName()), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy),
	})
	s.must(err)
	_, err = s.admin.AttachRolePolicy(s.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(s.roleName()), PolicyArn: aws.String(string(s.policyARN("boundary-1")))})
	s.must(err)
	s.edit(func(tr *v1alpha1.TaskRole) { tr.Spec = s.first() })
}

// ship has the pipeline register another image, with the role that the pipeline
// has always named.
func (s *stage) ship() {
	s.Helper()
	s.shipping.Lock()
	defer s.shipping.Unlock()
	s.images++
	n := s.images
	body := fmt.Sprintf(`{"family":%q,"taskRoleArn":%q,"networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512",
		"containerDefinitions":[{"name":"app","image":"orders:%d","essential":true,"command":["a < b && c"]}],"tags":[{"key":"build","value":"%d"}]}`,
		declared, s.legacyARN(), n, n)
	number, err := s.pipeline.Register(s.ctx, body)
	s.must(err)
	r, err := s.pipeline.Describe(s.ctx, fmt.Sprintf("%s:%d", declared, number))
	s.must(err)
	s.registered = append(s.registered, r)
}

// shipAndTell also tells the manager, which would else find out at its next
// resync.
func (s *stage) shipAndTell() {
	s.Helper()
	s.ship()
	s.nudge()
}

func (s *stage) shipped() {
	s.Helper()
	s.ready()
	s.shipAndTell()
	s.eventually("the new image carries the role", s.judge)
}

// withdraw has the pipeline take its newest revision back.
func (s *stage) withdraw() {
	s.Helper()
	s.shipping.Lock()
	defer s.shipping.Unlock()
	newest := s.registered[len(s.registered)-1]
	_, err := s.pipeline.ECS.DeregisterTaskDefinition(s.ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(newest.Text("taskDefinitionArn"))})
	s.must(err)
	s.registered = slices.Delete(s.registered, len(s.registered)-1, len(s.registered))
	s.nudge()
}

func (s *stage) remove() {
	s.Helper()
	tr, err := s.get()
	s.must(err)
	s.must(world.Kube.Delete(s.ctx, tr))
	s.deleted = true
}
