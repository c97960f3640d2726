package iam

import (
	"net/http"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// maxInlineSize holds for all inline policies of a role together (IAM and STS
// quotas).
const maxInlineSize = 10240

func putRolePolicy(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	name, text := r.form.Get("PolicyName"), r.form.Get("PolicyDocument")
	if _, refusal := grammar.Permissions(text, false); refusal != nil {
		return nil, refusal
	}
	size := grammar.Size(text)
	for other, document := range role.inline {
		if other != name {
			size += grammar.Size(document)
		}
	}
	if size > maxInlineSize {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded",
			"Maximum policy size of %d bytes exceeded for role %s", maxInlineSize, role.name)
	}
	role.inline[name] = text
	return nil, nil
}

type inlineAnswer struct {
	RoleName       string `xml:",omitempty"`
	PolicyName     string
	PolicyDocument document
}

func getRolePolicy(r *request) (any, error) {
	role, err := r.inlineRole()
	if err != nil {
		return nil, err
	}
	name := r.form.Get("PolicyName")
	return inlineAnswer{role.name, name, document(role.inline[name])}, nil
}

func deleteRolePolicy(r *request) (any, error) {
	if _, err := r.changeableRole(); err != nil {
		return nil, err
	}
	role, err := r.inlineRole()
	if err != nil {
		return nil, err
	}
	delete(role.inline, r.form.Get("PolicyName"))
	return nil, nil
}

// inlineRole is the request's role, which has the inline policy that it names.
func (r *request) inlineRole() (*role, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	name := r.form.Get("PolicyName")
	if _, found := role.inline[name]; !found {
		return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
	}
	return role, nil
}

type inlineResult struct {
	PolicyNames list[string]
	page
}

func listRolePolicies(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	some, more, err := paged(r, "ListRolePolicies", role.inlineNames())
	return inlineResult{list[string]{some}, more}, err
}

func (r *role) inlineNames() []string {
	var names []string
	for name := range r.inline {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
