package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// remove undoes what was made: the task definition gets its previous role back,
// then, when nothing stands on the role any more, attachments, policies and role
// go. What is not ours is not touched.
func (p *Plan) remove(in Input, opts Options, own ownership) {
	if in.Observed.Role != nil && !own.ours {
		p.Notes = append(p.Notes, Note{Code: "RoleKept", Message: "the role stays: " + own.conflict})
		for _, a := range surplus(in, opts) {
			if !attached(in, a.ARN) {
				p.add(a)
			}
		}
		return
	}
	if p.unhide(in) { // what is below may carry our role: that is planned again
		return
	}
	p.restore(in, opts)
	p.servicesBack(in, opts)
	if in.Observed.Role == nil {
		p.add(surplus(in, opts)...)
		return
	}
	rest := p.dismantle(in, opts)
	if users := inUse(in); len(users) > 0 && !opts.Force {
		p.Pending = rest
		p.Holds = append(p.Holds, Hold{Area: AreaRole, Code: HoldInUse, Message: fmt.Sprintf(
			"role %s is still used by %s: move them to another revision or stop them; or annotate the TaskRole with ecs.taskrole.dev/force-delete=%s to delete the role under them",
			in.Desired.RoleName, listed(users), in.Desired.RoleName)})
		return
	}
	p.add(rest...)
}

// servicesBack moves what runs onto the revision that took the place of ours.
func (p *Plan) servicesBack(in Input, opts Options) {
	target, exists := in.Observed.Family.Newest()
	roleARN := in.Desired.RoleARN()
	if !exists || target.RoleARN == roleARN {
		target = model.Revision{}
	}
	if opts.MoveServices && in.Observed.Role != nil {
		p.rollout(in, opts, rolloutTo{target, true, func(r model.Revision) bool { return r.RoleARN != roleARN }})
	}
}

// dismantle is everything that goes with the role, in the order that IAM asks for.
func (p *Plan) dismantle(in Input, opts Options) []Action {
	_, drift, former := attachments(in)
	rest := slices.Concat(drift, former, inline(in), surplus(in, opts))
	for i := range rest {
		rest[i].Reason = beingDeleted
	}
	if profiles := in.Usage.InstanceProfiles; len(profiles) > 0 {
		p.Notes = append(p.Notes, Note{Code: "RoleKept", Message: fmt.Sprintf(
			"role %s stays, without policies, because somebody put it into instance profile %s: remove it there, then delete it by hand",
			in.Desired.RoleName, strings.Join(profiles, ", "))})
		return rest
	}
	return append(rest, roleAction(in, DeleteRole, beingDeleted))
}

const beingDeleted = "its TaskRole is being deleted"

func inUse(in Input) []string {
	return slices.Concat(in.Usage.Services, in.Usage.Tasks)
}

// maxListed keeps messages within what a terminal shows.
const maxListed = 5

func listed(names []string) string {
	if len(names) <= maxListed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), len(names)-maxListed)
}
