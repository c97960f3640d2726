package iam

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	policydoc "github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Grant gives an account's principal the documents as policies of its own, in the
// place of those that it was granted before: users have no operations here, and
// some sessions' roles exist nowhere else. Name is user/NAME or role/NAME. What
// IAM holds of a role counts besides.
func (s *Service) Grant(account, name string, documents ...string) error {
	var parsed []policydoc.Document
	for _, text := range documents {
		d, err := policydoc.Parse(text)
		if err != nil {
			return fmt.Errorf("granted to %s: %w", name, err)
		}
		parsed = append(parsed, d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account(account).granted[strings.ToLower(name)] = parsed
	return nil
}

// Policies are what the caller's user or role has: what is attached to it, its
// inline policies, what it was granted, and its boundary.
func (s *Service) Policies(caller wire.Caller) policydoc.Policies {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(caller.Account)
	kind, name := principal(caller)
	out := policydoc.Policies{Identity: append([]policydoc.Document{}, a.granted[kind+"/"+key(name)]...)}
	role := a.roles[key(name)]
	if kind != "role" || role == nil {
		return out
	}
	r := &request{service: s, account: a, caller: caller}
	for _, arn := range role.attached {
		out.Identity = append(out.Identity, r.inForce(arn))
	}
	for _, text := range role.inline {
		out.Identity = append(out.Identity, parsed(text))
	}
	if role.boundary != "" {
		out.Boundary = []policydoc.Document{r.inForce(role.boundary)}
	}
	return out
}

// PrincipalTags are those of the caller's role, which its sessions carry.
func (s *Service) PrincipalTags(caller wire.Caller) []access.Tag {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, name := principal(caller)
	role := s.account(caller.Account).roles[key(name)]
	if kind != "role" || role == nil {
		return nil
	}
	return asTags(role.tags)
}

// principal is the user or role behind a caller.
func principal(caller wire.Caller) (kind, name string) {
	kind = "role"
	if caller.PrincipalARN == caller.ARN {
		kind = "user"
	}
	return kind, caller.PrincipalARN[strings.LastIndex(caller.PrincipalARN, "/")+1:]
}

// inForce is the default version of a policy, which is the one that counts.
func (r *request) inForce(arn string) policydoc.Document {
	found, err := r.policyByARN(arn)
	if err != nil || found == nil {
		return policydoc.Document{}
	}
	for _, v := range found.versions {
		if v.isDefault {
			return parsed(v.document)
		}
	}
	return policydoc.Document{}
}

// nothing denies everything.
var nothing = policydoc.Document{Version: policydoc.Version, Statement: policydoc.Statements{{
	Effect: policydoc.Deny, Action: policydoc.Strings{"*"}, Resource: policydoc.Strings{"*"},
}}}

// parsed reads a stored document. One that the evaluator cannot read must not
// open anything.
func parsed(text string) policydoc.Document {
	d, err := policydoc.Parse(text)
	if err != nil {
		return nothing
	}
	return d
}
