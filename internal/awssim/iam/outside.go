package iam

import (
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
)

// AssumableRole is what STS has to know of a role.
type AssumableRole struct {
	ARN, Name, ID string
	MaxSession    time.Duration
	Trust         grammar.Document
}

// Assumable returns the role of an ARN, and whether there is one.
func (s *Service) Assumable(arn string) (AssumableRole, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byARN(arn)
	if found == nil {
		return AssumableRole{}, false
	}
	// It was judged when it was put there.
	trust, _ := grammar.Trust(found.trust)
	return AssumableRole{
		ARN: found.arn, Name: found.name, ID: found.id,
		MaxSession: time.Duration(found.maxSession) * time.Second, Trust: trust,
	}, true
}

// SessionRole returns ARN and id of the role behind a session. A role that does
// not exist gets an id that stays the same until it does.
func (s *Service) SessionRole(partition, account, name string) (arn, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(account)
	if found := a.roles[key(name)]; found != nil {
		return found.arn, found.id
	}
	if a.ghosts[key(name)] == "" {
		a.ghosts[key(name)] = newID("AROA")
	}
	return "arn:" + partition + ":iam::" + account + ":role/" + name, a.ghosts[key(name)]
}

// VisibleToECS says whether the role exists and is old enough to have reached ECS.
func (s *Service) VisibleToECS(account, arn string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byARN(arn)
	return found != nil && strings.Contains(arn, "::"+account+":") &&
		s.options.Now().Sub(found.created) >= s.options.Propagation
}

// AssumableByECS says whether ECS may assume a role as far as this service knows:
// not while it is too new to have reached ECS, and not after its deletion. Of a
// role that never was here nothing is known.
func (s *Service) AssumableByECS(account, arn string) bool {
	if s.options.Propagation <= 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.byARN(arn); found != nil {
		return s.options.Now().Sub(found.created) >= s.options.Propagation
	}
	return !s.account(account).gone[arn]
}

func (s *Service) byARN(arn string) *role {
	account, kind, name := grammar.PrincipalARN(arn)
	of := s.accounts[account]
	if of == nil || kind != "role" {
		return nil
	}
	if found := of.roles[key(name)]; found != nil && found.arn == arn {
		return found
	}
	return nil
}
