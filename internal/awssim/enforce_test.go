package awssim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func allowing(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// enforced is an AWS that holds everybody to his policies, with clients of a user
// who may do everything, and of a session of the role that is being judged.
type enforced struct {
	server *awssim.Server
	admin  *iam.Client
	iam    *iam.Client
	ecs    *ecs.Client
	sts    *sts.Client
}

const judged = "arn:aws:sts::" + account + ":assumed-role/judged/run"

func enforce(t *testing.T, documents ...string) enforced {
	t.Helper()
	server := start(t, awssim.Options{Enforce: awssim.Everybody})
	for principal, granted := range map[string][]string{"user/admin": {everything}, "role/judged": documents} {
		if err := server.Grant(account, principal, granted...); err != nil {
			t.Fatal(err)
		}
	}
	client, _ := admin(t, server)
	cfg := configuration(t, server, server.Session(account, "judged", "run"), region)
	return enforced{server, client, iam.NewFromConfig(cfg), ecs.NewFromConfig(cfg), sts.NewFromConfig(cfg)}
}

func TestWhatNoPolicyAllowsIsDeniedInAWSsWords(t *testing.T) {
	e := enforce(t)
	_, err := e.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("orders"), Path: aws.String("/x/"), AssumeRolePolicyDocument: aws.String(ecsTrust)})
	wantRefusal(t, err, "AccessDenied", "User: "+judged+" is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::"+account+
		":role/x/orders because no identity-based policy allows the iam:CreateRole action")
	_, err = e.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
	wantRefusal(t, err, "AccessDenied", "User: "+judged+" is not authorized to perform: iam:GetRole on resource: role orders "+
		"because no identity-based policy allows the iam:GetRole action")
	_, err = e.ecs.ListTasks(t.Context(), &ecs.ListTasksInput{})
	wantRefusal(t, err, "AccessDeniedException", "User: "+judged+" is not authorized to perform: ecs:ListTasks on resource: * "+
		"because no identity-based policy allows the ecs:ListTasks action")
	if _, err := e.sts.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Errorf("nobody needs leave to ask who he is: %v", err)
	}
	if out, err := e.admin.ListRoles(t.Context(), &iam.ListRolesInput{}); err != nil || len(out.Roles) > 0 {
		t.Errorf("a denied call had an effect: %+v, %v", out, err)
	}
}

func TestAnExplicitDenyWins(t *testing.T) {
	e := enforce(t, everything, allowing(`{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"}`))
	mustCreateRole(t, e.iam, "orders")
	_, err := e.iam.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("orders")})
	wantRefusal(t, err, "AccessDenied", "User: "+judged+" is not authorized to perform: iam:DeleteRole on resource: role orders "+
		"with an explicit deny in an identity-based policy")
}

func TestARolesOwnPoliciesAndBoundaryCount(t *testing.T) {
	ctx := t.Context()
	e := enforce(t)
	arn := mustCreateRole(t, e.admin, "judged")
	put := func(name, document string) {
		t.Helper()
		if _, err := e.admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("judged"), PolicyName: &name, PolicyDocument: &document}); err != nil {
			t.Fatal(err)
		}
	}
	list := func() error {
		_, err := e.iam.ListRoles(ctx, &iam.ListRolesInput{})
		return err
	}
	wantRefusal(t, list(), "AccessDenied", "")
	put("inline", allowing(`{"Effect":"Allow","Action":"iam:List*","Resource":"*"}`))
	if err := list(); err != nil {
		t.Error(err)
	}
	// A managed one: the default version counts.
	_, err := e.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("judged")})
	wantRefusal(t, err, "AccessDenied", "")
	managed, err := e.admin.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: aws.String("m"), PolicyDocument: aws.String(allowing(`{"Effect":"Allow","Action":"iam:GetRole","Resource":"` + arn + `"}`)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("judged"), PolicyArn: managed.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("judged")}); err != nil {
		t.Error(err)
	}
	if _, err := e.admin.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("judged"), PermissionsBoundary: managed.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, list(), "AccessDenied", "User: "+judged+" is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::"+account+
		":role/ because no permissions boundary allows the iam:ListRoles action")
}

func TestOfARoleThatDoesNotExistIAMKnowsNoPath(t *testing.T) {
	e := enforce(t, allowing(`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::`+account+`:role/ours/*"}`))
	_, err := e.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
	wantRefusal(t, err, "AccessDenied", "")
	if err := e.server.Grant(account, "role/judged", allowing(
		`{"Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::`+account+`:role/ours/*","arn:aws:iam::`+account+`:role/orders"]}`)); err != nil {
		t.Fatal(err)
	}
	_, err = e.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
	wantRefusal(t, err, "NoSuchEntity", "")
	if _, err := e.admin.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("orders"), Path: aws.String("/ours/"), AssumeRolePolicyDocument: aws.String(ecsTrust)}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")}); err != nil {
		t.Error(err)
	}
}

func TestConditionsOfIAMsOwnKeysAreMet(t *testing.T) {
	ctx := t.Context()
	const boundary = "arn:aws:iam::" + account + ":policy/boundary"
	condition := func(action, operator, key, value string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"*","Condition":{"` + operator + `":{"` + key + `":"` + value + `"}}}`
	}
	e := enforce(t, allowing(
		condition("iam:CreateRole", "StringEquals", "iam:PermissionsBoundary", boundary),
		condition("iam:TagRole", "StringEquals", "aws:RequestTag/owner", "us"),
		condition("iam:AttachRolePolicy", "ArnLike", "iam:PolicyARN", "arn:aws:iam::"+account+":policy/ours/*"),
		condition("iam:PutRolePolicy", "StringEquals", "iam:PermissionsBoundary", boundary),
		condition("iam:DeleteRole", "StringEquals", "aws:ResourceTag/owner", "us"),
		condition("iam:UntagRole", "ForAllValues:StringEquals", "aws:TagKeys", "team"),
		condition("iam:ListRoles", "StringEquals", "aws:RequestedRegion", "us-east-1"),
	))
	mustCreatePolicy(t, e.admin, "boundary")
	theirs := mustCreatePolicy(t, e.admin, "theirs")
	create := func(name string, bounded bool, owner string) error {
		in := &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ecsTrust)}
		if bounded {
			in.PermissionsBoundary = aws.String(boundary)
		}
		if owner != "" {
			in.Tags = []iamtypes.Tag{{Key: aws.String("owner"), Value: &owner}}
		}
		_, err := e.iam.CreateRole(ctx, in)
		return err
	}
	wantRefusal(t, create("a", false, ""), "AccessDenied", "")
	wantRefusal(t, create("a", true, "them"), "AccessDenied", "User: "+judged+" is not authorized to perform: iam:TagRole on resource: "+
		"arn:aws:iam::"+account+":role/a because no identity-based policy allows the iam:TagRole action")
	for name, owner := range map[string]string{"a": "us", "b": ""} {
		if err := create(name, true, owner); err != nil {
			t.Fatal(err)
		}
	}
	attach := func(arn string) error {
		_, err := e.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("a"), PolicyArn: &arn})
		return err
	}
	wantRefusal(t, attach(theirs), "AccessDenied", "")
	wantRefusal(t, attach("arn:aws:iam::"+account+":policy/ours/x"), "NoSuchEntity", "")
	put := func() error {
		_, err := e.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("a"), PolicyName: aws.String("p"), PolicyDocument: aws.String(everything)})
		return err
	}
	if err := put(); err != nil {
		t.Error(err)
	}
	if _, err := e.admin.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, put(), "AccessDenied", "")
	_, err := e.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: aws.String("a"), TagKeys: []string{"team", "owner"}})
	wantRefusal(t, err, "AccessDenied", "")
	_, err = e.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("b")})
	wantRefusal(t, err, "AccessDenied", "")
	_, err = e.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("a")})
	wantRefusal(t, err, "DeleteConflict", "")
	if _, err := e.iam.ListRoles(ctx, &iam.ListRolesInput{}); err != nil {
		t.Errorf("IAM's one region is not told: %v", err)
	}
}

func TestEveryRoleOfADefinitionMustBePassed(t *testing.T) {
	ctx := t.Context()
	role := func(name string) *string { return aws.String("arn:aws:iam::" + account + ":role/" + name) }
	pass := `{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + *role("task") + `","Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}`
	e := enforce(t, allowing(pass,
		`{"Effect":"Allow","Action":["ecs:RegisterTaskDefinition","ecs:RunTask"],"Resource":"arn:aws:ecs:`+region+`:`+account+`:task-definition/orders:*"}`,
		`{"Effect":"Allow","Action":"ecs:TagResource","Resource":"*","Condition":{"StringEquals":{"ecs:CreateAction":"RegisterTaskDefinition"}}}`,
		`{"Effect":"Allow","Action":["ecs:CreateService","ecs:UpdateService"],"Resource":"arn:aws:ecs:`+region+`:`+account+`:service/c/*","Condition":{"ArnEquals":{"ecs:cluster":"arn:aws:ecs:`+region+`:`+account+`:cluster/c"}}}`,
	))
	everyone := ecs.NewFromConfig(configuration(t, e.server, e.server.User(account, "admin"), region))
	if _, err := everyone.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String("c")}); err != nil {
		t.Fatal(err)
	}
	register := func(client *ecs.Client, family, task, execution string, tags ...ecstypes.Tag) (string, error) {
		in := &ecs.RegisterTaskDefinitionInput{
			Family: &family, TaskRoleArn: role(task), Tags: tags,
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)}},
		}
		if execution != "" {
			in.ExecutionRoleArn = role(execution)
		}
		out, err := client.RegisterTaskDefinition(ctx, in)
		if err != nil {
			return "", err
		}
		return *out.TaskDefinition.TaskDefinitionArn, nil
	}
	notPassed := func(name string) string {
		return "User: " + judged + " is not authorized to perform: iam:PassRole on resource: " + *role(name) +
			" because no identity-based policy allows the iam:PassRole action"
	}
	_, err := register(e.ecs, "others", "task", "")
	wantRefusal(t, err, "AccessDeniedException", "User: "+judged+" is not authorized to perform: ecs:RegisterTaskDefinition on resource: "+
		"arn:aws:ecs:"+region+":"+account+":task-definition/others:* because no identity-based policy allows the ecs:RegisterTaskDefinition action")
	_, err = register(e.ecs, "orders", "boss", "")
	wantRefusal(t, err, "AccessDeniedException", notPassed("boss"))
	_, err = register(e.ecs, "orders", "task", "execution")
	wantRefusal(t, err, "AccessDeniedException", notPassed("execution"))
	mine, err := register(e.ecs, "orders", "task", "", ecstypes.Tag{Key: aws.String("k"), Value: aws.String("v")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.ecs.TagResource(ctx, &ecs.TagResourceInput{ResourceArn: &mine, Tags: []ecstypes.Tag{{Key: aws.String("k"), Value: aws.String("w")}}})
	wantRefusal(t, err, "AccessDeniedException", "")
	bosses, err := register(everyone, "orders", "boss", "")
	if err != nil {
		t.Fatal(err)
	}
	run := func(definition string, overrides *ecstypes.TaskOverride) error {
		_, err := e.ecs.RunTask(ctx, &ecs.RunTaskInput{Cluster: aws.String("c"), TaskDefinition: &definition, Overrides: overrides})
		return err
	}
	if err := run(mine, nil); err != nil {
		t.Error(err)
	}
	wantRefusal(t, run(bosses, nil), "AccessDeniedException", notPassed("boss"))
	wantRefusal(t, run("orders", nil), "AccessDeniedException", notPassed("boss"))
	wantRefusal(t, run(mine, &ecstypes.TaskOverride{TaskRoleArn: role("boss")}), "AccessDeniedException", notPassed("boss"))
	service := &ecs.CreateServiceInput{Cluster: aws.String("c"), ServiceName: aws.String("s"), TaskDefinition: &mine, DesiredCount: aws.Int32(1)}
	if _, err := e.ecs.CreateService(ctx, service); err != nil {
		t.Fatal(err)
	}
	_, err = e.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: aws.String("c"), Service: aws.String("s"), TaskDefinition: &bosses})
	wantRefusal(t, err, "AccessDeniedException", notPassed("boss"))
	if _, err := e.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: aws.String("c"), Service: aws.String("s"), DesiredCount: aws.Int32(2)}); err != nil {
		t.Errorf("scaling passes no role: %v", err)
	}
	_, err = e.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String("c"), Services: []string{"s"}})
	wantRefusal(t, err, "AccessDeniedException", "")
}

func TestAssumingARoleNeedsBothSidesUnlessTheTrustNamesTheCaller(t *testing.T) {
	ctx := t.Context()
	e := enforce(t)
	trusting := func(name, principal string) *string {
		out, err := e.admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(allowing(
			`{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}`))})
		if err != nil {
			t.Fatal(err)
		}
		return out.Role.Arn
	}
	assume := func(arn *string) error {
		_, err := e.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: arn, RoleSessionName: aws.String("test")})
		return err
	}
	byAccount := trusting("by-account", "arn:aws:iam::"+account+":root")
	if err := assume(trusting("by-name", "arn:aws:iam::"+account+":role/judged")); err != nil {
		t.Errorf("the trust names the caller: %v", err)
	}
	wantRefusal(t, assume(byAccount), "AccessDenied", "User: "+judged+" is not authorized to perform: sts:AssumeRole on resource: "+*byAccount+
		" because no identity-based policy allows the sts:AssumeRole action")
	if err := e.server.Grant(account, "role/judged", allowing(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"`+*byAccount+`"}`)); err != nil {
		t.Fatal(err)
	}
	if err := assume(byAccount); err != nil {
		t.Errorf("both sides allow it: %v", err)
	}
	if err := e.server.Grant(account, "role/judged", "{"); err == nil {
		t.Error("a document that nobody can read was granted")
	}
}

func TestTheCallLogTellsWhatWasAskedForAnyPolicyToJudge(t *testing.T) {
	server := start(t, awssim.Options{})
	cfg := configuration(t, server, server.Session(account, "controller", "pod"), region)
	client := ecs.NewFromConfig(cfg)
	if _, err := client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("orders"), TaskRoleArn: aws.String("arn:aws:iam::" + account + ":role/t"), ExecutionRoleArn: aws.String("e"),
		Tags:                 []ecstypes.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)}},
	}); err != nil {
		t.Fatal(err)
	}
	var asked []string
	call := server.Calls()[0]
	for _, request := range call.Asked {
		asked = append(asked, request.Action+" "+request.Resource)
	}
	definition := "arn:aws:ecs:" + region + ":" + account + ":task-definition/orders:*"
	want := []string{
		"ecs:RegisterTaskDefinition " + definition, "ecs:TagResource " + definition,
		"iam:PassRole arn:aws:iam::" + account + ":role/t", "iam:PassRole arn:aws:iam::" + account + ":role/e",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Fatal(diff)
	}
	for key, values := range map[string]string{
		"ecs:CreateAction": "RegisterTaskDefinition", "aws:RequestTag/team": "shop", "aws:TagKeys": "team",
		"aws:PrincipalArn": "arn:aws:iam::" + account + ":role/controller", "aws:RequestedRegion": region,
	} {
		if !slices.Equal(call.Asked[1].Context[key], []string{values}) {
			t.Errorf("%s is %v, want %s", key, call.Asked[1].Context[key], values)
		}
	}
	document, err := policy.Parse(allowing(`{"Effect":"Allow","Action":"ecs:*","Resource":"*"}`))
	if err != nil {
		t.Fatal(err)
	}
	judge := policy.Policies{Identity: []policy.Document{document}}
	for i, request := range call.Asked {
		if got := judge.Evaluate(request) == policy.Allowed; got != (i < 2) {
			t.Errorf("%s: allowed is %v", request.Action, got)
		}
	}
}
