package ecs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

const (
	account = "111122223333"
	region  = "us-west-2"
	lag     = 15 * time.Second
	family  = "orders-api"
	ours    = "arn:aws:iam::111122223333:role/taskrole/prod/shop/prod.shop.orders-api"
	before  = "arn:aws:iam::111122223333:role/orders-before"
)

// bench is a simulated AWS, our service in it, and a pipeline that works there.
type bench struct {
	t        *testing.T
	sim      *awssim.Server
	service  *ecs.Service
	pipeline awssim.Credentials
}

func start(t *testing.T, o awssim.Options) *bench {
	t.Helper()
	o.PageSize = 2
	sim, err := awssim.Start(o)
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
	b := &bench{t: t, sim: sim, pipeline: sim.Session(account, "ci", "build-7")}
	b.service = b.controller()
	sim.ForgetCalls()
	return b
}

// controller is a service that remembers nothing yet.
func (b *bench) controller() *ecs.Service {
	b.t.Helper()
	connector, err := aws.NewConnector(context.Background(), aws.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	clients, err := connector.Connect(context.Background(), aws.Target{Partition: "aws", Account: account, Region: region})
	if err != nil {
		b.t.Fatal(err)
	}
	return ecs.New(clients.ECS, clients.Identity.ARN, lag)
}

// post is ECS over plain HTTP: what it sends and reads has passed through no
// type of the SDK, and through no code that is tested here.
func (b *bench) post(who awssim.Credentials, operation, body string) map[string]json.RawMessage {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.sim.URL()+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113."+operation)
	sum := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(context.Background(), awssdk.Credentials{
		AccessKeyID: who.AccessKeyID, SecretAccessKey: who.SecretAccessKey, SessionToken: who.SessionToken,
	}, request, hex.EncodeToString(sum[:]), "ecs", region, time.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		b.t.Fatalf("%s %s: %s %s (%v)", operation, body, response.Status, answer, err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		b.t.Fatal(err)
	}
	return members
}

// pushes has the pipeline register a revision; extra is put into the body.
func (b *bench) pushes(extra string) {
	b.t.Helper()
	b.post(b.pipeline, "RegisterTaskDefinition",
		`{"family":"`+family+`","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]`+extra+`}`)
}

func carrying(role string) string { return `,"taskRoleArn":"` + role + `"` }

func (b *bench) observe() model.Family {
	b.t.Helper()
	return b.observeBy(b.service)
}

func (b *bench) observeBy(s *ecs.Service) model.Family {
	b.t.Helper()
	f, err := s.Observe(context.Background(), family, ecs.Known{})
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// observed is a whole observation around a family.
func observed(f model.Family) model.Observed {
	return model.Observed{Role: &model.ObservedRole{Name: "prod.shop.orders-api", ARN: ours}, Family: f}
}

// numbers are the family's revisions, as seen.
func numbers(f model.Family) []int32 {
	out := []int32{}
	for _, r := range f.Revisions {
		out = append(out, r.Number)
	}
	return out
}

// made are the operations since the last time, those of the controller only.
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
