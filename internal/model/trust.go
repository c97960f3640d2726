package model

import (
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Trusted says whether the content of a revision may have a role, or decide what
// a role may do. Without this, whoever may register a task definition gets our
// iam:PassRole for free.
//
// What we registered ourselves proves nothing: it may be a copy from the time of
// another class, which trusted others, or have been made by somebody who uses our
// identity. It is as good as an ACTIVE revision of others with the same body.
func (f Family) Trusted(r Revision, registrants []string) bool {
	if registrantTrusted(r.RegisteredBy, registrants) {
		return true
	}
	return !f.Last(r) && slices.ContainsFunc(f.Revisions, func(other Revision) bool {
		return f.Last(other) && other.Body == r.Body && registrantTrusted(other.RegisteredBy, registrants)
	})
}

// NewestTrusted is the newest ACTIVE revision whose content is trusted.
func (f Family) NewestTrusted(registrants []string) (Revision, bool) {
	for _, r := range f.Revisions {
		if f.Trusted(r, registrants) {
			return r, true
		}
	}
	return Revision{}, false
}

// registrantTrusted holds who registered something against patterns. Only "*"
// takes a revision of which AWS does not say who registered it.
func registrantTrusted(registrant string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return pattern == "*" || registrant != "" && policy.Match(pattern, registrant)
	})
}
