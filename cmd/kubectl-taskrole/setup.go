package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

func newSetup(s streams) *cobra.Command {
	var options setup.Options
	var modes []string
	c := &cobra.Command{
		Use:   "setup",
		Short: "Print what makes a machine serve task roles",
		Long: `Prints the set-up of a machine; it runs nothing. Read it, then run it as root, or
give it to the instance as user data. It may run again at any time: what is there
already is left alone.

On Linux it sets the agent's variables, and the rule that keeps tasks in bridge mode
from the credentials of the instance. Where AWS's own image has not done so
(--ami other), it also sets net.ipv4.conf.all.route_localnet and the rules that lead
169.254.170.2:80 to the agent, and has an agent without a service run on the network
of the host (--net=host). Rules are kept for the next start by iptables-services
(Amazon Linux) or iptables-persistent (Debian, Ubuntu).

On Windows it prints user data, which also serves after a reboot. Outside awsvpc each
container needs routes at its start: --output container-powershell, or container-cmd.`,
		Example: `  # Amazon EC2, ECS-optimized, bridge and awsvpc: as user data
  kubectl taskrole hosts setup --os linux --cluster shop --network-mode bridge,awsvpc --output user-data

  # A machine with an image of your own, Debian: now
  kubectl taskrole hosts setup --os linux --ami other --distribution debian --network-mode bridge | ssh HOST sudo bash

  # Windows on Amazon EC2, and the script of its containers
  kubectl taskrole hosts setup --os windows --cluster windows
  kubectl taskrole hosts setup --os windows --output container-cmd > routes.cmd`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			setModes(&options, modes)
			script, err := setup.Generate(options)
			if err != nil {
				return usage(err)
			}
			_, err = io.WriteString(s.out, script)
			return err
		},
	}
	choice(c, &options.OS, "os", setup.Values.OS, "operating system (default linux)")
	machineFlags(c, &options, &modes)
	choice(c, &options.Firewall, "firewall", setup.Values.Firewall, "what iptables must be; iptables takes the machine's (default iptables)")
	choice(c, &options.Distribution, "distribution", setup.Values.Distribution, "of Linux; auto lets the script read /etc/os-release (default auto)")
	choice(c, &options.Output, "output", setup.Values.Output, "form (default shell; user-data for Windows)")
	c.Flags().SortFlags = false
	return c
}
