package setup

import "strings"

// What the credentials of tasks need on Linux (Amazon ECS Developer Guide: Amazon
// ECS task IAM role). The agent answers on a port of the loopback interface; tasks
// ask a link-local address that every SDK knows.
const (
	// Endpoint is where tasks ask for their credentials, on port 80.
	Endpoint = "169.254.170.2"
	// AgentAddress is where the agent serves them.
	AgentAddress = "127.0.0.1:51679"
	// Metadata is the instance metadata service, with the instance's credentials.
	Metadata = "169.254.169.254"
	// Localnet lets packets from a bridge reach the loopback interface.
	Localnet = "net.ipv4.conf.all.route_localnet"
	// AgentConfig is where the agent's variables stand, one NAME=VALUE a line.
	AgentConfig = "/etc/ecs/ecs.config"
	// SysctlFile is where this package keeps Localnet for the next start.
	SysctlFile = "/etc/sysctl.d/90-ecs-taskrole.conf"
	// SavedRulesAmazon and SavedRulesDebian are what iptables-services and
	// netfilter-persistent restore at start.
	SavedRulesAmazon = "/etc/sysconfig/iptables"
	SavedRulesDebian = "/etc/iptables/rules.v4"
)

// Rule is a rule of the firewall.
type Rule struct {
	Table string
	Chain string
	// Arguments are those that iptables takes after the chain. Their order is the
	// one in which iptables-save prints them.
	Arguments []string
	// First: it must be the first of its chain, for one before it may let pass
	// what it stops. Others are appended.
	First bool
	// Why is for the reader of the script.
	Why string
}

// The rules, all of IPv4.
var (
	// ToAgent carries what comes from a bridge or a task's interface.
	ToAgent = Rule{
		Table: "nat", Chain: "PREROUTING",
		Arguments: []string{"-d", Endpoint + "/32", "-p", "tcp", "-m", "tcp", "--dport", "80", "-j", "DNAT", "--to-destination", AgentAddress},
		Why:       "Tasks in bridge and awsvpc mode reach the agent.",
	}
	// ToAgentFromHost carries what comes from the network of the host itself.
	ToAgentFromHost = Rule{
		Table: "nat", Chain: "OUTPUT",
		Arguments: []string{"-d", Endpoint + "/32", "-p", "tcp", "-m", "tcp", "--dport", "80", "-j", "REDIRECT", "--to-ports", "51679"},
		Why:       "Tasks in host mode, too.",
	}
	// GuardLoopback stops what Localnet would open: other machines on the link
	// could reach what listens on the loopback interface alone. ecs-init sets the
	// same rule on ECS-optimized AMIs.
	GuardLoopback = Rule{
		Table: "filter", Chain: "INPUT",
		Arguments: []string{"!", "-s", "127.0.0.0/8", "-d", "127.0.0.0/8", "-m", "conntrack", "!", "--ctstate", "RELATED,ESTABLISHED,DNAT", "-j", "DROP"},
		First:     true,
		Why:       "Nobody else on the link reaches the loopback interface.",
	}
	// BlockMetadata keeps tasks in bridge mode from the instance's credentials.
	BlockMetadata = Rule{
		Table: "filter", Chain: "DOCKER-USER",
		Arguments: []string{"-d", Metadata + "/32", "-i", "docker+", "-j", "DROP"},
		First:     true,
		Why:       "Tasks in bridge mode do not reach the credentials of the instance.",
	}
)

// Saved is the line that iptables-save prints for the rule.
func (r Rule) Saved() string {
	return "-A " + r.Chain + " " + strings.Join(r.Arguments, " ")
}

// Rules are those that the machine needs, in the order of their setting. ecs-init
// sets the first three by itself on ECS-optimized AMIs.
func (o Options) Rules() []Rule {
	var rules []Rule
	if o.AMI == OtherAMI {
		rules = append(rules, ToAgent, ToAgentFromHost, GuardLoopback)
	}
	if o.IMDS == BlockIMDS && o.has(Bridge, Default) {
		rules = append(rules, BlockMetadata)
	}
	return rules
}

// Variable is one of the agent's (Amazon ECS Developer Guide: Amazon ECS container
// agent configuration).
type Variable struct{ Name, Value string }

// Variables are those that the agent needs.
func (o Options) Variables() []Variable {
	var variables []Variable
	add := func(when bool, name, value string) {
		if when {
			variables = append(variables, Variable{name, value})
		}
	}
	add(o.Cluster != "", "ECS_CLUSTER", o.Cluster)
	add(o.has(Bridge, Default, AWSVPC), "ECS_ENABLE_TASK_IAM_ROLE", "true")
	add(o.has(Host), "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST", "true")
	add(o.has(AWSVPC), "ECS_ENABLE_TASK_ENI", "true")
	add(o.has(AWSVPC) && o.IMDS == BlockIMDS, "ECS_AWSVPC_BLOCK_IMDS", "true")
	return variables
}
