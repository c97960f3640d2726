package ecs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// example is an answer as AWS's documentation prints it. "*" stands for what is
// another value each time (ids, dates), and where differs says so, for what AWS
// itself answers otherwise today or the simulator otherwise on purpose. Members
// younger than the page are not printed, and may be there.
type example struct {
	page      string   // of the Amazon ECS API Reference ("Examples"), or of the AWS CLI Command Reference
	before    []string // calls made first: operation, space, request
	operation string
	request   string
	answer    string
	unordered bool
	differs   string
}

const sleep360 = `{"family": "sleep360", "containerDefinitions": [{"name": "sleep", "image": "busybox", "cpu": 10,
	"command": ["sleep", "360"], "memory": 10, "essential": true}]}`

const helloWorld = `{"family": "hello_world", "containerDefinitions": [
	{"name": "wordpress", "cpu": 10, "essential": true, "image": "wordpress", "links": ["mysql"], "memory": 500,
	 "portMappings": [{"containerPort": 80, "hostPort": 80}]},
	{"name": "mysql", "cpu": 10, "essential": true, "image": "mysql", "memory": 500,
	 "environment": [{"name": "MYSQL_ROOT_PASSWORD", "value": "password"}]}]}`

const sampleFargate = `{"family": "sample-fargate", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
	"cpu": "256", "memory": "512", "containerDefinitions": [{"name": "fargate-app", "image": "httpd"}]}`

func registrations(n int, family string) []string {
	return slices.Repeat([]string{`RegisterTaskDefinition {"family": "` + family +
		`", "containerDefinitions": [{"name": "a", "image": "b", "memory": 10}]}`}, n)
}

var examples = []example{
	{
		page:      "register-task-definition, example 1",
		before:    []string{"RegisterTaskDefinition " + sleep360},
		operation: "RegisterTaskDefinition",
		request:   sleep360,
		answer: `{"taskDefinition": {
			"taskDefinitionArn": "arn:aws:ecs:us-west-2:123456789012:task-definition/sleep360:2",
			"containerDefinitions": [{"name": "sleep", "image": "busybox", "cpu": 10, "memory": 10, "portMappings": [],
				"essential": true, "command": ["sleep", "360"], "environment": [], "mountPoints": [], "volumesFrom": []}],
			"family": "sleep360", "revision": 2, "volumes": [], "status": "ACTIVE", "placementConstraints": [],
			"compatibilities": "*"}}`,
		differs: "compatibilities: the page is older than EXTERNAL",
	},
	{
		page:      "DescribeTaskDefinition",
		before:    append(registrations(7, "hello_world"), "RegisterTaskDefinition "+helloWorld),
		operation: "DescribeTaskDefinition",
		request:   `{"taskDefinition": "hello_world:8"}`,
		answer: `{"taskDefinition": {
			"containerDefinitions": [
				{"name": "wordpress", "cpu": 10, "environment": [], "essential": true, "image": "wordpress", "links": ["mysql"],
				 "memory": 500, "mountPoints": [], "portMappings": [{"containerPort": 80, "hostPort": 80}], "volumesFrom": []},
				{"name": "mysql", "cpu": 10, "environment": [{"name": "MYSQL_ROOT_PASSWORD", "value": "password"}],
				 "essential": true, "image": "mysql", "memory": 500, "mountPoints": [], "portMappings": [], "volumesFrom": []}],
			"family": "hello_world", "revision": 8,
			"taskDefinitionArn": "arn:aws:ecs:us-west-2:123456789012:task-definition/hello_world:8", "volumes": []}}`,
	},
	{
		page: "deregister-task-definition",
		before: []string{`RegisterTaskDefinition {"family": "curler", "containerDefinitions": [{"name": "curler", "image": "curl:latest",
			"cpu": 100, "entryPoint": [], "memory": 256, "command": ["curl -v http://example.com/"], "essential": true}]}`},
		operation: "DeregisterTaskDefinition",
		request:   `{"taskDefinition": "curler:1"}`,
		answer: `{"taskDefinition": {"status": "INACTIVE", "family": "curler", "volumes": [],
			"taskDefinitionArn": "arn:aws:ecs:us-west-2:123456789012:task-definition/curler:1",
			"containerDefinitions": [{"environment": [], "name": "curler", "mountPoints": [], "image": "curl:latest", "cpu": 100,
				"portMappings": [], "entryPoint": [], "memory": 256, "command": ["curl -v http://example.com/"],
				"essential": true, "volumesFrom": []}],
			"revision": 1}}`,
	},
	{
		page: "ListTaskDefinitions",
		before: slices.Concat(registrations(2, "sleep300"), registrations(1, "sleep360"), registrations(6, "wordpress"), []string{
			`DeregisterTaskDefinition {"taskDefinition": "sleep300:1"}`,
			`DeregisterTaskDefinition {"taskDefinition": "wordpress:1"}`,
			`DeregisterTaskDefinition {"taskDefinition": "wordpress:2"}`,
		}),
		operation: "ListTaskDefinitions",
		request:   `{}`,
		answer: `{"taskDefinitionArns": [
			"arn:aws:ecs:us-west-2:123456789012:task-definition/sleep300:2",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/sleep360:1",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:3",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:4",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:5",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:6"]}`,
	},
	{
		page:      "ListTaskDefinitions, of a family",
		before:    slices.Concat(registrations(1, "sleep360"), registrations(2, "wordpress")),
		operation: "ListTaskDefinitions",
		request:   `{"familyPrefix": "wordpress"}`,
		answer: `{"taskDefinitionArns": [
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:1",
			"arn:aws:ecs:us-west-2:123456789012:task-definition/wordpress:2"]}`,
	},
	{
		page: "ListTaskDefinitionFamilies",
		before: slices.Concat(registrations(1, "node-js-app"), registrations(1, "web-timer"),
			registrations(1, "hpcc"), registrations(1, "hpcc-c4-8xlarge")),
		operation: "ListTaskDefinitionFamilies",
		request:   `{}`,
		answer:    `{"families": ["node-js-app", "web-timer", "hpcc", "hpcc-c4-8xlarge"]}`,
		unordered: true,
	},
	{
		page: "ListTaskDefinitionFamilies, filtered",
		before: slices.Concat(registrations(1, "node-js-app"), registrations(1, "hpcc"),
			registrations(1, "hpcc-c4-8xlarge")),
		operation: "ListTaskDefinitionFamilies",
		request:   `{"familyPrefix": "hpcc"}`,
		answer:    `{"families": ["hpcc", "hpcc-c4-8xlarge"]}`,
	},
	{
		page:      "create-cluster, example 2",
		operation: "CreateCluster",
		request:   `{"clusterName": "MyCluster", "tags": [{"key": "key1", "value": "value1"}, {"key": "key2", "value": "value2"}]}`,
		answer: `{"cluster": {"clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/MyCluster", "clusterName": "MyCluster",
			"status": "ACTIVE", "registeredContainerInstancesCount": 0, "pendingTasksCount": 0, "runningTasksCount": 0,
			"activeServicesCount": 0, "statistics": [],
			"tags": [{"key": "key1", "value": "value1"}, {"key": "key2", "value": "value2"}]}}`,
	},
	{
		page:      "DeleteCluster",
		before:    []string{`CreateCluster {"clusterName": "my_cluster"}`},
		operation: "DeleteCluster",
		request:   `{"cluster": "my_cluster"}`,
		answer: `{"cluster": {"activeServicesCount": 0, "clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/my_cluster",
			"clusterName": "my_cluster", "pendingTasksCount": 0, "registeredContainerInstancesCount": 0, "runningTasksCount": 0,
			"status": "INACTIVE"}}`,
	},
	{
		page:      "DescribeClusters",
		before:    []string{`CreateCluster {}`},
		operation: "DescribeClusters",
		request:   `{"clusters": ["default"]}`,
		answer: `{"clusters": [{"clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/default", "clusterName": "default",
			"status": "ACTIVE"}], "failures": []}`,
	},
	{
		page:      "ListClusters",
		before:    []string{`CreateCluster {"clusterName": "test"}`, `CreateCluster {}`},
		operation: "ListClusters",
		request:   `{}`,
		answer: `{"clusterArns": ["arn:aws:ecs:us-west-2:123456789012:cluster/test",
			"arn:aws:ecs:us-west-2:123456789012:cluster/default"]}`,
		unordered: true,
	},
	{
		page:      "create-service, example 1",
		before:    []string{`CreateCluster {"clusterName": "MyCluster"}`, "RegisterTaskDefinition " + sampleFargate},
		operation: "CreateService",
		request: `{"cluster": "MyCluster", "serviceName": "MyService", "taskDefinition": "sample-fargate:1", "desiredCount": 2,
			"launchType": "FARGATE", "platformVersion": "LATEST", "networkConfiguration": {"awsvpcConfiguration":
			{"subnets": ["subnet-12344321"], "securityGroups": ["sg-12344321"], "assignPublicIp": "ENABLED"}},
			"tags": [{"key": "key1", "value": "value1"}]}`,
		answer: `{"service": {
			"serviceArn": "arn:aws:ecs:us-west-2:123456789012:service/MyCluster/MyService", "serviceName": "MyService",
			"clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/MyCluster", "loadBalancers": [], "serviceRegistries": [],
			"status": "ACTIVE", "desiredCount": 2, "runningCount": "*", "pendingCount": 0, "launchType": "FARGATE",
			"platformVersion": "LATEST", "taskDefinition": "arn:aws:ecs:us-west-2:123456789012:task-definition/sample-fargate:1",
			"deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
			"deployments": [{"id": "*", "status": "PRIMARY",
				"taskDefinition": "arn:aws:ecs:us-west-2:123456789012:task-definition/sample-fargate:1", "desiredCount": 2,
				"pendingCount": 0, "runningCount": "*", "createdAt": "*", "updatedAt": "*", "launchType": "FARGATE",
				"platformVersion": "*", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-12344321"],
				"securityGroups": ["sg-12344321"], "assignPublicIp": "ENABLED"}}}],
			"events": [], "createdAt": "*", "placementConstraints": [], "placementStrategy": [],
			"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-12344321"],
				"securityGroups": ["sg-12344321"], "assignPublicIp": "ENABLED"}},
			"schedulingStrategy": "REPLICA", "tags": [{"key": "key1", "value": "value1"}],
			"enableECSManagedTags": false, "propagateTags": "NONE"}}`,
		differs: "tasks run at once; the service-linked role is not played",
	},
	{
		page: "DescribeServices",
		before: append(registrations(6, "hello_world"), `CreateCluster {}`,
			`CreateService {"serviceName": "ecs-simple-service", "taskDefinition": "hello_world", "desiredCount": 1}`),
		operation: "DescribeServices",
		request:   `{"services": ["ecs-simple-service"]}`,
		answer: `{"failures": [], "services": [{
			"clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/default", "createdAt": "*",
			"deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
			"deployments": [{"createdAt": "*", "desiredCount": 1, "id": "*", "pendingCount": 0, "runningCount": "*",
				"status": "PRIMARY", "taskDefinition": "arn:aws:ecs:us-west-2:123456789012:task-definition/hello_world:6",
				"updatedAt": "*"}],
			"desiredCount": 1, "events": "*", "loadBalancers": [], "pendingCount": 0, "runningCount": "*",
			"serviceArn": "arn:aws:ecs:us-west-2:123456789012:service/default/ecs-simple-service",
			"serviceName": "ecs-simple-service", "status": "ACTIVE", "taskDefinition": "*"}]}`,
		differs: "the page prints an ARN of a task definition with a cluster in it, which is none",
	},
	{
		page: "ListServices",
		before: append(registrations(1, "app"), `CreateCluster {}`,
			`CreateService {"serviceName": "my-http-service", "taskDefinition": "app"}`),
		operation: "ListServices",
		request:   `{}`,
		answer:    `{"serviceArns": ["arn:aws:ecs:us-west-2:123456789012:service/default/my-http-service"]}`,
	},
	{
		page: "DescribeTasks",
		before: append(registrations(1, "amazon-ecs-sample"), `CreateCluster {}`,
			`CreateService {"serviceName": "s", "taskDefinition": "amazon-ecs-sample", "desiredCount": 1}`),
		operation: "DescribeTasks",
		request:   `{"tasks": ["00000000000000000000000000000002"]}`,
		answer: `{"failures": [], "tasks": [{
			"clusterArn": "arn:aws:ecs:us-west-2:123456789012:cluster/default",
			"containers": [{"name": "a", "containerArn": "*", "lastStatus": "RUNNING", "networkBindings": "*", "taskArn": "*"}],
			"desiredStatus": "RUNNING", "lastStatus": "RUNNING", "overrides": {"containerOverrides": [{"name": "a"}]},
			"startedBy": "*", "taskArn": "*",
			"taskDefinitionArn": "arn:aws:ecs:us-west-2:123456789012:task-definition/amazon-ecs-sample:1"}]}`,
		differs: "the cluster has no container instance, and tasks run on none",
	},
	{
		page:      "ListTagsForResource",
		before:    []string{`CreateCluster {"clusterName": "dev", "tags": [{"key": "team", "value": "dev"}]}`},
		operation: "ListTagsForResource",
		request:   `{"resourceArn": "arn:aws:ecs:us-west-2:123456789012:cluster/dev"}`,
		answer:    `{"tags": [{"key": "team", "value": "dev"}]}`,
	},
}

func TestAnswersAreThoseThatAWSPrints(t *testing.T) {
	caller := wire.Caller{Partition: "aws", Account: "123456789012", Region: "us-west-2", ARN: "arn:aws:iam::123456789012:user/u"}
	for _, e := range examples {
		t.Run(e.page, func(t *testing.T) {
			service := ecs.New(ecs.Options{Now: func() time.Time { return time.Unix(1557119253, 821e6) }})
			for _, call := range e.before {
				operation, request, _ := strings.Cut(call, " ")
				must(service.Do(caller, operation, []byte(request)))(t)
			}
			answer := must(service.Do(caller, e.operation, []byte(e.request)))(t)
			checkAnswer(t, e.operation, answer, nil)
			for _, d := range deviations(parse(t, []byte(e.answer)), parse(t, answer), "$", e.unordered) {
				t.Error(d)
			}
		})
	}
}

// deviations are the printed values that the answer does not have.
func deviations(printed, got any, path string, unordered bool) (out []string) {
	switch p := printed.(type) {
	case object:
		g, _ := got.(object)
		for name, v := range p {
			if _, ok := g[name]; !ok {
				out = append(out, fmt.Sprintf("%s.%s is missing", path, name))
				continue
			}
			out = append(out, deviations(v, g[name], path+"."+name, unordered)...)
		}
		return out
	case []any:
		g, _ := got.([]any)
		if len(p) != len(g) {
			return []string{fmt.Sprintf("%s is %v, AWS prints %v", path, got, printed)}
		}
		if unordered {
			byText := func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
			slices.SortFunc(p, byText)
			slices.SortFunc(g, byText)
		}
		for i := range p {
			out = append(out, deviations(p[i], g[i], fmt.Sprintf("%s[%d]", path, i), unordered)...)
		}
		return out
	}
	if printed == "*" || cmp.Equal(printed, got) {
		return nil
	}
	return []string{fmt.Sprintf("%s is %v, AWS prints %v", path, got, printed)}
}
