package ecs

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// How many services and tasks one call describes (API reference:
// DescribeServices, DescribeTasks).
const (
	servicesPerCall = 10
	tasksPerCall    = 100
)

// Usage names what stands on the role, in all clusters of the account and
// region: services of which a deployment or task set is a revision of the
// family that carries the role, as "service CLUSTER/NAME", and tasks that run
// such a revision, or any with the role as their override, as "task CLUSTER/ID".
func (s *Service) Usage(ctx context.Context, family, roleARN string) (services, tasks []string, err error) {
	look := &usage{Service: s, family: family, roleARN: roleARN, carries: map[string]bool{}}
	pages := ecs.NewListClustersPaginator(s.api, &ecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, cluster := range page.ClusterArns {
			if err := look.cluster(ctx, cluster); err != nil && !missing(err) { // deleted since it was listed
				return nil, nil, err
			}
		}
	}
	slices.Sort(look.services)
	slices.Sort(look.tasks)
	return look.services, look.tasks, nil
}

type usage struct {
	*Service
	family, roleARN string
	services, tasks []string
	carries         map[string]bool // by revision: many stand on the same one
}

func (u *usage) cluster(ctx context.Context, cluster string) error {
	services := ecs.NewListServicesPaginator(u.api, &ecs.ListServicesInput{Cluster: &cluster})
	for services.HasMorePages() {
		page, err := services.NextPage(ctx)
		if err != nil {
			return err
		}
		for names := range slices.Chunk(page.ServiceArns, servicesPerCall) {
			if err := u.describeServices(ctx, cluster, names); err != nil {
				return err
			}
		}
	}
	tasks := ecs.NewListTasksPaginator(u.api, &ecs.ListTasksInput{Cluster: &cluster, DesiredStatus: types.DesiredStatusRunning})
	for tasks.HasMorePages() {
		page, err := tasks.NextPage(ctx)
		if err != nil {
			return err
		}
		for arns := range slices.Chunk(page.TaskArns, tasksPerCall) {
			if err := u.describeTasks(ctx, cluster, arns); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *usage) describeServices(ctx context.Context, cluster string, names []string) error {
	out, err := u.api.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: names})
	if err != nil {
		return err
	}
	for i := range out.Services {
		stands, err := u.anyCarries(ctx, definitions(&out.Services[i]))
		if err != nil {
			return err
		}
		if stands {
			u.services = append(u.services, "service "+baseName(cluster)+"/"+awssdk.ToString(out.Services[i].ServiceName))
		}
	}
	return nil
}

// definitions are the revisions of all of a service's deployments and task
// sets: while it moves, it stands on more than one.
func definitions(service *types.Service) []string {
	arns := []string{awssdk.ToString(service.TaskDefinition)}
	for i := range service.Deployments {
		arns = append(arns, awssdk.ToString(service.Deployments[i].TaskDefinition))
	}
	for i := range service.TaskSets {
		arns = append(arns, awssdk.ToString(service.TaskSets[i].TaskDefinition))
	}
	return arns
}

func (u *usage) describeTasks(ctx context.Context, cluster string, arns []string) error {
	out, err := u.api.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: arns})
	if err != nil {
		return err
	}
	for i := range out.Tasks {
		stands, err := u.taskStands(ctx, &out.Tasks[i])
		if err != nil {
			return err
		}
		if stands {
			u.tasks = append(u.tasks, "task "+baseName(cluster)+"/"+baseName(awssdk.ToString(out.Tasks[i].TaskArn)))
		}
	}
	return nil
}

func (u *usage) taskStands(ctx context.Context, task *types.Task) (bool, error) {
	if task.Overrides != nil && awssdk.ToString(task.Overrides.TaskRoleArn) != "" {
		return *task.Overrides.TaskRoleArn == u.roleARN, nil
	}
	return u.anyCarries(ctx, []string{awssdk.ToString(task.TaskDefinitionArn)})
}

// anyCarries says whether one of the revisions is of the family and carries the
// role.
func (u *usage) anyCarries(ctx context.Context, arns []string) (bool, error) {
	for _, arn := range arns {
		if familyOf(arn) != u.family {
			continue
		}
		carries, known := u.carries[arn]
		if !known {
			r, _, err := u.revision(ctx, arn)
			if err != nil && !missing(err) { // what cannot be described any more has nothing standing on it
				return false, err
			}
			carries = r.RoleARN == u.roleARN
			u.carries[arn] = carries
		}
		if carries {
			return true, nil
		}
	}
	return false, nil
}

// baseName is the last part of an ARN's resource.
func baseName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
