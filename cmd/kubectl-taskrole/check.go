package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup/check"
)

func newCheck(s streams) *cobra.Command {
	options := setup.Options{OS: setup.Linux}
	var modes []string
	var asJSON bool
	where := thisMachine()
	c := &cobra.Command{
		Use:   "check",
		Short: "Say what this machine lacks to serve task roles",
		Long: `Looks at the Linux machine that it runs on, and changes nothing: the agent's
variables, version and network, the kernel's setting, the rules as they are and as
the next start brings them back. Run it as root, for the rules are only told to root.
The flags say what the machine is for, as those of hosts setup do.

Exit codes: 0 nothing is missing, 1 something is missing, 2 the command line is at
fault, 3 nothing is missing as far as could be read, but not all could.`,
		Example: `  sudo kubectl-taskrole hosts check --network-mode bridge,host --ami other
  sudo kubectl-taskrole hosts check --network-mode awsvpc --json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			setModes(&options, modes)
			if err := options.Validate(); err != nil {
				return usage(err)
			}
			if where.goos != "linux" {
				return &exit{exitUnknown, errors.New("this looks at Linux machines, and runs on " + where.goos)}
			}
			facts := where.read(c.Context())
			facts.Options = options
			report := check.Judge(&facts)
			if err := show(s, &report, asJSON); err != nil {
				return err
			}
			return verdict(&report)
		},
	}
	machineFlags(c, &options, &modes)
	c.Flags().StringVar(&where.config, "config", where.config, "the agent's configuration")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().SortFlags = false
	return c
}

// verdict is the exit code of a report.
func verdict(r *check.Report) error {
	switch {
	case r.Count(check.Missing) > 0:
		return &exit{code: exitFailed}
	case r.Count(check.Unknown) > 0:
		return &exit{code: exitUnknown}
	default:
		return nil
	}
}

func show(s streams, r *check.Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	var b strings.Builder
	for _, item := range r.Items {
		fmt.Fprintf(&b, "%-8s %s: %s\n", strings.ToUpper(string(item.Status)), item.Name, item.Says)
		if item.Cure != "" {
			fmt.Fprintf(&b, "%9s-> %s\n", "", item.Cure)
		}
	}
	fmt.Fprintf(&b, "\n%d ok, %d missing, %d unknown\n", r.Count(check.OK), r.Count(check.Missing), r.Count(check.Unknown))
	if r.SetUp != "" {
		fmt.Fprintf(&b, "setUp: %s\n", r.SetUp)
	}
	_, err := fmt.Fprint(s.out, b.String())
	return err
}

// thisMachine is the machine that the command runs on.
func thisMachine() *machine {
	return &machine{
		goos: runtime.GOOS, config: setup.AgentConfig,
		introspection: "http://127.0.0.1:51678/v1/metadata",
		run:           runCommand,
	}
}
