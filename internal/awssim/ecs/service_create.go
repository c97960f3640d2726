package ecs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
)

// service keeps a number of tasks on one revision.
type service struct {
	name      string
	arn       string
	cluster   *cluster
	status    string    // ACTIVE, DRAINING or INACTIVE
	revision  *revision // of its PRIMARY deployment; nil under controller EXTERNAL
	desired   int
	given     object // of CreateService and UpdateService, as it was given
	created   time.Time
	createdBy string    // ARN of the caller
	gone      time.Time // when it stops draining
	lacking   bool      // a task could not be started, outside of any rollout
	events    []any     // the newest first

	deployments []deployment // all since it was created, the oldest first
	current     []string     // ids of those that are told of: the PRIMARY, then older ones
	rollouts    []rollout    // the oldest first
	past        stale.History[*service]
}

const (
	controllerECS        = "ECS"
	controllerCodeDeploy = "CODE_DEPLOY"
	controllerExternal   = "EXTERNAL"
)

func (s *service) controller() string {
	return cmp.Or(text(child(s.given, "deploymentController"), "type"), controllerECS)
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
	switch old := cl.services[name]; {
	case old != nil && old.status == statusActive:
		return nil, invalidParameter("Creation of service was not idempotent.")
	case old != nil && old.status == statusDraining:
		return nil, invalidParameter("Unable to Start a service that is still Draining.")
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
	out := c.showService(s, true)
	out["events"] = []any{} // its answer tells of none yet
	return object{"service": out}, nil
}

// standService finds what a new service stands on, and how many tasks it wants.
func (c *call) standService(s *service) error {
	s.desired = int(number(s.given, "desiredCount"))
	switch {
	case s.strategy() == "DAEMON" && has(s.given, "desiredCount"):
		return invalidParameter("Daemon scheduling strategy does not support a desired count for services.")
	case s.strategy() == "DAEMON":
		s.desired = max(1, len(s.cluster.instances)) // a cluster without any is taken to have one
	case s.desired < 0:
		return invalidParameter("desiredCount can not be negative.")
	}
	if err := cmp.Or(c.placing(s.cluster, s.given), s.validConfiguration()); err != nil {
		return err
	}
	name := text(s.given, "taskDefinition")
	if s.controller() == controllerExternal {
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
	if strategy := objects(request, "capacityProviderStrategy"); len(strategy) > 0 &&
		strings.HasPrefix(text(strategy[0], "capacityProvider"), launchFargate) {
		launch = launchFargate
	}
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
