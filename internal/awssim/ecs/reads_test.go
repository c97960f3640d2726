package ecs_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// The bursts of Request throttling for the Amazon ECS API. Operations of a line draw
// on one bucket.
func TestReadsOfDeploymentsAndHostsAreThrottledAsPublished(t *testing.T) {
	for _, line := range []struct {
		operations []string
		burst      int
	}{
		{[]string{"DescribeServiceDeployments", "ListServiceDeployments"}, 50},
		{[]string{"DescribeServiceRevisions"}, 50},
		{[]string{"DescribeCapacityProviders"}, 50},
		{[]string{"DescribeContainerInstances", "ListContainerInstances", "DescribeTasks", "ListTasks"}, 100},
		{[]string{"PutClusterCapacityProviders", "CreateCluster"}, 20},
	} {
		b := start(t, ecs.Options{Throttle: true})
		for n := range line.burst + 1 {
			_, err := b.service.Do(pipeline, line.operations[n%len(line.operations)], []byte("{}"))
			refusal := (*wire.Error)(nil)
			throttled := errors.As(err, &refusal) && refusal.Code == "ThrottlingException"
			if throttled != (n == line.burst) {
				t.Fatalf("%v: call %d: %v", line.operations, n, err)
			}
		}
	}
}

// Actions, resources, and condition keys for Amazon Elastic Container Service.
func TestReadsOfDeploymentsAndHostsNeedLeaveOnWhatTheyRead(t *testing.T) {
	const at = "arn:aws:ecs:us-west-2:111122223333:"
	inCluster := map[string][]string{"ecs:cluster": {at + "cluster/c"}}
	ofService := map[string][]string{"ecs:cluster": {at + "cluster/c"}, "ecs:service": {at + "service/c/s"}}
	type leave struct {
		Action, Resource string
		Context          map[string][]string
	}
	for name, c := range map[string]struct {
		operation string
		request   object
		want      []leave
	}{
		"hosts of a cluster": {
			"ListContainerInstances", object{"cluster": "c"}, []leave{{"ecs:ListContainerInstances", at + "cluster/c", nil}},
		},
		"hosts": {
			"DescribeContainerInstances", object{"cluster": "c", "containerInstances": []string{"i", at + "container-instance/c/j"}},
			[]leave{
				{"ecs:DescribeContainerInstances", at + "container-instance/c/i", inCluster},
				{"ecs:DescribeContainerInstances", at + "container-instance/c/j", inCluster},
			},
		},
		"deployments of a service": {
			"ListServiceDeployments", object{"cluster": "c", "service": "s"}, []leave{{"ecs:ListServiceDeployments", at + "service/c/s", inCluster}},
		},
		"a deployment": {
			"DescribeServiceDeployments", object{"serviceDeploymentArns": []string{at + "service-deployment/c/s/1"}},
			[]leave{
				{"ecs:DescribeServiceDeployments", at + "service-deployment/c/s/1", ofService},
				{"ecs:DescribeServiceDeployments", at + "service/c/s", ofService},
			},
		},
		"a revision": {
			"DescribeServiceRevisions", object{"serviceRevisionArns": []string{at + "service-revision/c/s/1"}},
			[]leave{
				{"ecs:DescribeServiceRevisions", at + "service-revision/c/s/1", ofService},
				{"ecs:DescribeServiceRevisions", at + "service/c/s", ofService},
			},
		},
		"all capacity providers": {
			"DescribeCapacityProviders", object{"cluster": "c"}, []leave{{"ecs:DescribeCapacityProviders", "*", nil}},
		},
		"a capacity provider": {
			"DescribeCapacityProviders", object{"capacityProviders": []string{"p"}},
			[]leave{{"ecs:DescribeCapacityProviders", at + "capacity-provider/p", nil}},
		},
		"providers of a cluster": {
			"PutClusterCapacityProviders", object{"cluster": "c", "capacityProviders": []string{"p"}},
			[]leave{{"ecs:PutClusterCapacityProviders", at + "cluster/c", map[string][]string{"ecs:capacity-provider": {at + "capacity-provider/p"}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, ecs.Options{})
			body, err := json.Marshal(c.request)
			if err != nil {
				t.Fatal(err)
			}
			var got []leave
			for _, ask := range must(b.service.Asked(pipeline, c.operation, body))(t) {
				context := ask.Context
				if len(context) == 0 {
					context = nil
				}
				got = append(got, leave{ask.Action, ask.Resource, context})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
