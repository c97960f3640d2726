package ecs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

func (b *bench) put(h ecs.Host) string {
	b.t.Helper()
	return must(b.service.PutHost(here, h))(b.t)
}

func (b *bench) instance(name string) types.ContainerInstance {
	b.t.Helper()
	return must(b.DescribeContainerInstances(b.t.Context(), &sdk.DescribeContainerInstancesInput{ContainerInstances: []string{name}}))(b.t).ContainerInstances[0]
}

func portsOf(resources []types.Resource) string {
	for _, r := range resources {
		if *r.Name == "PORTS" {
			return strings.Join(r.StringSetValue, " ")
		}
	}
	return "none"
}

func TestAContainerInstanceIsDescribedAsItsAgentRegisteredIt(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	h := ecs.OptimizedHost("i-1")
	h.ID, h.CapacityProvider = "one", "asg"
	arn := b.put(h)
	if arn != "arn:aws:ecs:us-west-2:111122223333:container-instance/default/one" {
		t.Errorf("ARN %s", arn)
	}
	i := b.instance(arn)
	if *i.Ec2InstanceId != "i-1" || *i.VersionInfo.AgentVersion != "1.90.0" || *i.VersionInfo.DockerVersion != "DockerVersion: 25.0.8" ||
		!i.AgentConnected || *i.Status != "ACTIVE" || *i.CapacityProviderName != "asg" || !i.RegisteredAt.Equal(b.clock) {
		t.Errorf("%+v", i)
	}
	if got := portsOf(i.RegisteredResources); got != "22 2376 2375 51678 51679" {
		t.Errorf("ports %s", got)
	}
	values := map[string]string{}
	for _, a := range i.Attributes {
		values[*a.Name] = aws.ToString(a.Value)
	}
	if diff := cmp.Diff(h.Attributes, values); diff != "" {
		t.Error(diff)
	}
	h.Disconnected, h.AgentVersion = true, "1.10.0"
	b.put(h)
	if i := b.instance("one"); i.AgentConnected || *i.VersionInfo.AgentVersion != "1.10.0" || i.Version != 2 {
		t.Errorf("put again: %+v", i)
	}
	if _, err := b.service.PutHost(ecs.Cluster{Account: here.Account, Region: here.Region, Name: "none"}, h); err == nil {
		t.Error("put into no cluster")
	}
}

func TestContainerInstancesAreListedByStatusAndPageAndDescribedByAHundred(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	for n := range 101 {
		h := ecs.Host{ID: fmt.Sprintf("h%03d", n)}
		if n%2 == 1 {
			h.Status = "DRAINING"
		}
		b.put(h)
	}
	b.put(ecs.Host{ID: "gone", Status: "INACTIVE"})
	list := func(in sdk.ListContainerInstancesInput) (arns []string) {
		t.Helper()
		for pager := sdk.NewListContainerInstancesPaginator(b.Client, &in); pager.HasMorePages(); {
			page := must(pager.NextPage(t.Context()))(t).ContainerInstanceArns
			if len(page) > 100 {
				t.Errorf("a page of %d", len(page))
			}
			arns = append(arns, page...)
		}
		return arns
	}
	all := list(sdk.ListContainerInstancesInput{})
	if len(all) != 101 || len(list(sdk.ListContainerInstancesInput{Status: "DRAINING"})) != 50 || len(list(sdk.ListContainerInstancesInput{Status: "REGISTERING"})) != 0 {
		t.Errorf("listed %d", len(all))
	}
	describe := func(names ...string) (*sdk.DescribeContainerInstancesOutput, error) {
		return b.DescribeContainerInstances(t.Context(), &sdk.DescribeContainerInstancesInput{ContainerInstances: names})
	}
	_, err := describe(all...)
	wantRefusal(t, err, "InvalidParameterException", "Container instances can have at most 100 items.")
	_, err = describe([]string{}...)
	wantRefusal(t, err, "InvalidParameterException", "Container instances cannot be empty.")
	got := must(describe(append(all[:99], "none")...))(t)
	if len(got.ContainerInstances) != 99 || len(got.Failures) != 1 || *got.Failures[0].Reason != "MISSING" ||
		*got.Failures[0].Arn != "arn:aws:ecs:us-west-2:111122223333:container-instance/default/none" {
		t.Errorf("described %d, failures %v", len(got.ContainerInstances), got.Failures)
	}
	_, err = b.ListContainerInstances(t.Context(), &sdk.ListContainerInstancesInput{Cluster: aws.String("none")})
	wantRefusal(t, err, "ClusterNotFoundException", "Cluster not found.")
}

// port is a definition whose container takes a port of its host.
func port(family string, port int) object {
	definition := minimal(family)
	definition["containerDefinitions"] = []any{object{
		"name": "app", "image": "busybox", "memory": 64,
		"portMappings": []any{object{"containerPort": 80, "hostPort": json.Number(fmt.Sprint(port))}},
	}}
	return definition
}

func TestTasksOfAServiceAreSpreadOverTheHosts(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	b.mustRegister(port("web", 8080))
	one, two := b.put(ecs.OptimizedHost("i-1")), b.put(ecs.OptimizedHost("i-2"))
	b.createService("default", "web", "web")
	on := map[string]int{}
	for _, task := range b.tasks() {
		on[*task.ContainerInstanceArn]++
		if task.LaunchType != "EC2" {
			t.Errorf("launch type %s", task.LaunchType)
		}
	}
	if diff := cmp.Diff(map[string]int{one: 1, two: 1}, on); diff != "" {
		t.Error(diff)
	}
	i := b.instance(one)
	if i.RunningTasksCount != 1 || portsOf(i.RemainingResources) != "22 2376 2375 51678 51679 8080" || i.RemainingResources[1].IntegerValue != 3904-64 {
		t.Errorf("%+v", i)
	}
	only := must(b.ListTasks(t.Context(), &sdk.ListTasksInput{ContainerInstance: &one}))(t).TaskArns
	if len(only) != 1 {
		t.Errorf("%d tasks on one host", len(only))
	}
	if err := b.service.RemoveHost(here, one); err != nil {
		t.Fatal(err)
	}
	s := b.web()
	if s.RunningCount != 1 || !strings.Contains(*s.Events[0].Message, "is already using a port required by your task.") {
		t.Errorf("%d run, %s", s.RunningCount, *s.Events[0].Message)
	}
	b.put(ecs.OptimizedHost("i-3"))
	if s := b.web(); s.RunningCount != 2 {
		t.Errorf("%d run on two hosts again", s.RunningCount)
	}
}

func TestAHostThatLacksWhatADefinitionRequiresGetsNoTask(t *testing.T) {
	role := minimal("role")
	role["taskRoleArn"] = "arn:aws:iam::111122223333:role/app"
	for name, c := range map[string]struct {
		change     func(*ecs.Host)
		definition object
		reason     string
	}{
		"fit":             {func(*ecs.Host) {}, role, ""},
		"no task roles":   {func(h *ecs.Host) { delete(h.Attributes, "com.amazonaws.ecs.capability.task-iam-role") }, role, "ATTRIBUTE"},
		"agent gone":      {func(h *ecs.Host) { h.Disconnected = true }, role, "AGENT"},
		"reserved port":   {func(h *ecs.Host) { h.Ports = []string{"80"} }, port("web", 80), "RESOURCE:PORTS"},
		"too small":       {func(h *ecs.Host) { h.Memory = 32 }, role, "RESOURCE:MEMORY"},
		"not ACTIVE":      {func(h *ecs.Host) { h.Status = "DRAINING" }, role, "RESOURCE:CPU"},
		"only external":   {func(h *ecs.Host) { h.Attributes["ecs.capability.external"] = "" }, role, "RESOURCE:CPU"},
		"unreserved port": {func(*ecs.Host) {}, port("web", 80), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, ecs.Options{})
			b.cluster("default")
			family, _ := b.mustRegister(c.definition)["taskDefinition"].(object)["family"].(string)
			h := ecs.OptimizedHost("i-1")
			c.change(&h)
			b.put(h)
			out := must(b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: &family}))(t)
			got := ""
			if len(out.Failures) == 1 {
				got = *out.Failures[0].Reason
			}
			if got != c.reason || (len(out.Tasks) == 1) != (c.reason == "") {
				t.Errorf("%d tasks, failure %q, want %q", len(out.Tasks), got, c.reason)
			}
			s := b.createService("default", "web", family)
			if placed := s.RunningCount > 0; placed != (c.reason == "") && family == "role" {
				t.Errorf("the service has %d tasks", s.RunningCount)
			}
		})
	}
}

func TestAnExternalServiceRunsOnExternalHosts(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	b.mustRegister(minimal("app"))
	b.put(ecs.OptimizedHost("i-1"))
	h := ecs.OptimizedHost("mi-1")
	h.Attributes["ecs.capability.external"] = ""
	external := b.put(h)
	must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("app"), DesiredCount: aws.Int32(2), LaunchType: "EXTERNAL",
	}))(t)
	for _, task := range b.tasks() {
		if *task.ContainerInstanceArn != external || task.LaunchType != "EXTERNAL" {
			t.Errorf("%s on %s", task.LaunchType, *task.ContainerInstanceArn)
		}
	}
}

func TestADaemonRunsOnEveryHost(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	b.mustRegister(minimal("app"))
	b.put(ecs.OptimizedHost("i-1"))
	must(b.CreateService(t.Context(), &sdk.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("app"), SchedulingStrategy: "DAEMON",
	}))(t)
	b.put(ecs.OptimizedHost("i-2"))
	s := b.web()
	if s.RunningCount != 2 || s.DesiredCount != 2 || s.SchedulingStrategy != "DAEMON" {
		t.Errorf("%d of %d", s.RunningCount, s.DesiredCount)
	}
}

func TestAClusterWithContainerInstancesIsNotDeleted(t *testing.T) {
	b := start(t, ecs.Options{})
	b.cluster("default")
	b.put(ecs.Host{ID: "one"})
	remove := func() error {
		_, err := b.DeleteCluster(t.Context(), &sdk.DeleteClusterInput{Cluster: aws.String("default")})
		return err
	}
	wantRefusal(t, remove(), "ClusterContainsContainerInstancesException", "The Cluster cannot be deleted while Container Instances are active or draining.")
	if err := b.service.RemoveHost(here, "one"); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, remove(), "", "")
}
