package ecs_test

import (
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// queried is a cluster of three hosts: a old and without task roles, b of today, c
// of Windows and disconnected, with a task on b.
func queried(t *testing.T) *bench {
	t.Helper()
	b := start(t, ecs.Options{})
	b.cluster("default")
	b.mustRegister(minimal("app"))
	const role = "com.amazonaws.ecs.capability.task-iam-role"
	b.put(ecs.Host{
		ID: "a", EC2InstanceID: "i-a", AgentVersion: "1.9.0", Disconnected: true, Registered: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Attributes: map[string]string{"ecs.os-type": "linux", "ecs.instance-type": "t2.small", "stack": "prod"},
	})
	h := ecs.OptimizedHost("i-b")
	h.ID, h.AgentVersion, h.Attributes["stack"] = "b", "1.90.0", "test"
	b.put(h)
	b.put(ecs.Host{
		ID: "c", EC2InstanceID: "i-c", AgentVersion: "1.11.0", Disconnected: true,
		Attributes: map[string]string{"ecs.os-type": "windows", "ecs.instance-type": "g4dn.xlarge", role: ""},
	})
	must(b.RunTask(t.Context(), &sdk.RunTaskInput{TaskDefinition: aws.String("app"), Group: aws.String("batch")}))(t)
	return b
}

func (b *bench) filter(expression string) (string, error) {
	out, err := b.ListContainerInstances(b.t.Context(), &sdk.ListContainerInstancesInput{Filter: &expression})
	if err != nil {
		return "", err
	}
	var ids []string
	for _, arn := range out.ContainerInstanceArns {
		ids = append(ids, arn[strings.LastIndex(arn, "/")+1:])
	}
	sort.Strings(ids)
	return strings.Join(ids, ""), nil
}

func TestContainerInstancesAreFilteredByTheClusterQueryLanguage(t *testing.T) {
	b := queried(t)
	for expression, want := range map[string]string{
		"":                                     "abc",
		"attribute:ecs.os-type == linux":       "ab",
		"attribute:ecs.os-type equals windows": "c",
		"attribute:ecs.os-type==linux":         "ab",
		"attribute:ecs.os-type != linux":       "c",
		"attribute:stack != prod":              "bc", // absence is no equality
		"attribute:com.amazonaws.ecs.capability.task-iam-role exists":                    "bc",
		"attribute:com.amazonaws.ecs.capability.task-iam-role !exists":                   "a",
		"attribute:com.amazonaws.ecs.capability.task-iam-role not_exists":                "a",
		"attribute:stack in [prod, dev]":                                                 "a",
		"attribute:stack !in [prod,dev]":                                                 "bc",
		"attribute:ecs.instance-type =~ t2.*":                                            "a",
		"attribute:ecs.instance-type matches t[23]\\.(small|medium)":                     "ab",
		"attribute:ecs.instance-type =~ t":                                               "", // all of it must match
		"attribute:ecs.instance-type !~ t.*":                                             "c",
		"agentVersion < 1.11.0":                                                          "a",
		"agentVersion >= 1.11.0":                                                         "bc",
		"agentVersion greater_than 1.11.0":                                               "b",
		"agentConnected == false":                                                        "ac",
		"ec2InstanceId in ['i-a']":                                                       "refused",
		"ec2InstanceId in [i-a,i-b]":                                                     "ab",
		"runningTasksCount == 0":                                                         "ac",
		"runningTasksCount > 0":                                                          "b",
		"registeredAt <= 2026-01-31":                                                     "a",
		"registeredAt > 2026-01-31T00:00:00":                                             "bc",
		"task:group == batch":                                                            "b",
		"not(task:group == batch)":                                                       "ac",
		"!(task:group == batch) and agentVersion < 1.11.0":                               "a",
		"attribute:ecs.os-type == linux and attribute:stack == prod":                     "a",
		"attribute:stack == prod || attribute:ecs.os-type == windows":                    "ac",
		"attribute:stack == test or attribute:stack == prod && runningTasksCount > 0":    "b",
		"(attribute:stack == test or attribute:stack == prod) && runningTasksCount == 0": "a",

		"attribute:":                          "refused",
		"attribute:stack":                     "refused",
		"attribute:stack ==":                  "refused",
		"attribute:stack is prod":             "refused",
		"agentVersion exists":                 "refused", // no operator of it
		"agentConnected > false":              "refused",
		"runningTasksCount == many":           "refused",
		"registeredAt > yesterday":            "refused",
		"attribute:stack in prod":             "refused",
		"attribute:stack in [prod":            "refused",
		"attribute:stack =~ (":                "refused",
		"(attribute:stack == prod":            "refused",
		"attribute:stack == prod)":            "refused",
		"attribute:stack == prod and":         "refused",
		"attribute:stack == prod stack":       "refused",
		"status == ACTIVE":                    "refused",
		"not":                                 "refused",
		"attribute:stack existsattribute:foo": "refused",
	} {
		got, err := b.filter(expression)
		if want == "refused" {
			wantRefusal(t, err, "InvalidParameterException", "Invalid filter expression")
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", expression, got, err, want)
		}
	}
}
