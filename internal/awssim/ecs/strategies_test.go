package ecs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// stages drives the service's deployment to its end and tells each of its stages,
// with the percent of production and test traffic that the target has there.
func (b *bench) stages() (out []string) {
	b.t.Helper()
	for {
		stage, err := b.service.StepDeployment(here, "web")
		if err != nil {
			b.t.Fatal(err)
		}
		d := b.history()[0]
		if d.Status == types.ServiceDeploymentStatusSuccessful {
			return out
		}
		if string(d.LifecycleStage) != stage {
			b.t.Errorf("%s is told as %q", stage, d.LifecycleStage)
		}
		target, source := d.TargetServiceRevision, d.SourceServiceRevisions[0]
		if sum := *target.RequestedProductionTrafficWeight + *source.RequestedProductionTrafficWeight; sum != 100 {
			b.t.Errorf("%s: %f of the traffic", stage, sum)
		}
		out = append(out, fmt.Sprintf("%s %.0f %.0f", stage, *target.RequestedProductionTrafficWeight, *target.RequestedTestTrafficWeight))
	}
}

func TestStrategiesGoThroughTheirStages(t *testing.T) {
	before := []string{
		"RECONCILE_SERVICE 0 0", "PRE_SCALE_UP 0 0", "SCALE_UP 0 0", "POST_SCALE_UP 0 0",
		"TEST_TRAFFIC_SHIFT 0 100", "POST_TEST_TRAFFIC_SHIFT 0 100",
	}
	after := []string{"POST_PRODUCTION_TRAFFIC_SHIFT 100 100", "BAKE_TIME 100 100", "CLEAN_UP 100 100"}
	const shift = "PRODUCTION_TRAFFIC_SHIFT "
	for name, c := range map[string]struct {
		config types.DeploymentConfiguration
		shifts []string
		bakes  time.Duration
	}{
		"blue/green": {
			types.DeploymentConfiguration{Strategy: "BLUE_GREEN", BakeTimeInMinutes: aws.Int32(15)},
			[]string{shift + "100 100"}, 15 * time.Minute,
		},
		"linear": {
			types.DeploymentConfiguration{
				Strategy: "LINEAR", BakeTimeInMinutes: aws.Int32(1),
				LinearConfiguration: &types.LinearConfiguration{StepPercent: aws.Float64(25), StepBakeTimeInMinutes: aws.Int32(2)},
			},
			[]string{shift + "25 100", shift + "50 100", shift + "75 100", shift + "100 100"}, 7 * time.Minute,
		},
		"canary": {
			types.DeploymentConfiguration{Strategy: "CANARY", BakeTimeInMinutes: aws.Int32(1)},
			[]string{shift + "5 100", shift + "100 100"}, 11 * time.Minute,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := deploying(t, ecs.Options{}, &c.config)
			b.update("app:2")
			if diff := cmp.Diff(append(append(append([]string{}, before...), c.shifts...), after...), b.stages()); diff != "" {
				t.Error(diff)
			}
			b.update("app:1")
			parts := taking / 10 * time.Duration(len(before)+len(c.shifts)+len(after))
			b.pass(parts + c.bakes - time.Second)
			b.wantStatus("almost over", "IN_PROGRESS")
			b.wantTold("almost over", "PRIMARY :1 IN_PROGRESS 2 0 0", "ACTIVE :2 COMPLETED 2 0 0")
			b.pass(time.Second)
			b.wantStatus("over", "SUCCESSFUL")
			b.wantTold("over", "PRIMARY :1 COMPLETED 2 0 0")
		})
	}
}

func TestBothColoursRunUntilTheBakeIsOver(t *testing.T) {
	b := deploying(t, ecs.Options{}, &types.DeploymentConfiguration{Strategy: "BLUE_GREEN", BakeTimeInMinutes: aws.Int32(60)})
	b.update("app:2")
	b.pass(taking)
	if d := b.history()[0]; d.LifecycleStage != "BAKE_TIME" {
		t.Errorf("in stage %s", d.LifecycleStage)
	}
	if diff := cmp.Diff(map[string]int{arnOfApp + ":1": 2, arnOfApp + ":2": 2}, b.running()); diff != "" {
		t.Error(diff)
	}
	b.pass(time.Hour + taking)
	if diff := cmp.Diff(map[string]int{arnOfApp + ":2": 2}, b.running()); diff != "" {
		t.Error(diff)
	}
}

func TestDeploymentSettingsThatDoNotGoTogetherAreRefused(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	codeDeploy := &types.DeploymentController{Type: "CODE_DEPLOY"}
	for name, c := range map[string]struct {
		config     types.DeploymentConfiguration
		controller *types.DeploymentController
	}{
		"unknown strategy":       {types.DeploymentConfiguration{Strategy: "RED_BLACK"}, nil},
		"blue/green, no bake":    {types.DeploymentConfiguration{Strategy: "BLUE_GREEN"}, nil},
		"bakes too long":         {types.DeploymentConfiguration{Strategy: "BLUE_GREEN", BakeTimeInMinutes: aws.Int32(1441)}, nil},
		"linear for rolling":     {types.DeploymentConfiguration{LinearConfiguration: &types.LinearConfiguration{}}, nil},
		"canary for linear":      {types.DeploymentConfiguration{Strategy: "LINEAR", CanaryConfiguration: &types.CanaryConfiguration{}}, nil},
		"linear, steps too wide": {types.DeploymentConfiguration{Strategy: "LINEAR", LinearConfiguration: &types.LinearConfiguration{StepPercent: aws.Float64(101)}}, nil},
		"canary of nothing":      {types.DeploymentConfiguration{Strategy: "CANARY", CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: aws.Float64(0)}}, nil},
		"CodeDeploy, strategy":   {types.DeploymentConfiguration{Strategy: "CANARY"}, codeDeploy},
		"CodeDeploy, breaker":    {*breaker(true), codeDeploy},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateService(t.Context(), &sdk.CreateServiceInput{
				ServiceName: aws.String("web"), TaskDefinition: aws.String("app"), DeploymentConfiguration: &c.config, DeploymentController: c.controller,
			})
			wantRefusal(t, err, "InvalidParameterException", "")
		})
	}
}
