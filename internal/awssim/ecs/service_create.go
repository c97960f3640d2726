package ecs

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
)

// service keeps a number of tasks on one revision. Its tasks start and stop at
// once, so a deployment is COMPLETED as soon as it begins.
type service struct {
	name       string
	arn        string
	cluster    *cluster
	status     string    // ACTIVE or INACTIVE
	revision   *revision // nil under controller EXTERNAL
	desired    int
	given      object // of CreateService and UpdateService, as it was given
	created    time.Time
	createdBy  string // ARN of the caller
	deployment deployment
	events     []any // the newest first
	past       stale.History[*service]
}

// deployment is the PRIMARY one, and the only one: those before it ended at once.
type deployment struct {
	id      string
	created time.Time
	updated time.Time
}

// schedulerStops is the stop code of a task that its service ended.
const schedulerStops = "ServiceSchedulerInitiated"

func (s *service) controller() string {
	return cmp.Or(text(child(s.given, "deploymentController"), "type"), "ECS")
}

func (s *service) strategy() string { return cmp.Or(text(s.given, "schedulingStrategy"), "REPLICA") }

func (c *call) createService() (object, error) {
	name := text(c.in, "serviceName")
	switch {
	case name == "":
		return nil, invalidParameter("Service name can not be blank.")
	case !namePattern.MatchString(name):
		return nil, invalidParameter("Service name contains invalid characters.")
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	if old := cl.services[name]; old != nil && old.status == statusActive {
		return nil, invalidParameter("Creation of service was not idempotent.")
	}
	tags, err := c.newTags(invalidParameter)
	if err != nil {
		return nil, err
	}
	s := &service{
		name: name, arn: fmt.Sprintf("%sservice/%s/%s", c.prefix, cl.name, name),
		cluster: cl, status: statusActive, given: clone(c.in), created: c.now, createdBy: c.ARN,
	}
	delete(s.given, "tags")
	if err := c.standService(s); err != nil {
		return nil, err
	}
	cl.services[name] = s
	c.tags[s.arn] = tags
	c.deploy(s)
	return object{"service": c.showService(s, true)}, nil
}

// standService finds what a new service stands on, and how many tasks it wants.
func (c *call) standService(s *service) error {
	s.desired = int(number(s.given, "desiredCount"))
	switch {
	case s.strategy() == "DAEMON" && has(s.given, "desiredCount"):
		return invalidParameter("Daemon scheduling strategy does not support a desired count for services.")
	case s.strategy() == "DAEMON":
		s.desired = 1 // as if the cluster had one instance
	case s.desired < 0:
		return invalidParameter("desiredCount can not be negative.")
	}
	name := text(s.given, "taskDefinition")
	if s.controller() == "EXTERNAL" {
		if name != "" {
			return invalidParameter("TaskDefinition must be blank.")
		}
		s.desired = 0 // its task sets would run them
		return nil
	}
	if name == "" {
		return invalidParameter("TaskDefinition can not be blank.")
	}
	v, err := c.launchable(name, clientError)
	if err != nil {
		return err
	}
	s.revision = v
	return fitsLaunch(v, s.given)
}

// fitsLaunch holds a revision against the way of running it that a request asks.
func fitsLaunch(v *revision, request object) error {
	launch := text(request, "launchType")
	awsvpc := text(v.definition, "networkMode") == "awsvpc"
	network := child(child(request, "networkConfiguration"), "awsvpcConfiguration")
	switch {
	case launch != "" && !slices.Contains(list(v.definition, "compatibilities"), any(launch)):
		return invalidParameter("Task definition does not support launch_type %s.", launch)
	case awsvpc && network == nil:
		return invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case awsvpc && len(list(network, "subnets")) == 0:
		return invalidParameter("subnets can not be empty.")
	case !awsvpc && network != nil:
		return invalidParameter("Network Configuration is not valid for the given networkMode of this task definition.")
	}
	return nil
}

// deploy starts a deployment: new tasks on the service's revision, and the end of
// all others.
func (c *call) deploy(s *service) {
	s.deployment = deployment{id: fmt.Sprintf("ecs-svc/%019d", c.id()), created: c.now}
	for _, t := range s.cluster.tasks {
		if t.service == s {
			t.stop(c.now, schedulerStops, "Scaling activity initiated by deployment "+s.deployment.id)
		}
	}
	c.scale(s)
}

// scale starts or stops tasks until there are as many as desired. None starts
// on a role that ECS may not assume.
func (c *call) scale(s *service) {
	s.deployment.updated = c.now
	running := 0
	for _, t := range s.cluster.tasks {
		if t.service != s || t.stopped() {
			continue
		}
		running++
		if running > s.desired {
			t.stop(c.now, schedulerStops, "Scaling activity initiated by deployment "+s.deployment.id)
		}
	}
	if running < s.desired && !c.launches(s) {
		return
	}
	for ; running < s.desired; running++ {
		c.start(s.cluster, &task{
			revision: s.revision, service: s, group: "service:" + s.name, startedBy: s.deployment.id, given: s.given,
		})
	}
}
