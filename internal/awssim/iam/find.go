package iam

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// arn is that of something in the caller's account.
func (r *request) arn(resource string) string {
	return "arn:" + r.caller.Partition + ":iam::" + r.caller.Account + ":" + resource
}

// path is the request's, or AWS's default.
func (r *request) path() string {
	if path := r.form.Get("Path"); path != "" {
		return path
	}
	return "/"
}

// role is that which the request names.
func (r *request) role() (*role, error) {
	name := r.form.Get("RoleName")
	if found := r.account.roles[key(name)]; found != nil {
		return found, nil
	}
	return nil, wire.Refuse(http.StatusNotFound, "NoSuchEntity", "The role with name %s cannot be found.", name)
}

// changeableRole is a role that is not a service's own.
func (r *request) changeableRole() (*role, error) {
	found, err := r.role()
	if err == nil && strings.HasPrefix(found.path, serviceLinkedPath) {
		return nil, wire.Refuse(http.StatusBadRequest, "UnmodifiableEntity",
			"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", found.name)
	}
	return found, err
}

var policyARN = regexp.MustCompile(`^arn:[a-z-]+:iam::(\d{12}|aws):policy(/(?:[\x21-\x7E]+/)?)([\w+=,.@-]+)$`)

// readPolicyARN takes a policy's ARN apart: aws is the account of AWS's own.
func readPolicyARN(arn string) (account, path, name string, err error) {
	part := policyARN.FindStringSubmatch(arn)
	if part == nil {
		return "", "", "", wire.Refuse(http.StatusBadRequest, "InvalidInput", "ARN %s is not valid.", arn)
	}
	return part[1], part[2], part[3], nil
}

// policy is that which PolicyArn names: the account's or AWS's.
func (r *request) policy() (*policy, error) {
	arn := r.form.Get("PolicyArn")
	found, err := r.policyByARN(arn)
	if err == nil && found == nil {
		err = wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	return found, err
}

// ownPolicy is a policy that the account may change.
func (r *request) ownPolicy() (*policy, error) {
	account, _, _, err := readPolicyARN(r.form.Get("PolicyArn"))
	if err != nil {
		return nil, err
	}
	if account != r.caller.Account {
		return nil, wire.Refuse(http.StatusForbidden, "AccessDenied",
			"Policy %s is not one of account %s.", r.form.Get("PolicyArn"), r.caller.Account)
	}
	return r.policy()
}

// policyByARN returns nil where there is none. Unlike names in requests, ARNs
// are compared with regard to case and with their path.
func (r *request) policyByARN(arn string) (*policy, error) {
	account, path, name, err := readPolicyARN(arn)
	if err != nil {
		return nil, err
	}
	if account == "aws" {
		return awsManaged(r.caller.Partition, path, name), nil
	}
	found := r.account.policies[key(name)]
	if account != r.caller.Account || found == nil || found.arn != arn {
		return nil, nil
	}
	return found, nil
}
