package hosts

import "github.com/taskrole/ecs-taskrole-controller/internal/model"

// Launch is a launch type as Amazon ECS writes it.
type Launch string

// The launch types (Amazon ECS API Reference: TaskDefinition, compatibilities).
const (
	EC2              Launch = "EC2"
	Fargate          Launch = "FARGATE"
	External         Launch = "EXTERNAL"
	ManagedInstances Launch = "MANAGED_INSTANCES"
)

// Mode is the network mode of a task definition. Empty is Docker's default: bridge
// on Linux, NAT on Windows (Amazon ECS Developer Guide: Task networking for tasks
// on Amazon EC2 instances).
type Mode string

// The network modes.
const (
	DefaultMode Mode = ""
	Bridge      Mode = "bridge"
	Host        Mode = "host"
	AWSVPC      Mode = "awsvpc"
	None        Mode = "none"
)

// Attribute is what a definition requires of a container instance. An empty value
// asks for the name alone.
type Attribute struct {
	Name  string
	Value string
}

// Family is what a task definition asks of the machine that runs it.
type Family struct {
	// Compatibilities are the launch types that AWS found the definition fit for,
	// Requires those that it was registered for (requiresCompatibilities).
	Compatibilities []Launch
	Requires        []Launch
	// RequiresAttributes are the definition's own (requiresAttributes).
	RequiresAttributes []Attribute
	NetworkMode        Mode
	// HostPorts are the static ports of the host that its containers map, 1 to
	// 65535. Dynamic ones (0) are left out.
	HostPorts []int32
	// OSFamily is the runtime platform's operatingSystemFamily, and Architecture
	// its cpuArchitecture, as AWS writes them; empty: the definition does not say.
	OSFamily     string
	Architecture string
	// EFSAuthorization: a volume on Amazon EFS is mounted by the task's role.
	EFSAuthorization bool
	// ExecuteCommand: a service of the family enables ECS Exec.
	ExecuteCommand bool
	// InstanceRoles are what is known of the roles that the instances themselves have;
	// which instance has which is not.
	InstanceRoles []model.InstanceRole
	// Uses are where the family is known to run. With none, it may run wherever its
	// launch types let it.
	Uses []Use
}

// Use is one place where the family runs: a service or a running task.
type Use struct {
	Cluster string // short name
	// Launch is the launch type; it is ignored where capacity providers are named.
	Launch Launch
	// Providers are the capacity providers of the strategy; FARGATE and
	// FARGATE_SPOT are AWS's own.
	Providers []string
}

// Cluster is one cluster and the container instances registered in it.
type Cluster struct {
	Name string // short name
	// Unread says why the instances are not known; empty: they are.
	Unread string
	// ManagedProviders are the capacity providers of Amazon ECS Managed Instances:
	// AWS keeps their instances.
	ManagedProviders []string
	Instances        []Instance
}

// Instance is one container instance, as DescribeContainerInstances tells it
// (Amazon ECS API Reference: ContainerInstance).
type Instance struct {
	ARN string
	// EC2ID is the instance's id in Amazon EC2 (i-...), for an external one that in
	// Systems Manager (mi-...).
	EC2ID        string
	Status       string // ACTIVE, DRAINING, REGISTERING...
	Connected    bool   // agentConnected
	AgentVersion string // such as 1.94.0; empty: the agent never told
	// Attributes by name; one that has only a name has an empty value.
	Attributes map[string]string
	// ReservedPorts is the resource PORTS of registeredResources; nil: not told.
	ReservedPorts []int32
	Provider      string // capacityProviderName
	// Role is the IAM role of the instance itself; without a name: not known which.
	Role model.InstanceRole
}
