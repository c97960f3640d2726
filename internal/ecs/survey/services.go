package survey

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

func (r *reading) readServices(ctx context.Context, c *counted) error {
	var arns []string
	pages := ecs.NewListServicesPaginator(r.api, &ecs.ListServicesInput{Cluster: &c.arn, MaxResults: awssdk.Int32(listed)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		arns = append(arns, page.ServiceArns...)
	}
	services, err := describe(ctx, r.api, c.arn, arns)
	for i := range services {
		r.note(&services[i], c)
		c.tasks -= services[i].RunningCount + services[i].PendingCount
	}
	return err
}

// note keeps a service, and the deployment of it that is in progress.
func (r *reading) note(s *types.Service, c *counted) {
	r.services = append(r.services, placed(serviceOf(s), c.hosts.ManagedProviders))
	if arn := awssdk.ToString(s.CurrentServiceDeployment); arn != "" {
		if r.progressing == nil {
			r.progressing = map[string]int{}
		}
		r.progressing[arn] = len(r.services) - 1
	}
}

// describe reads services of a cluster, but those that are gone, or going.
func describe(ctx context.Context, api aws.ECS, cluster string, names []string) ([]types.Service, error) {
	var out []types.Service
	for some := range slices.Chunk(names, servicesPerCall) {
		answer, err := api.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: some})
		if err != nil {
			return out, err
		}
		out = append(out, answer.Services...)
	}
	return slices.DeleteFunc(out, func(s types.Service) bool { return awssdk.ToString(s.Status) == "INACTIVE" }), nil
}

func serviceOf(s *types.Service) model.Service {
	out := model.Service{
		ARN: awssdk.ToString(s.ServiceArn), Name: awssdk.ToString(s.ServiceName), ClusterARN: awssdk.ToString(s.ClusterArn),
		Cluster: baseName(awssdk.ToString(s.ClusterArn)), Definition: awssdk.ToString(s.TaskDefinition), Controller: string(types.DeploymentControllerTypeEcs),
		Launch: string(s.LaunchType), Exec: s.EnableExecuteCommand, Busy: awssdk.ToString(s.CurrentServiceDeployment) != "",
		Draining: awssdk.ToString(s.Status) == "DRAINING",
	}
	if c := s.DeploymentController; c != nil && c.Type != "" {
		out.Controller = string(c.Type)
	}
	for _, p := range s.CapacityProviderStrategy {
		out.Providers = append(out.Providers, awssdk.ToString(p.CapacityProvider))
	}
	for i := range s.Deployments {
		d := deploymentOf(&s.Deployments[i])
		out.Deployments = append(out.Deployments, d)
		out.Busy = out.Busy || d.State == string(types.DeploymentRolloutStateInProgress) || !d.Primary
	}
	for i := range s.TaskSets {
		set := &s.TaskSets[i]
		primary := awssdk.ToString(set.Status) == "PRIMARY"
		out.Deployments = append(out.Deployments, model.Deployment{
			Definition: awssdk.ToString(set.TaskDefinition), Primary: primary, Desired: set.ComputedDesiredCount, Running: set.RunningCount,
		})
		if primary && out.Definition == "" { // EXTERNAL: the task sets alone tell
			out.Definition = awssdk.ToString(set.TaskDefinition)
		}
	}
	return out
}

// placed says where the service runs.
func placed(s model.Service, managed []string) model.Service {
	s.OnHosts = len(s.Providers) == 0 && s.Launch != string(types.LaunchTypeFargate) && s.Launch != string(types.LaunchTypeManagedInstances)
	for _, p := range s.Providers {
		s.OnHosts = s.OnHosts || p != "FARGATE" && p != "FARGATE_SPOT" && !slices.Contains(managed, p)
	}
	return s
}

func deploymentOf(d *types.Deployment) model.Deployment {
	return model.Deployment{
		Definition: awssdk.ToString(d.TaskDefinition), Primary: awssdk.ToString(d.Status) == "PRIMARY",
		State: string(d.RolloutState), Reason: awssdk.ToString(d.RolloutStateReason), Desired: d.DesiredCount, Running: d.RunningCount,
	}
}

// describeSources finds out to which revisions the deployments in progress may
// return.
func (r *reading) describeSources(ctx context.Context) error {
	var arns []string
	for arn := range r.progressing {
		arns = append(arns, arn)
	}
	slices.Sort(arns)
	of := map[string]string{} // service revision: service deployment
	for some := range slices.Chunk(arns, deploymentsPerCall) {
		out, err := r.api.DescribeServiceDeployments(ctx, &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: some})
		if err != nil {
			return r.unless(err)
		}
		for i := range out.ServiceDeployments {
			for _, arn := range returnsTo(&out.ServiceDeployments[i]) {
				of[arn] = awssdk.ToString(out.ServiceDeployments[i].ServiceDeploymentArn)
			}
		}
	}
	revisions, err := definitions(ctx, r.api, of)
	if err != nil {
		return r.unless(err)
	}
	for revision, definition := range revisions {
		s := &r.services[r.progressing[of[revision]]]
		if !slices.Contains(s.Sources, definition) {
			s.Sources = append(s.Sources, definition)
		}
	}
	for i := range r.services {
		slices.Sort(r.services[i].Sources)
	}
	return nil
}

// unless is nil for an error that no second try mends: the deployments that
// DescribeServices tells say nearly as much.
func (r *reading) unless(err error) error {
	if why := aws.Explain(err); why.Class == aws.Denied || why.Class == aws.Invalid || why.Class == aws.NotFound {
		return nil
	}
	return err
}

func returnsTo(d *types.ServiceDeployment) (out []string) {
	for _, s := range d.SourceServiceRevisions {
		out = append(out, awssdk.ToString(s.Arn))
	}
	if d.Rollback != nil && d.Rollback.ServiceRevisionArn != nil {
		out = append(out, *d.Rollback.ServiceRevisionArn)
	}
	return out
}

// definitions are the task definitions of service revisions.
func definitions[V any](ctx context.Context, api aws.ECS, revisions map[string]V) (map[string]string, error) {
	var arns []string
	for arn := range revisions {
		arns = append(arns, arn)
	}
	slices.Sort(arns)
	out := map[string]string{}
	for some := range slices.Chunk(arns, deploymentsPerCall) {
		answer, err := api.DescribeServiceRevisions(ctx, &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: some})
		if err != nil {
			return nil, err
		}
		for _, r := range answer.ServiceRevisions {
			out[awssdk.ToString(r.ServiceRevisionArn)] = awssdk.ToString(r.TaskDefinition)
		}
	}
	return out, nil
}
