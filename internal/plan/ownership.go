package plan

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// ownership is the judgement on the role that AWS has under our name.
type ownership struct {
	ours     bool
	conflict string // why it is not ours, and the cure
	note     string // a warning where it is
}

// judge says whose the role is. Ours is the one whose id we recorded, in our
// path: whatever else was edited there is drift. Without such a record it takes
// all owner tags, our path, and a trust policy that we would write; a tag alone
// can be set by anybody.
func judge(in Input) ownership {
	role, want := in.Observed.Role, in.Desired
	switch {
	case role == nil:
		return ownership{}
	case role.Path != want.Owner.Path():
		return ownership{conflict: fmt.Sprintf(
			"role %s exists in path %s, where it is not this controller's (its own are in %s): delete that role, or create a TaskRole with another roleName",
			role.Name, role.Path, want.Owner.Path())}
	case role.Name != want.RoleName:
		return ownership{conflict: fmt.Sprintf(
			"role %s exists, and IAM takes its name for the same as %s: delete that role, or create a TaskRole with another roleName",
			role.Name, want.RoleName)}
	case role.ID != "" && role.ID == in.RecordedRoleID:
		return ownership{ours: true}
	case model.OwnerOf(role.Tags) != want.Owner:
		return ownership{conflict: fmt.Sprintf(
			"role %s belongs to %s by its tags, not to %s: delete the role, or correct its tags if it should be this one's",
			role.Name, model.OwnerOf(role.Tags), want.Owner)}
	case !trustedAs(role.Trust, want.Trusts):
		return ownership{conflict: fmt.Sprintf(
			"role %s has this TaskRole's tags, but a trust policy which this controller would not write: make it trust ecs-tasks.amazonaws.com alone, or delete the role",
			role.Name)}
	case in.RecordedRoleID != "":
		return ownership{ours: true, note: fmt.Sprintf(
			"role %s was deleted and created again outside this controller (id %s, before %s): what referred to the old one by its id must be set again",
			role.Name, role.ID, in.RecordedRoleID)}
	default:
		return ownership{ours: true}
	}
}

func trustedAs(trust string, known []policy.Document) bool {
	return slices.ContainsFunc(known, func(k policy.Document) bool {
		same, _ := means(trust, k)
		return same
	})
}

// policyConflict says that a policy which we would write belongs to another
// owner by its tags. Policies without owner tags in our own path are ours: the
// path is named after the TaskRole, and tags may have been removed by hand.
func policyConflict(in Input) string {
	for _, p := range in.Desired.Policies {
		observed, found := in.Observed.PolicyNamed(p.Name)
		if found && foreignPolicy(in, observed) {
			return fmt.Sprintf("policy %s belongs to %s by its tags, not to %s: delete the policy, or correct its tags",
				observed.ARN, model.OwnerOf(observed.Tags), in.Desired.Owner)
		}
	}
	return ""
}

// foreignPolicy says whether an owner tag names somebody else. One that is
// missing names nobody.
func foreignPolicy(in Input, p model.ObservedPolicy) bool {
	for key, value := range in.Desired.Owner.Tags() {
		if has, found := p.Tags[key]; found && has != value {
			return true
		}
	}
	return false
}
