package hosts

import "github.com/taskrole/ecs-taskrole-controller/internal/policy"

// Codes of findings. The page docs/hosts-readiness.md has a section on each.
const (
	// CodeAgentDisconnected: the agent has lost Amazon ECS, so nothing is placed.
	CodeAgentDisconnected = "AGENT_DISCONNECTED"
	// CodeAgentTooOld: the agent is older than task roles.
	CodeAgentTooOld = "AGENT_TOO_OLD"
	// CodeAgentVersionUnknown: the agent's version is missing, or is none.
	CodeAgentVersionUnknown = "AGENT_VERSION_UNKNOWN"
	// CodeTaskRoleDisabled: ECS_ENABLE_TASK_IAM_ROLE is not on.
	CodeTaskRoleDisabled = "TASK_ROLE_DISABLED"
	// CodeTaskRoleHostDisabled: ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST is not on.
	CodeTaskRoleHostDisabled = "TASK_ROLE_HOST_DISABLED"
	// CodeAWSVPCDisabled: the agent gives tasks no network interface of their own.
	CodeAWSVPCDisabled = "AWSVPC_DISABLED"
	// CodeMissingAttributes: the definition requires what the instance does not have.
	CodeMissingAttributes = "MISSING_ATTRIBUTES"
	// CodeExecUnsupported: ECS Exec is on, and the instance cannot do it.
	CodeExecUnsupported = "EXEC_UNSUPPORTED"
	// CodeEFSAuthUnsupported: a file system is mounted by the task's role, and the
	// instance cannot do it.
	CodeEFSAuthUnsupported = "EFS_AUTH_UNSUPPORTED"
	// CodeNetworkModeUnsupported: the host knows no such network mode.
	CodeNetworkModeUnsupported = "NETWORK_MODE_UNSUPPORTED"
	// CodeNetworkModeNone: a task without a network cannot fetch credentials.
	CodeNetworkModeNone = "NETWORK_MODE_NONE"
	// CodeCredentialsPort: a container maps the port that the agent's credentials
	// are served on.
	CodeCredentialsPort = "CREDENTIALS_PORT"
	// CodeCredentialsPortFree: the agent does not reserve that port.
	CodeCredentialsPortFree = "CREDENTIALS_PORT_FREE"
	// CodeWindowsTaskRoleDisabled: the agent was initialized without
	// -EnableTaskIAMRole.
	CodeWindowsTaskRoleDisabled = "WINDOWS_TASK_ROLE_DISABLED"
	// CodeWindowsPort80: a container maps port 80, which the credentials take.
	CodeWindowsPort80 = "WINDOWS_PORT_80"
	// CodeWindowsPort80Free: task roles are said to be on, but port 80 is not taken.
	CodeWindowsPort80Free = "WINDOWS_PORT_80_FREE"
	// CodeWindowsExternal: AWS describes task roles of Windows on Amazon EC2 alone.
	CodeWindowsExternal = "WINDOWS_EXTERNAL"
	// CodeWindowsRoutes: each container must add routes when it starts.
	CodeWindowsRoutes = "WINDOWS_ROUTES"
	// CodeWindowsReboot: a reboot takes the credentials away.
	CodeWindowsReboot = "WINDOWS_REBOOT"
	// CodeIMDSNotBlocked: tasks reach the instance's own credentials.
	CodeIMDSNotBlocked = "IMDS_NOT_BLOCKED"
	// CodeIMDSUnknown: no API tells whether they do.
	CodeIMDSUnknown = "IMDS_UNKNOWN"
	// CodeHostModeIsolation: in host mode nothing keeps them from it.
	CodeHostModeIsolation = "HOST_MODE_ISOLATION"
	// CodeInstanceRoleWide: the instance's role allows more than the agent needs.
	CodeInstanceRoleWide = "INSTANCE_ROLE_WIDE"
	// CodeNotECSOptimized: the AMI does not look like an ECS-optimized one.
	CodeNotECSOptimized = "NOT_ECS_OPTIMIZED"
	// CodeNoInstances: there is no host to judge.
	CodeNoInstances = "NO_INSTANCES"
	// CodeClusterUnread: a cluster's instances are not known.
	CodeClusterUnread = "CLUSTER_UNREAD"
)

// symptom is one thing that may be wrong with one instance: the index of a bit.
type symptom uint8

const (
	agentDisconnected symptom = iota
	agentTooOld
	agentVersionUnknown
	taskRoleDisabled
	taskRoleHostDisabled
	windowsTaskRoleDisabled
	awsvpcDisabled
	networkModeUnsupported
	networkModeNone
	credentialsPort
	windowsPort80
	missingAttributes
	execUnsupported
	efsAuthUnsupported
	windowsPort80Free
	windowsOutside
	imdsNotBlocked
	imdsUnknown
	hostModeIsolation
	instanceRoleWide
	credentialsPortFree
	notECSOptimized
	windowsRoutes
	windowsReboot
	symptoms // how many there are
)

// set is a set of symptoms.
type set uint32

func (s set) has(x symptom) bool { return s&(1<<x) != 0 }
func (s *set) add(x symptom)     { *s |= 1 << x }
func (s *set) when(x symptom, is bool) {
	if is {
		s.add(x)
	}
}

func setOf(effect effect) (s set) {
	for x := range symptoms {
		s.when(x, kinds[x].effect == effect)
	}
	return s
}

// effect is what a symptom does to the verdict.
type effect uint8

const (
	tells     effect = iota // nothing: it is worth knowing
	blocks                  // the host cannot serve the role
	doubts                  // whether it can is not known
	exposes                 // it can, and tasks also reach the instance's credentials
	mayExpose               // it can, and whether they do is not known
)

var (
	blocking = setOf(blocks)
	doubtful = setOf(doubts)
	exposing = setOf(exposes)
	unproven = setOf(mayExpose)
)

// kind is what is known of a symptom before any host is looked at.
type kind struct {
	code     string
	severity policy.Severity
	effect   effect
	says     string // after "INSTANCES: "
}

var kinds = [symptoms]kind{
	agentDisconnected: {CodeAgentDisconnected, policy.Error, blocks,
		"the agent is not connected, so Amazon ECS places nothing here (agents disconnect for minutes several times an hour; longer is a fault)"},
	agentTooOld: {CodeAgentTooOld, policy.Error, blocks,
		"the agent is too old for task roles"},
	agentVersionUnknown: {CodeAgentVersionUnknown, policy.Warning, doubts,
		"the agent has told no version that can be compared"},
	taskRoleDisabled: {CodeTaskRoleDisabled, policy.Error, blocks,
		"the agent hands out no task roles: ECS_ENABLE_TASK_IAM_ROLE is not true"},
	taskRoleHostDisabled: {CodeTaskRoleHostDisabled, policy.Error, blocks,
		"the agent hands out no task roles in host mode: ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST is not true"},
	windowsTaskRoleDisabled: {CodeWindowsTaskRoleDisabled, policy.Error, blocks,
		"the agent hands out no task roles: Initialize-ECSAgent was run without -EnableTaskIAMRole"},
	awsvpcDisabled: {CodeAWSVPCDisabled, policy.Error, blocks,
		"the agent offers no awsvpc mode: ECS_ENABLE_TASK_ENI is not true"},
	networkModeUnsupported: {CodeNetworkModeUnsupported, policy.Error, blocks,
		"these hosts do not know the definition's network mode"},
	networkModeNone: {CodeNetworkModeNone, policy.Error, blocks,
		"tasks in network mode none reach nothing, the endpoint of their credentials included"},
	credentialsPort: {CodeCredentialsPort, policy.Error, blocks,
		"a container maps port 51679 of the host, on which the agent serves credentials"},
	windowsPort80: {CodeWindowsPort80, policy.Error, blocks,
		"a container maps port 80 of the host, which the credential proxy takes on Windows"},
	missingAttributes: {CodeMissingAttributes, policy.Error, blocks,
		"attributes that the definition requires are missing, so Amazon ECS places nothing of it here"},
	execUnsupported: {CodeExecUnsupported, policy.Error, blocks,
		"ECS Exec is on, and the agent does not offer it"},
	efsAuthUnsupported: {CodeEFSAuthUnsupported, policy.Error, blocks,
		"a volume on Amazon EFS is mounted by the task's role, and the agent does not offer it"},
	windowsPort80Free: {CodeWindowsPort80Free, policy.Warning, doubts,
		"the attribute says that task roles are on, but port 80 is not reserved, so the credential proxy may not run; an attribute can be put by hand"},
	windowsOutside: {CodeWindowsExternal, policy.Warning, doubts,
		"AWS describes task roles of Windows containers on Amazon EC2 alone, so nothing says that they work on external instances"},
	imdsNotBlocked: {CodeIMDSNotBlocked, policy.Warning, exposes,
		"tasks in awsvpc mode also reach the credentials of the instance: ECS_AWSVPC_BLOCK_IMDS is not true"},
	imdsUnknown: {CodeIMDSUnknown, policy.Warning, mayExpose,
		"whether tasks in bridge mode also reach the credentials of the instance is a rule of its firewall, which no API shows"},
	hostModeIsolation: {CodeHostModeIsolation, policy.Warning, tells,
		"tasks in host mode share the host's network, and nothing on the host keeps them from the credentials of the instance"},
	instanceRoleWide: {CodeInstanceRoleWide, policy.Warning, tells,
		"the role of the instance allows more than AmazonEC2ContainerServiceforEC2Role, to whatever reaches its credentials"},
	credentialsPortFree: {CodeCredentialsPortFree, policy.Warning, tells,
		"the agent does not reserve port 51679, on which it serves credentials, so a dynamic port may take it"},
	notECSOptimized: {CodeNotECSOptimized, policy.Info, tells,
		"the agent does not seem to be started by ecs-init, so the AMI is likely not ECS-optimized (a guess from attributes), and the network rules are yours to keep"},
	windowsRoutes: {CodeWindowsRoutes, policy.Info, tells,
		"outside awsvpc mode each Windows container must add the route to 169.254.170.2 when it starts, which no API shows"},
	windowsReboot: {CodeWindowsReboot, policy.Info, tells,
		"after a reboot of Windows the credential proxy is gone until its interface is removed and the agent is initialized again"},
}
