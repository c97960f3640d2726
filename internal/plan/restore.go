package plan

import (
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// restore registers a revision with the role that the family carried before,
// where the newest one carries ours:
//
//	the newest foreign revision  | then register
//	-----------------------------+--------------------------------------------
//	carries another role or none | it again, as it is
//	... but is not trusted       | our newest copy, with the previous role
//	carries our role             | nothing: the pipeline names the role itself
//	does not exist any more      | our newest copy, with the previous role
//
// The previous role is told by the status, and where that was lost by a tag on our
// role. A tag is no proof: it never leads to the role of another TaskRole, which we may pass and others may not.
func (p *Plan) restore(in Input, opts Options) {
	roleARN := in.Desired.RoleARN()
	newest, exists := in.Observed.Family.Newest()
	if !exists || newest.RoleARN != roleARN {
		return
	}
	foreign, found := in.Observed.Family.NewestForeign(roleARN)
	previous, bridged := previousByTag(in)
	switch {
	case !found:
		p.note("PreviousContent", "revision %d of family %s is registered again without this role: of what others registered nothing is ACTIVE any more",
			newest.Number, in.Desired.Owner.Family)
		p.restoreTo(in, opts, newest, previous)
	case foreign.RoleARN != roleARN && trusted(in, foreign):
		p.restoreTo(in, opts, foreign, foreign.RoleARN)
	case foreign.RoleARN != roleARN:
		p.note("PreviousContent", "revision %d of family %s is registered again without this role, and not revision %d: %s",
			newest.Number, in.Desired.Owner.Family, foreign.Number, distrust(in, foreign))
		if foreign.Body == newest.Body { // a stranger's content gets no role from us
			previous = ""
		}
		p.restoreTo(in, opts, newest, previous)
	case bridged && foreign.RegisteredBy == "" && trusted(in, foreign):
		// AWS does not say who registered what: the tag says that we bridged.
		p.restoreTo(in, opts, newest, previous)
	default:
		p.note("PipelineNamesRole", "revision %d of family %s, which %s registered, names the role itself: correct the pipeline, or its tasks will not start",
			foreign.Number, in.Desired.Owner.Family, orNobody(foreign.RegisteredBy))
	}
}

// unhide withdraws what we registered at the beginning of this deletion where it
// is not what others registered last, and says whether it does: they registered at
// that very moment, and a crash came before ours was withdrawn, or they took back
// since what ours is a copy of. Where neither a role nor a record of one says that
// this TaskRole made anything, what we registered is not of this deletion.
func (p *Plan) unhide(in Input) bool {
	family, roleARN := in.Observed.Family, in.Desired.RoleARN()
	newest, exists := family.Newest()
	nothingMade := in.Observed.Role == nil && in.RecordedRoleID == ""
	if !exists || newest.RoleARN == roleARN || nothingMade || family.Last(newest) || model.Managed(newest.RoleARN) {
		return false
	}
	last := family.Revisions[len(family.Revisions)-1]
	copied := last.Body == newest.Body || in.Copied == Copied{Copy: newest.Number, Source: last.Number}
	if copied || !family.Last(last) || !trusted(in, last) {
		return false
	}
	p.withdraw(in, []model.Revision{newest}, fmt.Sprintf("our copy hides what others registered last, revision %d", last.Number))
	return true
}

// previousByTag is the role that the status or else the tag names, and whether
// there is either.
func previousByTag(in Input) (roleARN string, found bool) {
	roleARN, found = orNoTags(in.Observed.Role)[model.TagPreviousRole]
	if in.RecordedPrevious != "" {
		roleARN, found = in.RecordedPrevious, true
	}
	if roleARN == NoPreviousRole {
		return "", found
	}
	return roleARN, found
}

func (p *Plan) restoreTo(in Input, opts Options, source model.Revision, roleARN string) {
	why := ""
	switch {
	case roleARN == "":
	case model.Managed(roleARN):
		why = "it belongs to another TaskRole"
	case opts.PreviousRoleDenied:
		why = "this controller may not pass it"
	}
	if why != "" {
		p.note("PreviousRoleNotRestored", "family %s does not get role %s back, but none: %s", in.Desired.Owner.Family, roleARN, why)
		roleARN = ""
	}
	reason := "the TaskRole is being deleted: back to role " + orNone(roleARN)
	if opts.Succeeded {
		reason += ", from which its successor takes over"
	}
	a := definitionAction(in, RegisterCopy, source, reason)
	a.ARN, a.Source = roleARN, &source
	p.add(a)
}

func (p *Plan) note(code, format string, args ...any) {
	p.Notes = append(p.Notes, Note{Code: code, Message: fmt.Sprintf(format, args...)})
}
