package hosts

import (
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// CodeCutoff says that tasks that had no role so far lose what the instance's own role gives.
const CodeCutoff = "INSTANCE_PROFILE_CUTOFF"

// Cutoff tells what tasks on hosts lose by their first role: "the task no longer uses
// the instance's role" (Amazon ECS Developer Guide: Task IAM role, note).
func Cutoff(f *Family) Finding {
	gives := "what that gives is not known: name it under clusters.instanceRoles of the TaskRoleClass to have it read"
	var read []string
	for _, r := range f.InstanceRoles {
		switch {
		case len(r.Beyond) > 0:
			read = append(read, "role "+r.Name+" gives "+listAll(r.Beyond))
		case r.Unread != "":
			read = append(read, "role "+r.Name+" could not be read ("+r.Unread+")")
		default:
			read = append(read, "role "+r.Name+" gives nothing beyond what the agent needs")
		}
	}
	if len(read) > 0 {
		gives = strings.Join(read, "; ")
	}
	return Finding{
		Severity: policy.Warning, Code: CodeCutoff, Subject: "the first role of the family",
		Message: "what the pipeline registers has no role, and on EC2 and external instances its tasks get what the instance's own role gives: with a role of their own they no longer do; " + gives,
		Cure:    "Grant in the TaskRole what the tasks need of it, then write acknowledge: [InstanceProfileCutoff]; until then no service is moved",
	}
}
