package iam

import (
	"net/http"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// checkBoundary judges the request's parameter PermissionsBoundary.
func (r *request) checkBoundary() error {
	arn := r.form.Get("PermissionsBoundary")
	if arn == "" {
		return nil
	}
	found, err := r.policyByARN(arn)
	if err == nil && found == nil {
		err = wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", arn)
	}
	return err
}

func putRolePermissionsBoundary(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	if err := r.checkBoundary(); err != nil {
		return nil, err
	}
	role.boundary = r.form.Get("PermissionsBoundary")
	return nil, nil
}

func deleteRolePermissionsBoundary(r *request) (any, error) {
	role, err := r.changeableRole()
	if err != nil {
		return nil, err
	}
	if role.boundary == "" {
		return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Role %s does not have a permissions boundary.", role.name)
	}
	role.boundary = ""
	return nil, nil
}
