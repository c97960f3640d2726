package ecs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// instance is a container instance.
type instance struct {
	Host
	id         string
	arn        string
	status     string
	reserves   []string // TCP ports
	cluster    *cluster
	registered time.Time
	version    int
}

// tasks are those that run on the instance.
func (i *instance) tasks() []*task {
	var out []*task
	for _, t := range i.cluster.tasks {
		if t.where.instance == i && !t.stopped() {
			out = append(out, t)
		}
	}
	return out
}

// resources are what tasks take of an instance.
type resources struct {
	cpu, memory int
	ports       []string
}

func (i *instance) used() resources {
	out := resources{ports: slices.Clone(i.reserves)}
	for _, t := range i.tasks() {
		cpu, memory := reserved(t.revision.definition)
		out.cpu, out.memory = out.cpu+cpu, out.memory+memory
		out.ports = append(out.ports, hostPorts(t.revision.definition)...)
	}
	return out
}

// reserved is what a task takes: the task's own size, or that of its containers.
func reserved(definition object) (cpu, memory int) {
	for _, d := range objects(definition, "containerDefinitions") {
		cpu += int(number(d, "cpu"))
		if has(d, "memoryReservation") {
			memory += int(number(d, "memoryReservation"))
		} else {
			memory += int(number(d, "memory"))
		}
	}
	if n, err := strconv.Atoi(text(definition, "cpu")); err == nil {
		cpu = n
	}
	if n, err := strconv.Atoi(text(definition, "memory")); err == nil {
		memory = n
	}
	return cpu, memory
}

// hostPorts are the TCP ports of the instance that a task takes and that were
// chosen beforehand. In awsvpc they are the task's own interface's.
func hostPorts(definition object) []string {
	if text(definition, "networkMode") == "awsvpc" {
		return nil
	}
	var out []string
	for _, d := range objects(definition, "containerDefinitions") {
		for _, p := range objects(d, "portMappings") {
			port, _ := p["hostPort"].(json.Number)
			if text(p, "protocol") == "tcp" && port != "" && port != "0" {
				out = append(out, port.String())
			}
		}
	}
	return out
}

// show is the instance as DescribeContainerInstances tells it.
func (c *call) showInstance(i *instance) object {
	running, pending := 0, 0
	for _, t := range i.tasks() {
		if t.pending {
			pending++
		} else {
			running++
		}
	}
	used := i.used()
	out := object{
		"containerInstanceArn": i.arn,
		"status":               i.status,
		"agentConnected":       !i.Disconnected,
		"runningTasksCount":    running,
		"pendingTasksCount":    pending,
		"version":              i.version,
		"versionInfo":          i.versionInfo(),
		"registeredAt":         timestamp(i.registered),
		"registeredResources":  amounts(i.CPU, i.Memory, i.reserves),
		"remainingResources":   amounts(i.CPU-used.cpu, i.Memory-used.memory, used.ports),
		"attributes":           i.attributes(),
		"attachments":          []any{},
		"tags":                 []any{},
	}
	if c.includes("TAGS") {
		out["tags"] = tagList(c.tags[i.arn])
	}
	if i.EC2InstanceID != "" {
		out["ec2InstanceId"] = i.EC2InstanceID
	}
	if i.CapacityProvider != "" {
		out["capacityProviderName"] = i.CapacityProvider
	}
	return out
}

func (i *instance) versionInfo() object {
	out := object{}
	if i.AgentVersion != "" {
		out["agentVersion"] = i.AgentVersion
		out["agentHash"] = fmt.Sprintf("%08x", i.registered.Unix()&0xffffffff)
	}
	if i.DockerVersion != "" {
		out["dockerVersion"] = "DockerVersion: " + i.DockerVersion
	}
	return out
}

func (i *instance) attributes() []any {
	out := []any{}
	for _, name := range slices.Sorted(maps.Keys(i.Attributes)) {
		attribute := object{"name": name}
		if v := i.Attributes[name]; v != "" {
			attribute["value"] = v
		}
		out = append(out, attribute)
	}
	return out
}

// amounts are an instance's resources. Of ports it tells those that are taken.
func amounts(cpu, memory int, ports []string) []any {
	number := func(name string, n int) object {
		return object{"name": name, "type": "INTEGER", "integerValue": n, "longValue": 0, "doubleValue": json.Number("0")}
	}
	set := func(name string, values []string) object {
		return object{
			"name": name, "type": "STRINGSET", "stringSetValue": array(values),
			"integerValue": 0, "longValue": 0, "doubleValue": json.Number("0"),
		}
	}
	return []any{number("CPU", cpu), number("MEMORY", memory), set("PORTS", ports), set("PORTS_UDP", nil)}
}
