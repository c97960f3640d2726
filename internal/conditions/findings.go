package conditions

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// maxFindings keeps a status readable and small.
const maxFindings = 20

// codeMore is the code of the finding that counts those left out.
const codeMore = "MORE_FINDINGS"

// gravity ranks severities, the gravest first. One that is not listed here
// ranks before all: nobody said yet that it does not matter.
var gravity = map[policy.Severity]int{policy.Error: 1, policy.Warning: 2, policy.Info: 3}

// Findings are what the status tells, of policies and of hosts: the gravest first,
// else in their own order; at most 20, then one that counts the rest and is as grave
// as the gravest of them.
func Findings(found []policy.Finding, onHosts ...hosts.Finding) []v1alpha1.Finding {
	all := make([]v1alpha1.Finding, 0, len(found)+len(onHosts))
	for _, f := range found {
		all = append(all, plain(f))
	}
	for _, f := range onHosts {
		one := plain(f.Plain())
		one.Instances = f.Instances
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b v1alpha1.Finding) int {
		return gravity[policy.Severity(a.Severity)] - gravity[policy.Severity(b.Severity)]
	})
	switch {
	case len(all) == 0:
		return nil
	case len(all) > maxFindings:
		return append(all[:maxFindings:maxFindings], v1alpha1.Finding{
			Severity: all[maxFindings].Severity, Code: codeMore,
			Message: fmt.Sprintf("not listed here: %d more; clear those above first", len(all)-maxFindings),
		})
	default:
		return all
	}
}

func plain(f policy.Finding) v1alpha1.Finding {
	return v1alpha1.Finding{Severity: v1alpha1.Severity(f.Severity), Code: f.Code, Message: Cut(f.Message, maxMessage), Subject: f.Subject}
}

// ranked are the findings with the gravest first.
func ranked(found []policy.Finding) []policy.Finding {
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(a, b policy.Finding) int { return gravity[a.Severity] - gravity[b.Severity] })
	return out
}
