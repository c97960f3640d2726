package hosts

import "strings"

// variants is a set of kinds of hosts that need different commands.
type variants uint8

const (
	linuxEC2 variants = 1 << iota
	linuxEC2SelfRun
	linuxExternal
	windowsEC2
	windowsExternal
)

const (
	anyLinux   = linuxEC2 | linuxEC2SelfRun | linuxExternal
	anyWindows = windowsEC2 | windowsExternal
)

func variantOf(i *Instance) variants {
	switch external := i.external(); {
	case i.windows() && external:
		return windowsExternal
	case i.windows():
		return windowsEC2
	case external:
		return linuxExternal
	case i.selfRun():
		return linuxEC2SelfRun
	default:
		return linuxEC2
	}
}

// setups are the flags of the command that prints the set-up, and the hosts that
// they are for. External Windows has none: AWS describes none.
var setups = []struct {
	variant variants
	flags   string
	on      string
}{
	{linuxEC2, "--os linux --launch-type ec2 --ami ecs-optimized", "ECS-optimized AMIs"},
	{linuxEC2SelfRun, "--os linux --launch-type ec2 --ami other", "other AMIs"},
	{linuxExternal, "--os linux --launch-type external", "external instances"},
	{windowsEC2, "--os windows --launch-type ec2", "Windows"},
}

// setup is the command that prints what to run on hosts of these kinds; where they
// are of several, one command for each. More flags may follow.
func (v variants) setup(m Mode, more string) string {
	var commands []string
	for _, s := range setups {
		if v&s.variant == 0 {
			continue
		}
		command := "`kubectl taskrole hosts setup " + s.flags + " --network-mode " + s.variant.mode(m) + more + "`"
		if v != s.variant {
			command += " for " + s.on
		}
		commands = append(commands, command)
	}
	return strings.Join(commands, ", ")
}

// mode is the network mode as the command takes it; a mode that such hosts do not
// have is not asked for.
func (v variants) mode(m Mode) string {
	switch {
	case v&anyWindows != 0 && m != AWSVPC:
		return "default"
	case m == DefaultMode, m == None, m == AWSVPC && v == linuxExternal:
		return "bridge"
	default:
		return string(m)
	}
}
