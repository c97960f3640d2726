package ecs_test

import "fmt"

var containerRules = map[string]rule{
	"some container": {
		refused: []edit{
			unset("containerDefinitions"),
			containers(),
		},
		message: "Container list cannot be empty.",
	},
	"ten containers": {
		accepted: []edit{
			set(object{"containerDefinitions": many(10, func(i int) any { return named(fmt.Sprint("c", i), nil) })}),
		},
		refused: []edit{
			set(object{"containerDefinitions": many(11, func(i int) any { return named(fmt.Sprint("c", i), nil) })}),
		},
		message: "A task definition can have at most 10",
	},
	"container is named": {
		refused: []edit{inContainer(object{"name": ""})},
		message: "Container.name should not be null or empty.",
	},
	"container's name is plain": {
		refused: []edit{inContainer(object{"name": "a b"})},
		message: "Container.name contains invalid characters.",
	},
	"container has an image": {
		refused: []edit{inContainer(object{"image": ""})},
		message: "Container.image should not be null or empty.",
	},
	"containers' names differ": {
		accepted: []edit{containers(named("a", nil), named("b", nil))},
		refused:  []edit{containers(named("a", nil), named("a", nil))},
		message:  "Container names must be unique within a task definition",
	},
	"something is essential": {
		accepted: []edit{containers(named("a", object{"essential": false}), named("b", nil))},
		refused:  []edit{inContainer(object{"essential": false})},
		message:  "Task definition doesn't have any essential container",
	},
	"memory somewhere": {
		accepted: []edit{
			all(set(object{"memory": "128"}), func(d object) { delete(container(d), "memory") }),
			func(d object) { delete(container(d), "memory"); container(d)["memoryReservation"] = 8 },
		},
		refused: []edit{func(d object) { delete(container(d), "memory") }},
		message: "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
	},
	"reservation below the limit": {
		accepted: []edit{inContainer(object{"memoryReservation": 64})},
		refused:  []edit{inContainer(object{"memoryReservation": 65})},
		message:  "Invalid setting for container 'app'. 'memory' must be greater than or equal to 'memoryReservation'",
	},
	"memory within the task's": {
		accepted: []edit{set(object{"memory": "64"})},
		refused:  []edit{set(object{"memory": "63"})},
		message:  "The 'memory' setting for container 'app' is greater than for the task.",
	},
	"memory is something": {
		refused: []edit{
			inContainer(object{"memory": 0}),
			inContainer(object{"memory": -1}),
		},
		message: "Invalid setting for container 'app'. Memory must",
	},
	"ports are ports": {
		accepted: []edit{
			ports(object{"containerPort": 80, "hostPort": 0}, object{"containerPort": 65535}),
		},
		refused: []edit{
			ports(object{"containerPort": 65536}),
			ports(object{"hostPort": 80}),
			ports(object{"containerPort": 80, "hostPort": -1}),
		},
		message: "Invalid port mapping",
	},
	"port or range": {
		accepted: []edit{ports(object{"containerPortRange": "80-90"})},
		refused: []edit{
			ports(object{"containerPortRange": "80-90", "containerPort": 80}),
		},
		message: "Invalid port mapping: cannot specify both",
	},
	"ports match in awsvpc": {
		accepted: []edit{
			all(
				set(object{"networkMode": "awsvpc"}),
				ports(object{"containerPort": 80, "hostPort": 80}),
			),
		},
		refused: []edit{
			all(
				set(object{"networkMode": "awsvpc"}),
				ports(object{"containerPort": 80, "hostPort": 8080}),
			),
		},
		message: "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
	},
	"no ports without a network": {
		accepted: []edit{set(object{"networkMode": "none"})},
		refused: []edit{
			all(
				set(object{"networkMode": "none"}),
				ports(object{"containerPort": 80}),
			),
		},
		message: "When networkMode=none",
	},
	"protocol is known": {
		accepted: []edit{ports(object{"containerPort": 53, "protocol": "udp"})},
		refused:  []edit{ports(object{"containerPort": 53, "protocol": "UDP"})},
		message:  "Invalid value 'UDP' for 'protocol'",
	},
	"log driver is known": {
		accepted: []edit{inContainer(object{"logConfiguration": object{"logDriver": "syslog"}})},
		refused:  []edit{inContainer(object{"logConfiguration": object{"logDriver": "printer"}})},
		message:  "Invalid value 'printer' for 'logDriver'",
	},
	"awslogs names its group": {
		accepted: []edit{
			inContainer(object{"logConfiguration": object{"logDriver": "awslogs", "options": object{"awslogs-group": "g"}}}),
		},
		refused: []edit{inContainer(object{"logConfiguration": object{"logDriver": "awslogs"}})},
		message: "Log driver awslogs requires options: awslogs-group",
	},
	"awsfirelens has a router": {
		accepted: []edit{
			containers(
				named("app", object{"logConfiguration": object{"logDriver": "awsfirelens"}}),
				named("router", object{"firelensConfiguration": object{"type": "fluentbit"}}),
			),
		},
		refused: []edit{inContainer(object{"logConfiguration": object{"logDriver": "awsfirelens"}})},
		message: "When awsfirelens log driver is specified",
	},
	"health check in its ranges": {
		accepted: []edit{
			inContainer(object{"healthCheck": healthy(object{"interval": 300, "timeout": 2, "retries": 10, "startPeriod": 300})}),
		},
		refused: []edit{
			inContainer(object{"healthCheck": healthy(object{"interval": 4})}),
			inContainer(object{"healthCheck": healthy(object{"timeout": 61})}),
			inContainer(object{"healthCheck": healthy(object{"retries": 0})}),
			inContainer(object{"healthCheck": healthy(object{"startPeriod": 301})}),
			inContainer(object{"healthCheck": object{}}),
		},
		message: "Health check ",
	},
	"variables are named": {
		accepted: []edit{inContainer(object{"environment": []any{object{"name": "A"}}})},
		refused:  []edit{inContainer(object{"environment": []any{object{"value": "A"}}})},
		message:  "Every entry of 'environment'",
	},
	"dependency exists": {
		accepted: []edit{
			containers(
				named("a", nil),
				named("b", object{"dependsOn": on("a", "START")}),
			),
		},
		refused: []edit{inContainer(object{"dependsOn": on("b", "START")})},
		message: "Cannot depend on container",
	},
	"dependency can complete": {
		accepted: []edit{
			containers(
				named("a", object{"essential": false}),
				named("b", object{"dependsOn": on("a", "SUCCESS")}),
			),
		},
		refused: []edit{
			containers(
				named("a", nil),
				named("b", object{"dependsOn": on("a", "COMPLETE")}),
			),
		},
		message: "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
	},
	"dependency can be healthy": {
		accepted: []edit{
			containers(
				named("a", object{"healthCheck": healthy(nil)}),
				named("b", object{"dependsOn": on("a", "HEALTHY")}),
			),
		},
		refused: []edit{
			containers(
				named("a", nil),
				named("b", object{"dependsOn": on("a", "HEALTHY")}),
			),
		},
		message: "A dependency container with HEALTHY condition must have health check configured",
	},
	"dependencies end": {
		refused: []edit{
			containers(
				named("a", object{"dependsOn": on("b", "START")}),
				named("b", object{"dependsOn": on("a", "START")}),
			),
		},
		message: "Container dependencies must not form a cycle",
	},
	"condition is known": {
		refused: []edit{
			containers(
				named("a", nil),
				named("b", object{"dependsOn": on("a", "DONE")}),
			),
		},
		message: "Invalid value 'DONE' for 'condition'",
	},
}

var volumeRules = map[string]rule{
	"volumes exist": {
		accepted: []edit{
			all(
				volumes(object{"name": "v"}),
				mountsV,
			),
		},
		refused: []edit{
			mountsV,
		},
		message: "Unknown volume 'v'",
	},
	"volumes' names differ": {
		accepted: []edit{volumes(object{"name": "v"}, object{"name": "w"})},
		refused:  []edit{volumes(object{"name": "v"}, object{"name": "v"})},
		message:  "Volume names must be unique",
	},
	"volumes are named": {
		refused: []edit{
			volumes(object{}),
			volumes(object{"name": "a b"}),
		},
		message: "Volume name '",
	},
	"volumesFrom exists": {
		accepted: []edit{
			containers(named("a", nil), named("b", object{"volumesFrom": []any{object{"sourceContainer": "a"}}})),
		},
		refused: []edit{inContainer(object{"volumesFrom": []any{object{"sourceContainer": "b"}}})},
		message: "Unknown container 'b'",
	},
	"configured at launch is used": {
		accepted: []edit{
			all(
				volumes(object{"name": "v", "configuredAtLaunch": true}),
				mountsV,
			),
		},
		refused: []edit{volumes(object{"name": "v", "configuredAtLaunch": true})},
		message: "Volumes [v] are not referenced by any of the containers",
	},
	"EFS names a file system": {
		accepted: []edit{efs()},
		refused:  []edit{volumes(object{"name": "v", "efsVolumeConfiguration": object{}})},
		message:  "EFS volume configuration must have a fileSystemId",
	},
	"EFS by IAM is encrypted": {
		accepted: []edit{
			efs(encrypted, byIAM),
		},
		refused: []edit{
			efs(byIAM),
			efs(byIAM, object{"transitEncryption": "DISABLED"}),
		},
		message: "EFS IAM authorization requires TransitEncryption to be enabled",
	},
	"EFS access point, encrypted": {
		accepted: []edit{
			efs(encrypted, byAccessPoint, object{"rootDirectory": "/"}),
		},
		refused: []edit{
			efs(byAccessPoint),
		},
		message: "EFS access points require TransitEncryption",
	},
	"EFS access point's root": {
		refused: []edit{
			efs(encrypted, byAccessPoint, object{"rootDirectory": "/x"}),
		},
		message: "When using an EFS access point, the root directory",
	},
	"EFS port needs encryption": {
		accepted: []edit{
			efs(encrypted, object{"transitEncryptionPort": 2999}),
		},
		refused: []edit{efs(object{"transitEncryptionPort": 2999})},
		message: "TransitEncryptionPort requires that TransitEncryption is enabled",
	},
	"EFS switches are known": {
		refused: []edit{
			efs(object{"transitEncryption": "true"}),
			efs(object{"authorizationConfig": object{"iam": "yes"}}),
		},
		message: "Invalid value '",
	},
}
