package ecs_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

func (b *bench) cluster(name string) {
	b.t.Helper()
	must(b.CreateCluster(b.t.Context(), &sdk.CreateClusterInput{ClusterName: &name}))(b.t)
}

func (b *bench) createService(cluster, name, definition string) *types.Service {
	b.t.Helper()
	return must(b.CreateService(b.t.Context(), &sdk.CreateServiceInput{
		Cluster: &cluster, ServiceName: &name, TaskDefinition: &definition, DesiredCount: aws.Int32(2),
	}))(b.t).Service
}

// running are the definitions of the tasks that run in the default cluster.
func (b *bench) running() map[string]int {
	b.t.Helper()
	out := map[string]int{}
	arns := must(b.ListTasks(b.t.Context(), &sdk.ListTasksInput{}))(b.t).TaskArns
	if len(arns) == 0 {
		return out
	}
	for _, task := range must(b.DescribeTasks(b.t.Context(), &sdk.DescribeTasksInput{Tasks: arns}))(b.t).Tasks {
		out[*task.TaskDefinitionArn]++
	}
	return out
}

func TestAServiceRunsItsTasksOnOneRevision(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	s := b.createService("default", "web", "app")
	if *s.ServiceArn != "arn:aws:ecs:us-west-2:111122223333:service/default/web" || *s.TaskDefinition != arnOfApp+":1" || s.RunningCount != 2 {
		t.Errorf("%s on %s runs %d", *s.ServiceArn, *s.TaskDefinition, s.RunningCount)
	}
	if d := s.Deployments; len(d) != 1 || *d[0].Status != "PRIMARY" || d[0].RolloutState != types.DeploymentRolloutStateCompleted {
		t.Errorf("deployments %+v", d)
	}
	b.mustRegister(minimal("app"))
	if diff := cmp.Diff(map[string]int{arnOfApp + ":1": 2}, b.running()); diff != "" {
		t.Errorf("a new revision alone moved the service:\n%s", diff)
	}
	update := func(in sdk.UpdateServiceInput) *types.Service {
		t.Helper()
		in.Service = aws.String("web")
		return must(b.UpdateService(t.Context(), &in))(t).Service
	}
	was := *s.Deployments[0].Id
	s = update(sdk.UpdateServiceInput{DesiredCount: aws.Int32(3)})
	if *s.Deployments[0].Id != was || s.RunningCount != 3 {
		t.Errorf("scaled in deployment %s to %d", *s.Deployments[0].Id, s.RunningCount)
	}
	s = update(sdk.UpdateServiceInput{TaskDefinition: aws.String("app")})
	if *s.TaskDefinition != arnOfApp+":2" || *s.Deployments[0].Id == was {
		t.Errorf("a bare family is the newest now: on %s in %s", *s.TaskDefinition, *s.Deployments[0].Id)
	}
	if diff := cmp.Diff(map[string]int{arnOfApp + ":2": 3}, b.running()); diff != "" {
		t.Error(diff)
	}
	was = *s.Deployments[0].Id
	if s = update(sdk.UpdateServiceInput{ForceNewDeployment: true}); *s.Deployments[0].Id == was {
		t.Error("forced no new deployment")
	}
}

func TestAnInactiveRevisionServesWhoHasItAndNobodyElse(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.mustRegister(minimal("app"))
	b.cluster("default")
	b.createService("default", "web", "app:1")
	b.deregister("app:1")
	scaled := must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), DesiredCount: aws.Int32(3)}))(t)
	if scaled.Service.RunningCount != 3 {
		t.Errorf("a running service does not scale: %d", scaled.Service.RunningCount)
	}
	_, err := b.CreateService(t.Context(), &sdk.CreateServiceInput{ServiceName: aws.String("x"), TaskDefinition: aws.String("app:1")})
	wantRefusal(t, err, "ClientException", "TaskDefinition is inactive")
	_, err = b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String("app:1")})
	wantRefusal(t, err, "ClientException", "TaskDefinition is inactive")
	_, err = b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: aws.String("app:1")})
	wantRefusal(t, err, "InvalidParameterException", "TaskDefinition is inactive")
	_, err = b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: aws.String("other")})
	wantRefusal(t, err, "ClientException", "TaskDefinition not found.")
}

func TestOtherDeploymentControllersKeepTheirRevision(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	create := func(kind types.DeploymentControllerType, definition *string) error {
		_, err := b.CreateService(t.Context(), &sdk.CreateServiceInput{
			ServiceName: aws.String(string(kind)), TaskDefinition: definition, DesiredCount: aws.Int32(1),
			DeploymentController: &types.DeploymentController{Type: kind},
		})
		return err
	}
	wantRefusal(t, create("CODE_DEPLOY", aws.String("app")), "", "")
	wantRefusal(t, create("EXTERNAL", aws.String("app")), "InvalidParameterException", "TaskDefinition must be blank")
	wantRefusal(t, create("EXTERNAL", nil), "", "")
	for _, kind := range []string{"CODE_DEPLOY", "EXTERNAL"} {
		_, err := b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: &kind, TaskDefinition: aws.String("app")})
		want := "Unable to update task definition on services with a CODE_DEPLOY deployment controller. " +
			"Use AWS CodeDeploy to trigger a new deployment."
		if kind == "EXTERNAL" {
			want = "Unable to update task definition on services with an EXTERNAL deployment controller."
		}
		wantRefusal(t, err, "InvalidParameterException", want)
	}
	must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("CODE_DEPLOY"), DesiredCount: aws.Int32(2)}))(t)
}

func TestServicesAreRefusedAsAWSRefusesThem(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	vpc := minimal("vpc")
	vpc["networkMode"] = "awsvpc"
	b.mustRegister(vpc)
	b.cluster("default")
	b.createService("default", "web", "app")
	inVPC := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	for name, c := range map[string]struct {
		in            sdk.CreateServiceInput
		code, message string
	}{
		"no name":    {sdk.CreateServiceInput{ServiceName: aws.String("")}, "InvalidParameterException", "Service name can not be blank."},
		"wrong name": {sdk.CreateServiceInput{ServiceName: aws.String("a b")}, "InvalidParameterException", "Service name contains"},
		"no cluster": {
			sdk.CreateServiceInput{ServiceName: aws.String("a"), Cluster: aws.String("other")}, "ClusterNotFoundException", "Cluster not found.",
		},
		"no definition": {sdk.CreateServiceInput{ServiceName: aws.String("a")}, "InvalidParameterException", "TaskDefinition can not be blank."},
		"unknown definition": {
			sdk.CreateServiceInput{ServiceName: aws.String("a"), TaskDefinition: aws.String("x")}, "ClientException", "TaskDefinition not found.",
		},
		"twice": {
			sdk.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String("app")},
			"InvalidParameterException", "Creation of service was not idempotent.",
		},
		"not for Fargate": {
			sdk.CreateServiceInput{ServiceName: aws.String("a"), TaskDefinition: aws.String("app"), LaunchType: "FARGATE"},
			"InvalidParameterException", "Task definition does not support launch_type FARGATE.",
		},
		"awsvpc without a network": {
			sdk.CreateServiceInput{ServiceName: aws.String("a"), TaskDefinition: aws.String("vpc")},
			"InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
		},
		"bridge with a network": {
			sdk.CreateServiceInput{ServiceName: aws.String("a"), TaskDefinition: aws.String("app"), NetworkConfiguration: inVPC},
			"InvalidParameterException", "Network Configuration is not valid for the given networkMode of this task definition.",
		},
		"awsvpc with a network": {
			sdk.CreateServiceInput{ServiceName: aws.String("b"), TaskDefinition: aws.String("vpc"), NetworkConfiguration: inVPC}, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateService(t.Context(), &c.in)
			wantRefusal(t, err, c.code, c.message)
		})
	}
	_, err := b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("none")})
	wantRefusal(t, err, "ServiceNotFoundException", "Service not found.")
}

func TestADeletedServiceIsInactiveAndItsNameFree(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	b.createService("default", "web", "app")
	_, err := b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web")})
	wantRefusal(t, err, "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
	out := must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}))(t)
	if *out.Service.Status != "DRAINING" {
		t.Errorf("deleting answers %s", *out.Service.Status)
	}
	described := must(b.DescribeServices(t.Context(), &sdk.DescribeServicesInput{Services: []string{"web", "none"}}))(t)
	if *described.Services[0].Status != "INACTIVE" || len(described.Failures) != 1 || *described.Failures[0].Reason != "MISSING" {
		t.Errorf("%s, failures %v", *described.Services[0].Status, described.Failures)
	}
	if got := must(b.ListServices(t.Context(), &sdk.ListServicesInput{}))(t).ServiceArns; len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	if got := b.running(); len(got) != 0 {
		t.Errorf("still running: %v", got)
	}
	_, err = b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web")})
	wantRefusal(t, err, "ServiceNotActiveException", "Service was not ACTIVE.")
	b.createService("default", "web", "app")
}

func TestServicesAreDescribedByTensAndListedByTens(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("s%02d", i))
		b.createService("default", names[i], "app")
	}
	_, err := b.DescribeServices(t.Context(), &sdk.DescribeServicesInput{Services: names})
	wantRefusal(t, err, "InvalidParameterException", "Services can have at most 10 items.")
	_, err = b.DescribeServices(t.Context(), &sdk.DescribeServicesInput{Services: []string{}})
	wantRefusal(t, err, "InvalidParameterException", "Services cannot be empty.")
	got := must(b.DescribeServices(t.Context(), &sdk.DescribeServicesInput{Services: names[:10]}))(t)
	if len(got.Services) != 10 {
		t.Errorf("described %d", len(got.Services))
	}
	first := must(b.ListServices(t.Context(), &sdk.ListServicesInput{}))(t)
	rest := must(b.ListServices(t.Context(), &sdk.ListServicesInput{NextToken: first.NextToken}))(t)
	if len(first.ServiceArns) != 10 || len(rest.ServiceArns) != 2 || rest.NextToken != nil {
		t.Errorf("listed %d, then %d", len(first.ServiceArns), len(rest.ServiceArns))
	}
}

func TestAClusterIsDeletedOnlyWhenEmpty(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("a")
	b.cluster("b")
	b.createService("a", "web", "app")
	remove := func(name string) error {
		_, err := b.DeleteCluster(t.Context(), &sdk.DeleteClusterInput{Cluster: &name})
		return err
	}
	wantRefusal(t, remove("a"), "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
	must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Cluster: aws.String("a"), Service: aws.String("web"), Force: aws.Bool(true)}))(t)
	run := must(b.RunTask(t.Context(), &sdk.RunTaskInput{Cluster: aws.String("a"), TaskDefinition: aws.String("app")}))(t)
	wantRefusal(t, remove("a"), "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
	must(b.StopTask(t.Context(), &sdk.StopTaskInput{Cluster: aws.String("a"), Task: run.Tasks[0].TaskArn}))(t)
	wantRefusal(t, remove("a"), "", "")
	wantRefusal(t, remove("a"), "ClusterNotFoundException", "Cluster not found.")
	if got := must(b.ListClusters(t.Context(), &sdk.ListClustersInput{}))(t).ClusterArns; !cmp.Equal(got, []string{"arn:aws:ecs:us-west-2:111122223333:cluster/b"}) {
		t.Errorf("listed %v", got)
	}
	got := must(b.DescribeClusters(t.Context(), &sdk.DescribeClustersInput{Clusters: []string{"a", "b", "c"}}))(t)
	if *got.Clusters[0].Status != "INACTIVE" || *got.Clusters[1].Status != "ACTIVE" || *got.Failures[0].Reason != "MISSING" {
		t.Errorf("%v, failures %v", got.Clusters, got.Failures)
	}
}
