package hosts

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

func TestAFamilyIsReadFromItsRevisionAndWhatRuns(t *testing.T) {
	var registration map[string]json.RawMessage
	text := `{"networkMode":"bridge","requiresCompatibilities":["EC2"],"runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},
		"containerDefinitions":[{"portMappings":[{"hostPort":80},{"hostPort":0},{"containerPort":81}]},{"name":"b"}],
		"volumes":[{"name":"x"},{"efsVolumeConfiguration":{"authorizationConfig":{"iam":"ENABLED"}}}],"youngerThanThis":{"a":1}}`
	if err := json.Unmarshal([]byte(text), &registration); err != nil {
		t.Fatal(err)
	}
	revision := model.Revision{
		Registration: registration, Compatibilities: []string{"EC2", "EXTERNAL"}, Attributes: []string{"com.amazonaws.ecs.capability.task-iam-role", "stack=prod"},
	}
	use := model.Use{
		Services: []model.Service{
			{Cluster: "blue", Name: "a", Launch: "EC2", Exec: true}, {Cluster: "blue", Name: "b", Launch: "EC2"}, {Cluster: "green", Name: "c", Providers: []string{"FARGATE"}},
		},
		Tasks: []model.Task{{Cluster: "red", Launch: "EC2", Provider: "asg"}},
	}
	want := Family{
		Compatibilities: []Launch{EC2, External}, Requires: []Launch{EC2}, NetworkMode: Bridge, HostPorts: []int32{80},
		RequiresAttributes: []Attribute{{Name: "com.amazonaws.ecs.capability.task-iam-role"}, {Name: "stack", Value: "prod"}},
		OSFamily:           "LINUX", Architecture: "ARM64", EFSAuthorization: true, ExecuteCommand: true,
		Uses: []Use{{Cluster: "blue", Launch: EC2}, {Cluster: "green", Providers: []string{"FARGATE"}}, {Cluster: "red", Launch: EC2, Providers: []string{"asg"}}},
	}
	if diff := cmp.Diff(want, FamilyOf(revision, use, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestAFamilyIsOnHostsWhereItRunsOrElseMayRun(t *testing.T) {
	managed := []Cluster{{Name: "shop", ManagedProviders: []string{"kept"}}}
	for name, c := range map[string]struct {
		family Family
		want   bool
	}{
		"fit for Fargate alone":            {Family{Compatibilities: []Launch{Fargate}}, false},
		"fit for EC2":                      {Family{Compatibilities: []Launch{EC2, Fargate}}, true},
		"fit for EC2, meant for Fargate":   {Family{Compatibilities: []Launch{EC2, Fargate}, Requires: []Launch{Fargate}}, false},
		"fit for EC2, runs on Fargate":     {Family{Compatibilities: []Launch{EC2}, Uses: []Use{{Cluster: "shop", Launch: Fargate}}}, false},
		"runs outside":                     {Family{Uses: []Use{{Cluster: "shop", Launch: External}}}, true},
		"runs on managed instances":        {Family{Uses: []Use{{Cluster: "shop", Providers: []string{"kept"}}}}, false},
		"runs on an Auto Scaling group":    {Family{Uses: []Use{{Cluster: "shop", Providers: []string{"asg"}}}}, true},
		"runs where nobody looked, on EC2": {Family{Uses: []Use{{Cluster: "other", Launch: EC2}}}, true},
	} {
		if got := c.family.OnHosts(managed); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
