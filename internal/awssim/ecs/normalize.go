package ecs

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// normalize writes the defaults that AWS writes into a definition when it is
// registered. What it wrote once it leaves alone: a definition that was described
// and is registered again comes out the same.
func normalize(definition object) {
	for _, key := range []string{"cpu", "memory"} {
		if has(definition, key) {
			n, _ := taskSize(key, text(definition, key))
			definition[key] = strconv.FormatInt(n, 10)
		}
	}
	byDefault(definition, "volumes", []any{})
	byDefault(definition, "placementConstraints", []any{})
	for _, c := range objects(definition, "containerDefinitions") {
		normalizeContainer(c, text(definition, "networkMode"))
	}
	for _, v := range objects(definition, "volumes") {
		// A volume of nothing but a name is an empty directory of the host.
		if !slices.ContainsFunc(volumeKinds, func(kind string) bool { return has(v, kind) }) {
			v["host"] = object{}
		}
	}
}

// volumeKinds are the members of which a Volume has one at most.
var volumeKinds = []string{
	"host", "dockerVolumeConfiguration", "efsVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration",
	"s3filesVolumeConfiguration", "configuredAtLaunch",
}

func normalizeContainer(c object, networkMode string) {
	byDefault(c, "cpu", json.Number("0"))
	byDefault(c, "essential", true)
	for _, key := range []string{"environment", "mountPoints", "portMappings", "systemControls", "volumesFrom"} {
		byDefault(c, key, []any{})
	}
	for _, p := range objects(c, "portMappings") {
		byDefault(p, "protocol", "tcp")
		if has(p, "containerPortRange") {
			continue
		}
		// In bridge mode, 0 asks for a port of the ephemeral range (PortMapping).
		host := any(json.Number("0"))
		if sharesPorts(networkMode) {
			host = p["containerPort"]
		}
		byDefault(p, "hostPort", host)
	}
	if h := child(c, "healthCheck"); h != nil {
		// The defaults that HealthCheck documents.
		byDefault(h, "interval", json.Number("30"))
		byDefault(h, "timeout", json.Number("5"))
		byDefault(h, "retries", json.Number("3"))
	}
}

func byDefault(o object, key string, v any) {
	if !has(o, key) {
		o[key] = v
	}
}

// sharesPorts says whether a container's port is the host's (or interface's) port.
func sharesPorts(networkMode string) bool { return networkMode == "host" || networkMode == "awsvpc" }

// taskSize reads a task's cpu (in units of 1/1024 vCPU) or memory (in MiB): "an
// integer ... or as a string using vCPUs ... or GB" (RegisterTaskDefinition).
func taskSize(key, s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	unit := "vcpu"
	if key == "memory" {
		unit = "gb"
	}
	digits, inUnits := strings.CutSuffix(s, unit)
	if !inUnits {
		n, err := strconv.ParseInt(s, 10, 32)
		return n, err == nil && n > 0
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	n := int64(f * 1024)
	return n, err == nil && n > 0
}
