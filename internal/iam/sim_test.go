package iam_test

import (
	"context"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	account  = "111122223333"
	region   = "us-west-2"
	roleName = "prod.shop.orders-api"
	boundary = "arn:aws:iam::111122223333:policy/boundary"
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
)

var owner = model.Owner{ClusterID: "prod", Namespace: "shop", Name: "orders-api", Family: "orders"}

// want is what to look for.
func want() model.State {
	return model.State{
		Owner: owner, RoleName: roleName,
		Place: model.Place{Partition: "aws", Account: account, Region: region},
	}
}

func policyARN(name string) string { return want().PolicyARN(name) }

// bench is a simulated AWS, our service in it, and an administrator.
type bench struct {
	t       *testing.T
	sim     *awssim.Server
	service *iam.Service
	admin   *sdkiam.Client
}

func start(t *testing.T, pageSize int) *bench {
	t.Helper()
	sim, err := awssim.Start(awssim.Options{PageSize: pageSize})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	session := sim.Session(account, "taskrole-controller", "pod-1")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": sim.URL(), "AWS_REGION": region,
		"AWS_ACCESS_KEY_ID": session.AccessKeyID, "AWS_SECRET_ACCESS_KEY": session.SecretAccessKey, "AWS_SESSION_TOKEN": session.SessionToken,
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	user := sim.User(account, "admin")
	cfg, err := awsconfig.LoadDefaultConfig(context.Background(), awsconfig.WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider(user.AccessKeyID, user.SecretAccessKey, "")))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, sim: sim, admin: sdkiam.NewFromConfig(cfg)}
	_, err = b.admin.CreatePolicy(context.Background(), &sdkiam.CreatePolicyInput{
		PolicyName: awssdk.String("boundary"), PolicyDocument: awssdk.String(allow("s3:*").JSON()),
	})
	b.must(err)
	b.service = b.controller()
	sim.ForgetCalls()
	return b
}

// controller is a service that remembers nothing yet.
func (b *bench) controller() *iam.Service {
	b.t.Helper()
	connector, err := aws.NewConnector(context.Background(), aws.Options{})
	b.must(err)
	clients, err := connector.Connect(context.Background(), aws.Target{Partition: "aws", Account: account, Region: region})
	b.must(err)
	return iam.New(clients.IAM)
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// observe is a look by the service given.
func (b *bench) observe(s *iam.Service) model.Observed {
	b.t.Helper()
	role, policies, err := s.Observe(context.Background(), want())
	b.must(err)
	return model.Observed{Role: role, Policies: policies}
}

// apply applies the actions one after the other.
func (b *bench) apply(o model.Observed, actions ...plan.Action) model.Observed {
	b.t.Helper()
	for _, a := range actions {
		var err error
		if o, err = b.service.Apply(context.Background(), a, o); err != nil {
			b.t.Fatalf("%s: %v", a.Kind, err)
		}
	}
	return o
}

// made are the operations of the controller since the last time.
func (b *bench) made() []string {
	operations := []string{}
	for _, call := range b.sim.Calls() {
		if call.Caller.ARN == "arn:aws:sts::"+account+":assumed-role/taskrole-controller/pod-1" {
			operations = append(operations, call.Operation)
		}
	}
	b.sim.ForgetCalls()
	return operations
}

func parse(text string) policy.Document {
	d, err := policy.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func allow(action string) policy.Document {
	return parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["` + action + `"],"Resource":["arn:aws:s3:::bucket/100%+ü/*"]}]}`)
}

func trust(extra string) policy.Document {
	return parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"],
		"Condition":{"StringEquals":{"aws:SourceAccount":["111122223333"]},"StringLike":{"aws:RequestTag/x":["a+b%20c` + extra + `"]}}}]}`)
}

func createRole() plan.Action {
	tags := owner.Tags()
	tags["team"] = "shop + co"
	return plan.Action{Kind: plan.CreateRole, RoleName: roleName, Subject: roleName, Path: owner.Path(), Role: &model.Role{
		Description: "made by a test", Trust: trust(""), BoundaryARN: boundary, Tags: tags,
	}}
}

func onRole(kind plan.Kind) plan.Action {
	return plan.Action{Kind: kind, RoleName: roleName, Subject: roleName}
}

func onPolicy(kind plan.Kind, name string) plan.Action {
	return plan.Action{Kind: kind, RoleName: roleName, Subject: name, ARN: policyARN(name)}
}

func createPolicy(name, action string) plan.Action {
	a := onPolicy(plan.CreatePolicy, name)
	a.Path, a.Policy = owner.PolicyPath(), &model.Policy{Name: name, Document: allow(action), Tags: owner.Tags()}
	return a
}

func updatePolicy(name, action string) plan.Action {
	a := onPolicy(plan.UpdatePolicy, name)
	a.Policy = &model.Policy{Name: name, Document: allow(action), Tags: owner.Tags()}
	return a
}

func attach(arn string) plan.Action {
	return plan.Action{Kind: plan.AttachPolicy, RoleName: roleName, Subject: arn, ARN: arn}
}

func detach(arn string) plan.Action {
	return plan.Action{Kind: plan.DetachPolicy, RoleName: roleName, Subject: arn, ARN: arn}
}
