package reference

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Find finds an action such as s3:GetObject, in any capitals.
func Find(action string) (*Action, bool) {
	prefix, name, _ := strings.Cut(action, ":")
	s, found := Lookup(prefix)
	if !found {
		return nil, false
	}
	return s.find(name)
}

func (s *Service) find(name string) (*Action, bool) {
	actions := s.Actions()
	i, found := slices.BinarySearchFunc(actions, strings.ToLower(name), func(a *Action, lower string) int {
		return compare(a.Name, lower)
	})
	if !found {
		return nil, false
	}
	return actions[i], true
}

// compare is strings.Compare of a name in lower case, without making it.
func compare(name, lower string) int {
	for i := range min(len(name), len(lower)) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return int(c) - int(lower[i])
		}
	}
	return len(name) - len(lower)
}

// Matching are the actions that a pattern such as s3:Get* or * matches, in any
// capitals, sorted as Prefixes and Actions are. Only the services that the part
// before the colon matches are decoded.
func Matching(pattern string) []*Action {
	pattern = strings.ToLower(pattern)
	head, _, found := strings.Cut(pattern, ":")
	if !found {
		head = "*"
	}
	var out []*Action
	for _, s := range index().services {
		if !policy.Match(head, s.Prefix) {
			continue
		}
		for _, a := range s.Actions() {
			if policy.Match(pattern, strings.ToLower(a.FullName())) {
				out = append(out, a)
			}
		}
	}
	return out
}
