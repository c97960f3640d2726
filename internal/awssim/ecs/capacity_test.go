package ecs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// provided is a bench whose default cluster has a capacity provider of an Auto
// Scaling group, one of managed instances, and Fargate.
func provided(t *testing.T) *bench {
	t.Helper()
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	serverless := minimal("serverless")
	serverless["networkMode"], serverless["cpu"], serverless["memory"] = "awsvpc", "256", "512"
	serverless["requiresCompatibilities"] = []string{"FARGATE"}
	b.mustRegister(serverless)
	must(b.CreateCluster(t.Context(), &sdk.CreateClusterInput{CapacityProviders: []string{"FARGATE"}}))(t)
	for _, p := range []ecs.CapacityProvider{
		{Name: "asg", AutoScalingGroup: "arn:aws:autoscaling:us-west-2:111122223333:autoScalingGroup:1:autoScalingGroupName/asg"},
		{Name: "managed", InfrastructureRole: "arn:aws:iam::111122223333:role/infra", InstanceProfile: "arn:aws:iam::111122223333:instance-profile/p"},
	} {
		if err := b.service.PutCapacityProvider(here, p); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func strategy(name string) []types.CapacityProviderStrategyItem {
	return []types.CapacityProviderStrategyItem{{CapacityProvider: &name, Weight: 1}}
}

func TestCapacityProvidersAreDescribedByKind(t *testing.T) {
	b := provided(t)
	describe := func(in sdk.DescribeCapacityProvidersInput) (map[string]string, int) {
		t.Helper()
		out := must(b.DescribeCapacityProviders(t.Context(), &in))(t)
		kinds := map[string]string{}
		for _, p := range out.CapacityProviders {
			kinds[*p.Name] = string(p.Type)
		}
		return kinds, len(out.Failures)
	}
	for name, c := range map[string]struct {
		in       sdk.DescribeCapacityProvidersInput
		want     map[string]string
		failures int
	}{
		"account": {want: map[string]string{"FARGATE": "FARGATE", "FARGATE_SPOT": "FARGATE_SPOT", "asg": "EC2_AUTOSCALING"}},
		"cluster": {
			in:   sdk.DescribeCapacityProvidersInput{Cluster: aws.String("default")},
			want: map[string]string{"FARGATE": "FARGATE", "asg": "EC2_AUTOSCALING", "managed": "MANAGED_INSTANCES"},
		},
		"named": {
			in: sdk.DescribeCapacityProvidersInput{
				CapacityProviders: []string{"arn:aws:ecs:us-west-2:111122223333:capacity-provider/managed", "none"},
			},
			want: map[string]string{"managed": "MANAGED_INSTANCES"}, failures: 1,
		},
	} {
		got, failures := describe(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" || failures != c.failures {
			t.Errorf("%s: %d failures\n%s", name, failures, diff)
		}
	}
	_, err := b.DescribeCapacityProviders(t.Context(), &sdk.DescribeCapacityProvidersInput{MaxResults: aws.Int32(11)})
	wantRefusal(t, err, "InvalidParameterException", "maxResults must be between 1 and 10.")
	first := must(b.DescribeCapacityProviders(t.Context(), &sdk.DescribeCapacityProvidersInput{MaxResults: aws.Int32(2)}))(t)
	rest := must(b.DescribeCapacityProviders(t.Context(), &sdk.DescribeCapacityProvidersInput{MaxResults: aws.Int32(2), NextToken: first.NextToken}))(t)
	if len(first.CapacityProviders) != 2 || len(rest.CapacityProviders) != 1 || rest.NextToken != nil {
		t.Errorf("%d, then %d", len(first.CapacityProviders), len(rest.CapacityProviders))
	}
}

func TestAServiceRunsWhereItsCapacityProviderIs(t *testing.T) {
	b := provided(t)
	b.put(ecs.OptimizedHost("i-none"))
	h := ecs.OptimizedHost("i-asg")
	h.CapacityProvider = "asg"
	byGroup := b.put(h)
	h = ecs.OptimizedHost("i-managed")
	h.CapacityProvider = "managed"
	managed := b.put(h)
	inVPC := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	for provider, want := range map[string]struct {
		definition, launch, on string
		network                *types.NetworkConfiguration
	}{
		"asg": {"app", "EC2", byGroup, nil}, "managed": {"app", "MANAGED_INSTANCES", managed, nil}, "FARGATE": {"serverless", "FARGATE", "", inVPC},
	} {
		must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
			ServiceName: aws.String("web"), TaskDefinition: &want.definition, DesiredCount: aws.Int32(2),
			CapacityProviderStrategy: strategy(provider), NetworkConfiguration: want.network,
		}))(t)
		s := b.web()
		if s.LaunchType != "" || *s.CapacityProviderStrategy[0].CapacityProvider != provider || len(s.Deployments[0].CapacityProviderStrategy) != 1 {
			t.Errorf("%s: the service says %q %v", provider, s.LaunchType, s.CapacityProviderStrategy)
		}
		tasks := b.tasks()
		for _, task := range tasks {
			if string(task.LaunchType) != want.launch || aws.ToString(task.ContainerInstanceArn) != want.on || *task.CapacityProviderName != provider {
				t.Errorf("%s: %s on %q by %s", provider, task.LaunchType, aws.ToString(task.ContainerInstanceArn), *task.CapacityProviderName)
			}
		}
		if len(tasks) != 2 {
			t.Errorf("%s: %d tasks", provider, len(tasks))
		}
		must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}))(t)
	}
}

func TestTheClustersStrategyIsThatOfWhoHasNone(t *testing.T) {
	b := provided(t)
	put := func(names []string, s []types.CapacityProviderStrategyItem) error {
		_, err := b.PutClusterCapacityProviders(t.Context(), &sdk.PutClusterCapacityProvidersInput{
			Cluster: aws.String("default"), CapacityProviders: names, DefaultCapacityProviderStrategy: s,
		})
		return err
	}
	const apart = "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster."
	wantRefusal(t, put([]string{"asg"}, strategy("FARGATE")), "InvalidParameterException", apart)
	wantRefusal(t, put([]string{"none"}, strategy("none")), "InvalidParameterException", "The specified capacity provider 'none' was not found.")
	wantRefusal(t, put([]string{"asg", "FARGATE"}, strategy("asg")), "", "")
	got := must(b.DescribeClusters(t.Context(), &sdk.DescribeClustersInput{}))(t).Clusters[0]
	if diff := cmp.Diff([]string{"asg", "FARGATE"}, got.CapacityProviders); diff != "" || len(got.DefaultCapacityProviderStrategy) != 1 {
		t.Errorf("%v\n%s", got.DefaultCapacityProviderStrategy, diff)
	}
	b.createService("default", "web", "app")
	if s := b.web(); len(s.CapacityProviderStrategy) != 1 || *s.CapacityProviderStrategy[0].CapacityProvider != "asg" {
		t.Errorf("%v", s.CapacityProviderStrategy)
	}
	create := func(in sdk.CreateServiceInput) error {
		in.ServiceName, in.TaskDefinition = aws.String("other"), aws.String("app")
		_, err := b.CreateService(t.Context(), &in)
		return err
	}
	wantRefusal(t, create(sdk.CreateServiceInput{CapacityProviderStrategy: strategy("managed")}), "InvalidParameterException", apart)
	wantRefusal(t, create(sdk.CreateServiceInput{CapacityProviderStrategy: strategy("asg"), LaunchType: "EC2"}), "InvalidParameterException", "Specifying both a launch type")
	wantRefusal(t, create(sdk.CreateServiceInput{CapacityProviderStrategy: strategy("FARGATE")}), "InvalidParameterException",
		"Task definition does not support launch_type FARGATE.")
	wantRefusal(t, create(sdk.CreateServiceInput{LaunchType: "EC2"}), "", "")
}

func TestAClusterTellsItsSettingsOnlyWhenAsked(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	must(b.CreateCluster(t.Context(), &sdk.CreateClusterInput{
		Settings: []types.ClusterSetting{{Name: "containerInsights", Value: aws.String("enabled")}},
		Configuration: &types.ClusterConfiguration{ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{
			KmsKeyId: aws.String("key"), Logging: "OVERRIDE",
			LogConfiguration: &types.ExecuteCommandLogConfiguration{CloudWatchLogGroupName: aws.String("group"), S3BucketName: aws.String("bucket")},
		}},
	}))(t)
	b.put(ecs.OptimizedHost("i-1"))
	b.createService("default", "web", "app")
	describe := func(include ...types.ClusterField) types.Cluster {
		t.Helper()
		return must(b.DescribeClusters(t.Context(), &sdk.DescribeClustersInput{Include: include}))(t).Clusters[0]
	}
	if c := describe(); c.Configuration != nil || len(c.Settings) != 0 || len(c.Statistics) != 0 || c.RegisteredContainerInstancesCount != 1 {
		t.Errorf("unasked: %+v", c)
	}
	c := describe("CONFIGURATIONS", "SETTINGS", "STATISTICS")
	exec := c.Configuration.ExecuteCommandConfiguration
	if *exec.KmsKeyId != "key" || exec.Logging != "OVERRIDE" || *exec.LogConfiguration.S3BucketName != "bucket" || len(c.Settings) != 1 {
		t.Errorf("%+v", exec)
	}
	statistics := map[string]string{}
	for _, s := range c.Statistics {
		statistics[*s.Name] = *s.Value
	}
	if statistics["runningEC2TasksCount"] != "2" || statistics["activeEC2ServiceCount"] != "1" || statistics["runningFargateTasksCount"] != "0" {
		t.Errorf("%v", statistics)
	}
}
