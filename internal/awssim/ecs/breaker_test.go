package ecs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

func breaker(rollback bool) *types.DeploymentConfiguration {
	return &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: rollback}}
}

func (b *bench) fail() {
	b.t.Helper()
	if err := b.service.FailDeployment(here, "web"); err != nil {
		b.t.Fatal(err)
	}
}

func TestACircuitBreakerRollsTheServiceBack(t *testing.T) {
	b := deploying(t, ecs.Options{}, breaker(true))
	good := *b.web().Deployments[0].Id
	b.update("app:2")
	b.pass(taking / 2)
	bad := *b.web().Deployments[0].Id
	b.fail()
	s := b.web()
	b.wantTold("failed", "PRIMARY :1 IN_PROGRESS 2 0 0", "ACTIVE :2 FAILED 0 0 3")
	if got := *s.Deployments[0].RolloutStateReason; got != "ECS deployment circuit breaker: rolling back to deploymentId "+good+"." {
		t.Errorf("reason %q", got)
	}
	if *s.TaskDefinition != arnOfApp+":1" {
		t.Errorf("the service stands on %s", *s.TaskDefinition)
	}
	for _, want := range []string{
		"(service web) (deployment " + bad + ") deployment failed: tasks failed to start.",
		"(service web) rolling back to deployment " + good + ".",
	} {
		if !strings.Contains(b.messages(), want) {
			t.Errorf("no event %q", want)
		}
	}
	d := b.wantStatus("failed", "ROLLBACK_IN_PROGRESS")
	if !strings.HasSuffix(*d.Rollback.ServiceRevisionArn, strings.TrimPrefix(good, "ecs-svc")) || d.DeploymentCircuitBreaker.Status != "TRIGGERED" ||
		d.DeploymentCircuitBreaker.Threshold != 3 || d.DeploymentCircuitBreaker.FailureCount != 3 {
		t.Errorf("%+v %+v", d.Rollback, d.DeploymentCircuitBreaker)
	}
	b.pass(taking / 2)
	b.wantTold("back", "PRIMARY :1 COMPLETED 2 0 0")
	d = b.wantStatus("back", "ROLLBACK_SUCCESSFUL")
	if *d.StatusReason != "Service deployment rolled back because the circuit breaker threshold was exceeded." || d.FinishedAt == nil {
		t.Errorf("%+v", d)
	}
	revision := must(b.DescribeServiceRevisions(t.Context(), &sdk.DescribeServiceRevisionsInput{
		ServiceRevisionArns: []string{*d.TargetServiceRevision.Arn},
	}))(t).ServiceRevisions[0]
	if *revision.TaskDefinition != arnOfApp+":2" {
		t.Errorf("the failed service revision is of %s", *revision.TaskDefinition)
	}
}

func TestACircuitBreakerWithoutRollbackLeavesTheOldTasks(t *testing.T) {
	b := deploying(t, ecs.Options{}, breaker(false))
	b.update("app:2")
	b.pass(taking / 2)
	b.fail()
	for range 2 {
		b.wantTold("failed", "PRIMARY :2 FAILED 0 0 3", "ACTIVE :1 COMPLETED 2 0 0")
		if d := b.wantStatus("failed", "STOPPED"); d.StoppedAt == nil || d.Rollback != nil {
			t.Errorf("%+v", d)
		}
		b.pass(time.Hour)
	}
	if got := *b.web().Deployments[0].RolloutStateReason; got != "ECS deployment circuit breaker: tasks failed to start." {
		t.Errorf("reason %q", got)
	}
	b.update("app:1")
	b.pass(taking)
	b.wantTold("mended", "PRIMARY :1 COMPLETED 2 0 0")
}

func TestWithoutACircuitBreakerAFailingDeploymentGoesOnForGood(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.fail()
	b.pass(24 * time.Hour)
	b.wantTold("failing", "PRIMARY :2 IN_PROGRESS 0 0 3", "ACTIVE :1 COMPLETED 2 0 0")
	if d := b.wantStatus("failing", "IN_PROGRESS"); d.DeploymentCircuitBreaker.Status != "DISABLED" {
		t.Errorf("%+v", d.DeploymentCircuitBreaker)
	}
	if !strings.Contains(b.messages(), "(service web) is unable to consistently start tasks successfully.") {
		t.Errorf("events:\n%s", b.messages())
	}
	if err := b.service.CompleteDeployment(here, "web"); err != nil {
		t.Fatal(err)
	}
	b.wantTold("mended", "PRIMARY :2 COMPLETED 2 0 3")
}

func TestARollbackNeedsADeploymentThatOnceWentWell(t *testing.T) {
	b := start(t, ecs.Options{Deployment: taking})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("app"), DesiredCount: aws.Int32(2), DeploymentConfiguration: breaker(true),
	}))(t)
	b.fail()
	b.wantTold("failed", "PRIMARY :1 FAILED 0 0 3")
	if d := b.wantStatus("failed", "ROLLBACK_FAILED"); *d.StatusReason != "No rollback candidate was found to run the rollback." {
		t.Errorf("reason %q", *d.StatusReason)
	}
}

func TestARollbackCanFail(t *testing.T) {
	b := deploying(t, ecs.Options{}, breaker(true))
	b.update("app:2")
	b.fail()
	b.fail()
	b.wantStatus("failed twice", "ROLLBACK_FAILED")
	b.wantTold("failed twice", "PRIMARY :1 FAILED 2 0 0", "ACTIVE :2 FAILED 0 0 3")
	if err := b.service.FailDeployment(here, "web"); err == nil {
		t.Error("failed once more")
	}
}

func TestARoleThatECSMayNotAssumeFailsTheDeployment(t *testing.T) {
	role := "arn:aws:iam::111122223333:role/app"
	may := true
	b := deploying(t, ecs.Options{Assumable: func(string, string) bool { return may }, Retry: 10 * time.Second}, breaker(true))
	definition := minimal("app")
	definition["taskRoleArn"] = role
	b.mustRegister(definition)
	may = false
	b.update("app:3")
	b.pass(taking / 10)
	b.wantTold("first try", "PRIMARY :3 IN_PROGRESS 0 0 1", "ACTIVE :1 COMPLETED 2 0 0")
	if want := "(service web) failed to launch a task with (error ECS was unable to assume the role '" + role + "'"; !strings.Contains(b.messages(), want) {
		t.Errorf("events:\n%s", b.messages())
	}
	b.pass(10 * time.Second)
	b.wantTold("second try", "PRIMARY :3 IN_PROGRESS 0 0 2", "ACTIVE :1 COMPLETED 2 0 0")
	b.pass(10 * time.Second)
	b.wantTold("third try", "PRIMARY :1 IN_PROGRESS 2 0 0", "ACTIVE :3 FAILED 0 0 3")
	b.wantStatus("third try", "ROLLBACK_IN_PROGRESS")

	b.pass(taking)
	b.update("app:3")
	b.pass(taking / 10)
	b.web() // which is when it is first tried
	may = true
	b.wantTold("in time", "PRIMARY :3 IN_PROGRESS 0 2 1", "ACTIVE :1 COMPLETED 2 0 0")
	b.pass(taking)
	b.wantTold("over", "PRIMARY :3 COMPLETED 2 0 1")
}

func TestThresholdsAreWhatTheServiceSays(t *testing.T) {
	for name, c := range map[string]struct {
		desired int32
		given   *types.ThresholdConfiguration
		want    int32
	}{
		"few":       {1, nil, 3},
		"half":      {25, nil, 13},
		"many":      {1000, nil, 200},
		"count":     {1, &types.ThresholdConfiguration{Type: "COUNT", Value: 7}, 7},
		"unbounded": {1000, &types.ThresholdConfiguration{Type: "UNBOUNDED_PERCENT", Value: 30}, 300},
	} {
		t.Run(name, func(t *testing.T) {
			config := breaker(false)
			config.DeploymentCircuitBreaker.ThresholdConfiguration = c.given
			b := deploying(t, ecs.Options{}, config)
			must(b.UpdateService(t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), DesiredCount: &c.desired, ForceNewDeployment: true}))(t)
			if got := b.history()[0].DeploymentCircuitBreaker; got.Threshold != c.want || got.Status != "MONITORING" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAStoppedDeploymentIsRolledBack(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.pass(taking / 2)
	arn := b.history()[0].ServiceDeploymentArn
	stop := func() error {
		_, err := b.StopServiceDeployment(t.Context(), &sdk.StopServiceDeploymentInput{ServiceDeploymentArn: arn, StopType: "ROLLBACK"})
		return err
	}
	wantRefusal(t, stop(), "", "")
	b.wantStatus("asked", "ROLLBACK_REQUESTED")
	wantRefusal(t, stop(), "", "")
	b.pass(taking / 10)
	b.wantStatus("begun", "ROLLBACK_IN_PROGRESS")
	b.wantTold("begun", "PRIMARY :1 IN_PROGRESS 2 0 0", "ACTIVE :2 FAILED 2 0 0")
	b.pass(taking / 2)
	b.wantStatus("over", "ROLLBACK_SUCCESSFUL")
	b.wantTold("over", "PRIMARY :1 COMPLETED 2 0 0")
	wantRefusal(t, stop(), "ConflictException", "")
	arn = aws.String(*arn + "0")
	wantRefusal(t, stop(), "ServiceDeploymentNotFoundException", "")
}
