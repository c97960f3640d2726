package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// linkedPath begins the paths of roles that belong to AWS's services (IAM: Using
// service-linked roles).
const linkedPath = "/aws-service-role/"

// adoption says whether a role outside our path is ours. It takes three who agree:
// the TaskRole that asks for it, the class that allows it, and whoever may tag the
// role, who named this TaskRole on it. A role that was adopted before is known by
// its id, or else by these three again.
func adoption(in Input) ownership {
	role, want := in.Observed.Role, in.Desired
	opted := role.Tags[model.TagAdopt]
	switch {
	case !want.Adoption.Wanted:
		return foreign(
			"role %s exists in path %s, where it is not this controller's (its own are in %s): delete that role, or create a TaskRole with another roleName, or have it adopted (adoptionPolicy Adopt, which the class must allow)",
			role.Name, role.Path, want.Owner.Path())
	case role.ID != "" && role.ID == in.RecordedRoleID && model.OwnerOf(role.Tags).Same(want.Owner):
		return ownership{ours: true}
	}
	if why := unadoptable(in); why != "" {
		return foreign("role %s cannot be adopted: %s", role.Name, why)
	}
	if opted != want.Adoption.Opt {
		return foreign("role %s is not adopted before it says so itself: tag it with %s=%s, by somebody who may hand it over (the tag is now %q)",
			role.Name, model.TagAdopt, want.Adoption.Opt, opted)
	}
	if owner := model.OwnerOf(role.Tags); !owner.Same(model.Owner{}) && !owner.Same(want.Owner) {
		return foreign("role %s cannot be adopted: by its tags it belongs to %s; let that TaskRole go of it first, and remove these tags", role.Name, owner)
	}
	return ownership{ours: true}
}

// unadoptable is why nobody may have the role adopted.
func unadoptable(in Input) string {
	role := in.Observed.Role
	switch {
	case strings.HasPrefix(role.Path, linkedPath):
		return "it is linked to an AWS service, and AWS's own"
	case model.Managed(role.ARN):
		return "its path is that of another TaskRole"
	case slices.ContainsFunc(in.Desired.Adoption.Protected, func(name string) bool { return strings.EqualFold(name, role.Name) }):
		return "the controller itself stands on it"
	case len(role.InstanceProfiles) > 0:
		return fmt.Sprintf("it is in instance profile %s, and so some EC2 instances' role; take it out there, or give the tasks a role of their own",
			strings.Join(role.InstanceProfiles, ", "))
	default:
		return ""
	}
}

// adopted says whether the role lies outside our path.
func adopted(in Input) bool {
	return in.Observed.Role != nil && in.Observed.Role.Path != in.Desired.Owner.Path()
}

// nothingToAdopt says why no role is made where one was to be adopted.
func nothingToAdopt(in Input) string {
	if in.Observed.Role != nil || !in.Desired.Adoption.Only {
		return ""
	}
	return fmt.Sprintf("role %s does not exist, so there is nothing to adopt, and the class does not allow a new one of that name: create it, or correct spec.roleName in a new TaskRole",
		in.Desired.RoleName)
}
