package check

import (
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// itemNames are how rules are called in a report.
var itemNames = map[string]string{
	"PREROUTING": "rule from bridges", "OUTPUT": "rule from the host",
	"INPUT": "rule that guards loopback", "DOCKER-USER": "rule that blocks the metadata",
}

// rule judges one rule as it stands now.
func (r *round) rule(want *setup.Rule) {
	name := itemNames[want.Chain]
	if !r.facts.Rules.Read {
		r.add(name, Unknown, "the rules could not be read", "as root: iptables-save")
		return
	}
	status, says := find(parse(r.facts.Rules.Text), want)
	if status == Missing {
		r.add(name, status, says, by("sudo iptables "+command(want), runSetup))
		return
	}
	r.add(name, status, says, "")
}

func by(one, other string) string { return one + ", or " + other }

// command is what iptables takes to set the rule.
func command(want *setup.Rule) string {
	verb := "-A " + want.Chain
	if want.First {
		verb = "-I " + want.Chain + " 1"
	}
	return "-t " + want.Table + " " + verb + " " + strings.Join(want.Arguments, " ")
}

// find looks for the rule among those of a dump.
func find(has dump, want *setup.Rule) (Status, string) {
	chain, there := has[want.Table][want.Chain]
	if !there && want.Chain == setup.BlockMetadata.Chain {
		return Missing, "there is no chain " + want.Chain
	}
	wanted := parseRule(want.Arguments)
	for i := range chain {
		line := &chain[i]
		switch {
		case line.serves(&wanted):
			if want.Chain == setup.BlockMetadata.Chain && !has.jumps("FORWARD", want.Chain) {
				return Missing, "the chain " + want.Chain + " is there, but FORWARD does not lead to it: Docker does not run, or its rules were flushed"
			}
			return OK, line.text
		case line.ends(&wanted):
			return Missing, "the rule is not there, or comes after `" + line.text + "`, which decides before it"
		}
	}
	return Missing, "not there: " + want.Saved()
}

// kept judges what the next start brings back.
func (r *round) kept() {
	if r.options.AMI == setup.OtherAMI {
		r.keptLocalnet()
	}
	// What ecs-init sets itself at every start need not be kept.
	rules := r.options.Rules()
	if len(rules) == 0 {
		return
	}
	if !r.facts.SavedRules.Read {
		r.add("kept rules", Missing, "nothing restores the rules at the next start: no "+r.facts.SavedRules.From, runSetup)
		return
	}
	saved := parse(r.facts.SavedRules.Text)
	for i := range rules {
		// Docker leads to its chain itself when it starts.
		saved.add("filter", "FORWARD", parseLine("-A FORWARD -j "+setup.BlockMetadata.Chain))
		if status, says := find(saved, &rules[i]); status != OK {
			r.add("kept rules", Missing, r.facts.SavedRules.From+": "+says, runSetup)
			return
		}
	}
	r.add("kept rules", OK, r.facts.SavedRules.From+" has them", "")
}

func (r *round) keptLocalnet() {
	value, from := "", ""
	for _, file := range r.facts.SysctlFiles {
		for line := range strings.Lines(file.Text) {
			name, v, ok := strings.Cut(line, "=")
			name = strings.TrimPrefix(strings.TrimSpace(name), "-")
			if ok && strings.ReplaceAll(name, "/", ".") == setup.Localnet {
				value, from = strings.TrimSpace(v), file.From
			}
		}
	}
	switch value {
	case "1":
		r.add("kept localnet", OK, from+" sets "+setup.Localnet, "")
	case "":
		r.add("kept localnet", Missing, "no file sets "+setup.Localnet+" at the next start", runSetup)
	default:
		r.add("kept localnet", Missing, from+" sets "+setup.Localnet+" to "+value+" at the next start", "take the line out of it, then "+runSetup)
	}
}
