package hosts

import "strings"

// Attributes that the agent registers, by what it was configured to do (Amazon ECS
// Developer Guide: Amazon ECS container agent configuration; the list itself stands
// in the agent's source, agent/app/agent_capability.go). They are sent when the
// agent registers, so a changed configuration shows only after its restart, and
// anybody who may call PutAttributes can set them: presence is no proof.
const (
	attrTaskRole     = "com.amazonaws.ecs.capability.task-iam-role"
	attrTaskRoleHost = "com.amazonaws.ecs.capability.task-iam-role-network-host"
	attrTaskENI      = "ecs.capability.task-eni"
	attrBlockIMDS    = "ecs.capability.task-eni-block-instance-metadata"
	attrExec         = "ecs.capability.execute-command"
	attrEFSAuth      = "ecs.capability.efsAuth"
	attrAWSLogsRole  = "ecs.capability.execution-role-awslogs"
	attrExternal     = "ecs.capability.external"
	attrOSType       = "ecs.os-type"
	attrOSFamily     = "ecs.os-family"
	attrArchitecture = "ecs.cpu-architecture"
	attrAMI          = "ecs.ami-id"
)

// AttributeIMDS, with the value IMDSBlocked, is how an operator declares that a
// host drops what containers in bridge mode send to the instance metadata service.
// No API of AWS shows the rule. It may be set by ECS_INSTANCE_ATTRIBUTES in the
// agent's configuration, or by PutAttributes.
const (
	AttributeIMDS = "taskrole.dev/imds"
	IMDSBlocked   = "blocked"
)

func (i *Instance) has(name string) bool {
	_, found := i.Attributes[name]
	return found
}

func (i *Instance) meets(a Attribute) bool {
	value, found := i.Attributes[a.Name]
	return found && (a.Value == "" || value == a.Value)
}

// external tells an instance of Amazon ECS Anywhere: by its capability, or by the
// id that Systems Manager gives (Amazon ECS API Reference: ContainerInstance).
func (i *Instance) external() bool {
	return i.has(attrExternal) || strings.HasPrefix(i.EC2ID, "mi-")
}

func (i *Instance) windows() bool {
	if kind := i.Attributes[attrOSType]; kind != "" {
		return strings.EqualFold(kind, "windows")
	}
	return windowsFamily(i.Attributes[attrOSFamily])
}

// windowsFamily: every operating system family but LINUX is a version of Windows
// (Amazon ECS API Reference: RuntimePlatform).
func windowsFamily(family string) bool {
	return len(family) >= 7 && strings.EqualFold(family[:7], "windows")
}

// selfRun guesses that the agent was not started by ecs-init, as it is on the
// ECS-optimized AMIs for Linux. No attribute says so. Ecs-init turns both of these
// on by default (the agent's source: ecs-init/docker/docker.go); an agent run by
// hand after AWS's example has neither.
func (i *Instance) selfRun() bool {
	return !i.has(attrEFSAuth) && !i.has(attrAWSLogsRole)
}

// name is the instance's id as people look for it.
func (i *Instance) name() string {
	if i.EC2ID != "" {
		return i.EC2ID
	}
	return i.ARN[strings.LastIndexByte(i.ARN, '/')+1:]
}
