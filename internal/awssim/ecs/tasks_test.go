package ecs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

func TestATaskTakesTheNewestRevisionAndKeepsItsOverrides(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.mustRegister(minimal("app"))
	b.cluster("default")
	role := "arn:aws:iam::111122223333:role/other"
	run := must(b.RunTask(t.Context(), &sdk.RunTaskInput{
		TaskDefinition: aws.String("app"), Count: aws.Int32(2), StartedBy: aws.String("me"),
		Overrides: &types.TaskOverride{TaskRoleArn: &role},
	}))(t)
	if len(run.Tasks) != 2 || *run.Tasks[0].TaskArn == *run.Tasks[1].TaskArn {
		t.Fatalf("ran %v", run.Tasks)
	}
	got := must(b.DescribeTasks(t.Context(), &sdk.DescribeTasksInput{Tasks: []string{*run.Tasks[0].TaskArn, "none"}}))(t)
	task := got.Tasks[0]
	if *task.TaskDefinitionArn != arnOfApp+":2" || *task.Overrides.TaskRoleArn != role || *task.LastStatus != "RUNNING" || *task.Group != "family:app" {
		t.Errorf("%+v", task)
	}
	if len(got.Failures) != 1 || *got.Failures[0].Reason != "MISSING" {
		t.Errorf("failures %v", got.Failures)
	}
}

func TestTasksAreRefusedAsAWSRefusesThem(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	for name, c := range map[string]struct {
		in            sdk.RunTaskInput
		code, message string
	}{
		"too many": {sdk.RunTaskInput{Count: aws.Int32(11)}, "InvalidParameterException", "count must be"},
		"none":     {sdk.RunTaskInput{Count: aws.Int32(0)}, "InvalidParameterException", "count must be"},
		"no role": {
			sdk.RunTaskInput{Overrides: &types.TaskOverride{TaskRoleArn: aws.String("")}}, "ClientException", "Role is not valid",
		},
		"no container": {
			sdk.RunTaskInput{Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("x")}}}},
			"InvalidParameterException", "Override for container named x is not a container in the TaskDefinition.",
		},
		"no cluster": {sdk.RunTaskInput{Cluster: aws.String("x")}, "ClusterNotFoundException", "Cluster not found."},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.TaskDefinition = aws.String("app")
			_, err := b.RunTask(t.Context(), &c.in)
			wantRefusal(t, err, c.code, c.message)
		})
	}
	_, err := b.StopTask(t.Context(), &sdk.StopTaskInput{Task: aws.String("none")})
	wantRefusal(t, err, "InvalidParameterException", "The referenced task was not found.")
	_, err = b.DescribeTasks(t.Context(), &sdk.DescribeTasksInput{Tasks: []string{}})
	wantRefusal(t, err, "InvalidParameterException", "Tasks cannot be empty.")
	_, err = b.ListTasks(t.Context(), &sdk.ListTasksInput{ServiceName: aws.String("none")})
	wantRefusal(t, err, "ServiceNotFoundException", "Service not found.")
}

func TestTasksAreListedByFamilyServiceAndStatus(t *testing.T) {
	b := start(t, ecs.Options{PageSize: 1})
	b.mustRegister(minimal("app"))
	b.mustRegister(minimal("job"))
	b.cluster("default")
	b.createService("default", "web", "app")
	run := must(b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: aws.String("job")}))(t)
	must(b.StopTask(t.Context(), &sdk.StopTaskInput{Task: run.Tasks[0].TaskArn, Reason: aws.String("enough")}))(t)
	must(b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: aws.String("job"), StartedBy: aws.String("me")}))(t)
	count := func(in sdk.ListTasksInput) int {
		t.Helper()
		n := 0
		for pager := sdk.NewListTasksPaginator(b.Client, &in); pager.HasMorePages(); {
			n += len(must(pager.NextPage(t.Context()))(t).TaskArns)
		}
		return n
	}
	got := map[string]int{
		"all":        count(sdk.ListTasksInput{}),
		"family":     count(sdk.ListTasksInput{Family: aws.String("app")}),
		"no prefix":  count(sdk.ListTasksInput{Family: aws.String("ap")}),
		"service":    count(sdk.ListTasksInput{ServiceName: aws.String("web")}),
		"stopped":    count(sdk.ListTasksInput{DesiredStatus: "STOPPED"}),
		"started by": count(sdk.ListTasksInput{StartedBy: aws.String("me")}),
		"pending":    count(sdk.ListTasksInput{DesiredStatus: "PENDING"}),
	}
	want := map[string]int{"all": 3, "family": 2, "no prefix": 0, "service": 2, "stopped": 1, "started by": 1, "pending": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.clock = b.clock.Add(time.Hour)
	if n := count(sdk.ListTasksInput{DesiredStatus: "STOPPED"}); n != 0 {
		t.Errorf("an hour later %d stopped tasks are listed", n)
	}
}

func TestAServiceReplacesATaskThatIsStopped(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	b.createService("default", "web", "app")
	first := must(b.ListTasks(t.Context(), &sdk.ListTasksInput{}))(t).TaskArns[0]
	stopped := must(b.StopTask(t.Context(), &sdk.StopTaskInput{Task: &first}))(t).Task
	if *stopped.LastStatus != "STOPPED" || stopped.StopCode != types.TaskStopCodeUserInitiated {
		t.Errorf("%s by %s", *stopped.LastStatus, stopped.StopCode)
	}
	if diff := cmp.Diff(map[string]int{arnOfApp + ":1": 2}, b.running()); diff != "" {
		t.Error(diff)
	}
}
