package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const passRole = "iam:PassRole"

// passesRoles says whether the statement passes roles, and by which resources
// every one of an account.
func (s *statement) passesRoles() (passes bool, anyRole []string) {
	if !slices.ContainsFunc(s.actions, func(p pattern) bool { return slices.Contains(p.names, passRole) }) {
		return false, nil
	}
	_, anyRole, _ = s.broad(func(name string, _ *reference.Action) bool { return name == passRole }, resource.everyName)
	return true, anyRole
}

// checkPassRole finds permission to hand roles to services: whoever may hand over
// a role has what the role may do (IAM: Grant a user permissions to pass a role to
// an AWS service).
func checkPassRole(s *statement) (findings []policy.Finding) {
	if !s.allows() || !s.passes {
		return nil
	}
	if len(s.anyRole) > 0 {
		findings = s.blame(policy.Warning, CodePassRole, fmt.Sprintf(
			"allows %s on %s, so any role of the account, an administrator's included, can be given to a service that does what the task tells it: name the roles, as arn:aws:iam::<account>:role/<name>",
			passRole, list(s.anyRole)))
	}
	limits := func(name string) bool { return name == "iam:passedtoservice" || name == "iam:associatedresourcearn" }
	if !s.guarded(limits) {
		findings = append(findings, s.blame(policy.Warning, CodePassRoleToAnyService, fmt.Sprintf(
			`allows %s to every service that the role trusts: say which by a condition, such as StringEquals of iam:PassedToService with ecs-tasks.amazonaws.com`,
			passRole))...)
	}
	return findings
}

// passesTo says whether the statement lets a role be passed to the service.
func (s *statement) passesTo(service string) bool {
	for _, c := range s.conditions {
		if !strings.EqualFold(c.name, "iam:PassedToService") || c.operator.family != stringFamily || c.operator.negated || c.absent() {
			continue
		}
		matches := false
		for _, v := range c.values {
			matches = matches || policy.Match(strings.ToLower(v), service)
		}
		if !matches {
			return false
		}
	}
	return true
}
