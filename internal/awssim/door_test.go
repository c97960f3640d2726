package awssim_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnlyTheOwnerOfAKeyCanSignWithIt(t *testing.T) {
	server := start(t, awssim.Options{})
	good, session := server.User(account, "alice"), server.Session(account, "pipeline", "run")
	cases := []struct {
		name          string
		who           awssim.Credentials
		query, target string
	}{
		{"another secret", awssim.Credentials{AccessKeyID: good.AccessKeyID, SecretAccessKey: "x"}, "SignatureDoesNotMatch", "SignatureDoesNotMatch"},
		{"no such key", awssim.Credentials{AccessKeyID: "AKIAXXXXXXXXXXXXXXXX", SecretAccessKey: "x"}, "InvalidClientTokenId", "UnrecognizedClientException"},
		{"session without token", awssim.Credentials{AccessKeyID: session.AccessKeyID, SecretAccessKey: session.SecretAccessKey}, "InvalidClientTokenId", "UnrecognizedClientException"},
	}
	for _, c := range cases {
		cfg := configuration(t, server, c.who, region)
		_, err := iam.NewFromConfig(cfg).ListRoles(t.Context(), &iam.ListRolesInput{})
		wantRefusal(t, err, c.query, "")
		_, err = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		wantRefusal(t, err, c.query, "")
		_, err = ecs.NewFromConfig(cfg).ListClusters(t.Context(), &ecs.ListClustersInput{})
		wantRefusal(t, err, c.target, "")
	}
	plain, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL(), strings.NewReader("Action=ListRoles&Version=2010-05-08"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := new(http.Transport).RoundTrip(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("without a signature the status is %d", answer.StatusCode)
	}
}

func TestAccountsSeeNothingOfEachOther(t *testing.T) {
	server := start(t, awssim.Options{})
	one, _ := admin(t, server)
	mustCreateRole(t, one, "orders")
	arn := mustCreatePolicy(t, one, "orders")
	other := iam.NewFromConfig(configuration(t, server, server.User("444455556666", "admin"), region))
	if out, err := other.ListRoles(t.Context(), &iam.ListRolesInput{}); err != nil || len(out.Roles) != 0 {
		t.Errorf("the other account lists %+v (%v)", out, err)
	}
	if got := mustCreateRole(t, other, "orders"); got != "arn:aws:iam::444455556666:role/orders" {
		t.Errorf("the other account's role is %s", got)
	}
	_, err := other.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: &arn})
	wantRefusal(t, err, "NoSuchEntity", "")
	_, err = other.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: &arn})
	wantRefusal(t, err, "AccessDenied", "")
}

func TestIAMIsTheSameInEveryRegion(t *testing.T) {
	server := start(t, awssim.Options{})
	here, _ := admin(t, server)
	mustCreateRole(t, here, "orders")
	there := iam.NewFromConfig(configuration(t, server, server.User(account, "admin"), "eu-central-1"))
	if _, err := there.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")}); err != nil {
		t.Error(err)
	}
}

func TestTheCallLogTellsWhoDidWhat(t *testing.T) {
	server := start(t, awssim.Options{})
	client, tokens := admin(t, server)
	mustCreateRole(t, client, "orders")
	_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("orders"), AssumeRolePolicyDocument: aws.String(ecsTrust)})
	wantRefusal(t, err, "EntityAlreadyExists", "")
	if _, err := tokens.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	type line struct {
		Service, Operation, Caller, Code string
		Write                            bool
	}
	var got []line
	for _, call := range server.Calls() {
		got = append(got, line{call.Service, call.Operation, call.Caller.ARN, call.Code, call.Write})
	}
	who := "arn:aws:iam::" + account + ":user/admin"
	want := []line{
		{"iam", "CreateRole", who, "", true},
		{"iam", "CreateRole", who, "EntityAlreadyExists", true},
		{"sts", "GetCallerIdentity", who, "", false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	server.ForgetCalls()
	if n := len(server.Calls()); n != 0 {
		t.Errorf("%d calls after ForgetCalls", n)
	}
}

func TestFaultsStrikeBeforeOrAfterTheEffect(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	create := func(name string, fault awssim.Fault) error {
		server.Intercept(func(call awssim.Call) awssim.Fault {
			if call.Operation == "CreateRole" {
				return fault
			}
			return awssim.Fault{}
		})
		_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ecsTrust)})
		return err
	}
	cases := []struct {
		name   string
		fault  awssim.Fault
		fails  bool
		exists bool
		code   string
	}{
		{"refused", awssim.Fault{Refuse: wire.Refuse(503, "ServiceUnavailable", "try later")}, true, false, "ServiceUnavailable"},
		{"dropped-before", awssim.Fault{DropBefore: true}, true, false, awssim.Dropped},
		{"dropped-after", awssim.Fault{DropAfter: true}, true, true, ""},
		{"delayed", awssim.Fault{Delay: time.Millisecond}, false, true, ""},
	}
	for _, c := range cases {
		server.ForgetCalls()
		if err := create(c.name, c.fault); (err != nil) != c.fails {
			t.Errorf("%s: %v", c.name, err)
		}
		if calls := server.Calls(); len(calls) != 1 || calls[0].Code != c.code {
			t.Errorf("%s: the log is %+v", c.name, calls)
		}
		_, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &c.name})
		if (err == nil) != c.exists {
			t.Errorf("%s: the role: %v", c.name, err)
		}
	}
}

func TestADelayEndsWithTheServer(t *testing.T) {
	server, err := awssim.Start(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client, _ := admin(t, server)
	asked := make(chan struct{})
	server.Intercept(func(awssim.Call) awssim.Fault {
		close(asked)
		return awssim.Fault{Delay: time.Hour}
	})
	failed := make(chan error)
	go func() {
		_, err := client.ListRoles(t.Context(), &iam.ListRolesInput{})
		failed <- err
	}()
	<-asked
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the delayed call was answered")
	}
	if err := server.Close(); err == nil {
		t.Error("a second Close is no error")
	}
}

func TestIAMIsThrottledByTokenBucket(t *testing.T) {
	now := time.Now()
	server := start(t, awssim.Options{IAMRate: 1, IAMBurst: 2, Now: func() time.Time { return now }})
	client, _ := admin(t, server)
	list := func() error {
		_, err := client.ListRoles(t.Context(), &iam.ListRolesInput{})
		return err
	}
	for range 2 {
		if err := list(); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, list(), "Throttling", "Rate exceeded")
	now = now.Add(time.Second)
	if err := list(); err != nil {
		t.Error(err)
	}
}

func TestEveryListingIsPaged(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{PageSize: 2}))
	names := []string{"a", "b", "c", "d", "e"}
	for _, name := range names {
		mustCreateRole(t, client, name)
		mustCreatePolicy(t, client, name)
	}
	var got []string
	pages := iam.NewListRolesPaginator(client, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})
	n := 0
	for ; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range page.Roles {
			got = append(got, *role.RoleName)
		}
	}
	if diff := cmp.Diff(names, got); diff != "" || n != 3 {
		t.Errorf("on %d pages: %s", n, diff)
	}
	first, err := client.ListRoles(ctx, &iam.ListRolesInput{MaxItems: aws.Int32(1)})
	if err != nil || len(first.Roles) != 1 || !first.IsTruncated {
		t.Fatalf("a page of one: %+v, %v", first, err)
	}
	_, err = client.ListRoles(ctx, &iam.ListRolesInput{Marker: aws.String("nonsense")})
	wantRefusal(t, err, "ValidationError", "")
	_, err = client.ListPolicies(ctx, &iam.ListPoliciesInput{Marker: first.Marker})
	wantRefusal(t, err, "ValidationError", "")
}

func TestManyClientsAtOnce(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			name := string(rune('a' + i))
			if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ecsTrust)}); err != nil {
				t.Error(err)
			}
			server.Calls()
		})
	}
	running.Wait()
	if out, err := client.ListRoles(t.Context(), &iam.ListRolesInput{}); err != nil || len(out.Roles) != 8 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestARoleReachesECSAfterAWhile(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	server := start(t, awssim.Options{Propagation: 10 * time.Second, Now: func() time.Time { return now }})
	client, _ := admin(t, server)
	arn := mustCreateRole(t, client, "orders")
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{{0, false}, {9 * time.Second, false}, {time.Second, true}} {
		now = now.Add(step.after)
		if got := server.RoleVisibleToECS(account, arn); got != step.want {
			t.Errorf("at %v: %v", now, got)
		}
	}
	if server.RoleVisibleToECS(account, arn+"x") {
		t.Error("a role that does not exist is visible")
	}
}

func TestECSIsBehindTheSameDoor(t *testing.T) {
	now := time.Now()
	server := start(t, awssim.Options{Throttle: true, Now: func() time.Time { return now }})
	client := ecs.NewFromConfig(configuration(t, server, server.Session(account, "pipeline", "run-7"), region))
	register := func() (*ecs.RegisterTaskDefinitionOutput, error) {
		return client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family:               aws.String("orders"),
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)}},
		})
	}
	out, err := register()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(out.TaskDefinition.RegisteredBy), "arn:aws:sts::"+account+":assumed-role/pipeline/run-7"; got != want {
		t.Errorf("registered by %s, want %s", got, want)
	}
	for range 19 {
		if _, err := register(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = register()
	wantRefusal(t, err, "ThrottlingException", "")
	if calls := server.Calls(); len(calls) != 21 || !calls[0].Write || calls[20].Code != "ThrottlingException" {
		t.Errorf("the log is %+v", calls)
	}
	other := ecs.NewFromConfig(configuration(t, server, server.User(account, "admin"), "eu-central-1"))
	_, err = other.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("orders")})
	wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
}
