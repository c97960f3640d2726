package survey

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// readTasks looks for tasks that no service started. Where the services' tasks are
// all that the cluster counts, there are none, and no task is listed.
func (r *reading) readTasks(ctx context.Context, c *counted) error {
	if c.tasks == 0 && !r.selection.Everything {
		return nil
	}
	var fresh []string
	pages := ecs.NewListTasksPaginator(r.api, &ecs.ListTasksInput{
		Cluster: &c.arn, DesiredStatus: types.DesiredStatusRunning, MaxResults: awssdk.Int32(listed),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, arn := range page.TaskArns {
			if !r.recall(arn) {
				fresh = append(fresh, arn)
			}
		}
	}
	for some := range slices.Chunk(fresh, tasksPerCall) {
		out, err := r.api.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &c.arn, Tasks: some})
		if err != nil {
			return err
		}
		for i := range out.Tasks {
			r.keepTask(awssdk.ToString(out.Tasks[i].TaskArn), taskOf(&out.Tasks[i]))
		}
	}
	return nil
}

// recall takes over what the snapshot before knows of a task.
func (r *reading) recall(arn string) bool {
	if r.before == nil {
		return false
	}
	t, known := r.before.tasks[arn]
	if known {
		r.keepTask(arn, t)
	}
	return known
}

// keepTask remembers that the task is of a service, or what it is.
func (r *reading) keepTask(arn string, t *model.Task) {
	if t != nil && t.ByService && !r.selection.Everything {
		t = nil
	}
	r.tasks[arn] = t
	if t != nil {
		r.addTask(*t)
	}
}

func taskOf(t *types.Task) *model.Task {
	out := &model.Task{
		ARN: awssdk.ToString(t.TaskArn), ID: baseName(awssdk.ToString(t.TaskArn)), Cluster: baseName(awssdk.ToString(t.ClusterArn)),
		Definition: awssdk.ToString(t.TaskDefinitionArn), Launch: string(t.LaunchType), Provider: awssdk.ToString(t.CapacityProviderName),
		Exec: t.EnableExecuteCommand, StartedBy: awssdk.ToString(t.StartedBy), Created: awssdk.ToTime(t.CreatedAt),
		// A task set's tasks are started by its id; all are of the service's group (Amazon
		// ECS API Reference: Task, group). Who runs a task may choose another group, but
		// none that begins so (RunTask, group).
		ByService: strings.HasPrefix(awssdk.ToString(t.Group), "service:"),
	}
	if t.Overrides != nil {
		out.RoleARN = awssdk.ToString(t.Overrides.TaskRoleArn)
	}
	return out
}
