package ecs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a deployment's rolloutState can be (Deployment in the Amazon ECS API
// Reference).
const (
	stateInProgress = "IN_PROGRESS"
	stateCompleted  = "COMPLETED"
	stateFailed     = "FAILED"
)

// deployment is a revision of the definition and the configuration that a service
// was to run it with. ECS keeps the same as a service revision, under the same
// number.
type deployment struct {
	id       string // ecs-svc/NUMBER
	revision *revision
	given    object // the service's at the time; never changed
	created  time.Time
	updated  time.Time
	state    string
	reason   string
	failed   int // tasks that did not start, or not stay
}

// revisionMembers are what a service revision holds of a service's configuration,
// its task definition apart (Properties included in an Amazon ECS service
// revision). Changing one of them starts a deployment, and a rollback restores it.
var revisionMembers = []string{
	"capacityProviderStrategy", "launchType", "loadBalancers", "networkConfiguration", "platformVersion",
	"serviceConnectConfiguration", "serviceRegistries", "volumeConfigurations", "vpcLatticeConfigurations",
}

func (s *service) deployment(id string) *deployment {
	for i := range s.deployments {
		if s.deployments[i].id == id {
			return &s.deployments[i]
		}
	}
	return nil
}

// primary is the deployment that the service is to run, nil where it has none.
func (s *service) primary() *deployment {
	if len(s.current) == 0 {
		return nil
	}
	return s.deployment(s.current[0])
}

// add makes a deployment of what the service is to run from now on.
func (c *call) addDeployment(s *service) *deployment {
	d := deployment{
		id: fmt.Sprintf("ecs-svc/%019d", c.id()), revision: s.revision, given: s.given, created: c.now, updated: c.now,
	}
	d.set(stateInProgress, d.underWay(), c.now)
	s.deployments = append(s.deployments, d)
	return &s.deployments[len(s.deployments)-1]
}

func (d *deployment) set(state, reason string, at time.Time) {
	d.state, d.reason, d.updated = state, reason, at
}

func (d *deployment) underWay() string { return "ECS deployment " + d.id + " in progress." }

func (d *deployment) completed() string { return "ECS deployment " + d.id + " completed." }

// number is what the deployment and its service revision are both called by.
func (d *deployment) number() string { return strings.TrimPrefix(d.id, "ecs-svc/") }

// revisionARN is that of the deployment's service revision.
func (s *service) revisionARN(d *deployment) string {
	return strings.Replace(s.arn, ":service/", ":service-revision/", 1) + "/" + d.number()
}

// alive are the tasks of a deployment that are not stopped.
func (s *service) alive(id string) (tasks []*task, running int) {
	for _, t := range s.cluster.tasks {
		if t.service == s && t.startedBy == id && !t.stopped() {
			tasks = append(tasks, t)
			if !t.pending {
				running++
			}
		}
	}
	return tasks, running
}

// occupied are those of the deployments that still have tasks.
func (s *service) occupied(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		tasks, _ := s.alive(id)
		return len(tasks) == 0
	})
}

// showDeployment is the entry of deployments in DescribeServices.
func (s *service) showDeployment(id string) object {
	d := s.deployment(id)
	tasks, running := s.alive(id)
	out := object{
		"id":                 d.id,
		"status":             "ACTIVE",
		"taskDefinition":     d.revision.arn,
		"desiredCount":       len(tasks),
		"runningCount":       running,
		"pendingCount":       len(tasks) - running,
		"failedTasks":        d.failed,
		"createdAt":          timestamp(d.created),
		"updatedAt":          timestamp(d.updated),
		"rolloutState":       d.state,
		"rolloutStateReason": d.reason,
	}
	if id == s.current[0] {
		out["status"], out["desiredCount"] = "PRIMARY", s.desired
	}
	showPlacing(d.given, out)
	return out
}

// showServiceRevision is an entry of DescribeServiceRevisions.
func (s *service) showServiceRevision(d *deployment) object {
	out := object{
		"serviceRevisionArn": s.revisionARN(d),
		"serviceArn":         s.arn,
		"clusterArn":         s.cluster.arn,
		"taskDefinition":     d.revision.arn,
		"createdAt":          timestamp(d.created),
		"guardDutyEnabled":   false,
		"loadBalancers":      array(list(d.given, "loadBalancers")),
		"serviceRegistries":  array(list(d.given, "serviceRegistries")),
	}
	var images []any
	for _, container := range objects(d.revision.definition, "containerDefinitions") {
		images = append(images, object{"containerName": text(container, "name"), "image": text(container, "image")})
	}
	out["containerImages"] = images
	for _, member := range revisionMembers {
		if has(d.given, member) {
			out[member] = d.given[member]
		}
	}
	if launch := launchType(d.given); launch == "" {
		delete(out, "launchType")
	} else {
		out["launchType"] = launch
		if launch == launchFargate {
			out["platformVersion"] = cmp.Or(text(d.given, "platformVersion"), "LATEST")
			out["platformFamily"] = "Linux"
		}
	}
	return out
}
