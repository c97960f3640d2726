package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/schemas"
	"github.com/aws/smithy-go"
)

// operation is one call of ECS's API. input is its request in the model that AWS
// publishes with the SDK.
type operation struct {
	input  *smithy.Schema
	writes bool
	run    func(*call) (object, error)
}

var operations = map[string]operation{
	"RegisterTaskDefinition":     {schemas.RegisterTaskDefinitionRequest, true, (*call).registerTaskDefinition},
	"DeregisterTaskDefinition":   {schemas.DeregisterTaskDefinitionRequest, true, (*call).deregisterTaskDefinition},
	"DeleteTaskDefinitions":      {schemas.DeleteTaskDefinitionsRequest, true, (*call).deleteTaskDefinitions},
	"DescribeTaskDefinition":     {schemas.DescribeTaskDefinitionRequest, false, (*call).describeTaskDefinition},
	"ListTaskDefinitions":        {schemas.ListTaskDefinitionsRequest, false, (*call).listTaskDefinitions},
	"ListTaskDefinitionFamilies": {schemas.ListTaskDefinitionFamiliesRequest, false, (*call).listTaskDefinitionFamilies},

	"TagResource":         {schemas.TagResourceRequest, true, (*call).tagResource},
	"UntagResource":       {schemas.UntagResourceRequest, true, (*call).untagResource},
	"ListTagsForResource": {schemas.ListTagsForResourceRequest, false, (*call).listTagsForResource},

	"CreateCluster":    {schemas.CreateClusterRequest, true, (*call).createCluster},
	"DeleteCluster":    {schemas.DeleteClusterRequest, true, (*call).deleteCluster},
	"DescribeClusters": {schemas.DescribeClustersRequest, false, (*call).describeClusters},
	"ListClusters":     {schemas.ListClustersRequest, false, (*call).listClusters},

	"DescribeCapacityProviders":   {schemas.DescribeCapacityProvidersRequest, false, (*call).describeCapacityProviders},
	"PutClusterCapacityProviders": {schemas.PutClusterCapacityProvidersRequest, true, (*call).putClusterCapacityProviders},

	"ListContainerInstances":     {schemas.ListContainerInstancesRequest, false, (*call).listContainerInstances},
	"DescribeContainerInstances": {schemas.DescribeContainerInstancesRequest, false, (*call).describeContainerInstances},

	"CreateService":    {schemas.CreateServiceRequest, true, (*call).createService},
	"UpdateService":    {schemas.UpdateServiceRequest, true, (*call).updateService},
	"DeleteService":    {schemas.DeleteServiceRequest, true, (*call).deleteService},
	"DescribeServices": {schemas.DescribeServicesRequest, false, (*call).describeServices},
	"ListServices":     {schemas.ListServicesRequest, false, (*call).listServices},

	"ListServiceDeployments":     {schemas.ListServiceDeploymentsRequest, false, (*call).listServiceDeployments},
	"DescribeServiceDeployments": {schemas.DescribeServiceDeploymentsRequest, false, (*call).describeServiceDeployments},
	"StopServiceDeployment":      {schemas.StopServiceDeploymentRequest, true, (*call).stopServiceDeployment},
	"DescribeServiceRevisions":   {schemas.DescribeServiceRevisionsRequest, false, (*call).describeServiceRevisions},

	"RunTask":       {schemas.RunTaskRequest, true, (*call).runTask},
	"StopTask":      {schemas.StopTaskRequest, true, (*call).stopTask},
	"DescribeTasks": {schemas.DescribeTasksRequest, false, (*call).describeTasks},
	"ListTasks":     {schemas.ListTasksRequest, false, (*call).listTasks},
}
