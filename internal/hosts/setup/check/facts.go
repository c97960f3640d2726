package check

import "github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"

// Facts are what was read on the machine.
type Facts struct {
	// Options say what the machine is for; they are taken with their defaults.
	Options setup.Options
	// Config is the agent's configuration. Not read: there is no such file.
	Config Text
	// Localnet is the kernel's net.ipv4.conf.all.route_localnet: "0" or "1".
	Localnet Text
	// SysctlFiles are the files that set the kernel's settings at start, in the
	// order in which they are taken: the last one decides.
	SysctlFiles []Text
	// Rules is what iptables-save prints.
	Rules Text
	// SavedRules is the file that is restored at start. Not read: there is none.
	SavedRules Text
	// AgentNetwork is the network mode of the container ecs-agent, and AgentVersion
	// the agent's own, 1.86.2 for one. Not read where nobody could be asked.
	AgentNetwork Text
	AgentVersion Text
}

// Text is something that may not have been there to read.
type Text struct {
	Read bool
	Text string
	// From is the file or command, for the reader.
	From string
}

// Status is how an item stands.
type Status string

// How an item stands.
const (
	OK Status = "ok"
	// Missing: task roles do not work, or not after the next start, or tasks reach
	// the credentials of the instance.
	Missing Status = "missing"
	// Unknown: it could not be read.
	Unknown Status = "unknown"
)

// Item is one thing that the machine needs.
type Item struct {
	// Name of it, for machines: variables, localnet, rules...
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Says what was found, in words.
	Says string `json:"says"`
	// Cure is what to do about it; empty where nothing is.
	Cure string `json:"cure,omitempty"`
}

// Report is all that was looked at.
type Report struct {
	Items []Item `json:"items"`
	// SetUp is the command whose script mends what is missing; empty where nothing
	// is.
	SetUp string `json:"setUp,omitempty"`
}

// Count tells how many items have the status.
func (r *Report) Count(s Status) int {
	n := 0
	for i := range r.Items {
		if r.Items[i].Status == s {
			n++
		}
	}
	return n
}
