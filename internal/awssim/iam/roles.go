package iam

import (
	"net/http"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Quotas of an account (IAM and STS quotas).
const (
	maxRoles     = 1000
	maxTrustSize = 2048
)

const (
	defaultSession    = 3600 // seconds (IAM: CreateRole, MaxSessionDuration)
	serviceLinkedPath = "/aws-service-role/"
)

type roleResult struct {
	Role roleAnswer
}

func createRole(r *request) (any, error) {
	name, path := r.form.Get("RoleName"), r.path()
	if strings.HasPrefix(path, serviceLinkedPath) {
		return nil, wire.Refuse(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: iam:CreateRole on resource: %s", r.caller.ARN, r.arn("role"+path+name))
	}
	given, err := r.tags()
	if err != nil {
		return nil, err
	}
	if err := r.checkTrust(r.form.Get("AssumeRolePolicyDocument")); err != nil {
		return nil, err
	}
	if err := r.checkBoundary(); err != nil {
		return nil, err
	}
	created, err := r.addRole(name, path)
	if err != nil {
		return nil, err
	}
	created.trust = r.form.Get("AssumeRolePolicyDocument")
	created.description = r.form.Get("Description")
	created.maxSession = r.number("MaxSessionDuration", defaultSession)
	created.boundary = r.form.Get("PermissionsBoundary")
	created.tags = given
	// AWS CLI's examples of create-role show neither description nor duration.
	answer := created.bare()
	answer.Tags, answer.PermissionsBoundary = created.tags.answer(), created.boundaryAnswer()
	return roleResult{answer}, nil
}

func (r *request) addRole(name, path string) (*role, error) {
	if r.account.roles[key(name)] != nil {
		return nil, wire.Refuse(http.StatusConflict, "EntityAlreadyExists", "Role with name %s already exists.", name)
	}
	if len(r.account.roles) >= maxRoles {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: %d", maxRoles)
	}
	created := &role{
		name: name, path: path, arn: r.arn("role" + path + name), id: newID("AROA"), created: r.now,
		maxSession: defaultSession, inline: map[string]string{},
	}
	r.account.roles[key(name)] = created
	delete(r.account.gone, created.arn)
	return created, nil
}

func getRole(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	return roleResult{role.whole()}, nil
}

// updateRole sets what it is not given back to its default, as AWS says of
// MaxSessionDuration (IAM: UpdateRole) and as it does to descriptions.
func updateRole(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	role.description = r.form.Get("Description")
	role.maxSession = r.number("MaxSessionDuration", defaultSession)
	return struct{}{}, nil
}

func updateRoleDescription(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	role.description = r.form.Get("Description")
	return roleResult{role.listed()}, nil
}

func deleteRole(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	conflict := ""
	switch {
	case len(r.account.profilesOf(role)) > 0:
		conflict = "Cannot delete entity, must remove roles from instance profile first."
	case len(role.attached) > 0:
		conflict = "Cannot delete entity, must detach all policies first."
	case len(role.inline) > 0:
		conflict = "Cannot delete entity, must delete policies first."
	}
	if conflict != "" {
		return nil, wire.Refuse(http.StatusConflict, "DeleteConflict", "%s", conflict)
	}
	delete(r.account.roles, key(role.name))
	r.account.gone[role.arn] = true
	return nil, nil
}

type rolesResult struct {
	Roles list[roleAnswer]
	page
}

func listRoles(r *request) (any, error) {
	found := inPath(r, sorted(r.account.roles), func(role *role) string { return role.path })
	some, more, err := paged(r, "ListRoles", found)
	var answers []roleAnswer
	for _, role := range some {
		answers = append(answers, role.listed())
	}
	return rolesResult{list[roleAnswer]{answers}, more}, err
}

func updateAssumeRolePolicy(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	if err := r.checkTrust(r.form.Get("PolicyDocument")); err != nil {
		return nil, err
	}
	role.trust = r.form.Get("PolicyDocument")
	return nil, nil
}

// checkTrust judges a trust policy, and that its principals exist.
func (r *request) checkTrust(text string) error {
	d, refusal := grammar.Trust(text)
	if refusal != nil {
		return refusal
	}
	if grammar.Size(text) > maxTrustSize {
		return wire.Refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: %d", maxTrustSize)
	}
	for _, statement := range d.Statements {
		for _, arn := range append(append([]string{}, statement.Principal["AWS"]...), statement.NotPrincipal["AWS"]...) {
			if !r.principalExists(arn) {
				return wire.Refuse(http.StatusBadRequest, "MalformedPolicyDocument", "%s", grammar.InvalidPrincipal("AWS", arn))
			}
		}
	}
	return nil
}

func (r *request) principalExists(arn string) bool {
	account, kind, name := grammar.PrincipalARN(arn)
	switch kind {
	case "role":
		of := r.service.accounts[account]
		return of != nil && (of.roles[key(name)] != nil || of.ghosts[key(name)] != "")
	case "user":
		exists := r.service.options.UserExists
		return exists == nil || exists(account, name)
	default:
		return true
	}
}
