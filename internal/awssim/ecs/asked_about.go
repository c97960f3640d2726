package ecs

import (
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
)

// ofService are the subjects of operations on service deployments and revisions. The
// reference has two types of resources for them: what the ARN names, and its service.
func (c *call) ofService(action string) []access.Ask {
	var asks []access.Ask
	arns := append(texts(c.in, "serviceDeploymentArns"), texts(c.in, "serviceRevisionArns")...)
	if arn := text(c.in, "serviceDeploymentArn"); arn != "" {
		arns = append(arns, arn)
	}
	for _, arn := range arns {
		at := []string{arn}
		part := strings.Split(strings.TrimPrefix(arn, c.prefix), "/")
		if len(part) == 4 {
			at = append(at, c.prefix+"service/"+part[1]+"/"+part[2])
		}
		for _, resource := range at {
			ask := access.New(action, resource)
			if len(part) == 4 {
				ask.Set("ecs:cluster", c.clusterARN(part[1]))
				ask.Set("ecs:service", at[1])
			}
			asks = append(asks, ask)
		}
	}
	if len(asks) == 0 {
		asks = append(asks, access.New(action, "*"))
	}
	return asks
}

// describe tells the condition keys that say what is to be made or changed.
func (c *call) describe(ask access.Ask, operation string) {
	switch operation {
	case "RegisterTaskDefinition":
		ask.Set("ecs:task-cpu", text(c.in, "cpu"))
		ask.Set("ecs:task-memory", text(c.in, "memory"))
		ask.Set("ecs:compute-compatibility", texts(c.in, "requiresCompatibilities")...)
		privileged := false
		for _, container := range objects(c.in, "containerDefinitions") {
			privileged = privileged || truth(container, "privileged")
		}
		ask.Set("ecs:privileged", strconv.FormatBool(privileged))
	case "CreateService", "UpdateService":
		if name := text(c.in, "taskDefinition"); name != "" {
			ask.Set("ecs:task-definition", c.revisionARN(name))
		}
		ask.Set("ecs:enable-execute-command", strconv.FormatBool(truth(c.in, "enableExecuteCommand")))
		c.describeProviders(ask, c.strategyProviders())
	case "RunTask":
		ask.Set("ecs:cluster", c.clusterARN(text(c.in, "cluster")))
		ask.Set("ecs:enable-execute-command", strconv.FormatBool(truth(c.in, "enableExecuteCommand")))
		c.describeProviders(ask, c.strategyProviders())
	case "PutClusterCapacityProviders":
		c.describeProviders(ask, texts(c.in, "capacityProviders"))
	}
}

// describeProviders tells the capacity providers that a request names.
func (c *call) describeProviders(ask access.Ask, names []string) {
	ask.Set("ecs:capacity-provider", c.providerARNs(names)...)
}

func (c *call) providerARNs(names []string) []string {
	var arns []string
	for _, name := range names {
		arns = append(arns, c.prefix+"capacity-provider/"+c.providerName(name))
	}
	return arns
}

// strategyProviders are the capacity providers of the request's strategy.
func (c *call) strategyProviders() []string {
	var names []string
	for _, item := range objects(c.in, "capacityProviderStrategy") {
		names = append(names, text(item, "capacityProvider"))
	}
	return names
}
