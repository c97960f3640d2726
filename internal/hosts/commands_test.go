package hosts

import (
	"regexp"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

var printed = regexp.MustCompile("`kubectl taskrole hosts setup ([^`]*)`")

// options reads the flags of a command as the plugin would.
func options(t *testing.T, flags string) (o setup.Options) {
	t.Helper()
	words := strings.Fields(flags)
	if len(words)%2 != 0 {
		t.Fatalf("a flag of %q has no value", flags)
	}
	for k := 0; k < len(words); k += 2 {
		switch value := words[k+1]; words[k] {
		case "--os":
			o.OS = setup.OS(value)
		case "--launch-type":
			o.LaunchType = setup.LaunchType(value)
		case "--ami":
			o.AMI = setup.AMI(value)
		case "--network-mode":
			o.NetworkModes = append(o.NetworkModes, setup.NetworkMode(value))
		case "--output":
			o.Output = setup.Output(value)
		default:
			t.Fatalf("%q has a flag that is not known here", flags)
		}
	}
	return o
}

// possible says whether hosts of these kinds can have the symptom.
func possible(x symptom, v variants, m Mode) bool {
	switch x {
	case windowsRoutes:
		return v == windowsEC2 && m == DefaultMode
	case windowsReboot, windowsPort80Free:
		return v == windowsEC2
	case windowsTaskRoleDisabled:
		return v&anyLinux == 0
	case awsvpcDisabled, imdsNotBlocked:
		return m == AWSVPC && v&(linuxExternal|windowsExternal) == 0
	case imdsUnknown, notECSOptimized:
		return v&(linuxExternal|anyWindows) == 0
	case taskRoleDisabled, taskRoleHostDisabled:
		return v&anyWindows == 0
	}
	return true
}

func TestEachCommandThatACurePrintsIsOneThatTheSetUpTakes(t *testing.T) {
	seen := map[string]bool{}
	for _, mode := range modes {
		r := newRound(&Family{NetworkMode: mode})
		for x := range symptoms {
			for v := variants(1); v <= anyLinux|anyWindows; v++ {
				if !possible(x, v, mode) {
					continue
				}
				r.tallies[x].variants = v
				if cure := r.cure(x); cure == "" || strings.Contains(cure, "  ") {
					t.Errorf("%s, %q, %d: a gap in %q", kinds[x].code, mode, v, cure)
				}
				for _, m := range printed.FindAllStringSubmatch(r.cure(x), -1) {
					seen[m[1]] = true
					if err := options(t, m[1]).Validate(); err != nil {
						t.Errorf("%s, %q: %v", kinds[x].code, mode, err)
					}
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d commands", len(seen))
	}
}
