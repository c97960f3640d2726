package model

import (
	"encoding/json"
	"time"
)

// Revision is one registered task definition. Revisions never change, so what
// was read once stays true, their status and tags apart.
type Revision struct {
	ARN          string
	Number       int32
	RoleARN      string // taskRoleArn; empty: none
	RegisteredBy string // ARN of who registered it; empty where AWS does not say
	Registered   time.Time
	// Registration is what RegisterTaskDefinition takes to register the same
	// again: raw JSON members by name, the tags among them, taskRoleArn and
	// the output-only members left out.
	Registration map[string]json.RawMessage
	// Compatibilities are the launch types that ECS found it fit for, and Attributes
	// what it requires of a container instance, NAME or NAME=VALUE.
	Compatibilities, Attributes []string
	// Body digests Registration without its tags, whatever the order of keys:
	// equal bodies are equal revisions but for their role.
	Body string
}

// Family is what is ACTIVE of a task definition family.
type Family struct {
	Name string
	// Revisions are the newest ACTIVE ones, newest first, down to the newest one
	// that others registered (Last). Older ones do not matter. Empty: the family
	// does not exist, or nothing of it is ACTIVE.
	Revisions []Revision
	// Beneath are those beneath these, newest first, others' among them. They are
	// looked at only where copies of ours may have been left there: nil else.
	Beneath []Revision
	// Unseen is until when a revision may not show that must be there, because a
	// family counts without a gap; zero: all of them do.
	Unseen time.Time
	// Caller is who this controller is to ECS, as registeredBy tells it.
	Caller string
}

// Last says whether a look at the family, from the newest revision downwards, may
// end with r: it was registered by others. What we registered ourselves is a copy
// of something, and does not tell who vouches for it.
func (f Family) Last(r Revision) bool {
	return !SamePrincipal(r.RegisteredBy, f.Caller)
}

// Newest is the newest ACTIVE revision.
func (f Family) Newest() (Revision, bool) {
	if len(f.Revisions) == 0 {
		return Revision{}, false
	}
	return f.Revisions[0], true
}

// NewestForeign is the newest ACTIVE revision that is foreign to the role: which
// is not both registered by this controller and carrying the role. A revision
// that this controller made for another TaskRole, or at the end of one, is
// foreign.
func (f Family) NewestForeign(roleARN string) (Revision, bool) {
	for _, r := range f.Revisions {
		if !f.Ours(r, roleARN) {
			return r, true
		}
	}
	return Revision{}, false
}

// Ours says whether this controller registered the revision for the role.
func (f Family) Ours(r Revision, roleARN string) bool {
	return r.RoleARN == roleARN && SamePrincipal(r.RegisteredBy, f.Caller)
}
