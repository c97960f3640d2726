package setup

import "slices"

// rule is a combination that cannot be.
type rule struct {
	when    func(*Options) bool
	flags   func(*Options) []string
	because string
	write   string
}

// impossible holds every combination that is refused.
var impossible = []rule{
	{
		when:    func(o *Options) bool { return o.OS == Windows && o.LaunchType == External },
		flags:   literally("--os windows", "--launch-type external"),
		because: "AWS describes task roles of Windows containers on Amazon EC2 alone",
		write:   "--launch-type ec2, or --os linux",
	},
	{
		when:    func(o *Options) bool { return o.LaunchType == External && o.has(AWSVPC) },
		flags:   literally("--launch-type external", "--network-mode awsvpc"),
		because: "external instances have no elastic network interfaces",
		write:   "--network-mode bridge or host",
	},
	{
		when:    func(o *Options) bool { return o.LaunchType == External && o.Output == UserData },
		flags:   literally("--launch-type external", "--output user-data"),
		because: "user data belongs to Amazon EC2",
		write:   "--output shell or cloud-init",
	},
	{
		when:    func(o *Options) bool { return o.LaunchType == External && o.IMDS != "" },
		flags:   func(o *Options) []string { return []string{"--launch-type external", "--imds " + string(o.IMDS)} },
		because: "external instances have no instance metadata, and so no credentials in it",
		write:   "no --imds",
	},
	{
		when:    func(o *Options) bool { return o.OS == Windows && o.AMI == OtherAMI },
		flags:   literally("--os windows", "--ami other"),
		because: "the module ECSTools comes with AWS's ECS-optimized Windows AMIs",
		write:   "--ami ecs-optimized",
	},
	{
		when: func(o *Options) bool { return o.OS == Windows && o.has(Bridge, Host) },
		flags: func(o *Options) []string {
			return []string{"--os windows", "--network-mode " + string(o.first(Bridge, Host))}
		},
		because: "Windows has no such mode",
		write:   "--network-mode default or awsvpc",
	},
	{
		when:    func(o *Options) bool { return o.OS == Windows && o.Firewall != "" },
		flags:   func(o *Options) []string { return []string{"--os windows", "--firewall " + string(o.Firewall)} },
		because: "Windows reaches the credentials by routes, not by rules",
		write:   "no --firewall",
	},
	{
		when:    func(o *Options) bool { return o.OS == Windows && o.Distribution != "" },
		flags:   func(o *Options) []string { return []string{"--os windows", "--distribution " + string(o.Distribution)} },
		because: "it names a Linux distribution",
		write:   "no --distribution",
	},
	{
		when:    func(o *Options) bool { return o.OS == Windows && slices.Contains([]Output{Shell, CloudInit}, o.Output) },
		flags:   output("--os windows"),
		because: "Windows runs no such thing",
		write:   "--output user-data, powershell, container-powershell or container-cmd",
	},
	{
		when: func(o *Options) bool {
			return o.OS != Windows && slices.Contains([]Output{PowerShell, ContainerPowerShell, ContainerCmd}, o.Output)
		},
		flags:   output("--os linux"),
		because: "it is for Windows",
		write:   "--output shell, cloud-init or user-data",
	},
	{
		when: func(o *Options) bool {
			return o.OS == Windows && o.inContainer() && o.has(AWSVPC) && !o.has(Default)
		},
		flags:   output("--network-mode awsvpc"),
		because: "a container in awsvpc mode has the routes from the start",
		write:   "--output user-data, or --network-mode default",
	},
	{
		when: func(o *Options) bool {
			return o.OS == Windows && o.IMDS == BlockIMDS && !o.inContainer() && !o.has(AWSVPC)
		},
		flags:   literally("--os windows", "--imds block"),
		because: "outside awsvpc a container reaches the metadata only by a route that its own script adds",
		write:   "--output container-powershell or container-cmd with --imds block, or --network-mode awsvpc",
	},
	{
		when: func(o *Options) bool {
			return o.OS != Windows && o.IMDS == BlockIMDS && len(o.NetworkModes) > 0 && !o.has(Bridge, Default, AWSVPC)
		},
		flags:   literally("--network-mode host", "--imds block"),
		because: "a task in host mode has the network of the instance, with its metadata",
		write:   "--network-mode bridge or awsvpc, or no --imds",
	},
	{
		when:    func(o *Options) bool { return o.Distribution == AmazonLinux2 && o.Firewall == IPTablesNFT },
		flags:   literally("--distribution al2", "--firewall iptables-nft"),
		because: "Amazon Linux 2 has iptables-legacy alone",
		write:   "--firewall iptables",
	},
	{
		when: func(o *Options) bool {
			return o.AMI == ECSOptimized && (o.Distribution == Debian || o.Distribution == Ubuntu)
		},
		flags: func(o *Options) []string {
			return []string{"--ami ecs-optimized", "--distribution " + string(o.Distribution)}
		},
		because: "AWS's ECS-optimized AMIs are of Amazon Linux",
		write:   "--ami other, or --distribution al2 or al2023",
	},
}

func literally(flags ...string) func(*Options) []string {
	return func(*Options) []string { return flags }
}

func output(with string) func(*Options) []string {
	return func(o *Options) []string { return []string{with, "--output " + string(o.Output)} }
}

// first is the first mode of the options that is among these.
func (o *Options) first(among ...NetworkMode) NetworkMode {
	for _, mode := range o.NetworkModes {
		if slices.Contains(among, mode) {
			return mode
		}
	}
	return ""
}
