package ecs

import (
	"cmp"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Asked says what a request needs leave for: actions, resources and keys as the
// service authorization reference has them (Actions, resources, and condition
// keys for Amazon Elastic Container Service). A request that is not of the
// model's shape is an error, as for Do.
func (s *Service) Asked(caller wire.Caller, operation string, body []byte) ([]access.Ask, error) {
	in, err := s.read(operation, body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{Caller: caller, region: s.region(caller), service: s, now: s.options.Now(), in: in}
	asks := c.subjects(operation)
	for _, ask := range asks {
		ask.SetRequested(c.sentTags())
		ask.Set("aws:TagKeys", append(texts(in, "tagKeys"), ask.Context["aws:TagKeys"]...)...)
		ask.SetTags("aws:ResourceTag", c.tagsOf(ask.Resource))
		ask.SetTags("ecs:ResourceTag", c.tagsOf(ask.Resource))
	}
	if creates[operation] && len(c.sentTags()) > 0 {
		// "AWS performs additional authorization to verify that the correct permissions
		// are assigned to create tags" (Grant permission to tag resources on creation).
		asks = append(asks, c.tagging(operation, asks[0]))
	}
	return append(asks, c.passed(operation)...), nil
}

// read is the request as the model has it.
func (s *Service) read(operation string, body []byte) (object, error) {
	op, ok := operations[operation]
	if !ok {
		return nil, wire.Refuse(400, "UnknownOperationException", "ECS operation %q is not simulated.", operation)
	}
	in, err := decode(body)
	if err != nil {
		return nil, err
	}
	return conform(op.input, in, s.options.DropUnknown)
}

// creates are the operations that tag what they make.
var creates = map[string]bool{"RegisterTaskDefinition": true, "CreateCluster": true, "CreateService": true, "RunTask": true}

// subjects are the operation's action on each of its resources. What knows no
// resource is only met by *: of task definitions that is all but registering,
// deleting and running them.
func (c *call) subjects(operation string) []access.Ask {
	action := "ecs:" + operation
	var at []string
	switch operation {
	case "RegisterTaskDefinition":
		// The number is not given yet: denials show FAMILY:*.
		at = []string{c.prefix + "task-definition/" + text(c.in, "family") + ":*"}
	case "DeleteTaskDefinitions":
		for _, name := range texts(c.in, "taskDefinitions") {
			at = append(at, c.revisionARN(name))
		}
	case "RunTask":
		at = []string{c.revisionARN(text(c.in, "taskDefinition"))}
	case "TagResource", "UntagResource", "ListTagsForResource":
		at = []string{text(c.in, "resourceArn")}
	case "CreateCluster":
		at = []string{c.prefix + "cluster/" + cmp.Or(text(c.in, "clusterName"), "default")}
	case "DeleteCluster", "ListContainerInstances", "PutClusterCapacityProviders":
		at = []string{c.clusterARN(text(c.in, "cluster"))}
	case "DescribeCapacityProviders":
		at = c.providerARNs(texts(c.in, "capacityProviders"))
	case "DescribeServiceDeployments", "DescribeServiceRevisions", "StopServiceDeployment":
		return c.ofService(action)
	case "DescribeClusters":
		at = c.clusterARNs(texts(c.in, "clusters"))
	default:
		return c.inCluster(operation)
	}
	var asks []access.Ask
	for _, arn := range at {
		ask := access.New(action, cmp.Or(arn, "*"))
		c.describe(ask, operation)
		asks = append(asks, ask)
	}
	if len(asks) == 0 {
		asks = append(asks, access.New(action, "*"))
	}
	return asks
}

// inCluster are the subjects of operations on services, tasks and instances.
func (c *call) inCluster(operation string) []access.Ask {
	cluster := c.clusterName(text(c.in, "cluster"))
	var kind string
	var names []string
	switch operation {
	case "CreateService":
		kind, names = "service", []string{text(c.in, "serviceName")}
	case "UpdateService", "DeleteService", "ListServiceDeployments":
		kind, names = "service", []string{text(c.in, "service")}
	case "DescribeServices":
		kind, names = "service", texts(c.in, "services")
	case "StopTask":
		kind, names = "task", []string{text(c.in, "task")}
	case "DescribeTasks":
		kind, names = "task", texts(c.in, "tasks")
	case "DescribeContainerInstances":
		kind, names = "container-instance", texts(c.in, "containerInstances")
	}
	var asks []access.Ask
	for _, name := range names {
		if !strings.HasPrefix(name, "arn:") {
			name = c.prefix + kind + "/" + cluster + "/" + name
		}
		asks = append(asks, access.New("ecs:"+operation, name))
	}
	if len(asks) == 0 {
		asks = append(asks, access.New("ecs:"+operation, "*"))
	}
	if kind != "" || operation == "ListServices" || operation == "ListTasks" {
		for _, ask := range asks {
			ask.Set("ecs:cluster", c.clusterARN(text(c.in, "cluster")))
			c.describe(ask, operation)
		}
	}
	return asks
}

// tagging is the leave to tag what the operation is about to make.
func (c *call) tagging(operation string, made access.Ask) access.Ask {
	ask := access.New("ecs:TagResource", made.Resource)
	if operation == "RunTask" {
		ask.Resource = c.prefix + "task/" + c.clusterName(text(c.in, "cluster")) + "/*"
		ask.Set("ecs:cluster", made.Context["ecs:cluster"]...)
	}
	ask.Set("ecs:CreateAction", operation)
	ask.SetRequested(c.sentTags())
	return ask
}

// passed are the roles that the request hands to tasks: all of a registered
// definition, those of the one that a service or task is to run, and overrides.
func (c *call) passed(operation string) []access.Ask {
	var from []object
	switch operation {
	case "RegisterTaskDefinition":
		from = []object{c.in}
	case "CreateService", "UpdateService", "RunTask":
		if v, err := c.find(text(c.in, "taskDefinition")); err == nil && v != nil {
			from = append(from, v.definition)
		}
		from = append(from, child(c.in, "overrides"))
	}
	var asks []access.Ask
	seen := map[string]bool{}
	for _, o := range from {
		for _, member := range []string{"taskRoleArn", "executionRoleArn"} {
			role := text(o, member)
			if role == "" || seen[role] {
				continue
			}
			seen[role] = true
			if !strings.HasPrefix(role, "arn:") {
				role = "arn:" + c.Partition + ":iam::" + c.Account + ":role/" + role
			}
			ask := access.New("iam:PassRole", role)
			ask.Set("iam:PassedToService", "ecs-tasks.amazonaws.com")
			asks = append(asks, ask)
		}
	}
	return asks
}

// revisionARN is that of the revision which a reference stands for: "authorization
// will occur using the latest revision" where it names none (RunTask).
func (c *call) revisionARN(name string) string {
	if v, err := c.find(name); err == nil && v != nil {
		return v.arn
	}
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return c.prefix + "task-definition/" + name
}

// clusterARNs are those of several clusters; none named is "default".
func (c *call) clusterARNs(names []string) []string {
	if len(names) == 0 {
		names = []string{"default"}
	}
	var arns []string
	for _, name := range names {
		arns = append(arns, c.clusterARN(name))
	}
	return arns
}

func (c *call) clusterARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return c.prefix + "cluster/" + cmp.Or(name, "default")
}

func (c *call) sentTags() []access.Tag {
	var out []access.Tag
	for _, t := range objects(c.in, "tags") {
		out = append(out, access.Tag{Key: text(t, "key"), Value: text(t, "value")})
	}
	return out
}

func (c *call) tagsOf(arn string) []access.Tag {
	var out []access.Tag
	for _, t := range c.tags[arn] {
		out = append(out, access.Tag{Key: t.key, Value: t.value})
	}
	return out
}
