package survey

import (
	"net/http"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	simecs "github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

var all = Selection{All: true}

func TestASurveyTellsWhatRunsOfEachFamily(t *testing.T) {
	b := start(t, awssim.Options{PageSize: 2})
	exec := &types.ExecuteCommandConfiguration{
		KmsKeyId: awssdk.String("alias/exec"), Logging: types.ExecuteCommandLoggingOverride,
		LogConfiguration: &types.ExecuteCommandLogConfiguration{CloudWatchLogGroupName: awssdk.String("/exec"), S3BucketName: awssdk.String("logs"), S3KeyPrefix: awssdk.String("exec")},
	}
	b.cluster("blue", func(in *ecs.CreateClusterInput) {
		in.Configuration = &types.ClusterConfiguration{ExecuteCommandConfiguration: exec}
	})
	b.cluster("green")
	b.cluster("empty")
	orders, other := b.family("orders"), b.family("other")
	for _, name := range []string{"c", "a", "b"} {
		b.service("blue", name, orders)
	}
	b.service("green", "web", other, func(in *ecs.CreateServiceInput) { in.EnableExecuteCommand = true })
	b.task("green", orders)

	s := b.read(all, nil)
	use := s.Family("orders")
	var names []string
	for _, one := range use.Services {
		names = append(names, one.String())
		if one.Definition != orders || one.Controller != "ECS" || one.Launch != "FARGATE" || one.OnHosts || one.Exec || one.Busy || one.Primary().State != "COMPLETED" {
			t.Errorf("%+v", one)
		}
	}
	if diff := cmp.Diff([]string{"service blue/a", "service blue/b", "service blue/c"}, names); diff != "" {
		t.Error(diff)
	}
	if len(use.Tasks) != 1 || use.Tasks[0].Cluster != "green" || use.Tasks[0].StartedBy != "events-rule/nightly" || use.Tasks[0].ByService {
		t.Errorf("%+v", use.Tasks)
	}
	want := map[string]model.ClusterExec{"blue": {KMSKeyID: "alias/exec", Logging: "OVERRIDE", CloudWatchGroup: "/exec", S3Bucket: "logs", Prefix: "exec"}, "green": {}}
	if diff := cmp.Diff(want, use.Exec); diff != "" {
		t.Error(diff)
	}
	if !s.Family("other").Execs() || use.Execs() {
		t.Error("ECS Exec is told of the wrong family")
	}
	if none := s.Family("nowhere"); len(none.Services)+len(none.Tasks)+len(none.Exec) != 0 {
		t.Errorf("%+v", none)
	}
}

func TestTasksAreListedOnlyWhereServicesDoNotExplainThem(t *testing.T) {
	b := start(t, awssim.Options{})
	b.cluster("blue")
	b.cluster("green")
	orders := b.family("orders")
	b.service("blue", "web", orders)
	b.service("green", "web", orders)
	b.task("green", orders)
	b.made()
	s := b.read(all, nil)
	if got := b.made(); got["ListTasks"] != 1 || got["DescribeTasks"] != 1 {
		t.Errorf("%v: only green has a task that no service started", got)
	}
	again := b.read(all, s)
	if got := b.made(); got["ListTasks"] != 1 || got["DescribeTasks"] != 0 {
		t.Errorf("%v: what a task is was known", got)
	}
	if len(again.Family("orders").Tasks) != 1 {
		t.Errorf("%+v", again.Family("orders").Tasks)
	}
}

func TestOnlySelectedClustersAreLookedAt(t *testing.T) {
	b := start(t, awssim.Options{PageSize: 2})
	orders := b.family("orders")
	for _, name := range []string{"prod-a", "prod-b", "test", "prodigy"} {
		b.cluster(name)
		b.service(name, "web", orders)
	}
	var names []string
	for _, c := range b.read(Selection{Names: []string{"prod-*"}}, nil).Clusters() {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"prod-a", "prod-b"}, names); diff != "" {
		t.Error(diff)
	}
	b.made()
	if s := b.read(Selection{}, nil); len(s.Clusters()) != 0 || len(b.made()) != 0 {
		t.Error("an empty selection looks at something")
	}
}

func TestAClusterThatMayNotBeReadIsNoted(t *testing.T) {
	b := start(t, awssim.Options{})
	orders := b.family("orders")
	for _, name := range []string{"open", "secret"} {
		b.cluster(name)
		b.service(name, "web", orders)
	}
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "ListServices" && strings.Contains(call.Parameters, "secret") {
			return awssim.Fault{Refuse: wire.Refuse(http.StatusBadRequest, "AccessDeniedException", "not authorized to perform: ecs:ListServices")}
		}
		return awssim.Fault{}
	})
	s := b.read(all, nil)
	if unread := s.Unread(); !strings.Contains(unread, "cluster secret") || !strings.Contains(unread, "ecs:ListServices") || strings.Contains(unread, "open") {
		t.Error(unread)
	}
	if got := s.Family("orders").Services; len(got) != 1 || got[0].Cluster != "open" {
		t.Errorf("%+v", got)
	}
	if _, err := Read(t.Context(), b.ours, Selection{All: true, Everything: true}, nil); err == nil {
		t.Error("who must not miss anything is not told")
	}
}

func TestAnAgentThatIsAwayInOneLookOnlyCountsAsConnected(t *testing.T) {
	b := start(t, awssim.Options{})
	shop := b.cluster("shop")
	away := func(h *simecs.Host) { h.Disconnected = true }
	b.host(shop, 1, away)
	b.host(shop, 2)
	connected := func(s *Snapshot) (out []bool) {
		for _, i := range s.Clusters()[0].Instances {
			out = append(out, i.Connected)
		}
		return out
	}
	first := b.read(all, nil)
	if diff := cmp.Diff([]bool{true, true}, connected(first)); diff != "" {
		t.Errorf("at once: %s", diff)
	}
	second := b.read(all, first)
	if diff := cmp.Diff([]bool{false, true}, connected(second)); diff != "" {
		t.Errorf("after two looks: %s", diff)
	}
	b.host(shop, 1)
	if diff := cmp.Diff([]bool{true, true}, connected(b.read(all, second))); diff != "" {
		t.Errorf("back: %s", diff)
	}
}

func TestInstancesAreToldWithWhatTheyCanDo(t *testing.T) {
	b := start(t, awssim.Options{PageSize: 2})
	shop := b.cluster("shop")
	for n := range 5 {
		b.host(shop, n, func(h *simecs.Host) {
			h.AgentVersion = "1.10.0"
			if n == 3 {
				h.Attributes["stack"] = "prod"
			}
		})
	}
	instances := b.read(all, nil).Clusters()[0].Instances
	if len(instances) != 5 {
		t.Fatalf("%d instances", len(instances))
	}
	one := instances[0]
	if one.AgentVersion != "1.10.0" || one.Status != "ACTIVE" || one.Attributes["ecs.os-type"] != "linux" || one.ReservedPorts == nil || !strings.HasPrefix(one.EC2ID, "i-") {
		t.Errorf("%+v", one)
	}
	chosen := b.read(Selection{All: true, Filter: "attribute:stack == prod"}, nil).Clusters()[0].Instances
	if len(chosen) != 1 || chosen[0].Attributes["stack"] != "prod" {
		t.Errorf("%+v", chosen)
	}
}
