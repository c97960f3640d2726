package iam

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// createServiceLinkedRole makes the role that only AWS may change. Its name is
// the service's own invention (AWSServiceRoleForECS); that of ECS is right.
func createServiceLinkedRole(r *request) (any, error) {
	service := r.form.Get("AWSServiceName")
	short, found := strings.CutSuffix(service, ".amazonaws.com")
	if !found {
		return nil, wire.Refuse(http.StatusBadRequest, "InvalidInput", "Invalid service name: %s", service)
	}
	name := "AWSServiceRoleFor" + strings.ToUpper(short)
	if suffix := r.form.Get("CustomSuffix"); suffix != "" {
		name += "_" + suffix
	}
	if r.account.roles[key(name)] != nil {
		return nil, wire.Refuse(http.StatusBadRequest, "InvalidInput",
			"Service role name %s has been taken in this account, please try a different suffix.", name)
	}
	created, err := r.addRole(name, serviceLinkedPath+service+"/")
	if err != nil {
		return nil, err
	}
	created.description = r.form.Get("Description")
	created.trust = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow",`+
		`"Principal":{"Service":["%s"]}}]}`, service)
	return roleResult{created.bare()}, nil
}
