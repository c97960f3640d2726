package ecs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// here is the default cluster of the caller.
var here = ecs.Cluster{Account: pipeline.Account, Region: pipeline.Region}

const taking = 100 * time.Second

// deploying is a bench with two revisions of app and the service web, settled on the
// first with two tasks.
func deploying(t *testing.T, o ecs.Options, config *types.DeploymentConfiguration) *bench {
	t.Helper()
	o.Deployment = taking
	b := start(t, o)
	b.mustRegister(minimal("app"))
	b.mustRegister(minimal("app"))
	b.cluster("default")
	must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("app:1"), DesiredCount: aws.Int32(2),
		DeploymentConfiguration: config,
	}))(t)
	if err := b.service.CompleteDeployment(here, "web"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) pass(d time.Duration) { b.clock = b.clock.Add(d) }

func (b *bench) web() types.Service {
	b.t.Helper()
	return must(b.DescribeServices(b.t.Context(), &sdk.DescribeServicesInput{Services: []string{"web"}}))(b.t).Services[0]
}

func (b *bench) update(definition string) {
	b.t.Helper()
	must(b.UpdateService(b.t.Context(), &sdk.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: &definition}))(b.t)
}

// history are the service's deployments as ECS keeps them, the newest first.
func (b *bench) history() []types.ServiceDeployment {
	b.t.Helper()
	var arns []string
	for _, one := range must(b.ListServiceDeployments(b.t.Context(), &sdk.ListServiceDeploymentsInput{Service: aws.String("web")}))(b.t).ServiceDeployments {
		arns = append(arns, *one.ServiceDeploymentArn)
	}
	if len(arns) == 0 {
		return nil
	}
	return must(b.DescribeServiceDeployments(b.t.Context(), &sdk.DescribeServiceDeploymentsInput{ServiceDeploymentArns: arns}))(b.t).ServiceDeployments
}

// told is what the service shows of a deployment, in a line.
func told(s types.Service) (out []string) {
	for _, d := range s.Deployments {
		out = append(out, fmt.Sprintf("%s %s %s %d %d %d", *d.Status, strings.TrimPrefix(*d.TaskDefinition, arnOfApp),
			d.RolloutState, d.RunningCount, d.PendingCount, d.FailedTasks))
	}
	return out
}

func (b *bench) wantTold(when string, want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, told(b.web())); diff != "" {
		b.t.Errorf("%s (status, revision, state, running, pending, failed):\n%s", when, diff)
	}
}

func (b *bench) wantStatus(when string, want types.ServiceDeploymentStatus) types.ServiceDeployment {
	b.t.Helper()
	newest := b.history()[0]
	if newest.Status != want {
		b.t.Errorf("%s: the service deployment is %s, want %s", when, newest.Status, want)
	}
	return newest
}

// messages are the service's events, the oldest first, without what is made up.
func (b *bench) messages() string {
	b.t.Helper()
	var out []string
	for _, e := range b.web().Events {
		out = append([]string{*e.Message}, out...)
	}
	return strings.Join(out, "\n")
}

func TestADeploymentTakesItsTimeAndReplacesTasksAtItsEnd(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.wantTold("before", "PRIMARY :1 COMPLETED 2 0 0")
	b.update("app:2")
	b.wantTold("at once", "PRIMARY :2 IN_PROGRESS 0 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.wantStatus("at once", "PENDING")
	b.pass(taking / 10)
	b.wantTold("begun", "PRIMARY :2 IN_PROGRESS 0 2 0", "ACTIVE :1 COMPLETED 2 0 0")
	b.wantStatus("begun", "IN_PROGRESS")
	b.pass(taking / 2)
	b.wantTold("half way", "PRIMARY :2 IN_PROGRESS 2 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	if s := b.web(); s.RunningCount != 4 || *s.TaskDefinition != arnOfApp+":2" || s.CurrentServiceDeployment == nil {
		t.Errorf("half way: %d tasks on %s", s.RunningCount, *s.TaskDefinition)
	}
	b.pass(taking / 2)
	b.wantTold("over", "PRIMARY :2 COMPLETED 2 0 0")
	d := b.wantStatus("over", "SUCCESSFUL")
	if took := d.FinishedAt.Sub(*d.CreatedAt); took != taking {
		t.Errorf("took %s", took)
	}
	if diff := cmp.Diff(map[string]int{arnOfApp + ":2": 2}, b.running()); diff != "" {
		t.Error(diff)
	}
	if got := b.messages(); !strings.HasSuffix(got, "deployment completed.\n(service web) has reached a steady state.") {
		t.Errorf("events:\n%s", got)
	}
}

func TestAServiceDeploymentNamesTheRevisionsThatItGoesFromAndTo(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.pass(taking)
	d := b.history()[0]
	out := must(b.DescribeServiceRevisions(t.Context(), &sdk.DescribeServiceRevisionsInput{
		ServiceRevisionArns: []string{*d.SourceServiceRevisions[0].Arn, *d.TargetServiceRevision.Arn, *d.TargetServiceRevision.Arn + "0"},
	}))(t)
	if len(out.ServiceRevisions) != 2 || *out.ServiceRevisions[0].TaskDefinition != arnOfApp+":1" || *out.ServiceRevisions[1].TaskDefinition != arnOfApp+":2" {
		t.Errorf("revisions %+v", out.ServiceRevisions)
	}
	if len(out.Failures) != 1 || *out.Failures[0].Reason != "MISSING" {
		t.Errorf("failures %v", out.Failures)
	}
	if got := *out.ServiceRevisions[0].ContainerImages[0].Image; got != "busybox" {
		t.Errorf("image %s", got)
	}
	if want := "arn:aws:ecs:us-west-2:111122223333:service-revision/default/web/"; !strings.HasPrefix(*d.TargetServiceRevision.Arn, want) {
		t.Errorf("ARN %s", *d.TargetServiceRevision.Arn)
	}
	number := strings.TrimPrefix(*b.web().Deployments[0].Id, "ecs-svc/")
	if !strings.HasSuffix(*d.TargetServiceRevision.Arn, "/"+number) {
		t.Errorf("deployment %s has the service revision %s", number, *d.TargetServiceRevision.Arn)
	}
}

func TestServiceDeploymentsAreListedTheNewestFirstByPageStatusAndTime(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	between := b.clock.Add(time.Second)
	b.pass(2 * time.Second)
	for _, revision := range []string{"app:2", "app:1", "app:2"} {
		b.update(revision)
	}
	list := func(in sdk.ListServiceDeploymentsInput) (statuses []types.ServiceDeploymentStatus) {
		t.Helper()
		in.Service, in.MaxResults = aws.String("web"), aws.Int32(2)
		for {
			out := must(b.ListServiceDeployments(t.Context(), &in))(t)
			for _, d := range out.ServiceDeployments {
				statuses = append(statuses, d.Status)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return statuses
			}
		}
	}
	stopped, pending, good := types.ServiceDeploymentStatusStopped, types.ServiceDeploymentStatusPending, types.ServiceDeploymentStatusSuccessful
	for name, c := range map[string]struct {
		in   sdk.ListServiceDeploymentsInput
		want []types.ServiceDeploymentStatus
	}{
		"all":       {sdk.ListServiceDeploymentsInput{}, []types.ServiceDeploymentStatus{pending, stopped, stopped, good}},
		"by status": {sdk.ListServiceDeploymentsInput{Status: []types.ServiceDeploymentStatus{stopped}}, []types.ServiceDeploymentStatus{stopped, stopped}},
		"before":    {sdk.ListServiceDeploymentsInput{CreatedAt: &types.CreatedAt{Before: &between}}, []types.ServiceDeploymentStatus{good}},
		"after":     {sdk.ListServiceDeploymentsInput{CreatedAt: &types.CreatedAt{After: &between}}, []types.ServiceDeploymentStatus{pending, stopped, stopped}},
	} {
		if diff := cmp.Diff(c.want, list(c.in)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	_, err := b.ListServiceDeployments(t.Context(), &sdk.ListServiceDeploymentsInput{Service: aws.String("none")})
	wantRefusal(t, err, "ServiceNotFoundException", "Service not found.")
	_, err = b.DescribeServiceDeployments(t.Context(), &sdk.DescribeServiceDeploymentsInput{ServiceDeploymentArns: make([]string, 21)})
	wantRefusal(t, err, "InvalidParameterException", "")
}

func TestANewDeploymentStopsTheOneUnderWay(t *testing.T) {
	b := deploying(t, ecs.Options{}, nil)
	b.update("app:2")
	b.pass(taking / 2)
	b.update("app:1")
	b.wantTold("superseded", "PRIMARY :1 IN_PROGRESS 0 0 0", "ACTIVE :2 IN_PROGRESS 2 0 0", "ACTIVE :1 COMPLETED 2 0 0")
	if h := b.history(); h[1].Status != "STOPPED" || h[1].StoppedAt == nil || len(h[0].SourceServiceRevisions) != 2 {
		t.Errorf("%s, and from %v", h[1].Status, h[0].SourceServiceRevisions)
	}
	b.pass(taking)
	b.wantTold("over", "PRIMARY :1 COMPLETED 2 0 0")
}
