package iam

import (
	"net/http"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

type profileResult struct {
	InstanceProfile profileAnswer
}

func (p *profile) answer() profileAnswer {
	answer := profileAnswer{
		Path: p.path, InstanceProfileName: p.name, InstanceProfileID: p.id, Arn: p.arn, CreateDate: timestamp(p.created),
	}
	for _, role := range p.roles {
		answer.Roles.Items = append(answer.Roles.Items, role.bare())
	}
	return answer
}

func (a *account) profilesOf(r *role) []*profile {
	return slices.DeleteFunc(sorted(a.profiles), func(p *profile) bool {
		return !slices.ContainsFunc(p.roles, func(held *role) bool { return held.id == r.id })
	})
}

func (r *request) profile() (*profile, error) {
	name := r.form.Get("InstanceProfileName")
	if found := r.account.profiles[key(name)]; found != nil {
		return found, nil
	}
	return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Instance Profile %s cannot be found.", name)
}

func createInstanceProfile(r *request) (any, error) {
	name, path := r.form.Get("InstanceProfileName"), r.path()
	if r.account.profiles[key(name)] != nil {
		return nil, wire.Refuse(http.StatusConflict, "EntityAlreadyExists", "Instance Profile %s already exists.", name)
	}
	created := &profile{name: name, path: path, arn: r.arn("instance-profile" + path + name), id: newID("AIPA"), created: r.now}
	r.account.profiles[key(name)] = created
	return profileResult{created.answer()}, nil
}

func getInstanceProfile(r *request) (any, error) {
	profile, err := r.profile()
	if err != nil {
		return nil, err
	}
	return profileResult{profile.answer()}, nil
}

func deleteInstanceProfile(r *request) (any, error) {
	profile, err := r.profile()
	if err != nil {
		return nil, err
	}
	if len(profile.roles) > 0 {
		return nil, wire.Refuse(http.StatusConflict, "DeleteConflict",
			"Cannot delete entity, must remove roles from instance profile first.")
	}
	delete(r.account.profiles, key(profile.name))
	return nil, nil
}

// addRoleToInstanceProfile: a profile holds one role (IAM and STS quotas).
func addRoleToInstanceProfile(r *request) (any, error) {
	profile, err := r.profile()
	if err != nil {
		return nil, err
	}
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	if len(profile.roles) > 0 {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded",
			"Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	profile.roles = append(profile.roles, role)
	return nil, nil
}

func removeRoleFromInstanceProfile(r *request) (any, error) {
	profile, err := r.profile()
	if err != nil {
		return nil, err
	}
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	at := slices.Index(profile.roles, role)
	if at < 0 {
		return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "The role with name %s cannot be found.", role.name)
	}
	profile.roles = slices.Delete(profile.roles, at, at+1)
	return nil, nil
}

type profilesResult struct {
	InstanceProfiles list[profileAnswer]
	page
}

func listInstanceProfilesForRole(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	some, more, err := paged(r, "ListInstanceProfilesForRole", r.account.profilesOf(role))
	return profilesResult{list[profileAnswer]{profileAnswers(some)}, more}, err
}

func profileAnswers(profiles []*profile) []profileAnswer {
	var out []profileAnswer
	for _, p := range profiles {
		out = append(out, p.answer())
	}
	return out
}
