package ecs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// rich uses much of what a definition can say, among it what no SDK knows.
const rich = `{
  "family": "orders-api",
  "taskRoleArn": "arn:aws:iam::111122223333:role/team/orders",
  "executionRoleArn": "arn:aws:iam::111122223333:role/execution",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "1 vCPU",
  "memory": "2 GB",
  "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
  "ephemeralStorage": {"sizeInGiB": 30},
  "fromTheFuture": {"a": [1, 2.50, "<&>"], "b": 12345678901234567890},
  "volumes": [
    {"name": "scratch"},
    {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED",
      "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"}}}
  ],
  "containerDefinitions": [
    {"name": "app", "image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/orders:7",
     "portMappings": [{"containerPort": 8080}],
     "environment": [{"name": "MODE", "value": "a<b"}],
     "secrets": [{"name": "DB", "valueFrom": "arn:aws:secretsmanager:us-west-2:111122223333:secret:db"}],
     "mountPoints": [{"sourceVolume": "shared", "containerPath": "/data"}],
     "dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}],
     "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "orders", "awslogs-region": "us-west-2"}},
     "dockerLabels": {"anything": "goes"},
     "futureSwitch": true},
    {"name": "proxy", "image": "envoy", "cpu": 64, "essential": false,
     "healthCheck": {"command": ["CMD-SHELL", "true"]}}
  ],
  "tags": [{"key": "team", "value": "shop"}]
}`

func definitionOf(t *testing.T, answer object) object {
	t.Helper()
	d, ok := answer["taskDefinition"].(object)
	if !ok {
		t.Fatalf("no taskDefinition in %v", answer)
	}
	return d
}

var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

func TestARegistrationKeepsEveryMemberAndAddsWhatAWSAdds(t *testing.T) {
	b := start(t, ecs.Options{})
	b.strange = []string{"fromTheFuture", "futureSwitch"}
	registered := b.mustRegister(parse(t, []byte(rich)))
	if diff := cmp.Diff(registered, b.describe("orders-api")); diff != "" {
		t.Errorf("described otherwise than registered:\n%s", diff)
	}
	text := must(b.service.Do(pipeline, "DescribeTaskDefinition", []byte(`{"taskDefinition": "orders-api"}`)))(t)
	for _, digitForDigit := range []string{`[1,2.50,"<&>"]`, `12345678901234567890`} {
		if !strings.Contains(string(text), digitForDigit) {
			t.Errorf("%s did not stay as it was: %s", digitForDigit, text)
		}
	}

	want := parse(t, []byte(rich))
	app, proxy := want["containerDefinitions"].([]any)[0].(object), want["containerDefinitions"].([]any)[1].(object)
	maps.Copy(app, object{"cpu": json.Number("0"), "essential": true, "volumesFrom": []any{}, "systemControls": []any{}})
	app["portMappings"] = []any{object{"containerPort": json.Number("8080"), "hostPort": json.Number("8080"), "protocol": "tcp"}}
	for _, list := range []string{"environment", "mountPoints", "portMappings", "systemControls", "volumesFrom"} {
		if proxy[list] == nil {
			proxy[list] = []any{}
		}
	}
	maps.Copy(proxy["healthCheck"].(object), object{
		"interval": json.Number("30"), "timeout": json.Number("5"), "retries": json.Number("3"),
	})
	want["volumes"].([]any)[0].(object)["host"] = object{}
	maps.Copy(want, object{
		"cpu": "1024", "memory": "2048", "placementConstraints": []any{},
		"taskDefinitionArn": "arn:aws:ecs:us-west-2:111122223333:task-definition/orders-api:1",
		"revision":          json.Number("1"), "status": "ACTIVE",
		"registeredAt": json.Number("1772366400.123"), "registeredBy": pipeline.ARN,
		"compatibilities": []any{"EC2", "FARGATE"},
	})
	got := definitionOf(t, registered)
	for _, attribute := range []string{
		"com.amazonaws.ecs.capability.task-iam-role", "ecs.capability.task-eni", "ecs.capability.efs", "ecs.capability.efsAuth",
		"com.amazonaws.ecs.capability.ecr-auth", "ecs.capability.execution-role-ecr-pull", "ecs.capability.execution-role-awslogs",
		"com.amazonaws.ecs.capability.logging-driver.awslogs", "ecs.capability.container-health-check",
		"ecs.capability.container-ordering", "ecs.capability.secrets.asm.environment-variables",
	} {
		if !slices.ContainsFunc(got["requiresAttributes"].([]any), func(a any) bool { return a.(object)["name"] == attribute }) {
			t.Errorf("does not require %s", attribute)
		}
	}
	delete(got, "requiresAttributes")
	if diff := cmp.Diff(want["tags"], registered["tags"]); diff != "" {
		t.Errorf("tags stand beside the definition:\n%s", diff)
	}
	delete(want, "tags")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasDescribedRegistersTheSameAgain(t *testing.T) {
	b := start(t, ecs.Options{})
	b.strange = []string{"fromTheFuture", "futureSwitch"}
	b.mustRegister(parse(t, []byte(rich)))
	first := definitionOf(t, b.describe("orders-api:1"))
	again := maps.Clone(first)
	for _, member := range outputOnly {
		delete(again, member)
	}
	second := definitionOf(t, b.mustRegister(again))
	for _, member := range []string{"revision", "taskDefinitionArn"} {
		delete(first, member)
		delete(second, member)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

func TestTheSDKReadsWhatARegistrationAnswers(t *testing.T) {
	b := start(t, ecs.Options{})
	b.strange = []string{"fromTheFuture", "futureSwitch"}
	b.mustRegister(parse(t, []byte(rich)))
	out := must(b.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{TaskDefinition: aws.String("orders-api")}))(t)
	td := out.TaskDefinition
	if len(out.Tags) != 0 {
		t.Errorf("tags %v although nobody asked for them", out.Tags)
	}
	if !td.RegisteredAt.Equal(b.clock) || *td.RegisteredBy != pipeline.ARN || td.Revision != 1 || td.Status != types.TaskDefinitionStatusActive {
		t.Errorf("registered at %v by %v as %d, %s", td.RegisteredAt, *td.RegisteredBy, td.Revision, td.Status)
	}
}

func TestWhatOnlyAWSWritesIsIgnoredInARequest(t *testing.T) {
	b := start(t, ecs.Options{NoRegisteredBy: true})
	forged := minimal("app")
	maps.Copy(forged, object{
		"revision": 99, "status": "INACTIVE", "taskDefinitionArn": "arn:aws:ecs:us-west-2:111122223333:task-definition/other:1",
		"registeredBy": "arn:aws:iam::111122223333:user/somebody-else", "registeredAt": 1, "deregisteredAt": 2,
		"deleteRequestedAt": 3, "compatibilities": []string{"FARGATE"}, "requiresAttributes": []any{object{"name": "x"}},
	})
	got := definitionOf(t, b.mustRegister(forged))
	honest := definitionOf(t, b.mustRegister(minimal("app")))
	for _, member := range []string{"revision", "taskDefinitionArn"} {
		delete(got, member)
		delete(honest, member)
	}
	if diff := cmp.Diff(honest, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmulatorLeavesOutWhoRegisteredAndWhatItDoesNotKnow(t *testing.T) {
	b := start(t, ecs.Options{NoRegisteredBy: true, DropUnknown: true})
	got := definitionOf(t, b.mustRegister(parse(t, []byte(rich))))
	for _, member := range []string{"registeredBy", "fromTheFuture"} {
		if got[member] != nil {
			t.Errorf("%s = %v", member, got[member])
		}
	}
	if v := got["containerDefinitions"].([]any)[0].(object)["futureSwitch"]; v != nil {
		t.Errorf("futureSwitch = %v", v)
	}
}

func TestTheHostPortOfBridgeModeIsDynamic(t *testing.T) {
	for mode, want := range map[string]string{"": "0", "bridge": "0", "host": "80", "awsvpc": "80"} {
		b := start(t, ecs.Options{})
		d := minimal("app")
		d["containerDefinitions"].([]any)[0].(object)["portMappings"] = []any{object{"containerPort": 80}}
		if mode != "" {
			d["networkMode"] = mode
		}
		got := definitionOf(t, b.mustRegister(d))
		port := got["containerDefinitions"].([]any)[0].(object)["portMappings"].([]any)[0].(object)["hostPort"]
		if port != json.Number(want) {
			t.Errorf("mode %q: host port %v, want %s", mode, port, want)
		}
		if given, ok := got["networkMode"]; ok != (mode != "") {
			t.Errorf("mode %q: networkMode %v", mode, given)
		}
	}
}

func TestARevisionNumberIsNeverGivenTwice(t *testing.T) {
	b := start(t, ecs.Options{})
	numbers := func() (out []string) {
		for range 3 {
			out = append(out, fmt.Sprint(definitionOf(t, b.mustRegister(minimal("app")))["revision"]))
		}
		return out
	}
	got := numbers()
	for _, n := range got {
		name := aws.String("app:" + n)
		must(b.DeregisterTaskDefinition(t.Context(), &sdk.DeregisterTaskDefinitionInput{TaskDefinition: name}))(t)
		must(b.DeleteTaskDefinitions(t.Context(), &sdk.DeleteTaskDefinitionsInput{TaskDefinitions: []string{*name}}))(t)
	}
	b.clock = b.clock.Add(24 * time.Hour)
	if families := must(b.ListTaskDefinitionFamilies(t.Context(), &sdk.ListTaskDefinitionFamiliesInput{}))(t); len(families.Families) != 0 {
		t.Errorf("a family whose revisions are all deleted is still listed: %v", families.Families)
	}
	got = append(got, numbers()...)
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5", "6"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRegistrationsAtTheSameTimeAllGetNumbers(t *testing.T) {
	b := start(t, ecs.Options{})
	const callers = 20
	var mu sync.Mutex
	images := map[string]string{} // by number, as it was answered
	var running sync.WaitGroup
	for i := range callers {
		running.Go(func() {
			d := minimal("app")
			d["containerDefinitions"].([]any)[0].(object)["image"] = fmt.Sprintf("image-%d", i)
			answer, err := b.register(d)
			if err != nil {
				t.Error(err)
				return
			}
			got := answer["taskDefinition"].(object)
			mu.Lock()
			defer mu.Unlock()
			images[fmt.Sprint(got["revision"])] = fmt.Sprintf("image-%d", i)
		})
	}
	running.Wait()
	if len(images) != callers {
		t.Fatalf("%d numbers for %d registrations", len(images), callers)
	}
	for n, image := range images {
		c := definitionOf(t, b.describe("app:"+n))["containerDefinitions"].([]any)[0].(object)
		if c["image"] != image {
			t.Errorf("revision %s holds %v, registered %s", n, c["image"], image)
		}
	}
}

func TestConcurrentRegistrationsFailOnDemandAndTakeNoNumber(t *testing.T) {
	b := start(t, ecs.Options{})
	b.service.FailNextRegistrations(2)
	if _, err := b.register(object{"family": "app"}); err == nil {
		t.Error("a malformed registration is accepted")
	}
	for range 2 {
		_, err := b.register(minimal("app"))
		wantRefusal(t, err, "ClientException", "Too many concurrent attempts to create a new revision of the specified family.")
	}
	if got := definitionOf(t, b.mustRegister(minimal("app")))["revision"]; got != json.Number("1") {
		t.Errorf("revision %v", got)
	}
}

func TestRegistrationIsThrottledAsAWSDoes(t *testing.T) {
	b := start(t, ecs.Options{Throttle: true})
	for range 20 {
		b.mustRegister(minimal("app"))
	}
	_, err := b.register(minimal("app"))
	wantRefusal(t, err, "ThrottlingException", "Rate exceeded")
	elsewhere := pipeline
	elsewhere.Region = "eu-west-1"
	must(b.as(elsewhere).RegisterTaskDefinition(t.Context(), &sdk.RegisterTaskDefinitionInput{
		Family:               aws.String("app"),
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("busybox"), Memory: aws.Int32(64)}},
	}))(t)
	b.clock = b.clock.Add(time.Second)
	b.mustRegister(minimal("app"))
	if _, err := b.register(minimal("app")); err == nil {
		t.Error("two more within a second")
	}
}

func TestAccountsAndRegionsShareNothing(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	account, region := pipeline, pipeline
	account.Account, account.ARN = "444455556666", strings.ReplaceAll(pipeline.ARN, pipeline.Account, "444455556666")
	region.Region = "eu-west-1"
	for _, other := range []*sdk.Client{b.as(account), b.as(region)} {
		_, err := other.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{TaskDefinition: aws.String("app")})
		wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
		_, err = other.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{
			TaskDefinition: aws.String("arn:aws:ecs:us-west-2:111122223333:task-definition/app:1"),
		})
		wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
	}
}

func TestARequestOutOfShapeIsRefused(t *testing.T) {
	b := start(t, ecs.Options{})
	for name, edit := range map[string]func(object){
		"number for a string":  func(d object) { d["cpu"] = 256 },
		"string for a number":  func(d object) { d["containerDefinitions"].([]any)[0].(object)["memory"] = "64" },
		"string for a boolean": func(d object) { d["containerDefinitions"].([]any)[0].(object)["essential"] = "true" },
		"fraction":             func(d object) { d["containerDefinitions"].([]any)[0].(object)["memory"] = 1.5 },
		"object for a list":    func(d object) { d["volumes"] = object{} },
		"list for a string":    func(d object) { d["networkMode"] = []any{"host"} },
	} {
		t.Run(name, func(t *testing.T) {
			d := minimal("app")
			edit(d)
			_, err := b.register(d)
			wantRefusal(t, err, "SerializationException", "")
		})
	}
	d := minimal("app")
	d["networkMode"], d["volumes"] = nil, nil // null is absence
	b.mustRegister(d)
}
