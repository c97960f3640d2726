package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
)

// named is how many instances a finding names at most.
const named = 5

// host is an instance that findings name.
type host struct {
	name     string // CLUSTER/ID
	codes    []string
	commands []command // that may be for it; the gravest finding's first
}

// command prints a set-up, as a cure names it.
type command struct {
	text   string
	kind   string // its flags but the form of the output: equal for one kind of host
	output string
	on     string // the hosts that it is for, where a finding has several; else empty
}

// setups finds the commands in the message of a finding. What does not look like one
// is not printed for anybody to run.
var (
	setups = regexp.MustCompile("`(kubectl taskrole hosts setup ((?:--[a-z-]+ [a-z0-9,-]+ ?)+))`(?: for ([A-Za-z -]+))?")
	output = regexp.MustCompile(` ?--output ([a-z-]+)`)
)

func commandsOf(f *v1alpha1.Finding) []command {
	// A newer agent comes from elsewhere: no script mends that by itself.
	if f.Code == hosts.CodeAgentTooOld || f.Code == hosts.CodeAgentVersionUnknown {
		return nil
	}
	// Of a message that was cut, the command for just this host may be missing.
	if strings.HasSuffix(f.Message, "...") {
		return nil
	}
	var out []command
	for _, found := range setups.FindAllStringSubmatch(f.Message, -1) {
		c := command{text: found[1], kind: output.ReplaceAllString(found[2], ""), on: found[3]}
		if form := output.FindStringSubmatch(found[2]); form != nil {
			c.output = form[1]
		}
		out = append(out, c)
	}
	return out
}

// byHost are the hosts that the findings name, those with the gravest finding first.
func byHost(found []v1alpha1.Finding) []*host {
	var out []*host
	for i := range found {
		commands := commandsOf(&found[i])
		for _, name := range found[i].Instances {
			at := slices.IndexFunc(out, func(h *host) bool { return h.name == name })
			if at < 0 {
				at = len(out)
				out = append(out, &host{name: name})
			}
			out[at].codes = append(out[at].codes, found[i].Code)
			out[at].narrow(commands)
		}
	}
	return out
}

// narrow keeps those commands that all findings of the host have in common: each
// finding has one for every kind of host that it is about.
func (h *host) narrow(commands []command) {
	var fit []command
	for _, c := range commands {
		if h.fits(c) {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return
	}
	both := inBoth(h.commands, fit)
	switch {
	case len(h.commands) == 0:
		h.commands = fit
	case len(both) > 0:
		h.commands = slices.Concat(both, inBoth(fit, both))
	}
}

// inBoth are those of the first whose kind of host the others have, too.
func inBoth(first, others []command) []command {
	return slices.DeleteFunc(slices.Clone(first), func(c command) bool { return !slices.ContainsFunc(others, c.same) })
}

func (c command) same(d command) bool { return c.kind == d.kind }

// fits tells external instances by the id that Systems Manager gives them (Amazon
// ECS API Reference: ContainerInstance).
func (h *host) fits(c command) bool {
	id := h.name[strings.LastIndexByte(h.name, '/')+1:]
	return strings.HasPrefix(id, "mi-") == strings.Contains(c.text, "--launch-type external")
}

// mends are the commands to print: one for each kind of host that it may be. A script
// for containers is none for the host, where there is another.
func (h *host) mends() []command {
	var out []command
	for _, container := range []bool{false, true} {
		for _, c := range h.commands {
			if strings.HasPrefix(c.output, "container-") == container && !slices.ContainsFunc(out, c.same) {
				out = append(out, c)
			}
		}
	}
	return out
}

func explainHosts(b *strings.Builder, found []v1alpha1.Finding) {
	all := byHost(found)
	if len(all) == 0 {
		return
	}
	b.WriteString("\nHosts\n")
	for _, h := range all {
		fmt.Fprintf(b, "%s: %s\n", h.name, strings.Join(h.codes, ", "))
		mends := h.mends()
		if len(mends) == 0 {
			b.WriteString("  no script of `hosts setup` mends it: do what the findings say\n")
		}
		for _, c := range mends {
			fmt.Fprintf(b, "  %s", c.text)
			if len(mends) > 1 && c.on != "" {
				fmt.Fprintf(b, "  # for %s", c.on)
			}
			b.WriteByte('\n')
		}
	}
	if slices.ContainsFunc(found, func(f v1alpha1.Finding) bool { return len(f.Instances) >= named }) {
		fmt.Fprintf(b, "\nA finding names %d instances at most, and counts the rest. Mend these, and ask again.\n", named)
	}
}
