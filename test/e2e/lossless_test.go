package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// registration is what a pipeline may register: all that ECS knows and we do
// not, members that nobody knows yet, characters that encoders like to escape,
// and numbers that a float64 does not hold.
const registration = `{
  "family": "orders", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024",
  "executionRoleArn": "arn:aws:iam::ACCOUNT:role/ecsTaskExecutionRole",
  "containerDefinitions": [
    {"name": "app", "image": "registry.example/orders:1.0", "essential": true, "command": ["sh", "-c", "a < b && c > d"],
     "environment": [{"name": "GREETING", "value": "<p>Grüße & \u2028 \"mehr\"</p>"}],
     "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
     "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}],
     "futureOfContainers": {"exact": 12345678901234567890123, "fraction": 1.10, "deep": [{"er": null}, {"est": "<&>"}]}},
    {"name": "sidecar", "image": "registry.example/sidecar@sha256:0000000000000000000000000000000000000000000000000000000000000000",
     "essential": false, "cpu": 0, "environment": [], "mountPoints": [], "volumesFrom": [], "portMappings": []}
  ],
  "volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", "transitEncryption": "ENABLED",
    "authorizationConfig": {"accessPointId": "fsap-0123456789abcdef0", "iam": "ENABLED"}}}],
  "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
  "ephemeralStorage": {"sizeInGiB": 30},
  "futureOfTasks": {"big": 9007199254740993, "text": "<script>&amp;"},
  "tags": [{"key": "team", "value": "shop"}, {"key": "cost:center", "value": "47 / 11"}]
}`

func TestTheNewRevisionIsTheOldOneButForTheRole(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := s.pipeline.raw(s.ctx, "RegisterTaskDefinition", strings.ReplaceAll(registration, "ACCOUNT", s.account))
	s.must(err)
	s.declare("orders")
	tr := s.awaitReady("orders")

	before, after := s.describe("orders:1"), s.describe("orders:2")
	for _, member := range []string{"futureOfTasks", "volumes", "ephemeralStorage"} {
		if _, found := before.members[member]; !found {
			t.Fatalf("the test tests nothing: revision 1 has no %s", member)
		}
	}
	if !json.Valid(before.tags) || !strings.Contains(string(before.tags), "cost:center") {
		t.Fatalf("the test tests nothing: the tags of revision 1 are %s", before.tags)
	}
	if diff := different(before.registration(t), after.registration(t)); diff != "" {
		t.Errorf("registrations differ (-old +new):\n%s", diff)
	}
	if before.text("taskRoleArn") != "" || after.text("taskRoleArn") != s.roleARN("orders") {
		t.Errorf("role before %q, after %q", before.text("taskRoleArn"), after.text("taskRoleArn"))
	}
	if tr.Status.TaskDefinition.Revision != 2 || tr.Status.TaskDefinition.ARN != after.text("taskDefinitionArn") {
		t.Errorf("status.taskDefinition = %+v", tr.Status.TaskDefinition)
	}
	s.awaitEvent("orders", "RegisterCopy", "orders:1", "it carries no role")
}

func TestALookAtWhatIsAsDeclaredWritesNothing(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	_, err := s.pipeline.raw(s.ctx, "RegisterTaskDefinition", strings.ReplaceAll(registration, "ACCOUNT", s.account))
	s.must(err)
	s.declare("orders")
	s.awaitReady("orders")
	s.settled()

	s.look("orders")
	s.forget()
	events := len(s.events())
	for range 3 {
		asked := s.look("orders")
		if now := s.get("orders"); now.ResourceVersion != asked.ResourceVersion {
			t.Errorf("the look wrote to the object (-before +after):\n%s", different(asked, now))
		}
	}
	if n := count(s.calls(), "GetRole"); n != 3 {
		t.Errorf("three looks make %d calls of GetRole: %v", n, operations(s.calls()))
	}
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
	if n := len(s.events()); n != events {
		t.Errorf("%d events more than before", n-events)
	}
}
