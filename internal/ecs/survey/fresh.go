package survey

import (
	"context"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Fresh reads services again that a snapshot told, but those that are gone or being
// deleted: one call for ten of a cluster.
func Fresh(ctx context.Context, api aws.ECS, services []model.Service) ([]model.Service, error) {
	names, hosts := map[string][]string{}, map[string]bool{}
	for _, s := range services {
		names[s.ClusterARN] = append(names[s.ClusterARN], s.ARN)
		hosts[s.ARN] = s.OnHosts
	}
	var out []model.Service
	for _, s := range services { // in their order
		arns := names[s.ClusterARN]
		delete(names, s.ClusterARN)
		read, err := describe(ctx, api, s.ClusterARN, arns)
		if err != nil && aws.Explain(err).Class != aws.NotFound { // the cluster is gone
			return nil, err
		}
		for i := range read {
			one := serviceOf(&read[i])
			one.OnHosts = hosts[one.ARN]
			if !one.Draining {
				out = append(out, one)
			}
		}
	}
	return out, nil
}

// failures are the states of a service deployment that did not end where it was to
// (Amazon ECS Developer Guide: View service history using Amazon ECS service
// deployments). One that was stopped was given up by somebody.
var failures = []types.ServiceDeploymentStatus{
	types.ServiceDeploymentStatusStopRequested, types.ServiceDeploymentStatusStopped,
	types.ServiceDeploymentStatusRollbackRequested, types.ServiceDeploymentStatusRollbackInProgress,
	types.ServiceDeploymentStatusRollbackSuccessful, types.ServiceDeploymentStatusRollbackFailed,
}

// Failed are the revisions onto which a deployment of the service failed, was rolled
// back or was stopped since then, and what ECS says of it. ECS keeps this, so that no
// restart forgets it.
func Failed(ctx context.Context, api aws.ECS, s model.Service, since time.Time) (map[string]string, error) {
	targets := map[string]string{} // service revision: why
	in := &ecs.ListServiceDeploymentsInput{
		Cluster: &s.ClusterARN, Service: &s.ARN, Status: failures, CreatedAt: &types.CreatedAt{After: &since}, MaxResults: awssdk.Int32(listed),
	}
	for more := true; more; more = in.NextToken != nil {
		page, err := api.ListServiceDeployments(ctx, in)
		if err != nil {
			return nil, err
		}
		in.NextToken = page.NextToken
		for _, d := range page.ServiceDeployments {
			arn := awssdk.ToString(d.TargetServiceRevisionArn)
			if _, told := targets[arn]; !told { // the newest counts
				targets[arn] = string(d.Status) + because(awssdk.ToString(d.StatusReason))
			}
		}
	}
	revisions, err := definitions(ctx, api, targets)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for revision, definition := range revisions {
		out[definition] = targets[revision]
	}
	for _, d := range s.Deployments {
		if d.State == string(types.DeploymentRolloutStateFailed) {
			out[d.Definition] = d.State + because(d.Reason)
		}
	}
	return out, nil
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// Move has the service run the revision. Nothing else of it is named, so nothing else
// changes. ECS has no conditional update: that the service still is what the plan saw
// is looked at just before; where it is not, moved is false.
func Move(ctx context.Context, api aws.ECS, seen model.Service, revision string) (now model.Service, moved bool, err error) {
	read, err := Fresh(ctx, api, []model.Service{seen})
	if err != nil {
		return seen, false, err
	}
	if len(read) == 0 || read[0].Busy || read[0].Definition != seen.Definition || read[0].Controller != seen.Controller {
		return seen, false, nil
	}
	out, err := api.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &seen.ClusterARN, Service: &seen.ARN, TaskDefinition: &revision},
		// Were the answer to a first attempt lost, a second would undo what somebody
		// did since.
		func(o *ecs.Options) { o.Retryer = awssdk.NopRetryer{} })
	if err != nil {
		return seen, false, err
	}
	now = serviceOf(out.Service)
	now.OnHosts = seen.OnHosts
	return now, true, nil
}
