package ecs_test

import "strings"

var taskRules = map[string]rule{
	"family is named": {
		refused: []edit{
			unset("family"),
			set(object{"family": ""}),
		},
		message: "Family can not be blank.",
	},
	"family is 255 characters": {
		accepted: []edit{set(object{"family": strings.Repeat("a", 255)})},
		refused:  []edit{set(object{"family": strings.Repeat("a", 256)})},
		message:  "Family can not be longer",
	},
	"family is plain": {
		accepted: []edit{set(object{"family": "A-z_9"})},
		refused: []edit{
			set(object{"family": "a.b"}),
			set(object{"family": "a/b"}),
			set(object{"family": "a:1"}),
			set(object{"family": "ä"}),
		},
		message: "Family contains invalid characters.",
	},
	"64 KB": {
		accepted: []edit{inContainer(object{"command": []any{strings.Repeat("a", 60_000)}})},
		refused:  []edit{inContainer(object{"command": []any{strings.Repeat("a", 66_000)}})},
		message:  "Actual length: '66",
	},
	"task cpu is a size": {
		accepted: []edit{
			set(object{"cpu": "0.5 vCPU"}),
			set(object{"cpu": "1vcpu"}),
			set(object{"cpu": "100"}),
		},
		refused: []edit{
			set(object{"cpu": "much"}),
			set(object{"cpu": ""}),
			set(object{"cpu": "-1"}),
			set(object{"cpu": "1 GB"}),
		},
		message: "Invalid 'cpu' setting for task.",
	},
	"task memory is a size": {
		accepted: []edit{
			set(object{"memory": "0.5 GB"}),
			set(object{"memory": "1gb"}),
		},
		refused: []edit{
			set(object{"memory": "much"}),
			set(object{"memory": ""}),
			set(object{"memory": "1 vCPU"}),
		},
		message: "Invalid 'memory' setting for task.",
	},
	"network mode is known": {
		accepted: []edit{
			set(object{"networkMode": "bridge"}),
			set(object{"networkMode": "none"}),
		},
		refused: []edit{
			set(object{"networkMode": "Bridge"}),
			set(object{"networkMode": ""}),
		},
		message: "Invalid value '",
	},
	"pid mode is known": {
		accepted: []edit{set(object{"pidMode": "task"})},
		refused:  []edit{set(object{"pidMode": "container"})},
		message:  "Invalid value 'container' for 'pidMode'",
	},
	"ipc mode is known": {
		accepted: []edit{set(object{"ipcMode": "none"})},
		refused:  []edit{set(object{"ipcMode": "any"})},
		message:  "Invalid value 'any' for 'ipcMode'",
	},
	"compatibility is known": {
		accepted: []edit{set(object{"requiresCompatibilities": []any{"EC2", "EXTERNAL"}})},
		refused:  []edit{set(object{"requiresCompatibilities": []any{"EC2", "LAMBDA"}})},
		message:  "Invalid value 'LAMBDA' for 'requiresCompatibilities'",
	},
	"platform is known": {
		accepted: []edit{
			set(object{"runtimePlatform": object{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}),
		},
		refused: []edit{
			set(object{"runtimePlatform": object{"cpuArchitecture": "amd64"}}),
			set(object{"runtimePlatform": object{"operatingSystemFamily": "linux"}}),
		},
		message: "Invalid value '",
	},
	"role is one of the account": {
		accepted: []edit{
			set(object{"taskRoleArn": "arn:aws:iam::111122223333:role/r"}),
			set(object{"taskRoleArn": "arn:aws:iam::111122223333:role/a/path/r+=,.@-_"}),
			set(object{"taskRoleArn": "short-name"}),
		},
		refused: []edit{
			set(object{"taskRoleArn": ""}),
			set(object{"taskRoleArn": "arn:aws:iam::444455556666:role/r"}),
			set(object{"taskRoleArn": "arn:aws-cn:iam::111122223333:role/r"}),
			set(object{"taskRoleArn": "arn:aws:iam::111122223333:user/r"}),
			set(object{"taskRoleArn": "arn:aws:iam::111122223333:role/"}),
			set(object{"taskRoleArn": "a/b"}),
			set(object{"executionRoleArn": ""}),
		},
		message: "Role is not valid",
	},
	"secrets need a role": {
		accepted: []edit{
			all(
				inContainer(object{"secrets": []any{object{"name": "A", "valueFrom": "p"}}}),
				set(object{"executionRoleArn": execution}),
			),
		},
		refused: []edit{inContainer(object{"secrets": []any{object{"name": "A", "valueFrom": "p"}}})},
		message: "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
	},
	"tags, if any": {
		refused: []edit{set(object{"tags": []any{}})},
		message: "Tags can not be empty.",
	},
	"50 tags": {
		accepted: []edit{tagged(50)},
		refused:  []edit{tagged(51)},
		message:  "The number of tags exceeds the limit of 50",
	},
	"tags are not AWS's": {
		accepted: []edit{oneTag("laws:x", "v")},
		refused: []edit{
			oneTag("aws:x", "v"),
			oneTag("AWS:x", "v"),
		},
		message: "Tag keys starting with 'aws:' are reserved",
	},
	"tag keys": {
		accepted: []edit{oneTag(strings.Repeat("k", 128), "v")},
		refused: []edit{
			oneTag(strings.Repeat("k", 129), "v"),
			oneTag("", "v"),
		},
		message: "A tag's key must have 1 to 128 characters",
	},
	"tag values": {
		accepted: []edit{
			oneTag("k", strings.Repeat("v", 256)),
			oneTag("k", ""),
		},
		refused: []edit{oneTag("k", strings.Repeat("v", 257))},
		message: "A tag's value must have at most 256 characters",
	},
	"tag characters": {
		accepted: []edit{oneTag("é_.:/=+-@ 1", "ü")},
		refused: []edit{
			oneTag("k", "<"),
			oneTag("k#", "v"),
		},
		message: "The tag '",
	},
	"tag keys differ": {
		refused: []edit{
			set(object{"tags": []any{object{"key": "a", "value": "1"}, object{"key": "a", "value": "2"}}}),
		},
		message: "Duplicate tag key 'a'",
	},
}
