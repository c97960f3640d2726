package setup

// OS is the operating system of the machine.
type OS string

// LaunchType is where the machine stands.
type LaunchType string

// NetworkMode is one of the network modes of the tasks on the machine.
type NetworkMode string

// AMI tells whether AWS prepared the machine's image for Amazon ECS.
type AMI string

// Firewall is how the rules reach the kernel.
type Firewall string

// Distribution decides what brings the rules back after a reboot.
type Distribution string

// IMDS tells whether tasks may reach the instance metadata service, and by it the
// credentials of the instance.
type IMDS string

// Output is the form of what is printed.
type Output string

// What the options may be.
const (
	Linux   OS = "linux"
	Windows OS = "windows"

	EC2      LaunchType = "ec2"
	External LaunchType = "external"

	Bridge NetworkMode = "bridge"
	Host   NetworkMode = "host"
	AWSVPC NetworkMode = "awsvpc"
	// Default is what a definition without a mode gets: Docker's default network,
	// which is the bridge on Linux and the NAT network on Windows.
	Default NetworkMode = "default"

	ECSOptimized AMI = "ecs-optimized"
	OtherAMI     AMI = "other"

	// IPTables takes whichever back end the machine's iptables has.
	IPTables Firewall = "iptables"
	// IPTablesNFT and IPTablesLegacy insist on one: rules of the two are blind to
	// each other, and Docker's rules are where the machine's iptables puts them.
	IPTablesNFT    Firewall = "iptables-nft"
	IPTablesLegacy Firewall = "iptables-legacy"

	// AutoDistribution lets the script read /etc/os-release.
	AutoDistribution Distribution = "auto"
	AmazonLinux2     Distribution = "al2"
	AmazonLinux2023  Distribution = "al2023"
	Debian           Distribution = "debian"
	Ubuntu           Distribution = "ubuntu"

	BlockIMDS IMDS = "block"
	AllowIMDS IMDS = "allow"

	// Shell is a script for a machine that runs already.
	Shell Output = "shell"
	// CloudInit is a cloud-config document.
	CloudInit Output = "cloud-init"
	// UserData is what an Amazon EC2 instance is launched with.
	UserData Output = "user-data"
	// PowerShell is what a running Windows instance runs, after a reboot for one.
	PowerShell Output = "powershell"
	// ContainerPowerShell and ContainerCmd are what each Windows container starts
	// with, outside awsvpc.
	ContainerPowerShell Output = "container-powershell"
	ContainerCmd        Output = "container-cmd"
)

// Options are what is known of the machine. The zero value of each member but OS
// leaves it to WithDefaults.
type Options struct {
	OS           OS
	LaunchType   LaunchType
	NetworkModes []NetworkMode
	AMI          AMI
	Firewall     Firewall
	Distribution Distribution
	IMDS         IMDS
	// Cluster is its name; empty leaves the agent's as it is.
	Cluster string
	Output  Output
}

// Values are the choices that an option has, in the order of the help.
var Values = struct {
	OS           []OS
	LaunchType   []LaunchType
	NetworkMode  []NetworkMode
	AMI          []AMI
	Firewall     []Firewall
	Distribution []Distribution
	IMDS         []IMDS
	Output       []Output
}{
	OS:           []OS{Linux, Windows},
	LaunchType:   []LaunchType{EC2, External},
	NetworkMode:  []NetworkMode{Bridge, Host, AWSVPC, Default},
	AMI:          []AMI{ECSOptimized, OtherAMI},
	Firewall:     []Firewall{IPTables, IPTablesNFT, IPTablesLegacy},
	Distribution: []Distribution{AutoDistribution, AmazonLinux2, AmazonLinux2023, Debian, Ubuntu},
	IMDS:         []IMDS{BlockIMDS, AllowIMDS},
	Output:       []Output{Shell, CloudInit, UserData, PowerShell, ContainerPowerShell, ContainerCmd},
}

// WithDefaults fills what was left open. The caller's slice is not changed.
func (o Options) WithDefaults() Options {
	windows := o.OS == Windows
	fill(&o.OS, Linux)
	fill(&o.LaunchType, EC2)
	if len(o.NetworkModes) == 0 {
		o.NetworkModes = []NetworkMode{Default}
	}
	fill(&o.AMI, choose(o.LaunchType == External, OtherAMI, ECSOptimized))
	fill(&o.Output, choose(windows, UserData, Shell))
	// AWS's own script for containers adds the route to the metadata.
	fill(&o.IMDS, choose(o.LaunchType == External || o.inContainer(), AllowIMDS, BlockIMDS))
	if !windows {
		fill(&o.Firewall, IPTables)
		fill(&o.Distribution, AutoDistribution)
	}
	return o
}

func fill[T ~string](to *T, value T) {
	if *to == "" {
		*to = value
	}
}

func choose[T any](condition bool, yes, no T) T {
	if condition {
		return yes
	}
	return no
}

// inContainer tells whether a script of a container is asked for.
func (o *Options) inContainer() bool {
	return o.Output == ContainerPowerShell || o.Output == ContainerCmd
}

func (o *Options) has(modes ...NetworkMode) bool {
	for _, mode := range o.NetworkModes {
		for _, m := range modes {
			if mode == m {
				return true
			}
		}
	}
	return false
}
