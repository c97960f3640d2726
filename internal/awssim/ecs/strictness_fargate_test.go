package ecs_test

var fargateRules = map[string]rule{
	"ephemeral storage in range": {
		accepted: []edit{
			all(onFargate, set(object{"ephemeralStorage": object{"sizeInGiB": 21}})),
			all(onFargate, set(object{"ephemeralStorage": object{"sizeInGiB": 200}})),
		},
		refused: []edit{
			all(onFargate, set(object{"ephemeralStorage": object{"sizeInGiB": 20}})),
			all(onFargate, set(object{"ephemeralStorage": object{"sizeInGiB": 201}})),
		},
		message: "EphemeralStorage size should be at ",
	},
	"ephemeral storage on Fargate": {
		refused: []edit{
			set(object{"requiresCompatibilities": []any{"EC2"}, "ephemeralStorage": object{"sizeInGiB": 21}}),
		},
		message: "Tasks using the EC2 launch type do not support EphemeralStorage",
	},
	"Fargate in awsvpc": {
		accepted: []edit{onFargate},
		refused: []edit{
			all(onFargate, set(object{"networkMode": "bridge"})),
			all(onFargate, unset("networkMode")),
		},
		message: "Fargate only supports network mode ‘awsvpc’.",
	},
	"Fargate has cpu": {
		refused: []edit{all(onFargate, unset("cpu"))},
		message: "Fargate requires that 'cpu' be defined at the task level.",
	},
	"Fargate has memory": {
		refused: []edit{all(onFargate, unset("memory"))},
		message: "Fargate requires that 'memory' be defined at the task level.",
	},
	"Fargate is not privileged": {
		accepted: []edit{inContainer(object{"privileged": true})},
		refused:  []edit{all(onFargate, inContainer(object{"privileged": true}))},
		message:  "Fargate requires that the 'privileged' setting be 'false'",
	},
	"Fargate knows its log drivers": {
		accepted: []edit{all(onFargate, inContainer(object{"logConfiguration": object{"logDriver": "splunk"}}))},
		refused:  []edit{all(onFargate, inContainer(object{"logConfiguration": object{"logDriver": "syslog"}}))},
		message:  "syslog is not a valid log driver.",
	},
	"Fargate logs by a role": {
		accepted: []edit{
			all(
				onFargate,
				set(object{"executionRoleArn": execution}),
				inContainer(object{"logConfiguration": object{"logDriver": "awslogs", "options": object{"awslogs-group": "g"}}}),
			),
		},
		refused: []edit{
			all(
				onFargate,
				inContainer(object{"logConfiguration": object{"logDriver": "awslogs", "options": object{"awslogs-group": "g"}}}),
			),
		},
		message: "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
	},
	"Fargate pulls by a role": {
		accepted: []edit{
			all(
				onFargate,
				set(object{"executionRoleArn": execution}),
				inContainer(object{"image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/a"}),
			),
			inContainer(object{"image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/a"}),
		},
		refused: []edit{
			all(onFargate, inContainer(object{"image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/a"})),
		},
		message: "Fargate requires task definition to have execution role ARN to support ECR images.",
	},
	"Fargate keeps its own processes": {
		accepted: []edit{all(onFargate, set(object{"pidMode": "task"}))},
		refused:  []edit{all(onFargate, set(object{"pidMode": "host"}))},
		message:  "Tasks using the Fargate launch type do not support pidMode 'host'",
	},
	"Fargate has no host paths": {
		accepted: []edit{all(onFargate, volumes(object{"name": "v", "host": object{}}))},
		refused:  []edit{all(onFargate, volumes(object{"name": "v", "host": object{"sourcePath": "/x"}}))},
		message:  "Fargate compatible task definitions do not support sourcePath",
	},
	"Fargate has no Docker volumes": {
		refused: []edit{
			all(onFargate, volumes(object{"name": "v", "dockerVolumeConfiguration": object{"scope": "task"}})),
		},
		message: "Fargate compatible task definitions do not support dockerVolumeConfiguration",
	},
	"Fargate places by itself": {
		refused: []edit{
			all(onFargate, set(object{"placementConstraints": []any{object{"type": "memberOf", "expression": "x"}}})),
		},
		message: "Fargate compatible task definitions do not support placementConstraints",
	},
	"containers' cpu within the task": {
		accepted: []edit{all(onFargate, inContainer(object{"cpu": 256}))},
		refused:  []edit{all(onFargate, inContainer(object{"cpu": 257}))},
		message:  "The sum of all container 'cpu' values cannot be greater than",
	},
}
