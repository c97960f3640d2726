package survey

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
)

func (r *reading) readInstances(ctx context.Context, c *counted) error {
	if r.selection.Everything || c.instances == 0 {
		return nil
	}
	in := &ecs.ListContainerInstancesInput{Cluster: &c.arn, MaxResults: awssdk.Int32(listed)}
	if r.selection.Filter != "" {
		in.Filter = &r.selection.Filter
	}
	var arns []string
	for pages := ecs.NewListContainerInstancesPaginator(r.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		arns = append(arns, page.ContainerInstanceArns...)
	}
	for some := range slices.Chunk(arns, instancesPerCall) {
		out, err := r.api.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{Cluster: &c.arn, ContainerInstances: some})
		if err != nil {
			return err
		}
		for i := range out.ContainerInstances {
			c.hosts.Instances = append(c.hosts.Instances, r.connected(instanceOf(&out.ContainerInstances[i])))
		}
	}
	slices.SortFunc(c.hosts.Instances, func(a, b hosts.Instance) int { return cmp.Compare(a.ARN, b.ARN) })
	return nil
}

// connected counts an instance as connected whose agent was away in one look only:
// agents reconnect several times an hour as part of their normal work (Amazon ECS
// Developer Guide: Amazon ECS events, container instance state change).
func (r *reading) connected(i hosts.Instance) hosts.Instance {
	if !i.Connected {
		r.away[i.ARN] = true
		i.Connected = r.before == nil || !r.before.away[i.ARN]
	}
	return i
}

func instanceOf(i *types.ContainerInstance) hosts.Instance {
	out := hosts.Instance{
		ARN: awssdk.ToString(i.ContainerInstanceArn), EC2ID: awssdk.ToString(i.Ec2InstanceId), Status: awssdk.ToString(i.Status),
		Connected: i.AgentConnected, Provider: awssdk.ToString(i.CapacityProviderName), Attributes: make(map[string]string, len(i.Attributes)),
	}
	if i.VersionInfo != nil {
		out.AgentVersion = awssdk.ToString(i.VersionInfo.AgentVersion)
	}
	for _, a := range i.Attributes {
		out.Attributes[awssdk.ToString(a.Name)] = awssdk.ToString(a.Value)
	}
	for _, resource := range i.RegisteredResources {
		if awssdk.ToString(resource.Name) == "PORTS" {
			out.ReservedPorts = ports(resource.StringSetValue)
		}
	}
	return out
}

// ports are never nil: that none is reserved is something else than not to know.
func ports(texts []string) []int32 {
	out := make([]int32, 0, len(texts))
	for _, text := range texts {
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			out = append(out, int32(n))
		}
	}
	return out
}
