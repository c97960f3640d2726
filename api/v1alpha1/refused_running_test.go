package v1alpha1_test

import (
	"fmt"
	"strings"
)

// rolloutRefusals are about what runs, of a TaskRole.
func rolloutRefusals() []refusal {
	return []refusal{
		{name: "unknown rollout", spec: "rollout: {services: Move}", field: "spec.rollout.services", says: `supported values: "None", "Update"`},
		{name: "unknown acknowledgement", spec: "acknowledge: [Everything]", field: "spec.acknowledge[0]", says: `supported values: "InstanceProfileCutoff"`},
		{name: "same acknowledgement twice", spec: "acknowledge: [InstanceProfileCutoff, InstanceProfileCutoff]", field: "spec.acknowledge[1]", says: "Duplicate value"},
		{name: "too many acknowledgements", spec: "acknowledge: " + list(9, func(int) string { return "InstanceProfileCutoff" }), field: "spec.acknowledge", says: "Too many"},
	}
}

// clusterRefusals are about what runs, of a class.
func clusterRefusals() []refusal {
	selected := func(field, value string) string { return "clusters: {" + field + ": " + value + "}" }
	names, roles := "spec.clusters.names", "spec.clusters.instanceRoles"
	return []refusal{
		{name: "unknown default rollout", spec: "defaults: {rollout: {services: Move}}", field: "spec.defaults.rollout.services", says: "Unsupported value"},
		{name: "empty filter of instances", spec: selected("instanceFilter", "''"), field: "spec.clusters.instanceFilter", says: "at least 1 chars"},
		{name: "long filter of instances", spec: selected("instanceFilter", strings.Repeat("f", 1025)), field: "spec.clusters.instanceFilter", says: "Too long"},
		{name: "too many clusters", spec: selected("names", list(65, func(i int) string { return fmt.Sprintf("c%d", i) })), field: names, says: "Too many"},
		{name: "same cluster twice", spec: selected("names", "[a, a]"), field: names + "[1]", says: "Duplicate value"},
		{name: "empty cluster", spec: selected("names", "['']"), field: names + "[0]", says: "at least 1 chars"},
		{name: "long cluster", spec: selected("names", "["+strings.Repeat("c", 256)+"]"), field: names + "[0]", says: "Too long"},
		{name: "cluster by ARN", spec: selected("names", "['arn:aws:ecs:us-west-2:111122223333:cluster/shop']"), field: names + "[0]", says: "write the bare name, without an ARN"},
		{name: "too many roles of instances", spec: selected("instanceRoles", list(17, func(i int) string { return fmt.Sprintf("r%d", i) })), field: roles, says: "Too many"},
		{name: "same role of instances twice", spec: selected("instanceRoles", "[a, a]"), field: roles + "[1]", says: "Duplicate value"},
		{name: "empty role of instances", spec: selected("instanceRoles", "['']"), field: roles + "[0]", says: "at least 1 chars"},
		{name: "long role of instances", spec: selected("instanceRoles", "["+strings.Repeat("r", 65)+"]"), field: roles + "[0]", says: "Too long"},
		{name: "role of instances by ARN", spec: selected("instanceRoles", "['arn:aws:iam::111122223333:role/ecsInstanceRole']"), field: roles + "[0]", says: "write the bare name of the role"},
	}
}
