package iam

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	policydoc "github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// account is what one account holds. Names are keys in lower case: IAM holds
// them unique without regard to case, over all paths (IAM and STS quotas).
type account struct {
	roles    map[string]*role
	policies map[string]*policy
	profiles map[string]*profile
	ghosts   map[string]string               // ids of roles that only sessions know, by name
	granted  map[string][]policydoc.Document // by user/NAME and role/NAME
	gone     map[string]bool                 // ARNs of roles that were deleted
	past     past
}

func newAccount() *account {
	return &account{
		roles:    map[string]*role{},
		policies: map[string]*policy{},
		profiles: map[string]*profile{},
		ghosts:   map[string]string{},
		granted:  map[string][]policydoc.Document{},
		gone:     map[string]bool{},
		past:     newPast(),
	}
}

type role struct {
	name, path, arn, id string
	created             time.Time
	description         string
	maxSession          int
	trust               string
	boundary            string            // ARN, or empty
	attached            []string          // ARNs, the oldest attachment first
	inline              map[string]string // documents by name
	tags                tags
}

type policy struct {
	name, path, arn, id string
	created, updated    time.Time
	description         string
	versions            []version // the oldest first
	lastVersion         int       // numbers are never used again
	tags                tags
}

type version struct {
	id        string
	document  string
	created   time.Time
	isDefault bool
}

type profile struct {
	name, path, arn, id string
	created             time.Time
	roles               []*role
}

func (p *policy) defaultVersion() string {
	for _, v := range p.versions {
		if v.isDefault {
			return v.id
		}
	}
	return ""
}

// uses counts the roles that have the policy attached, and as their boundary.
func (a *account) uses(arn string) (attached, bounded int) {
	for _, r := range a.roles {
		if slices.Contains(r.attached, arn) {
			attached++
		}
		if r.boundary == arn {
			bounded++
		}
	}
	return attached, bounded
}

// newID makes an id such as AROA..., 21 characters. IAM never uses one again
// (IAM: Unique identifiers).
func newID(prefix string) string {
	var random [17]byte
	// It never fails (crypto/rand).
	_, _ = rand.Read(random[:])
	return prefix + base32.StdEncoding.EncodeToString(random[:])[:17]
}

// sorted returns the values of m in the order of their names.
func sorted[T any](m map[string]T) []T {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	out := make([]T, 0, len(m))
	for _, key := range keys {
		out = append(out, m[key])
	}
	return out
}

func key(name string) string { return strings.ToLower(name) }
