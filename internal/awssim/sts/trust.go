package sts

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// trusts evaluates a trust policy for a caller who wants to assume its role, and
// tells whether it names the caller rather than his account. The caller's own
// policies are another's business.
func trusts(trust grammar.Document, caller wire.Caller, externalID string) (allowed, named bool) {
	context := map[string]string{
		"aws:principalarn":     caller.PrincipalARN,
		"aws:principalaccount": caller.Account,
		"aws:userid":           caller.UserID,
	}
	if caller.PrincipalARN == caller.ARN {
		context["aws:principaltype"] = "User"
		context["aws:username"] = caller.ARN[strings.LastIndex(caller.ARN, "/")+1:]
	} else {
		context["aws:principaltype"] = "AssumedRole"
	}
	if externalID != "" {
		context["sts:externalid"] = externalID
	}
	for _, statement := range trust.Statements {
		if !aboutAssumeRole(statement) || !names(statement, caller) || !holds(statement.Condition, context) {
			continue
		}
		if statement.Effect == "Deny" {
			return false, false
		}
		allowed, named = true, named || namesItself(statement, caller)
	}
	return allowed, named
}

// namesItself says whether the principal is the caller or its role: then a role of
// the same account needs no policy of the caller's (IAM: Policy evaluation logic).
func namesItself(s grammar.Statement, caller wire.Caller) bool {
	return slices.Contains(s.Principal["AWS"], caller.ARN) || slices.Contains(s.Principal["AWS"], caller.PrincipalARN)
}

func aboutAssumeRole(s grammar.Statement) bool {
	const action = "sts:assumerole"
	matching := func(pattern string) bool { return like(strings.ToLower(pattern), action) }
	if len(s.NotAction) > 0 {
		return !slices.ContainsFunc(s.NotAction, matching)
	}
	return slices.ContainsFunc(s.Action, matching)
}

// names says whether the statement's principal is the caller, its role, its
// account or everybody (IAM: JSON policy elements: Principal).
func names(s grammar.Statement, caller wire.Caller) bool {
	matching := func(principal string) bool {
		switch principal {
		case "*", caller.Account, caller.ARN, caller.PrincipalARN,
			"arn:" + caller.Partition + ":iam::" + caller.Account + ":root":
			return true
		}
		return false
	}
	if len(s.NotPrincipal) > 0 {
		return !slices.ContainsFunc(s.NotPrincipal["AWS"], matching)
	}
	return slices.ContainsFunc(s.Principal["AWS"], matching)
}

func accountOf(arn string) string { return strings.Split(arn, ":")[4] }
