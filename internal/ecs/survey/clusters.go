package survey

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// How many one call lists or describes at most (Amazon ECS API Reference:
// ListClusters, ListServices, ListTasks, ListContainerInstances; DescribeClusters,
// DescribeServices, DescribeTasks, DescribeContainerInstances,
// DescribeServiceDeployments).
const (
	listed               = 100
	clustersPerCall      = 100
	servicesPerCall      = 10
	tasksPerCall         = 100
	instancesPerCall     = 100
	deploymentsPerCall   = 20
	clusterStatusDeleted = "INACTIVE"
)

// listClusters gives the selected clusters, with what ECS counts in them.
func (r *reading) listClusters(ctx context.Context) ([]counted, error) {
	if !r.selection.All && len(r.selection.Names) == 0 {
		return nil, nil
	}
	var arns []string
	pages := ecs.NewListClustersPaginator(r.api, &ecs.ListClustersInput{MaxResults: awssdk.Int32(listed)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, arn := range page.ClusterArns {
			if r.selection.picks(baseName(arn)) {
				arns = append(arns, arn)
			}
		}
	}
	var out []counted
	for some := range slices.Chunk(arns, clustersPerCall) {
		answer, err := r.api.DescribeClusters(ctx, &ecs.DescribeClustersInput{
			Clusters: some, Include: []types.ClusterField{types.ClusterFieldConfigurations},
		})
		if err != nil {
			return nil, err
		}
		for i := range answer.Clusters {
			if c := &answer.Clusters[i]; awssdk.ToString(c.Status) != clusterStatusDeleted {
				out = append(out, countedOf(c))
			}
		}
	}
	return out, nil
}

func countedOf(c *types.Cluster) counted {
	out := counted{
		cluster:  cluster{arn: awssdk.ToString(c.ClusterArn), name: awssdk.ToString(c.ClusterName), exec: execOf(c.Configuration)},
		services: c.ActiveServicesCount, instances: c.RegisteredContainerInstancesCount, tasks: c.RunningTasksCount + c.PendingTasksCount,
	}
	if out.name == "" {
		out.name = baseName(out.arn)
	}
	out.hosts = hosts.Cluster{Name: out.name}
	for _, p := range c.CapacityProviders {
		if p != "FARGATE" && p != "FARGATE_SPOT" {
			out.providers = append(out.providers, p)
		}
	}
	return out
}

func execOf(c *types.ClusterConfiguration) model.ClusterExec {
	if c == nil || c.ExecuteCommandConfiguration == nil {
		return model.ClusterExec{}
	}
	e := c.ExecuteCommandConfiguration
	out := model.ClusterExec{KMSKeyID: awssdk.ToString(e.KmsKeyId), Logging: string(e.Logging)}
	if l := e.LogConfiguration; l != nil {
		out.CloudWatchGroup, out.S3Bucket, out.Prefix = awssdk.ToString(l.CloudWatchLogGroupName), awssdk.ToString(l.S3BucketName), awssdk.ToString(l.S3KeyPrefix)
	}
	return out
}

// readProviders finds out which capacity providers of the cluster are of Amazon ECS
// Managed Instances.
func (r *reading) readProviders(ctx context.Context, c *counted) error {
	if r.selection.Everything || len(c.providers) == 0 {
		return nil
	}
	in := &ecs.DescribeCapacityProvidersInput{Cluster: &c.arn}
	for {
		out, err := r.api.DescribeCapacityProviders(ctx, in)
		if err != nil {
			return err
		}
		for _, p := range out.CapacityProviders {
			if p.ManagedInstancesProvider != nil {
				c.hosts.ManagedProviders = append(c.hosts.ManagedProviders, awssdk.ToString(p.Name))
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}
