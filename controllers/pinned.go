package controllers

import (
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// codePinned: something starts tasks of a revision that it names.
const codePinned = "PINNED_REVISION"

// pinned tells of what starts tasks without the role although the newest revision
// carries it. Whoever names a family alone gets the newest revision (Amazon ECS API
// Reference: RunTask, taskDefinition), so a task that was started since of an older
// one was started by somebody who names that.
func (p *pass) pinned() []policy.Finding {
	newest, found := p.observed.Family.Newest()
	if !found || newest.RoleARN != p.desired.RoleARN() {
		return nil
	}
	for _, t := range p.use.Tasks {
		runs, known := p.observed.Used[t.Definition]
		if !known || runs.Number >= newest.Number || runs.RoleARN == newest.RoleARN || !t.Created.After(newest.Registered) {
			continue
		}
		return []policy.Finding{{
			Severity: policy.Warning, Code: codePinned, Subject: t.String(),
			Message: fmt.Sprintf("%s started it of revision %d, which does not carry the role, after revision %d was there that does: have it name the family %s alone, or %s, and let its own role pass %s",
				starter(t), runs.Number, newest.Number, p.taskRole.Spec.Family, newest.ARN, newest.RoleARN),
		}}
	}
	return nil
}

func starter(t model.Task) string {
	if t.StartedBy == "" {
		return "somebody"
	}
	return t.StartedBy
}
