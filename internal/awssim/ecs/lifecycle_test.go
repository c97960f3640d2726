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

const arnOfApp = "arn:aws:ecs:us-west-2:111122223333:task-definition/app"

func (b *bench) deregister(names ...string) {
	b.t.Helper()
	for _, name := range names {
		must(b.DeregisterTaskDefinition(b.t.Context(), &sdk.DeregisterTaskDefinitionInput{TaskDefinition: &name}))(b.t)
	}
}

func (b *bench) lookUp(name string) (*types.TaskDefinition, error) {
	out, err := b.DescribeTaskDefinition(b.t.Context(), &sdk.DescribeTaskDefinitionInput{TaskDefinition: &name})
	if err != nil {
		return nil, err
	}
	return out.TaskDefinition, nil
}

func TestABareFamilyIsItsNewestActiveRevision(t *testing.T) {
	b := start(t, ecs.Options{})
	for range 3 {
		b.mustRegister(minimal("app"))
	}
	b.deregister("app:3")
	for name, want := range map[string]int32{"app": 2, "app:1": 1, "app:3": 3, arnOfApp: 2, arnOfApp + ":3": 3} {
		if got := must(b.lookUp(name))(t); got.Revision != want {
			t.Errorf("%s is revision %d, want %d", name, got.Revision, want)
		}
	}
	b.deregister("app:1", "app:2")
	_, err := b.lookUp("app")
	wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
}

func TestAnUnknownTaskDefinitionCannotBeDescribed(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	for _, name := range []string{"other", "app:2", "other:1", "arn:aws:ecs:us-east-1:111122223333:task-definition/app:1", "ap"} {
		_, err := b.lookUp(name)
		wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
	}
	_, err := b.lookUp("app:one")
	wantRefusal(t, err, "InvalidParameterException", "Invalid revision number. Number: one")
	_, err = b.lookUp("")
	wantRefusal(t, err, "ClientException", "TaskDefinition can not be blank.")
}

func TestDeregisteringMakesARevisionInactiveAndKeepsItReadable(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.clock = b.clock.Add(time.Hour)
	b.deregister("app:1")
	at := b.clock
	b.clock = b.clock.Add(time.Hour)
	b.deregister("app:1") // again changes nothing
	got := must(b.lookUp("app:1"))(t)
	if got.Status != types.TaskDefinitionStatusInactive || !got.DeregisteredAt.Equal(at) {
		t.Errorf("%s since %v", got.Status, got.DeregisteredAt)
	}
	for name, want := range map[string]string{"app": "Revision is missing.", "app:2": "Unable to describe task definition."} {
		_, err := b.DeregisterTaskDefinition(t.Context(), &sdk.DeregisterTaskDefinitionInput{TaskDefinition: &name})
		wantRefusal(t, err, "ClientException", want)
	}
}

func TestOnlyWhatIsInactiveIsDeletedAndOnlyWhenNothingUsesIt(t *testing.T) {
	b := start(t, ecs.Options{})
	for range 3 {
		b.mustRegister(minimal("app"))
	}
	b.cluster("default")
	b.createService("default", "web", "app:2")
	b.deregister("app:1", "app:2")
	out := must(b.DeleteTaskDefinitions(t.Context(), &sdk.DeleteTaskDefinitionsInput{
		TaskDefinitions: []string{"app:1", "app:2", "app:3", "app:4", "app"},
	}))(t)
	if len(out.TaskDefinitions) != 2 || out.TaskDefinitions[0].Status != types.TaskDefinitionStatusDeleteInProgress {
		t.Errorf("deleted %v", out.TaskDefinitions)
	}
	var reasons []string
	for _, f := range out.Failures {
		reasons = append(reasons, *f.Arn+" "+*f.Reason)
	}
	if diff := cmp.Diff([]string{
		"app:3 The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
		"app:4 The specified task definition does not exist. Specify a valid account, family, revision and try again.",
		"app The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
	}, reasons); diff != "" {
		t.Error(diff)
	}

	must(b.lookUp("app:1"))(t) // still in progress
	b.clock = b.clock.Add(2 * time.Hour)
	_, err := b.lookUp("app:1")
	wantRefusal(t, err, "ClientException", "Unable to describe task definition.")
	must(b.lookUp("app:2"))(t) // its service holds it up

	_, err = b.DeregisterTaskDefinition(t.Context(), &sdk.DeregisterTaskDefinitionInput{TaskDefinition: aws.String("app:2")})
	wantRefusal(t, err, "ClientException", "The task definition could not be deregistered because it is in the process of being deleted.")
	must(b.DeleteService(t.Context(), &sdk.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}))(t)
	b.clock = b.clock.Add(2 * time.Hour)
	_, err = b.lookUp("app:2")
	wantRefusal(t, err, "ClientException", "Unable to describe task definition.")

	for _, names := range [][]string{{}, make([]string, 11)} {
		_, err = b.DeleteTaskDefinitions(t.Context(), &sdk.DeleteTaskDefinitionsInput{TaskDefinitions: names})
		wantRefusal(t, err, "InvalidParameterException", "")
	}
}

func TestTagsComeOnlyWhenAskedAndBesideTheDefinition(t *testing.T) {
	b := start(t, ecs.Options{})
	d := minimal("app")
	oneTag("team", "shop")(d)
	b.mustRegister(d)
	if got := b.describe("app")["tags"]; !cmp.Equal(got, []any{object{"key": "team", "value": "shop"}}) {
		t.Errorf("tags %v", got)
	}
	out := must(b.DescribeTaskDefinition(t.Context(), &sdk.DescribeTaskDefinitionInput{TaskDefinition: aws.String("app")}))(t)
	if out.Tags != nil {
		t.Errorf("unasked: %v", out.Tags)
	}
	b.mustRegister(minimal("bare"))
	if got := b.describe("bare")["tags"]; !cmp.Equal(got, []any{}) {
		t.Errorf("no tags are %v, want an empty list", got)
	}
}
