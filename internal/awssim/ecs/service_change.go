package ecs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// changeable is what UpdateService may change of what CreateService was given, the
// revision and the count apart.
var changeable = []string{
	"capacityProviderStrategy", "deploymentConfiguration", "availabilityZoneRebalancing", "networkConfiguration",
	"placementConstraints", "placementStrategy", "platformVersion", "healthCheckGracePeriodSeconds",
	"deploymentController", "enableExecuteCommand", "enableECSManagedTags", "loadBalancers", "propagateTags",
	"serviceRegistries", "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations",
}

func (c *call) updateService() (object, error) {
	s, err := c.namedService()
	switch {
	case err != nil:
		return nil, err
	case s.status != statusActive:
		return nil, refuse("ServiceNotActiveException", "Service was not ACTIVE.")
	}
	given := maps.Clone(s.given)
	for _, member := range changeable {
		if has(c.in, member) {
			given[member] = c.in[member]
		}
	}
	next, err := c.nextRevision(s, given)
	if err != nil {
		return nil, err
	}
	if err := c.validUpdate(s, given); err != nil {
		return nil, err
	}
	desired, err := c.nextCount(s)
	if err != nil {
		return nil, err
	}
	moves := next != s.revision || truth(c.in, "forceNewDeployment") || differs(s.given, given)
	s.given, s.revision, s.desired = given, next, desired
	if moves {
		c.deploy(s)
	} else {
		c.scale(s)
	}
	return object{"service": c.showService(s, true)}, nil
}

// nextRevision is what the service stands on after the update. Its own revision
// may be INACTIVE, as long as nobody names it anew.
func (c *call) nextRevision(s *service, given object) (*revision, error) {
	name := text(c.in, "taskDefinition")
	if name == "" {
		return s.revision, nil
	}
	if kind := s.controller(); kind != controllerECS {
		return nil, cannotDeploy(kind)
	}
	next, err := c.launchable(name, clientError)
	if err != nil {
		return nil, err
	}
	return next, fitsLaunch(next, given)
}

func (c *call) nextCount(s *service) (int, error) {
	if !has(c.in, "desiredCount") {
		return s.desired, nil
	}
	desired := int(number(c.in, "desiredCount"))
	switch {
	case s.strategy() == "DAEMON":
		return 0, invalidParameter("Daemon scheduling strategy does not support a desired count for services.")
	case desired < 0:
		return 0, invalidParameter("desiredCount can not be negative.")
	}
	return desired, nil
}

// validUpdate holds an update against what the service will be.
func (c *call) validUpdate(s *service, given object) error {
	if kind := s.controller(); kind != controllerECS && truth(c.in, "forceNewDeployment") {
		if kind == controllerCodeDeploy {
			return invalidParameter("Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. " +
				"Use AWS CodeDeploy to trigger a new deployment.")
		}
		return invalidParameter("Cannot force a new deployment on services with an %s deployment controller. "+
			"Use task sets instead.", kind)
	}
	if has(c.in, "capacityProviderStrategy") {
		delete(given, "launchType") // it takes the place of one
	}
	if err := c.placing(s.cluster, given); err != nil {
		return err
	}
	next := *s
	next.given = given
	return next.validConfiguration()
}

// differs says whether a service revision would not be the same.
func differs(before, after object) bool {
	for _, member := range revisionMembers {
		if !reflect.DeepEqual(before[member], after[member]) {
			return true
		}
	}
	return false
}

func cannotDeploy(controller string) error {
	if controller == controllerCodeDeploy {
		return invalidParameter("Unable to update task definition on services with a CODE_DEPLOY deployment controller. " +
			"Use AWS CodeDeploy to trigger a new deployment.")
	}
	return invalidParameter("Unable to update task definition on services with an %s deployment controller. "+
		"Use task sets instead.", controller)
}

// namedService is the service that the request's member service names, by name or
// ARN, in the cluster that the request names.
func (c *call) namedService() (*service, error) {
	name := text(c.in, "service")
	if name == "" {
		return nil, invalidParameter("Service can not be blank.")
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	s := cl.services[c.serviceName(cl, name)]
	if s == nil {
		return nil, refuse("ServiceNotFoundException", "Service not found.")
	}
	return s, nil
}

func (c *call) serviceName(cl *cluster, given string) string {
	return strings.TrimPrefix(given, c.prefix+"service/"+cl.name+"/")
}

// deleteService answers a service that drains.
func (c *call) deleteService() (object, error) {
	s, err := c.namedService()
	switch {
	case err != nil:
		return nil, err
	case s.status != statusActive:
		return nil, refuse("ServiceNotFoundException", "Service not found.")
	case s.desired > 0 && s.strategy() != "DAEMON" && !truth(c.in, "force"):
		return nil, invalidParameter("The service cannot be stopped while it is scaled above 0.")
	}
	c.drain(s)
	out := c.showService(s, true)
	out["status"] = statusDraining
	return object{"service": out}, nil
}

// maxServices: "You may specify up to 10 services to describe in a single
// operation" (DescribeServices); ListServices gives as many by default.
const maxServices = 10

func (c *call) describeServices() (object, error) {
	names := texts(c.in, "services")
	switch {
	case len(names) == 0:
		return nil, invalidParameter("Services cannot be empty.")
	case len(names) > maxServices:
		return nil, invalidParameter("Services can have at most %d items.", maxServices)
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	found, failures := []any{}, []any{}
	for _, name := range names {
		s := cl.services[c.serviceName(cl, name)]
		if s == nil {
			failures = append(failures, c.missing("service/"+cl.name, name))
			continue
		}
		found = append(found, c.showService(s, c.includes("TAGS")))
	}
	return object{"services": found, "failures": failures}, nil
}

func (c *call) listServices() (object, error) {
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(cl.services)) {
		s := cl.services[name]
		launch, strategy := text(c.in, "launchType"), text(c.in, "schedulingStrategy")
		if s.status == statusActive && (launch == "" || launch == launchType(s.given)) &&
			(strategy == "" || strategy == s.strategy()) {
			found = append(found, s.arn)
		}
	}
	p := byName(func(arn string) string { return arn })
	p.size = maxServices
	return page(c, "serviceArns", found, p)
}
