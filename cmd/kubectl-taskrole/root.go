package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// streams are where the command writes.
type streams struct{ out, err io.Writer }

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "kubectl-taskrole",
		Short:         "Hosts and audits of the task roles of Amazon ECS",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		// As a plugin it is called by another name than its file's.
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl taskrole"},
		Args:        noArguments,
		RunE:        help,
	}
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newHosts(s), newAudit(s))
	return root
}

func newHosts(s streams) *cobra.Command {
	hosts := &cobra.Command{
		Use:   "hosts",
		Short: "Set up and check the machines that tasks run on",
		Long: `Fargate and managed instances serve task roles by themselves. Amazon EC2
instances and external ones need an agent that is told to, and rules that lead
tasks to it.`,
		Args: noArguments,
		RunE: help,
	}
	hosts.AddCommand(newSetup(s), newCheck(s), newExplain(s))
	return hosts
}

// noArguments also answers a command that does not exist.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Errorf("%q is no command of %s; see %s --help", args[0], c.CommandPath(), c.CommandPath()))
	}
	return nil
}

// help is what a command with commands of its own does. Without it cobra would not
// look at the arguments.
func help(c *cobra.Command, _ []string) error { return c.Help() }

// choice is a flag that takes one of a few values; which they are is judged with
// the other flags, so that all that is wrong is said at once.
func choice[T ~string](c *cobra.Command, to *T, name string, values []T, help string) {
	c.Flags().Var(&text[T]{to}, name, help+": "+join(values))
}

// text is a flag of a string type.
type text[T ~string] struct{ to *T }

func (t *text[T]) String() string {
	if t.to == nil {
		return "" // pflag asks a zero value of it whether a default is one
	}
	return string(*t.to)
}
func (t *text[T]) Set(s string) error { *t.to = T(s); return nil }
func (*text[T]) Type() string         { return "name" }

func join[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// machineFlags are those that tell what a machine is, shared by setup and check.
func machineFlags(c *cobra.Command, o *setup.Options, modes *[]string) {
	choice(c, &o.LaunchType, "launch-type", setup.Values.LaunchType, "where the machine stands (default ec2)")
	c.Flags().StringSliceVar(modes, "network-mode", nil,
		"network modes of the tasks that it serves, separated by commas (default default): "+join(setup.Values.NetworkMode))
	choice(c, &o.AMI, "ami", setup.Values.AMI, "its image (default ecs-optimized; other for external)")
	choice(c, &o.IMDS, "imds", setup.Values.IMDS, "whether tasks may reach the instance metadata, and by it the credentials of the instance (default block)")
	c.Flags().StringVar(&o.Cluster, "cluster", "", "name of the cluster (default: the one that the agent has)")
}

// setModes takes over the network modes of the command line.
func setModes(o *setup.Options, modes []string) {
	for _, mode := range modes {
		o.NetworkModes = append(o.NetworkModes, setup.NetworkMode(strings.TrimSpace(mode)))
	}
}
