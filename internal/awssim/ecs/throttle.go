package ecs

import "github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"

// category is a set of operations that draw on one token bucket of an account in
// a region.
type category struct {
	name string
	rate wire.Rate
}

// The categories of "Request throttling for the Amazon ECS API" in the Amazon ECS
// API Reference.
var (
	clusterModify  = category{"cluster modify", wire.Rate{PerSecond: 1, Burst: 20}}
	clusterRead    = category{"cluster read", wire.Rate{PerSecond: 20, Burst: 50}}
	definitionMod  = category{"task definition modify", wire.Rate{PerSecond: 1, Burst: 20}}
	definitionRead = category{"task definition read", wire.Rate{PerSecond: 20, Burst: 50}}
	definitionDel  = category{"task definition deletion", wire.Rate{PerSecond: 1, Burst: 5}}
	tagModify      = category{"tag modify", wire.Rate{PerSecond: 10, Burst: 20}}
	tagRead        = category{"tag read", wire.Rate{PerSecond: 20, Burst: 50}}
	resourceModify = category{"cluster resource modify", wire.Rate{PerSecond: 40, Burst: 100}}
	resourceRead   = category{"cluster resource read", wire.Rate{PerSecond: 20, Burst: 100}}
	serviceModify  = category{"service modify", wire.Rate{PerSecond: 5, Burst: 50}}
	serviceRead    = category{"service read", wire.Rate{PerSecond: 20, Burst: 100}}
	deploymentRead = category{"service deployment", wire.Rate{PerSecond: 20, Burst: 50}}
	serviceRevs    = category{"service revision", wire.Rate{PerSecond: 20, Burst: 50}}
	capacityRead   = category{"capacity provider read", wire.Rate{PerSecond: 20, Burst: 50}}
)

var categories = map[string]category{
	"CreateCluster": clusterModify, "DeleteCluster": clusterModify, "PutClusterCapacityProviders": clusterModify,
	"DescribeClusters": clusterRead, "ListClusters": clusterRead,
	"RegisterTaskDefinition": definitionMod, "DeregisterTaskDefinition": definitionMod,
	"DescribeTaskDefinition": definitionRead, "ListTaskDefinitions": definitionRead,
	"ListTaskDefinitionFamilies": definitionRead, "DeleteTaskDefinitions": definitionDel,
	"TagResource": tagModify, "UntagResource": tagModify, "ListTagsForResource": tagRead,
	"RunTask": resourceModify, "StopTask": resourceModify,
	"DescribeTasks": resourceRead, "ListTasks": resourceRead,
	"DescribeContainerInstances": resourceRead, "ListContainerInstances": resourceRead,
	"DescribeCapacityProviders": capacityRead,
	"CreateService":             serviceModify, "UpdateService": serviceModify, "DeleteService": serviceModify,
	"DescribeServices": serviceRead, "ListServices": serviceRead,
	"DescribeServiceDeployments": deploymentRead, "ListServiceDeployments": deploymentRead,
	// The page has no line for StopServiceDeployment; it changes what these read.
	"StopServiceDeployment": deploymentRead, "DescribeServiceRevisions": serviceRevs,
}

// throttled refuses a call for which no token is left.
func (s *Service) throttled(c wire.Caller, operation string) error {
	if !s.options.Throttle {
		return nil
	}
	from := categories[operation]
	if own, found := s.options.Rates[operation]; found {
		from = category{operation, own}
	}
	if from.name != "" && !s.buckets.Take(arnPrefix(c)+from.name, from.rate, s.options.Now()) {
		return refuse("ThrottlingException", "Rate exceeded")
	}
	return nil
}
