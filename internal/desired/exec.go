package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/inference"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// execs says whether the role is to permit ECS Exec.
func execs(in Input) bool {
	switch Effective(in.TaskRole, in.Class).ExecuteCommand {
	case v1alpha1.ExecuteCommandEnabled:
		return true
	case v1alpha1.ExecuteCommandAuto:
		return in.Use.Execs()
	default:
		return false
	}
}

// execNeeds are what ECS Exec needs beyond its channels where the family runs: what
// a cluster asks of its sessions is the platform's choice and not the tenant's, so
// that what the class does not allow of it is told, and refuses nothing. Where the
// role is not to permit ECS Exec, and a service enables it, that is told.
func execNeeds(in Input, state model.State) []need {
	if execs(in) {
		var out []need
		for _, cluster := range slices.Sorted(maps.Keys(in.Use.Exec)) {
			statements := inference.ExecuteCommand(state.Place, inference.ClusterExec(in.Use.Exec[cluster]))
			if more := statements[1:]; len(more) > 0 { // after the channels
				out = append(out, need{granted: true, Implied: inference.Exec("cluster "+cluster,
					fmt.Sprintf("cluster %s has sessions of ECS Exec encrypted or logged", cluster), more...)})
			}
		}
		return out
	}
	enabling := enablers(in.Use)
	if len(enabling) == 0 {
		return nil
	}
	how := "set executeCommand to Enabled, or disable it on the service"
	if in.Class.Spec.AllowAutoExecuteCommand {
		how = "set executeCommand to Enabled or Auto, or disable it on the service"
	}
	return []need{{Implied: inference.Exec("ECS Exec", fmt.Sprintf("%s enables ECS Exec, and the role does not permit it: %s", strings.Join(enabling, ", "), how))}}
}

// maxEnabling is as many as a message names.
const maxEnabling = 3

func enablers(use model.Use) (out []string) {
	for _, s := range use.Services {
		if s.Exec {
			out = append(out, s.String())
		}
	}
	if n := len(out); n > maxEnabling {
		return append(out[:maxEnabling], fmt.Sprintf("and %d more", n-maxEnabling))
	}
	return out
}

// execChannels is what ECS Exec always needs. Where the TaskRole says so itself,
// the class must allow it; where a service decides (Auto), too.
func execChannels(in Input, state model.State) []source {
	if !execs(in) {
		return nil
	}
	return []source{{
		statement: inference.ExecuteCommand(state.Place)[0], field: spec.Child("executeCommand"), name: "executeCommand", part: "ECS Exec",
		from: origin{kind: "ExecuteCommand"}, instead: ", or set executeCommand to Disabled",
	}}
}
