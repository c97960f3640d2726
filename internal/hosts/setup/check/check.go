package check

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// round is one judgement.
type round struct {
	facts   *Facts
	options setup.Options
	report  Report
}

// Judge says how everything stands that a machine of the options needs. The items
// come in the order in which a request for credentials meets them.
func Judge(f *Facts) Report {
	r := &round{facts: f, options: f.Options.WithDefaults()}
	r.version()
	r.variables()
	if r.options.AMI == setup.OtherAMI {
		r.network()
	}
	// ecs-init sets it on ECS-optimized AMIs, so it must be there all the same.
	r.localnet()
	rules := r.options
	rules.AMI = setup.OtherAMI
	for _, rule := range rules.Rules() {
		r.rule(&rule)
	}
	r.kept()
	if r.report.Count(Missing) > 0 {
		r.report.SetUp = f.Options.Command()
	}
	return r.report
}

func (r *round) add(name string, s Status, says, cure string) {
	if s == OK {
		cure = ""
	}
	r.report.Items = append(r.report.Items, Item{Name: name, Status: s, Says: says, Cure: cure})
}

// runSetup is the cure of all that the script mends.
const runSetup = "run the script that setUp prints"

// minimum is the oldest agent that serves the modes (Amazon ECS Developer Guide:
// Amazon ECS task IAM role).
func (r *round) minimum() (minor int, why string) {
	for _, mode := range r.options.NetworkModes {
		if mode == setup.Host {
			return 12, "1.12.0, which knows roles in host mode"
		}
	}
	return 11, "1.11.0, which knows task roles"
}

var semantic = regexp.MustCompile(`^v?(\d+)\.(\d+)\.(\d+)`)

func (r *round) version() {
	minor, oldest := r.minimum()
	var has [3]int
	found := semantic.FindString(r.facts.AgentVersion.Text)
	if !r.facts.AgentVersion.Read || found == "" {
		r.add("agent", Unknown, "the agent did not tell its version", "see whether it runs: sudo systemctl status ecs, or docker ps --filter name=ecs-agent")
		return
	}
	if _, err := fmt.Sscanf(strings.TrimPrefix(found, "v"), "%d.%d.%d", &has[0], &has[1], &has[2]); err != nil {
		r.add("agent", Unknown, "the agent's version is no number: "+found, "")
		return
	}
	if has[0] < 1 || has[0] == 1 && has[1] < minor {
		r.add("agent", Missing, "the agent is "+found+", older than "+oldest, "update the agent, best to the newest")
		return
	}
	r.add("agent", OK, "the agent is "+found, "")
}

func (r *round) variables() {
	set, twice := variables(r.facts.Config.Text)
	for _, v := range r.options.Variables() {
		name, line := "variable "+v.Name, v.Name+"="+v.Value
		value, there := set[v.Name]
		switch {
		case !r.facts.Config.Read:
			r.add(name, Missing, r.facts.Config.From+" is not there, so "+line+" is not set", runSetup)
		case !there && r.inherent(v.Name):
			r.add(name, OK, v.Name+" is not set; ecs-init of an ECS-optimized AMI sets it", "")
		case !there:
			r.add(name, Missing, v.Name+" is not set", runSetup)
		case twice[v.Name]:
			r.add(name, Missing, v.Name+" is set more than once", runSetup)
		case !same(v.Value, value):
			r.add(name, Missing, v.Name+"="+value+", not "+v.Value, runSetup)
		default:
			r.add(name, OK, line, "")
		}
	}
}

// inherent tells what ecs-init turns on by itself.
func (r *round) inherent(name string) bool {
	return r.options.AMI == setup.ECSOptimized && name != "ECS_CLUSTER" && name != "ECS_AWSVPC_BLOCK_IMDS"
}

// same compares as the agent does, to whom 1, t, T, TRUE, true and True are true.
func same(want, has string) bool {
	if want == "true" {
		switch has {
		case "1", "t", "T", "TRUE", "true", "True":
			return true
		}
	}
	return want == has
}

// variables reads an agent's configuration.
func variables(text string) (set map[string]string, twice map[string]bool) {
	set, twice = map[string]string{}, map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		_, there := set[name]
		twice[name] = twice[name] || there
		set[name] = value
	}
	return set, twice
}

func (r *round) network() {
	switch network := r.facts.AgentNetwork; {
	case !network.Read:
		r.add("agent network", Unknown, "the container ecs-agent could not be looked at", "look at it: sudo docker inspect --format '{{.HostConfig.NetworkMode}}' ecs-agent")
	case network.Text != "host":
		r.add("agent network", Missing, "the container ecs-agent is on the network "+network.Text+", where the rules do not lead", "start it with --net=host: "+runSetup)
	default:
		r.add("agent network", OK, "the container ecs-agent is on the network of the host", "")
	}
}

func (r *round) localnet() {
	switch now := r.facts.Localnet; {
	case !now.Read:
		r.add("localnet", Unknown, now.From+" could not be read", "look at it: sysctl "+setup.Localnet)
	case strings.TrimSpace(now.Text) != "1":
		r.add("localnet", Missing, setup.Localnet+" is "+strings.TrimSpace(now.Text)+", so nothing from a bridge reaches the agent", "sudo sysctl -w "+setup.Localnet+"=1, or "+runSetup)
	default:
		r.add("localnet", OK, setup.Localnet+" is 1", "")
	}
}
