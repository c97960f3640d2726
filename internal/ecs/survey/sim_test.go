package survey

import (
	"context"
	"fmt"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	simecs "github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

const (
	account = "111122223333"
	region  = "us-west-2"
)

// bench is a simulated AWS, and two clients of it.
type bench struct {
	testing.TB
	sim      *awssim.Server
	ours     *ecs.Client
	pipeline *ecs.Client
}

func start(t testing.TB, o awssim.Options) *bench {
	t.Helper()
	sim, err := awssim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	client := func(c awssim.Credentials) *ecs.Client {
		return ecs.New(ecs.Options{
			Region: region, BaseEndpoint: awssdk.String(sim.URL()), RetryMaxAttempts: 3,
			Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		})
	}
	return &bench{t, sim, client(sim.Session(account, "controller", "pod")), client(sim.Session(account, "deployer", "run"))}
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) cluster(name string, change ...func(*ecs.CreateClusterInput)) simecs.Cluster {
	b.Helper()
	in := &ecs.CreateClusterInput{ClusterName: &name}
	for _, c := range change {
		c(in)
	}
	_, err := b.pipeline.CreateCluster(context.Background(), in)
	b.must(err)
	return simecs.Cluster{Account: account, Region: region, Name: name}
}

func (b *bench) family(name string) string {
	b.Helper()
	out, err := b.pipeline.RegisterTaskDefinition(context.Background(), &ecs.RegisterTaskDefinitionInput{
		Family: &name, Cpu: awssdk.String("256"), Memory: awssdk.String("512"), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{Name: awssdk.String("app"), Image: awssdk.String("app:1")}},
	})
	b.must(err)
	return awssdk.ToString(out.TaskDefinition.TaskDefinitionArn)
}

var subnets = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}

func (b *bench) service(cluster, name, definition string, change ...func(*ecs.CreateServiceInput)) {
	b.Helper()
	in := &ecs.CreateServiceInput{
		Cluster: &cluster, ServiceName: &name, TaskDefinition: &definition, DesiredCount: awssdk.Int32(1),
		LaunchType: types.LaunchTypeFargate, NetworkConfiguration: subnets,
	}
	for _, c := range change {
		c(in)
	}
	_, err := b.pipeline.CreateService(context.Background(), in)
	b.must(err)
}

func (b *bench) task(cluster, definition string) {
	b.Helper()
	_, err := b.pipeline.RunTask(context.Background(), &ecs.RunTaskInput{
		Cluster: &cluster, TaskDefinition: &definition, LaunchType: types.LaunchTypeFargate, NetworkConfiguration: subnets, StartedBy: awssdk.String("events-rule/nightly"),
	})
	b.must(err)
}

func (b *bench) read(s Selection, before *Snapshot) *Snapshot {
	b.Helper()
	out, err := Read(context.Background(), b.ours, s, before)
	b.must(err)
	return out
}

// made counts the calls since the last time, by operation.
func (b *bench) made() map[string]int {
	out := map[string]int{}
	for _, call := range b.sim.Calls() {
		out[call.Operation]++
	}
	b.sim.ForgetCalls()
	return out
}

// host registers an optimized container instance.
func (b *bench) host(in simecs.Cluster, n int, change ...func(*simecs.Host)) {
	b.Helper()
	h := simecs.OptimizedHost(fmt.Sprintf("i-%017x", n))
	h.ID = fmt.Sprintf("%032x", n)
	for _, c := range change {
		c(&h)
	}
	_, err := b.sim.ECS().PutHost(in, h)
	b.must(err)
}

// patience is how long something may take that happens beside the test.
const patience = 10 * time.Second
