package plan

import (
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// definition sees to it that the newest ACTIVE revision carries the role, with
// the content that was registered last by somebody else:
//
//	newest carries        | registered by | then
//	----------------------+---------------+----------------------------------------
//	our role              | others        | nothing: the pipeline names the role
//	our role              | us            | nothing, where the newest foreign
//	                      |               | revision has the same body or none is
//	                      |               | left; else copy that one, and withdraw
//	                      |               | ours; where that one carries our role
//	                      |               | already, only withdraw ours
//	another owner's role  | anybody       | conflict
//	another role, or none | a trusted one | copy it
//	another role, or none | others        | hold: no role for whom nobody trusts
//
// Foreign is what is not both registered by us and with our role. What we
// registered with another role, at the end of a TaskRole, is trusted as far as
// others vouch for the same body.
func (p *Plan) definition(in Input, opts Options) {
	family, roleARN := in.Observed.Family, in.Desired.RoleARN()
	newest, exists := family.Newest()
	if !exists {
		p.Holds = append(p.Holds, Hold{Area: AreaTaskDefinition, Code: HoldNoFamily, Message: fmt.Sprintf(
			"no ACTIVE task definition of family %s exists yet: a pipeline may register one, and name %s in it", in.Desired.Owner.Family, roleARN)})
		return
	}
	if newest.RoleARN != roleARN {
		p.copy(in, opts, newest, newestReason(newest))
		return
	}
	foreign, found := family.NewestForeign(roleARN)
	if !found || foreign.Number == newest.Number {
		return
	}
	copies := ours(family, roleARN)
	if why := distrust(in, foreign); why != "" && foreign.Body == newest.Body && foreign.RoleARN != roleARN {
		p.hold(AreaTaskDefinition, HoldUntrusted, fmt.Sprintf(
			"revision %d of family %s, which carries the role, is our copy of revision %d: %s; deregister both if its content should not have the role",
			newest.Number, in.Desired.Owner.Family, foreign.Number, why))
		return
	}
	switch {
	case foreign.Body == newest.Body && foreign.RoleARN != roleARN && in.Dropped >= DropsTold:
		p.Advice = dropsRole(in, foreign)
		fallthrough
	case foreign.Body == newest.Body || in.Copied == Copied{Copy: newest.Number, Source: foreign.Number}:
		p.withdraw(in, copies[1:], fmt.Sprintf("our copy is superfluous: revision %d is the same, and newer", newest.Number))
		return
	case foreign.RoleARN != roleARN:
		p.copy(in, opts, foreign, fmt.Sprintf(
			"revision %d is our copy of something else: what others registered last is revision %d", newest.Number, foreign.Number))
	}
	if !p.holds(AreaTaskDefinition) {
		p.withdraw(in, copies, fmt.Sprintf("our copy is stale: what others registered last is revision %d", foreign.Number))
	}
}

// AdviceDropsRole says that a pipeline keeps registering revisions without the role.
const AdviceDropsRole = "PipelineDropsRole"

// DropsTold is how many revisions in a row have to be copied until that is told:
// the first is how every family begins, and one more may be a roll-back.
const DropsTold = 3

func dropsRole(in Input, foreign model.Revision) *Note {
	return &Note{Code: AdviceDropsRole, Message: fmt.Sprintf(
		"each of the last revisions of family %s, the newest by %s, had to be registered again with the role: let the pipeline name it, \"taskRoleArn\": %q, which takes leave for iam:PassRole on it; then nothing is registered beside what it registers",
		in.Desired.Owner.Family, orNobody(foreign.RegisteredBy), in.Desired.RoleARN())}
}

// ours are the copies that stand above the newest foreign revision. There is one,
// unless a crash came between a registration and what should have followed.
func ours(f model.Family, roleARN string) []model.Revision {
	for i, r := range f.Revisions {
		if !f.Ours(r, roleARN) {
			return f.Revisions[:i]
		}
	}
	return f.Revisions
}

func (p *Plan) withdraw(in Input, copies []model.Revision, reason string) {
	for _, r := range copies {
		p.add(definitionAction(in, Deregister, r, reason))
	}
}

// withdrawBeneath leaves one copy of ours between two revisions of others. More are
// there where an answer was lost, or a withdrawal failed, and others registered since.
func (p *Plan) withdrawBeneath(in Input) {
	family := in.Observed.Family
	var kept *model.Revision
	for i := range family.Beneath {
		r := &family.Beneath[i]
		switch {
		case !family.Ours(*r, in.Desired.RoleARN()):
			kept = nil
		case kept == nil:
			kept = r
		default:
			p.withdraw(in, []model.Revision{*r}, fmt.Sprintf("our copy is there twice: revision %d is the other", kept.Number))
		}
	}
}

func newestReason(newest model.Revision) string {
	if newest.RoleARN == "" {
		return "it carries no role"
	}
	return "it carries " + newest.RoleARN
}

// copy registers a copy of source with our role, unless something forbids it.
func (p *Plan) copy(in Input, opts Options, source model.Revision, reason string) {
	roleARN := in.Desired.RoleARN()
	if source.RoleARN != roleARN && (model.Managed(source.RoleARN) || carriedByOthers(in, source)) {
		p.hold(AreaTaskDefinition, HoldConflict, fmt.Sprintf(
			"revision %d of family %s carries %s, the role of another TaskRole, which is never replaced: delete that TaskRole, or register the family anew with another role or none",
			source.Number, in.Desired.Owner.Family, source.RoleARN))
		return
	}
	if why := distrust(in, source); why != "" {
		p.hold(AreaTaskDefinition, HoldUntrusted, fmt.Sprintf(
			"revision %d of family %s is not given the role: %s", source.Number, in.Desired.Owner.Family, why))
		return
	}
	a := definitionAction(in, RegisterCopy, source, reason)
	a.ARN, a.Source = roleARN, &source
	if until, young := propagating(in, opts); young {
		p.Pending = append(p.Pending, a)
		p.Holds = append(p.Holds, Hold{Area: AreaTaskDefinition, Code: HoldPropagating, Until: until,
			Message: "the role is new: ECS may not be able to assume it for a while, so no revision names it yet"})
		return
	}
	p.add(a)
}

// carriedByOthers says whether the revision carries a role that another TaskRole
// has adopted.
func carriedByOthers(in Input, r model.Revision) bool {
	newest, _ := in.Observed.Family.Newest()
	carried := in.Observed.Carried
	return r.Number == newest.Number && !carried.Same(model.Owner{}) && !carried.Same(in.Desired.Owner)
}

func definitionAction(in Input, kind Kind, r model.Revision, reason string) Action {
	return Action{
		Kind: kind, RoleName: in.Desired.RoleName, ARN: r.ARN,
		Subject: fmt.Sprintf("%s:%d", in.Desired.Owner.Family, r.Number), Reason: reason,
	}
}

func (p *Plan) holds(area Area) bool {
	for _, h := range p.Holds {
		if h.Area == area {
			return true
		}
	}
	return false
}
