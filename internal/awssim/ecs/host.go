package ecs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Host is a container instance as its agent tells of it when it registers
// (RegisterContainerInstance, which only agents call).
type Host struct {
	// ID is the container instance's own; empty: one is made up. A host that is put
	// again replaces the one of its ID, with its tasks.
	ID string
	// EC2InstanceID is i-... on EC2 and mi-... on external hosts.
	EC2InstanceID string
	// Attributes by name; the value is empty where a capability has none.
	Attributes map[string]string
	// AgentVersion is such as 1.90.0, DockerVersion such as 25.0.8.
	AgentVersion, DockerVersion string
	// Disconnected says that the agent has lost ECS: nothing is placed on the host.
	Disconnected bool
	// Status is the container instance's; empty is ACTIVE.
	Status string
	// CapacityProvider is the name of the one that launched the host, if any.
	CapacityProvider string
	// CPU in units of 1/1024 vCPU and Memory in MiB; 0 is 2048 and 3904.
	CPU, Memory int
	// Ports are the TCP ports that the agent reserves; nil is ECS's own: 22, 2375,
	// 2376, 51678 and 51679.
	Ports []string
	// Registered is when; zero: now.
	Registered time.Time
}

// The capabilities that an agent of 2025 registers on the ECS-optimized AMI of
// Amazon Linux, as far as task definitions here can require them.
var optimized = []string{
	"com.amazonaws.ecs.capability.docker-remote-api.1.17", "com.amazonaws.ecs.capability.docker-remote-api.1.18",
	"com.amazonaws.ecs.capability.docker-remote-api.1.19", "com.amazonaws.ecs.capability.docker-remote-api.1.24",
	"com.amazonaws.ecs.capability.docker-remote-api.1.25", "com.amazonaws.ecs.capability.ecr-auth",
	"com.amazonaws.ecs.capability.logging-driver.awslogs", "com.amazonaws.ecs.capability.logging-driver.json-file",
	"com.amazonaws.ecs.capability.privileged-container", "com.amazonaws.ecs.capability.task-iam-role",
	"com.amazonaws.ecs.capability.task-iam-role-network-host", "ecs.capability.container-health-check",
	"ecs.capability.container-ordering", "ecs.capability.efs", "ecs.capability.efsAuth",
	"ecs.capability.execute-command", "ecs.capability.execution-role-awslogs", "ecs.capability.execution-role-ecr-pull",
	"ecs.capability.secrets.asm.environment-variables", "ecs.capability.secrets.ssm.environment-variables",
	"ecs.capability.task-eni",
}

// OptimizedHost is a host of the ECS-optimized AMI of Amazon Linux, which serves
// every task that Linux can. The caller may change its attributes.
func OptimizedHost(ec2InstanceID string) Host {
	attributes := map[string]string{
		"ecs.os-type": "linux", "ecs.os-family": "LINUX", "ecs.cpu-architecture": "x86_64",
		"ecs.ami-id": "ami-0123456789abcdef0", "ecs.instance-type": "t3.medium",
		"ecs.availability-zone": "us-west-2a", "ecs.vpc-id": "vpc-12345678", "ecs.subnet-id": "subnet-12345678",
	}
	for _, name := range optimized {
		attributes[name] = ""
	}
	return Host{EC2InstanceID: ec2InstanceID, Attributes: attributes, AgentVersion: "1.90.0", DockerVersion: "25.0.8"}
}

// PutHost registers a container instance in a cluster, which must exist, and says
// its ARN. Services that could not place their tasks before try again.
func (s *Service) PutHost(in Cluster, h Host) (arn string, err error) {
	err = s.reach(in, func(c *call, cl *cluster) error {
		id := cmp.Or(h.ID, fmt.Sprintf("%032x", c.id()))
		i := cl.instance(id)
		if i == nil {
			i = &instance{id: id, cluster: cl, arn: c.prefix + "container-instance/" + cl.name + "/" + id}
			cl.instances = append(cl.instances, i)
		}
		h.Attributes = maps.Clone(h.Attributes)
		i.Host, i.status, i.version, i.registered = h, cmp.Or(h.Status, statusActive), i.version+1, h.Registered
		if i.registered.IsZero() {
			i.registered = c.now
		}
		i.CPU, i.Memory = cmp.Or(h.CPU, 2048), cmp.Or(h.Memory, 3904)
		if i.reserves = slices.Clone(h.Ports); i.reserves == nil {
			i.reserves = []string{"22", "2376", "2375", "51678", "51679"}
		}
		arn = i.arn
		c.daemons(cl)
		return nil
	})
	return arn, err
}

// RemoveHost deregisters a container instance, named by its ID or ARN. Its tasks
// stop, and their services start others where they can.
func (s *Service) RemoveHost(in Cluster, id string) error {
	return s.reach(in, func(c *call, cl *cluster) error {
		i := cl.instance(id)
		if i == nil {
			return errors.New("no such container instance")
		}
		left := i.tasks()
		cl.instances = slices.DeleteFunc(cl.instances, func(other *instance) bool { return other == i })
		delete(c.tags, i.arn)
		for _, t := range left {
			t.stop(c.now, "TerminationNotice", "Host deregistered")
		}
		for _, t := range left {
			if t.service != nil && t.service.status == statusActive {
				c.scale(t.service)
			}
		}
		c.daemons(cl)
		return nil
	})
}

// daemons has services of the scheduling strategy DAEMON run one task on each
// ACTIVE instance.
func (c *call) daemons(cl *cluster) {
	active := 0
	for _, i := range cl.instances {
		if i.status == statusActive {
			active++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cl.services)) {
		if s := cl.services[name]; s.status == statusActive && s.strategy() == "DAEMON" && len(cl.instances) > 0 {
			s.desired = active
			c.scale(s)
		}
	}
}

// instance is the cluster's instance of that ID or ARN, nil when there is none.
func (cl *cluster) instance(name string) *instance {
	for _, i := range cl.instances {
		if i.id == name || i.arn == name {
			return i
		}
	}
	return nil
}
