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
	code     HoldCode // of the hold where it is not
	conflict string   // why it is not ours, and the cure
	note     string   // a warning where it is
}

func foreign(format string, args ...any) ownership {
	return ownership{code: HoldConflict, conflict: fmt.Sprintf(format, args...)}
}

// judge says whose the role is. Ours is the one whose id we recorded, in our
// path: whatever else was edited there is drift. Without such a record it takes
// all owner tags, our path, and a trust policy that we would write; a tag alone
// can be set by anybody. A role elsewhere is ours only by adoption. What another
// cluster of the same cluster id tagged is nobody's until it is known which of
// the two is meant.
func judge(in Input, opts Options) ownership {
	role, want := in.Observed.Role, in.Desired
	switch owner := model.OwnerOf(orNoTags(role)); {
	case role == nil:
		return ownership{}
	case role.Name != want.RoleName:
		return foreign("role %s exists, and IAM takes its name for the same as %s: delete that role, or create a TaskRole with another roleName",
			role.Name, want.RoleName)
	case owner.Same(want.Owner) && otherCluster(owner, want.Owner, opts):
		return ownership{code: HoldOtherCluster, conflict: fmt.Sprintf(
			"role %s was made by cluster %s (namespace kube-system has UID %s), and this cluster, of the same --cluster-id, has UID %s: give each cluster an id of its own, or, if that one is gone and this one takes its place, start the controller with --moved-from=%s",
			role.Name, owner.ClusterID, owner.ClusterUID, want.Owner.ClusterUID, owner.ClusterUID)}
	case role.Path != want.Owner.Path():
		return adoption(in)
	case role.ID != "" && role.ID == in.RecordedRoleID:
		return ownership{ours: true}
	case !owner.Same(want.Owner):
		return foreign("role %s belongs to %s by its tags, not to %s: delete the role, or correct its tags if it should be this one's",
			role.Name, owner, want.Owner)
	case !trustedAs(role.Trust, want.Trusts):
		return foreign("role %s has this TaskRole's tags, but a trust policy which this controller would not write: make it trust ecs-tasks.amazonaws.com alone, or delete the role",
			role.Name)
	case in.RecordedRoleID != "":
		return ownership{ours: true, note: fmt.Sprintf(
			"role %s was deleted and created again outside this controller (id %s, before %s): what referred to the old one by its id must be set again",
			role.Name, role.ID, in.RecordedRoleID)}
	default:
		return ownership{ours: true}
	}
}

func orNoTags(role *model.ObservedRole) map[string]string {
	if role == nil {
		return nil
	}
	return role.Tags
}

// otherCluster says whether tags name another cluster than ours, none from which
// ours was moved. A tag that is missing names none.
func otherCluster(tagged, want model.Owner, opts Options) bool {
	return tagged.ClusterUID != "" && want.ClusterUID != "" && tagged.ClusterUID != want.ClusterUID &&
		!slices.Contains(opts.MovedFrom, tagged.ClusterUID)
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
func policyConflict(in Input, opts Options) string {
	for _, p := range in.Desired.Policies {
		observed, found := in.Observed.PolicyNamed(p.Name)
		if found && foreignPolicy(in, opts, observed) {
			return fmt.Sprintf("policy %s belongs to %s by its tags, not to %s: delete the policy, or correct its tags",
				observed.ARN, model.OwnerOf(observed.Tags), in.Desired.Owner)
		}
	}
	return ""
}

// foreignPolicy says whether an owner tag names somebody else. One that is
// missing names nobody.
func foreignPolicy(in Input, opts Options, p model.ObservedPolicy) bool {
	for key, value := range in.Desired.Owner.Tags() {
		if has, found := p.Tags[key]; found && has != value && key != model.TagClusterUID {
			return true
		}
	}
	return otherCluster(model.OwnerOf(p.Tags), in.Desired.Owner, opts)
}
