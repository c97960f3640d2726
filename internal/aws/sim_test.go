package aws_test

import (
	"context"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

const (
	account = "111122223333"
	other   = "444455556666"
	region  = "us-west-2"
)

// start runs a simulated AWS for which the environment has the credentials of a
// user of account.
func start(t *testing.T) *awssim.Server {
	t.Helper()
	sim, err := awssim.Start(awssim.Options{PageSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	user := sim.User(account, "controller")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": sim.URL(), "AWS_REGION": region,
		"AWS_ACCESS_KEY_ID": user.AccessKeyID, "AWS_SECRET_ACCESS_KEY": user.SecretAccessKey, "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	return sim
}

func connector(t *testing.T, o aws.Options) *aws.Connector {
	t.Helper()
	c, err := aws.NewConnector(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func connect(t *testing.T, c *aws.Connector, target aws.Target) *aws.Clients {
	t.Helper()
	clients, err := c.Connect(context.Background(), target)
	if err != nil {
		t.Fatal(err)
	}
	return clients
}

func here() aws.Target { return aws.Target{Partition: "aws", Account: account, Region: region} }

// adminOf is a plain SDK client of somebody in another account.
func adminOf(t *testing.T, sim *awssim.Server, account string) *iam.Client {
	t.Helper()
	user := sim.User(account, "admin")
	cfg, err := awsconfig.LoadDefaultConfig(context.Background(), awsconfig.WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider(user.AccessKeyID, user.SecretAccessKey, user.SessionToken)))
	if err != nil {
		t.Fatal(err)
	}
	return iam.NewFromConfig(cfg)
}

// roleIn makes a role in the other account that ours may assume, and the target
// that leads there.
func roleIn(t *testing.T, sim *awssim.Server, externalID string) aws.Target {
	t.Helper()
	condition := ""
	if externalID != "" {
		condition = `,"Condition":{"StringEquals":{"sts:ExternalId":"` + externalID + `"}}`
	}
	_, err := adminOf(t, sim, other).CreateRole(context.Background(), &iam.CreateRoleInput{
		RoleName: awssdk.String("taskroles"), AssumeRolePolicyDocument: awssdk.String(`{"Version":"2012-10-17","Statement":[{
			"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"` + condition + `}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return aws.Target{
		Partition: "aws", Account: other, Region: region,
		AssumeRoleARN: "arn:aws:iam::" + other + ":role/taskroles", ExternalID: externalID,
	}
}

func getRole(ctx context.Context, clients *aws.Clients) error {
	_, err := clients.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: awssdk.String("nobody")})
	return err
}

// made are the operations that reached the simulator.
func made(sim *awssim.Server) []string {
	var operations []string
	for _, call := range sim.Calls() {
		operations = append(operations, call.Operation)
	}
	return operations
}
