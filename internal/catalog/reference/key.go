package reference

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Key finds a condition key that requests of this action can carry: the
// action's, its resource types' and AWS's global ones; tag keys in ${TagKey} and
// the like match anything. In any capitals.
//
// Whether a request does carry a global key is another question: see the page
// that Global names. aws:SourceArn, for one, is never in a task's own calls.
func (a *Action) Key(key string) (Key, bool) {
	if k, found := a.Service.decoded().find(key, a.knows); found {
		return k, true
	}
	return Global(key)
}

func (a *Action) knows(key int) bool {
	if slices.Contains(a.keys, key) {
		return true
	}
	return slices.ContainsFunc(a.Resources, func(t *ResourceType) bool { return slices.Contains(t.keys, key) })
}

// find is the first of the service's keys that is wanted among those by which the
// key may go: ssm has ssm:resourceTag/${TagKey} and ssm:resourceTag/tag-key.
func (c *content) find(key string, wanted func(place int) bool) (Key, bool) {
	key = strings.ToLower(key)
	if i, found := slices.BinarySearch(c.folded, key); found && wanted(i) {
		return c.keys[i], true
	}
	for _, k := range c.open {
		if policy.Match(k.pattern, key) && wanted(k.place) {
			return c.keys[k.place], true
		}
	}
	return Key{}, false
}

// Known finds a condition key of any service or of AWS as a whole.
func Known(key string) (Key, bool) {
	if k, found := Global(key); found {
		return k, true
	}
	lower := strings.ToLower(key)
	for _, s := range index().services {
		if !s.mayKnow(lower) {
			continue
		}
		if k, found := s.decoded().find(lower, func(int) bool { return true }); found {
			return k, true
		}
	}
	return Key{}, false
}

// mayKnow says whether the service is worth decoding for a key.
func (s *Service) mayKnow(key string) bool {
	if head, _, _ := strings.Cut(key, ":"); head == s.Prefix {
		return true
	}
	return slices.ContainsFunc(s.guests, func(guest string) bool { return policy.Match(guest+":*", key) })
}
