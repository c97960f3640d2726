package ecs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

func TestUsageNamesEveryServiceAndTaskThatStandsOnTheRole(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")             // 1
	b.pushes(carrying(ours)) // 2
	b.post(b.pipeline, "RegisterTaskDefinition", `{"family":"other","containerDefinitions":[{"name":"app","image":"app:1","memory":128}]}`)
	for _, cluster := range []string{"blue", "green", "red", "empty"} {
		b.post(b.pipeline, "CreateCluster", `{"clusterName":"`+cluster+`"}`)
	}
	service := func(cluster, name, definition string, count int) {
		b.post(b.pipeline, "CreateService", fmt.Sprintf(`{"cluster":%q,"serviceName":%q,"taskDefinition":%q,"desiredCount":%d}`, cluster, name, definition, count))
	}
	for i := range 12 { // more than one call describes
		service("blue", fmt.Sprintf("old-%02d", i), family+":1", 0)
	}
	service("blue", "with-role", family+":2", 0)
	service("green", "with-role-too", family+":2", 1)
	service("green", "other", "other:1", 1)
	b.post(b.pipeline, "RunTask", `{"cluster":"blue","taskDefinition":"other","overrides":{"taskRoleArn":"`+ours+`"}}`)
	b.post(b.pipeline, "RunTask", `{"cluster":"red","taskDefinition":"`+family+`:2","overrides":{"taskRoleArn":"`+before+`"}}`)
	b.post(b.pipeline, "RunTask", `{"cluster":"blue","taskDefinition":"`+family+`:1"}`)
	// Deregistered, but services go on: it still counts.
	b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+family+`:2"}`)

	b.made()
	services, tasks, _, err := b.service.Usage(context.Background(), family, ours)
	if err != nil {
		t.Fatal(err)
	}
	described := 0
	for _, operation := range b.made() {
		if operation == "DescribeTaskDefinition" {
			described++
		}
	}
	if described != 2 {
		t.Errorf("%d revisions were described: the family's two are enough, once each", described)
	}
	if diff := cmp.Diff([]string{"service blue/with-role", "service green/with-role-too"}, services); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	where := []string{}
	for _, task := range tasks {
		cluster, _, _ := strings.Cut(task, "/")
		where = append(where, cluster)
	}
	if diff := cmp.Diff([]string{"task blue", "task green"}, where); diff != "" {
		t.Errorf("tasks (-want +got):\n%s\n%v", diff, tasks)
	}
}

func TestNothingStandsOnARoleThatNobodyUses(t *testing.T) {
	b := start(t, awssim.Options{})
	services, tasks, _, err := b.service.Usage(context.Background(), family, ours)
	if err != nil || len(services)+len(tasks) > 0 {
		t.Errorf("usage is %v, %v, %v", services, tasks, err)
	}
}
