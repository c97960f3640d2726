package setup

import "strings"

// Command is the command that prints this set-up, for whoever finds the script on
// a machine. Options that were left open are left out.
func (o Options) Command() string {
	modes := make([]string, len(o.NetworkModes))
	for i, mode := range o.NetworkModes {
		modes[i] = string(mode)
	}
	words := []string{"kubectl taskrole hosts setup"}
	for _, flag := range [][2]string{
		{"os", string(o.OS)},
		{"launch-type", string(o.LaunchType)},
		{"network-mode", strings.Join(modes, ",")},
		{"ami", string(o.AMI)},
		{"firewall", string(o.Firewall)},
		{"distribution", string(o.Distribution)},
		{"imds", string(o.IMDS)},
		{"cluster", o.Cluster},
		{"output", string(o.Output)},
	} {
		if flag[1] != "" {
			words = append(words, "--"+flag[0]+" "+flag[1])
		}
	}
	return strings.Join(words, " ")
}
