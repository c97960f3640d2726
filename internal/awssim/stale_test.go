package awssim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// aged is an AWS with a clock of the test's own, whose reads all lag by ten
// seconds.
type aged struct {
	*awssim.Server
	iam *iam.Client
	ecs *ecs.Client
	now time.Time
}

func age(t *testing.T, options awssim.Options) *aged {
	t.Helper()
	a := &aged{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	options.Now = func() time.Time { return a.now }
	a.Server = start(t, options)
	cfg := configuration(t, a.Server, a.User(account, "admin"), region)
	a.iam, a.ecs = iam.NewFromConfig(cfg), ecs.NewFromConfig(cfg)
	return a
}

func (a *aged) pass(d time.Duration) { a.now = a.now.Add(d) }

func TestReadsOfARoleAnswerTheStateBeforeTheWriteForAWhile(t *testing.T) {
	ctx := t.Context()
	a := age(t, awssim.Options{Stale: awssim.Staleness{For: 10 * time.Second, Share: 1}})
	tags := func() string {
		t.Helper()
		out, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("orders")})
		if err != nil {
			return refusalCode(err)
		}
		keys := make([]string, 0, len(out.Role.Tags))
		for _, tag := range out.Role.Tags {
			keys = append(keys, *tag.Key)
		}
		return strings.Join(keys, " ")
	}
	listed := func() (roles, attached, policies, details int) {
		t.Helper()
		one, err := a.iam.ListRoles(ctx, &iam.ListRolesInput{})
		if err != nil {
			t.Fatal(err)
		}
		if two, err := a.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("orders")}); err == nil {
			attached = len(two.AttachedPolicies)
		}
		three, err := a.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal})
		if err != nil {
			t.Fatal(err)
		}
		four, err := a.iam.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{})
		if err != nil {
			t.Fatal(err)
		}
		return len(one.Roles), attached, len(three.Policies), len(four.RoleDetailList) + len(four.Policies)
	}
	want := func(when string, roles, attached, policies, details int) {
		t.Helper()
		if r, at, p, d := listed(); r != roles || at != attached || p != policies || d != details {
			t.Errorf("%s: %d roles, %d attached, %d policies, %d details", when, r, at, p, d)
		}
	}
	mustCreateRole(t, a.iam, "orders")
	arn := mustCreatePolicy(t, a.iam, "orders")
	_, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("orders"), AssumeRolePolicyDocument: aws.String(ecsTrust)})
	wantRefusal(t, err, "EntityAlreadyExists", "")
	if got := tags(); got != "NoSuchEntity" {
		t.Errorf("at once: %q", got)
	}
	want("at once", 0, 0, 0, 0)
	a.pass(5 * time.Second)
	if _, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("orders"), PolicyArn: &arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String("orders"), Tags: []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}); err != nil {
		t.Fatal(err)
	}
	a.pass(5 * time.Second)
	want("what was created is seen, what followed is not", 1, 0, 1, 2)
	if got := tags(); got != "" {
		t.Errorf("tags: %q", got)
	}
	a.pass(5 * time.Second)
	want("all is seen", 1, 1, 1, 2)
	if got := tags(); got != "k" {
		t.Errorf("tags: %q", got)
	}
	if _, err := a.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: aws.String("orders"), PolicyArn: &arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("orders")}); err != nil {
		t.Fatal(err)
	}
	want("deleted, but still there", 1, 1, 1, 2)
	a.pass(10 * time.Second)
	want("gone", 0, 0, 1, 1)
}

func TestAPolicysVersionsLagToo(t *testing.T) {
	ctx := t.Context()
	a := age(t, awssim.Options{Stale: awssim.Staleness{For: 10 * time.Second, Share: 1}})
	arn := mustCreatePolicy(t, a.iam, "orders")
	a.pass(10 * time.Second)
	if _, err := a.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: aws.String(everything), SetAsDefault: true}); err != nil {
		t.Fatal(err)
	}
	version := func() string {
		t.Helper()
		out, err := a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Policy.DefaultVersionId
	}
	if got := version(); got != "v1" {
		t.Errorf("at once: %s", got)
	}
	a.pass(10 * time.Second)
	if got := version(); got != "v2" {
		t.Errorf("later: %s", got)
	}
}

func TestWhatWasJustCreatedCanBeUnknownToTheNextWrite(t *testing.T) {
	ctx := t.Context()
	a := age(t, awssim.Options{Stale: awssim.Staleness{For: 10 * time.Second, Share: 1, Creations: true}})
	mustCreateRole(t, a.iam, "orders")
	arn := mustCreatePolicy(t, a.iam, "orders")
	attach := func() error {
		_, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("orders"), PolicyArn: &arn})
		return err
	}
	wantRefusal(t, attach(), "NoSuchEntity", "The role with name orders cannot be found.")
	a.pass(10 * time.Second)
	if err := attach(); err != nil {
		t.Error(err)
	}
	a.pass(time.Hour)
	other := mustCreatePolicy(t, a.iam, "other")
	arn = other
	wantRefusal(t, attach(), "NoSuchEntity", "")
}

func TestSomeReadsLagAndTheSameOnesForTheSameSeed(t *testing.T) {
	reads := func(seed uint64) (out []bool) {
		a := age(t, awssim.Options{Stale: awssim.Staleness{For: 10 * time.Second, Seed: seed}})
		mustCreateRole(t, a.iam, "orders")
		a.pass(3 * time.Second)
		for range 40 {
			_, err := a.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
			out = append(out, err == nil)
		}
		return out
	}
	count := func(list []bool) (n int) {
		for _, found := range list {
			if found {
				n++
			}
		}
		return n
	}
	one, again, other := reads(1), reads(1), reads(2)
	if n := count(one); n == 0 || n == 40 {
		t.Errorf("%d of 40 reads saw the role", n)
	}
	same := func(a, b []bool) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !same(one, again) || same(one, other) {
		t.Errorf("seed 1: %v, again %v, seed 2: %v", one, again, other)
	}
}

func (a *aged) register(t *testing.T, role string) string {
	t.Helper()
	in := &ecs.RegisterTaskDefinitionInput{
		Family:               aws.String("orders"),
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)}},
	}
	if role != "" {
		in.TaskRoleArn = &role
	}
	out, err := a.ecs.RegisterTaskDefinition(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.TaskDefinition.TaskDefinitionArn
}

func TestReadsOfDefinitionsServicesAndTasksLag(t *testing.T) {
	ctx := t.Context()
	a := age(t, awssim.Options{Stale: awssim.Staleness{For: 10 * time.Second, Share: 1}})
	if _, err := a.ecs.CreateCluster(ctx, &ecs.CreateClusterInput{}); err != nil {
		t.Fatal(err)
	}
	state := func() (described, listed, standing string, tasks int) {
		t.Helper()
		short := func(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
		if out, err := a.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("orders")}); err == nil {
			described = short(*out.TaskDefinition.TaskDefinitionArn)
		}
		all, err := a.ecs.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{FamilyPrefix: aws.String("orders")})
		if err != nil {
			t.Fatal(err)
		}
		for _, arn := range all.TaskDefinitionArns {
			listed += short(arn) + " "
		}
		services, err := a.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Services: []string{"s"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, service := range services.Services {
			standing = short(*service.TaskDefinition)
			if int(service.RunningCount) != 1 {
				t.Errorf("%d tasks run", service.RunningCount)
			}
		}
		running, err := a.ecs.ListTasks(ctx, &ecs.ListTasksInput{})
		if err != nil {
			t.Fatal(err)
		}
		return described, listed, standing, len(running.TaskArns)
	}
	want := func(when, described, listed, standing string, tasks int) {
		t.Helper()
		if d, l, s, n := state(); d != described || l != listed || s != standing || n != tasks {
			t.Errorf("%s: described %q, listed %q, the service stands on %q, %d tasks", when, d, l, s, n)
		}
	}
	one := a.register(t, "")
	if _, err := a.ecs.CreateService(ctx, &ecs.CreateServiceInput{ServiceName: aws.String("s"), TaskDefinition: &one, DesiredCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	want("at once", "", "", "", 0)
	a.pass(10 * time.Second)
	want("seen", "orders:1", "orders:1 ", "orders:1", 1)
	two := a.register(t, "")
	if _, err := a.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Service: aws.String("s"), TaskDefinition: &two}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ecs.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &one}); err != nil {
		t.Fatal(err)
	}
	want("the old state", "orders:1", "orders:1 ", "orders:1", 1)
	a.pass(10 * time.Second)
	want("the new state", "orders:2", "orders:2 ", "orders:2", 1)
}

func TestNoTaskStartsOnARoleThatHasNotReachedECS(t *testing.T) {
	ctx := t.Context()
	a := age(t, awssim.Options{Propagation: 10 * time.Second})
	if _, err := a.ecs.CreateCluster(ctx, &ecs.CreateClusterInput{}); err != nil {
		t.Fatal(err)
	}
	role := mustCreateRole(t, a.iam, "orders")
	definition := a.register(t, role)
	_, err := a.ecs.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: &definition})
	unable := "ECS was unable to assume the role '" + role + "' that was provided for this task. Please verify that the role being passed " +
		"has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
	wantRefusal(t, err, "ClientException", unable)
	if _, err := a.ecs.CreateService(ctx, &ecs.CreateServiceInput{ServiceName: aws.String("s"), TaskDefinition: &definition, DesiredCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	service := func() ecstypes.Service {
		t.Helper()
		out, err := a.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Services: []string{"s"}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Services[0]
	}
	s := service()
	if s.RunningCount != 0 || len(s.Events) != 1 || *s.Events[0].Message != "(service s) failed to launch a task with (error "+unable+")." ||
		s.Deployments[0].RolloutState != ecstypes.DeploymentRolloutStateInProgress {
		t.Errorf("too early: %+v", s)
	}
	a.pass(10 * time.Second)
	if s := service(); s.RunningCount != 1 || s.Deployments[0].RolloutState != ecstypes.DeploymentRolloutStateCompleted {
		t.Errorf("in time: %+v", s)
	}
	if _, err := a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("orders")}); err != nil {
		t.Fatal(err)
	}
	_, err = a.ecs.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: &definition})
	wantRefusal(t, err, "ClientException", unable)
}

func TestEveryCallTakesItsLatency(t *testing.T) {
	server := start(t, awssim.Options{Latency: time.Hour})
	ctx, cancel := contextWithin(t)
	defer cancel()
	if _, err := impatient(t, server).ListRoles(ctx, &iam.ListRolesInput{}); err == nil || ctx.Err() == nil {
		t.Errorf("answered before its time: %v", err)
	}
}
