package ecs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
)

func TestAServiceDeletedMidwayDrains(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.pass(taking / 2)
	arns := []string{*b.history()[0].ServiceDeploymentArn}
	must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}))(t)
	if s := b.web(); *s.Status != "DRAINING" || s.RunningCount != 4 || s.DesiredCount != 0 {
		t.Errorf("%s with %d tasks", *s.Status, s.RunningCount)
	}
	if got := must(b.ListServices(t.Context(), &sdk.ListServicesInput{}))(t).ServiceArns; len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	_, err := b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String("app:2")})
	wantRefusal(t, err, "ServiceNotActiveException", "Service was not ACTIVE.")
	_, err = b.CreateService(t.Context(), &sdk.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String("app:2")})
	wantRefusal(t, err, "InvalidParameterException", "Unable to Start a service that is still Draining.")
	b.pass(taking / 2)
	if s := b.web(); *s.Status != "INACTIVE" || len(s.Deployments) != 0 || len(b.running()) != 0 {
		t.Errorf("%s with %v", *s.Status, s.Deployments)
	}
	_, err = b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String("app:2")})
	wantRefusal(t, err, "ServiceNotActiveException", "Service was not ACTIVE.")
	if len(b.history()) != 0 {
		t.Error("service deployments outlive their service")
	}
	got := must(b.DescribeServiceDeployments(t.Context(), &sdk.DescribeServiceDeploymentsInput{ServiceDeploymentArns: arns}))(t)
	if len(got.Failures) != 1 || *got.Failures[0].Reason != "MISSING" {
		t.Errorf("failures %v", got.Failures)
	}
	b.createService("default", "web", "app:2")
}

func TestARevisionWithdrawnMidwayIsStillDeployed(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.deregister("app:2")
	b.pass(taking)
	b.wantTold("withdrawn", "PRIMARY :2 COMPLETED 2 0 0")
	b.update("app:1")
	_, err := b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String("app:2")})
	wantRefusal(t, err, "ClientException", "TaskDefinition is inactive")
}

func TestARollbackReturnsToARevisionWithdrawnSince(t *testing.T) {
	b := deploying(t, ecs.Options{}, breaker(true))
	b.deregister("app:1")
	must(b.DeleteTaskDefinitions(t.Context(), &sdk.DeleteTaskDefinitionsInput{TaskDefinitions: []string{"app:1"}}))(t)
	must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), DesiredCount: aws.Int32(0)}))(t)
	must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{
		Service: aws.String("web"), TaskDefinition: aws.String("app:2"), DesiredCount: aws.Int32(2),
		DeploymentConfiguration: &types.DeploymentConfiguration{
			Strategy: "CANARY", BakeTimeInMinutes: aws.Int32(1440), DeploymentCircuitBreaker: breaker(true).DeploymentCircuitBreaker,
		},
	}))(t)
	b.pass(2 * time.Hour) // in which a revision that nothing needs is forgotten
	must(b.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{TaskDefinition: aws.String("app:1")}))(t)
	b.fail()
	b.pass(taking)
	b.wantTold("back", "PRIMARY :1 COMPLETED 2 0 0")
}

func TestATaskStoppedMidwayIsReplacedOnItsOwnRevision(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	stop := func() {
		t.Helper()
		for _, task := range b.tasks() {
			must(b.StopTask(t.Context(), &sdk.StopTaskInput{Task: task.TaskArn}))(t)
		}
	}
	stop()
	b.wantTold("before the new tasks", "PRIMARY :2 IN_PROGRESS 0 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.pass(taking / 10)
	stop()
	b.wantTold("as they start", "PRIMARY :2 IN_PROGRESS 0 2 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.pass(taking / 2)
	stop()
	b.wantTold("as they run", "PRIMARY :2 IN_PROGRESS 2 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.fail()
	stop()
	b.wantTold("as they fail", "PRIMARY :2 IN_PROGRESS 0 0 3", "ACTIVE :1 COMPLETED 2 0 0")
}

func TestScalingIsNoDeploymentAndANewNetworkIsOne(t *testing.T) {
	b := start(t, ecs.Options{})
	definition := minimal("vpc")
	definition["networkMode"] = "awsvpc"
	b.mustRegister(definition)
	b.cluster("default")
	network := func(subnet string) *types.NetworkConfiguration {
		return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{subnet}}}
	}
	must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("vpc"), DesiredCount: aws.Int32(1), NetworkConfiguration: network("subnet-1"),
	}))(t)
	change := func(in sdk.UpdateServiceInput) int {
		t.Helper()
		in.Service = aws.String("web")
		must(b.UpdateService(t.Context(), &in))(t)
		return len(b.history())
	}
	got := []int{
		change(sdk.UpdateServiceInput{DesiredCount: aws.Int32(3)}),
		change(sdk.UpdateServiceInput{EnableExecuteCommand: aws.Bool(true)}),
		change(sdk.UpdateServiceInput{DeploymentConfiguration: breaker(true)}),
		change(sdk.UpdateServiceInput{NetworkConfiguration: network("subnet-1")}),
		change(sdk.UpdateServiceInput{NetworkConfiguration: network("subnet-2")}),
	}
	if diff := cmp.Diff([]int{1, 1, 1, 1, 2}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTasksLearnOfECSExecWhenTheyStart(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	executing := func() (n int) {
		for _, task := range b.tasks() {
			if task.EnableExecuteCommand {
				n++
			}
		}
		return n
	}
	must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), EnableExecuteCommand: aws.Bool(true)}))(t)
	if !b.web().EnableExecuteCommand || executing() != 0 {
		t.Errorf("%d tasks changed as they ran", executing())
	}
	must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), ForceNewDeployment: true}))(t)
	b.pass(taking)
	if executing() != 2 {
		t.Errorf("%d of the new tasks", executing())
	}
}

// tasks are those that run in the default cluster.
func (b *bench) tasks() []types.Task {
	b.t.Helper()
	arns := must(b.ListTasks(b.t.Context(), &sdk.ListTasksInput{}))(b.t).TaskArns
	if len(arns) == 0 {
		return nil
	}
	return must(b.DescribeTasks(b.t.Context(), &sdk.DescribeTasksInput{Tasks: arns}))(b.t).Tasks
}

func TestOtherControllersDeployTaskSets(t *testing.T) {
	b := start(t, ecs.Options{Deployment: taking})
	b.mustRegister(minimal("app"))
	b.mustRegister(minimal("app"))
	b.cluster("default")
	for _, kind := range []types.DeploymentControllerType{"CODE_DEPLOY", "EXTERNAL"} {
		t.Run(string(kind), func(t *testing.T) {
			in := sdk.CreateServiceInput{ServiceName: aws.String("web"), DeploymentController: &types.DeploymentController{Type: kind}}
			if kind == "CODE_DEPLOY" {
				in.TaskDefinition, in.DesiredCount = aws.String("app:1"), aws.Int32(1)
			}
			must(b.CreateService(t.Context(), &in))(t)
			if err := b.service.PutTaskSet(here, "web", "app:2", 2); err != nil {
				t.Fatal(err)
			}
			s := b.web()
			if len(s.Deployments) != 0 || len(s.TaskSets) != 1 || *s.TaskSets[0].TaskDefinition != arnOfApp+":2" || s.TaskSets[0].RunningCount != 2 {
				t.Errorf("deployments %v, task sets %+v", s.Deployments, s.TaskSets)
			}
			if diff := cmp.Diff(map[string]int{arnOfApp + ":2": 2}, b.running()); diff != "" {
				t.Error(diff)
			}
			_, err := b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), ForceNewDeployment: true})
			wantRefusal(t, err, "InvalidParameterException", "Cannot force a new deployment on services with a")
			if len(b.history()) != 0 {
				t.Error("has service deployments")
			}
			must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}))(t)
			b.pass(taking)
		})
	}
}

func TestReadsOfADeploymentsProgressLag(t *testing.T) {
	b := deploying(t, ecs.Options{Stale: stale.Reads{For: 10 * time.Second, Share: 1}}, breaker(true))
	b.pass(time.Minute)
	b.update("app:2")
	b.wantTold("at once", "PRIMARY :1 COMPLETED 2 0 0")
	b.pass(10 * time.Second)
	b.wantTold("seen", "PRIMARY :2 IN_PROGRESS 0 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.pass(time.Minute)
	b.fail()
	if got := b.web().Deployments[0]; *got.TaskDefinition != arnOfApp+":2" {
		t.Errorf("the rollback is seen at once: %+v", got)
	}
	if d := b.wantStatus("lagging", "IN_PROGRESS"); d.DeploymentCircuitBreaker.FailureCount != 0 {
		t.Errorf("%d failures are seen at once", d.DeploymentCircuitBreaker.FailureCount)
	}
	b.pass(10 * time.Second)
	b.wantStatus("seen", "ROLLBACK_IN_PROGRESS")
	if got := b.web().Deployments[0]; *got.TaskDefinition != arnOfApp+":1" {
		t.Errorf("the rollback is not seen: %+v", got)
	}
}
