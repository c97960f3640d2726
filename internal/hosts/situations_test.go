package hosts

import "testing"

const (
	ready    = "True HostsReady"
	nothing  = "True NothingToCheck"
	notReady = "False HostsNotReady"
	exposed  = "False InstanceCredentialsExposed"
	unproved = "Unknown Unproven"
	noHosts  = "Unknown NoInstances"
	unread   = "Unknown ClusterUnread"
)

const setupBridge = "`kubectl taskrole hosts setup --os linux --launch-type ec2 --ami ecs-optimized --network-mode bridge`"

// isolated is a finding that every task in host mode on Amazon EC2 has.
const isolated = CodeHostModeIsolation + ": Use awsvpc or bridge"

var ofAWS = []situation{
	{name: "Fargate alone", family: Family{NetworkMode: AWSVPC, Requires: []Launch{Fargate}, Compatibilities: []Launch{EC2, Fargate}},
		clusters: shop(linux("i-1", disconnected)), verdict: nothing, message: "AWS Fargate"},
	{name: "Managed Instances alone", family: Family{NetworkMode: Host, Compatibilities: []Launch{ManagedInstances}},
		clusters: shop(linux("i-1", provider("managed"), disconnected)), verdict: nothing, message: "Managed Instances"},
	{name: "an instance of a managed provider", family: on(AWSVPC, used(Use{Cluster: "shop", Providers: []string{"managed"}})),
		clusters: []Cluster{{Name: "shop", ManagedProviders: []string{"managed"}, Instances: []Instance{linux("i-1", provider("managed"), agent("1.0.0"))}}}, verdict: nothing},
	{name: "a managed instance beside one's own", family: on(Host),
		clusters: []Cluster{{Name: "shop", ManagedProviders: []string{"managed"}, Instances: []Instance{linux("i-1", provider("managed"), agent("1.0.0")), linux("i-2")}}},
		verdict:  ready, message: "1 of 1 instance can", codes: []string{isolated}},
	{name: "an unknown provider, where only a managed one fits", family: Family{NetworkMode: Host, Compatibilities: []Launch{ManagedInstances}, Uses: []Use{{Cluster: "shop", Providers: []string{"cp"}}}},
		clusters: shop(), verdict: nothing},
	{name: "a service on Fargate, though EC2 would fit", family: on(AWSVPC, used(Use{Cluster: "shop", Launch: Fargate})),
		clusters: shop(linux("i-1", disconnected)), verdict: nothing},
	{name: "a service on Fargate Spot", family: on(AWSVPC, used(Use{Cluster: "shop", Providers: []string{"FARGATE", "FARGATE_SPOT"}})),
		clusters: shop(linux("i-1", disconnected)), verdict: nothing},
	{name: "a service on Fargate in a cluster nobody looks at", family: on(AWSVPC, used(Use{Cluster: "other", Launch: Fargate})), clusters: shop(), verdict: nothing},
	{name: "Fargate or EC2, and no host", family: on(AWSVPC), clusters: shop(), verdict: nothing},
	{name: "Fargate and a host", family: on(AWSVPC), clusters: shop(linux("i-1")), verdict: ready, message: "1 of 1 instance can serve the role; on AWS Fargate"},
	{name: "a service on Fargate, another on EC2", family: on(AWSVPC, used(Use{Cluster: "blue", Launch: Fargate}, Use{Cluster: "shop", Launch: EC2})),
		clusters: append(shop(linux("i-1")), Cluster{Name: "blue"}), verdict: ready, message: "cluster shop: 1 of 1 instance can serve the role; on AWS Fargate"},
	{name: "Fargate or EC2, and no cluster", family: on(AWSVPC), verdict: nothing},
}

var ofTheFleet = []situation{
	{name: "no definition", family: Family{}, clusters: shop(linux("i-1")), verdict: "Unknown NoTaskDefinition", message: "no task definition"},
	{name: "no instance", family: on(Host), clusters: shop(), verdict: noHosts, message: "cluster shop: no ACTIVE instance", codes: []string{"NO_INSTANCES: Register a container instance"}},
	{name: "no cluster", family: on(Host), verdict: noHosts, message: "no cluster to look at", codes: []string{"NO_INSTANCES: no cluster"}},
	{name: "draining ones count apart", family: on(Host), clusters: shop(linux("i-1"), linux("i-2", status("DRAINING"), disconnected)), verdict: ready,
		message: "1 of 1 instance can serve the role, 1 draining", codes: []string{isolated}},
	{name: "inactive ones count apart", family: on(Host), clusters: shop(linux("i-1"), linux("i-2", status("INACTIVE"), disconnected), linux("i-3", status("REGISTERING"))), verdict: ready,
		message: "1 of 1 instance can serve the role, 2 not active", codes: []string{isolated}},
	{name: "only draining ones", family: on(Host), clusters: shop(linux("i-1", status("DRAINING"))), verdict: noHosts, message: "placed on, 1 draining",
		codes: []string{"NO_INSTANCES: 1 draining"}},
	{name: "some of a cluster", family: on(AWSVPC), clusters: shop(linux("i-1"), linux("i-2"), linux("i-3"), linux("i-4", disconnected), linux("i-5", agent("1.9.0"))), verdict: notReady,
		message: "cluster shop: 3 of 5 instances can serve the role", codes: []string{"AGENT_DISCONNECTED: shop/i-4: ", "AGENT_TOO_OLD: shop/i-5: "}},
	{name: "one cluster of two, the worst first", family: on(AWSVPC), clusters: []Cluster{{Name: "blue", Instances: []Instance{linux("i-1")}}, {Name: "green", Instances: []Instance{linux("i-2", disconnected)}}},
		verdict: notReady, message: "cluster green: 0 of 1 instance can serve the role; cluster blue: 1 of 1", codes: []string{"AGENT_DISCONNECTED: green/i-2: "}},
	{name: "an empty cluster that nothing runs in", family: on(AWSVPC), clusters: []Cluster{{Name: "blue"}, {Name: "green", Instances: []Instance{linux("i-2")}}}, verdict: ready},
	{name: "an empty cluster that a service runs in", family: on(AWSVPC, used(Use{Cluster: "blue", Launch: EC2}, Use{Cluster: "green", Launch: EC2})),
		clusters: []Cluster{{Name: "blue"}, {Name: "green", Instances: []Instance{linux("i-2")}}}, verdict: noHosts, message: "cluster blue: no ACTIVE",
		codes: []string{"NO_INSTANCES: cluster blue"}},
	{name: "a cluster that no service names", family: on(AWSVPC, used(Use{Cluster: "green", Launch: EC2})),
		clusters: []Cluster{{Name: "blue", Instances: []Instance{linux("i-1", disconnected)}}, {Name: "green", Instances: []Instance{linux("i-2")}}}, verdict: ready},
	{name: "a cluster that could not be read", family: on(AWSVPC), clusters: []Cluster{{Name: "shop", Unread: "AccessDenied"}}, verdict: unread, message: "cluster shop: not read: AccessDenied",
		codes: []string{"CLUSTER_UNREAD: ecs:ListContainerInstances"}},
	{name: "a service in a cluster nobody looks at", family: on(AWSVPC, used(Use{Cluster: "other", Launch: EC2})), clusters: shop(linux("i-1")), verdict: unread,
		message: "cluster other: not read: the class does not look at it", codes: []string{"CLUSTER_UNREAD: Let the TaskRoleClass name the cluster"}},
	{name: "what is wrong outweighs what is not read", family: on(AWSVPC), clusters: []Cluster{{Name: "a", Unread: "throttled"}, {Name: "b", Instances: []Instance{linux("i-1", disconnected)}}},
		verdict: notReady, codes: []string{"AGENT_DISCONNECTED", "CLUSTER_UNREAD: throttled"}},
	{name: "a provider's instances alone", family: on(AWSVPC, used(Use{Cluster: "shop", Providers: []string{"one"}})),
		clusters: shop(linux("i-1", provider("one")), linux("i-2", provider("two"), disconnected), linux("i-3", disconnected)), verdict: ready, message: "1 of 1 instance"},
	{name: "the launch type takes every provider's instances", family: on(AWSVPC, used(Use{Cluster: "shop", Launch: EC2})),
		clusters: shop(linux("i-1", provider("one")), linux("i-2", provider("two"), disconnected)), verdict: notReady, message: "1 of 2", codes: []string{"AGENT_DISCONNECTED"}},
	{name: "a service that names neither", family: on(AWSVPC, used(Use{Cluster: "shop"})), clusters: shop(linux("i-1")), verdict: ready},
	{name: "an external instance, and the launch type EC2", family: on(Host, used(Use{Cluster: "shop", Launch: EC2})), clusters: shop(linux("i-1", outside, disconnected)), verdict: noHosts,
		codes: []string{"NO_INSTANCES"}},
	{name: "an EC2 instance, and the launch type EXTERNAL", family: on(Host, used(Use{Cluster: "shop", Launch: External})), clusters: shop(linux("i-1", disconnected)), verdict: noHosts,
		codes: []string{"NO_INSTANCES"}},
	{name: "another architecture", family: on(AWSVPC, func(f *Family) { f.Architecture = "ARM64" }), clusters: shop(linux("i-1", disconnected), linux("i-2", with(attrArchitecture, "arm64"))), verdict: ready,
		message: "1 of 1 instance"},
	{name: "another platform, by the definition's attributes", family: on(AWSVPC, requiring(Attribute{attrOSType, "linux"})), clusters: shop(windows("i-1", disconnected), linux("i-2")), verdict: ready,
		message: "1 of 1 instance"},
}

var ofAgents = []situation{
	{name: "disconnected", family: on(AWSVPC), clusters: shop(linux("i-1", disconnected)), verdict: notReady, message: "0 of 1 instance",
		codes: []string{"AGENT_DISCONNECTED: sudo systemctl status ecs"}},
	{name: "disconnected, Windows", family: on(AWSVPC, osFamily("WINDOWS_SERVER_2022_CORE")), clusters: shop(windows("i-1", disconnected)), verdict: notReady,
		codes: []string{"AGENT_DISCONNECTED: Get-Service AmazonECS", "WINDOWS_REBOOT"}},
	{name: "1.10.0", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.10.0"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: aws ecs update-container-agent"}},
	{name: "1.9.99, less than 1.11 in spite of its letters", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.9.99"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: 1.11.0 or later is needed, found 1.9.99"}},
	{name: "1.11.0", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.11.0"))), verdict: ready},
	{name: "v1.11.0", family: on(AWSVPC), clusters: shop(linux("i-1", agent("v1.11.0"))), verdict: ready},
	{name: "1.11.0-1", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.11.0-1"))), verdict: ready},
	{name: "2.0", family: on(AWSVPC), clusters: shop(linux("i-1", agent("2.0"))), verdict: ready},
	{name: "1.100.0", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.100.0"))), verdict: ready},
	{name: "no version", family: on(AWSVPC), clusters: shop(linux("i-1", agent(""))), verdict: unproved, message: "0 of 1 instance",
		codes: []string{"AGENT_VERSION_UNKNOWN: aws ecs update-container-agent"}},
	{name: "no version at all", family: on(AWSVPC), clusters: shop(linux("i-1", agent("latest"))), verdict: unproved,
		codes: []string{"AGENT_VERSION_UNKNOWN: newest AMI"}},
	{name: "1.11.9 in host mode", family: on(Host), clusters: shop(linux("i-1", agent("1.11.9"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: 1.12.0 or later is needed, found 1.11.9", isolated}},
	{name: "1.12.0 in host mode", family: on(Host), clusters: shop(linux("i-1", agent("1.12.0"))), verdict: ready, codes: []string{isolated}},
	{name: "an old one, run by hand", family: on(AWSVPC), clusters: shop(linux("i-1", agent("1.8.0"), without(attrEFSAuth, attrAWSLogsRole))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: install the newest agent and start it as `kubectl taskrole hosts setup --os linux --launch-type ec2 --ami other --network-mode awsvpc` prints", "NOT_ECS_OPTIMIZED"}},
	{name: "an old external one", family: on(Bridge), clusters: shop(linux("i-1", outside, agent("1.8.0"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: `kubectl taskrole hosts setup --os linux --launch-type external --network-mode bridge`"}},
}

var ofLinux = []situation{
	{name: "bridge", family: on(Bridge), clusters: shop(linux("i-1")), verdict: ready},
	{name: "bridge, and nobody says that the metadata is blocked", family: on(Bridge), clusters: shop(linux("i-1", without(AttributeIMDS))), verdict: unproved,
		message: "1 of 1 instance can serve the role; whether tasks also reach", codes: []string{"IMDS_UNKNOWN: sudo iptables -C DOCKER-USER"}},
	{name: "bridge, and it is declared open", family: on(Bridge), clusters: shop(linux("i-1", with(AttributeIMDS, "open"))), verdict: unproved,
		codes: []string{"IMDS_UNKNOWN: aws ecs put-attributes --cluster CLUSTER --attributes name=taskrole.dev/imds,value=blocked"}},
	{name: "the default mode is bridge", family: on(DefaultMode), clusters: shop(linux("i-1", without(AttributeIMDS))), verdict: unproved, codes: []string{"IMDS_UNKNOWN: run what " + setupBridge}},
	{name: "bridge, task roles off", family: on(Bridge), clusters: shop(linux("i-1", without(attrTaskRole))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: Run what " + setupBridge + " prints; then restart the agent"}},
	{name: "bridge, on in host mode only", family: on(Bridge), clusters: shop(linux("i-1", without(attrTaskRole), with(attrTaskRoleHost, ""))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: ECS_ENABLE_TASK_IAM_ROLE is not true"}},
	{name: "bridge, off in host mode only", family: on(Bridge), clusters: shop(linux("i-1", without(attrTaskRoleHost))), verdict: ready},
	{name: "default mode, task roles off, run by hand", family: on(DefaultMode), clusters: shop(linux("i-1", without(attrTaskRole, attrEFSAuth, attrAWSLogsRole))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: --ami other --network-mode bridge", "NOT_ECS_OPTIMIZED: ami-0a1b"}},
	{name: "two kinds of hosts take two commands", family: on(Bridge), clusters: shop(linux("i-1", without(attrTaskRole)), linux("i-2", outside, without(attrTaskRole))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: " + setupBridge + " for ECS-optimized AMIs, `kubectl taskrole hosts setup --os linux --launch-type external --network-mode bridge` for external instances"}},
	{name: "host", family: on(Host), clusters: shop(linux("i-1")), verdict: ready, codes: []string{isolated}},
	{name: "host, task roles off", family: on(Host), clusters: shop(linux("i-1", without(attrTaskRoleHost))), verdict: notReady,
		codes: []string{"TASK_ROLE_HOST_DISABLED: --network-mode host`", isolated}},
	{name: "host, off in the other modes only", family: on(Host), clusters: shop(linux("i-1", without(attrTaskRole))), verdict: ready, codes: []string{isolated}},
	{name: "none", family: on(None), clusters: shop(linux("i-1")), verdict: notReady, codes: []string{"NETWORK_MODE_NONE: use bridge, host or awsvpc"}},
	{name: "awsvpc", family: on(AWSVPC), clusters: shop(linux("i-1")), verdict: ready},
	{name: "awsvpc, metadata not blocked", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrBlockIMDS)), linux("i-2")), verdict: exposed,
		message: "2 of 2 instances can serve the role; on 1 instance tasks also reach", codes: []string{"IMDS_NOT_BLOCKED: Set ECS_AWSVPC_BLOCK_IMDS=true"}},
	{name: "awsvpc, declared blocked as bridge is", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrBlockIMDS), with(AttributeIMDS, IMDSBlocked))), verdict: exposed,
		codes: []string{"IMDS_NOT_BLOCKED"}},
	{name: "awsvpc off: the block does not show then", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrTaskENI, attrBlockIMDS))), verdict: notReady,
		codes: []string{"AWSVPC_DISABLED: --network-mode awsvpc`"}},
	{name: "awsvpc, task roles off", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrTaskRole))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: Do not put the attribute by hand"}},
	{name: "no operating system told", family: on(Bridge), clusters: shop(linux("i-1", without(attrOSType, attrOSFamily))), verdict: ready},
	{name: "port 51679 not reserved", family: on(Bridge), clusters: shop(linux("i-1", ports(22, 51678))), verdict: ready, codes: []string{"CREDENTIALS_PORT_FREE: ECS_RESERVED_PORTS"}},
	{name: "no ports told", family: on(Bridge), clusters: shop(linux("i-1", ports())), verdict: ready},
	{name: "a container maps 51679", family: on(Bridge, mapping(8080, 51679)), clusters: shop(linux("i-1")), verdict: notReady, codes: []string{"CREDENTIALS_PORT: Map another host port"}},
	{name: "a container maps 51679 of its own interface", family: on(AWSVPC, mapping(51679)), clusters: shop(linux("i-1")), verdict: ready},
	{name: "port 80 is nothing to Linux", family: on(Bridge, mapping(80)), clusters: shop(linux("i-1")), verdict: ready},
	{name: "the AMI's agent is likely run by hand", family: on(Bridge), clusters: shop(linux("i-1", without(attrEFSAuth, attrAWSLogsRole))), verdict: ready,
		codes: []string{"NOT_ECS_OPTIMIZED: kubectl-taskrole hosts check"}},
	{name: "half of ecs-init is ecs-init", family: on(Bridge), clusters: shop(linux("i-1", without(attrEFSAuth))), verdict: ready},
	{name: "a wide role of the instance", family: on(Bridge), clusters: shop(linux("i-1", role("ecsInstanceRole", "s3:*", "sqs:SendMessage"))), verdict: ready,
		codes: []string{"INSTANCE_ROLE_WIDE: ecsInstanceRole (s3:* and sqs:SendMessage). Detach"}},
	{name: "a narrow role of the instance", family: on(Bridge), clusters: shop(linux("i-1", role("ecsInstanceRole"))), verdict: ready},
}

var ofExternals = []situation{
	{name: "bridge", family: on(Bridge), clusters: shop(linux("1", outside)), verdict: ready},
	{name: "host", family: on(Host), clusters: shop(linux("1", outside)), verdict: ready},
	{name: "none", family: on(None), clusters: shop(linux("1", outside)), verdict: notReady, codes: []string{"NETWORK_MODE_NONE"}},
	{name: "awsvpc", family: on(AWSVPC, used(Use{Cluster: "shop", Launch: External})), clusters: shop(linux("1", outside)), verdict: notReady,
		codes: []string{"NETWORK_MODE_UNSUPPORTED: external Linux: bridge, host or none"}},
	{name: "awsvpc is not looked for where it does not fit", family: on(AWSVPC), clusters: shop(linux("1", outside)), verdict: nothing},
	{name: "bridge, task roles off", family: on(Bridge), clusters: shop(linux("1", outside, without(attrTaskRole))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED: shop/mi-1: "}},
	{name: "host, task roles off", family: on(Host), clusters: shop(linux("1", outside, without(attrTaskRoleHost))), verdict: notReady,
		codes: []string{"TASK_ROLE_HOST_DISABLED: --launch-type external --network-mode host"}},
	{name: "told by its id alone", family: on(Host), clusters: shop(linux("1", outside, without(attrExternal))), verdict: ready},
	{name: "told by its capability alone", family: on(Host), clusters: shop(linux("i-1", outside, func(i *Instance) { i.EC2ID = "" })), verdict: ready},
	{name: "run by hand", family: on(Host), clusters: shop(linux("1", outside, without(attrEFSAuth, attrAWSLogsRole))), verdict: ready},
	{name: "a wide role", family: on(Bridge), clusters: shop(linux("1", outside, role("anywhere", "*"))), verdict: ready, codes: []string{"INSTANCE_ROLE_WIDE: aws iam list-attached-role-policies"}},
	{name: "Windows", family: on(DefaultMode), clusters: shop(windows("1", outside)), verdict: unproved, message: "0 of 1",
		codes: []string{"WINDOWS_EXTERNAL: Let the family run on Linux, or on Windows on Amazon EC2"}},
	{name: "Windows, task roles off", family: on(DefaultMode), clusters: shop(windows("1", outside, without(attrTaskRole))), verdict: notReady,
		codes: []string{"WINDOWS_TASK_ROLE_DISABLED: placement constraint", "WINDOWS_EXTERNAL"}},
	{name: "Windows here and on Amazon EC2, task roles off", family: on(DefaultMode), clusters: shop(windows("1", outside, without(attrTaskRole)), windows("i-2", without(attrTaskRole))), verdict: notReady,
		codes: []string{"WINDOWS_TASK_ROLE_DISABLED: -EnableTaskIAMRole. Do not put the attribute by hand: the host would be given tasks that it cannot serve. External ones: Let the family", "WINDOWS_EXTERNAL", "WINDOWS_ROUTES", "WINDOWS_REBOOT"}},
	{name: "Windows, an old agent", family: on(DefaultMode), clusters: shop(windows("1", outside, agent("1.2.3"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: Replace the instances by ones of the newest AMI", "WINDOWS_EXTERNAL"}},
	{name: "Windows, bridge", family: on(Bridge, osFamily(server)), clusters: shop(windows("1", outside)), verdict: unproved, codes: []string{"WINDOWS_EXTERNAL"}},
}

const server = "WINDOWS_SERVER_2022_FULL"

var ofWindows = []situation{
	{name: "awsvpc", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1")), verdict: ready, codes: []string{"WINDOWS_REBOOT: instead of rebooting"}},
	{name: "awsvpc, metadata not blocked", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", without(attrBlockIMDS))), verdict: exposed,
		codes: []string{"IMDS_NOT_BLOCKED: --os windows --launch-type ec2 --network-mode awsvpc", "WINDOWS_REBOOT"}},
	{name: "awsvpc off", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", without(attrTaskENI))), verdict: notReady, codes: []string{"AWSVPC_DISABLED", "WINDOWS_REBOOT"}},
	{name: "default", family: on(DefaultMode, osFamily(server)), clusters: shop(windows("i-1")), verdict: ready,
		codes: []string{"WINDOWS_ROUTES: `kubectl taskrole hosts setup --os windows --launch-type ec2 --network-mode default --output container-powershell`", "WINDOWS_REBOOT: --network-mode default --output powershell` prints"}},
	{name: "default, and the definition does not say Windows", family: on(DefaultMode), clusters: shop(windows("i-1")), verdict: ready, codes: []string{"WINDOWS_ROUTES", "WINDOWS_REBOOT"}},
	{name: "default, task roles off", family: on(DefaultMode, osFamily(server)), clusters: shop(windows("i-1", without(attrTaskRole), ports(3389, 51679))), verdict: notReady,
		codes: []string{"WINDOWS_TASK_ROLE_DISABLED: Initialize-ECSAgent with -EnableTaskIAMRole", "WINDOWS_ROUTES", "WINDOWS_REBOOT"}},
	{name: "awsvpc, task roles off", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", without(attrTaskRole))), verdict: notReady,
		codes: []string{"WINDOWS_TASK_ROLE_DISABLED: by hand", "WINDOWS_REBOOT"}},
	{name: "a container maps 80", family: on(DefaultMode, osFamily(server), mapping(80)), clusters: shop(windows("i-1")), verdict: notReady,
		codes: []string{"WINDOWS_PORT_80: load balancer", "WINDOWS_ROUTES", "WINDOWS_REBOOT"}},
	{name: "a container maps 8080", family: on(DefaultMode, osFamily(server), mapping(8080)), clusters: shop(windows("i-1")), verdict: ready, codes: []string{"WINDOWS_ROUTES", "WINDOWS_REBOOT"}},
	{name: "a container maps 80 of its own interface", family: on(AWSVPC, osFamily(server), mapping(80)), clusters: shop(windows("i-1")), verdict: ready, codes: []string{"WINDOWS_REBOOT"}},
	{name: "port 80 not reserved", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", ports(3389, 51679))), verdict: unproved, message: "0 of 1",
		codes: []string{"WINDOWS_PORT_80_FREE: do not put the attribute by hand", "WINDOWS_REBOOT"}},
	{name: "no ports told", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", ports())), verdict: ready, codes: []string{"WINDOWS_REBOOT"}},
	{name: "bridge", family: on(Bridge, osFamily(server)), clusters: shop(windows("i-1")), verdict: notReady, codes: []string{"NETWORK_MODE_UNSUPPORTED: Windows on Amazon EC2: default or awsvpc", "WINDOWS_REBOOT"}},
	{name: "host", family: on(Host, osFamily(server)), clusters: shop(windows("i-1")), verdict: notReady, codes: []string{"NETWORK_MODE_UNSUPPORTED: host. Let the definition", "WINDOWS_REBOOT"}},
	{name: "external, awsvpc", family: on(AWSVPC, osFamily(server), used(Use{Cluster: "shop", Launch: External})), clusters: shop(windows("1", outside)), verdict: notReady,
		codes: []string{"NETWORK_MODE_UNSUPPORTED: awsvpc", "WINDOWS_EXTERNAL"}},
	{name: "not for a definition of Linux", family: on(AWSVPC, osFamily("LINUX")), clusters: shop(windows("i-1", disconnected), linux("i-2")), verdict: ready, message: "1 of 1 instance"},
	{name: "Linux not for a definition of Windows", family: on(AWSVPC, osFamily(server)), clusters: shop(linux("i-1", disconnected), windows("i-2")), verdict: ready, message: "1 of 1 instance", codes: []string{"WINDOWS_REBOOT"}},
	{name: "not for a mode of Linux", family: on(Bridge), clusters: shop(windows("i-1", disconnected), linux("i-2")), verdict: ready, message: "1 of 1 instance"},
	{name: "told by its family alone", family: on(AWSVPC), clusters: shop(windows("i-1", without(attrOSType))), verdict: ready, codes: []string{"WINDOWS_REBOOT"}},
	{name: "ECS Exec that 2016 does not have", family: on(AWSVPC, osFamily(server), func(f *Family) { f.ExecuteCommand = true }), clusters: shop(windows("i-1", without(attrExec))), verdict: notReady,
		codes: []string{"EXEC_UNSUPPORTED: Windows Server 2019 or later", "WINDOWS_REBOOT"}},
	{name: "an old agent", family: on(AWSVPC, osFamily(server)), clusters: shop(windows("i-1", agent("1.10.0"))), verdict: notReady,
		codes: []string{"AGENT_TOO_OLD: install the newest agent and start it as `kubectl taskrole hosts setup --os windows", "WINDOWS_REBOOT"}},
}

const health = "ecs.capability.container-health-check"

var ofDefinitions = []situation{
	{name: "a required attribute is there", family: on(AWSVPC, requiring(Attribute{Name: health})), clusters: shop(linux("i-1", with(health, ""))), verdict: ready},
	{name: "a required attribute is missing", family: on(AWSVPC, requiring(Attribute{Name: health})), clusters: shop(linux("i-1"), linux("i-2", with(health, ""))), verdict: notReady,
		message: "1 of 2", codes: []string{"MISSING_ATTRIBUTES: places nothing of it here: " + health + ". Update the agent"}},
	{name: "its value is another", family: on(AWSVPC, requiring(Attribute{"rack", "b"})), clusters: shop(linux("i-1", with("rack", "a"))), verdict: notReady,
		codes: []string{"MISSING_ATTRIBUTES: rack=b. "}},
	{name: "its value is the same", family: on(AWSVPC, requiring(Attribute{"rack", "a"})), clusters: shop(linux("i-1", with("rack", "a"))), verdict: ready},
	{name: "any value will do", family: on(AWSVPC, requiring(Attribute{Name: "rack"})), clusters: shop(linux("i-1", with("rack", "a"))), verdict: ready},
	{name: "only the missing ones are named", family: on(AWSVPC, requiring(Attribute{Name: "a"}, Attribute{Name: "b"}, Attribute{Name: "c"})), clusters: shop(linux("i-1", with("b", ""))), verdict: notReady,
		codes: []string{"MISSING_ATTRIBUTES: : a and c. "}},
	{name: "the role's own attribute has its own code", family: on(AWSVPC, requiring(Attribute{Name: attrTaskRole}, Attribute{Name: attrTaskENI})), clusters: shop(linux("i-1", without(attrTaskRole, attrTaskENI))), verdict: notReady,
		codes: []string{"TASK_ROLE_DISABLED", "AWSVPC_DISABLED"}},
	{name: "ECS Exec", family: on(AWSVPC, func(f *Family) { f.ExecuteCommand = true }), clusters: shop(linux("i-1")), verdict: ready},
	{name: "ECS Exec, and no SSM agent", family: on(AWSVPC, func(f *Family) { f.ExecuteCommand = true }), clusters: shop(linux("i-1", without(attrExec))), verdict: notReady,
		codes: []string{"EXEC_UNSUPPORTED: Install ecs-init"}},
	{name: "ECS Exec by the definition's attributes", family: on(AWSVPC, requiring(Attribute{Name: attrExec})), clusters: shop(linux("i-1", without(attrExec))), verdict: notReady,
		codes: []string{"EXEC_UNSUPPORTED"}},
	{name: "no ECS Exec is no fault where nobody wants it", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrExec))), verdict: ready},
	{name: "EFS by the role", family: on(AWSVPC, func(f *Family) { f.EFSAuthorization = true }), clusters: shop(linux("i-1")), verdict: ready},
	{name: "EFS by the role, and no plugin", family: on(AWSVPC, func(f *Family) { f.EFSAuthorization = true }), clusters: shop(linux("i-1", without(attrEFSAuth))), verdict: notReady,
		codes: []string{"EFS_AUTH_UNSUPPORTED: amazon-efs-utils"}},
	{name: "EFS by the definition's attributes", family: on(AWSVPC, requiring(Attribute{Name: attrEFSAuth})), clusters: shop(linux("i-1", without(attrEFSAuth))), verdict: notReady,
		codes: []string{"EFS_AUTH_UNSUPPORTED"}},
	{name: "no EFS is no fault where nobody wants it", family: on(AWSVPC), clusters: shop(linux("i-1", without(attrEFSAuth))), verdict: ready},
	{name: "registered for EC2 alone", family: Family{NetworkMode: AWSVPC, Requires: []Launch{EC2}, Compatibilities: []Launch{EC2, Fargate}}, clusters: shop(), verdict: noHosts,
		codes: []string{"NO_INSTANCES"}},
}

func TestEachSituationOfHostsHasItsVerdictCodeAndCure(t *testing.T) {
	total := 0
	for group, table := range map[string][]situation{
		"AWS": ofAWS, "fleet": ofTheFleet, "agent": ofAgents, "Linux": ofLinux, "external": ofExternals, "Windows": ofWindows, "definition": ofDefinitions,
	} {
		total += len(table)
		for _, s := range table {
			t.Run(group+"/"+s.name, s.check)
		}
	}
	if total < 60 {
		t.Errorf("%d situations", total)
	}
}
