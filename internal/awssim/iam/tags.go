package iam

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// maxTags is the quota of a role and of a policy (IAM and STS quotas).
const maxTags = 50

type tag struct {
	Key   string
	Value string
}

// tags keep the order in which they came; keys compare without regard to case.
type tags []tag

func (t tags) answer() *list[tag] {
	if len(t) == 0 {
		return nil
	}
	return &list[tag]{append([]tag{}, t...)}
}

func (t tags) find(key string) int {
	for i, one := range t {
		if strings.EqualFold(one.Key, key) {
			return i
		}
	}
	return -1
}

// with returns t with more added, each in the place of one with the same key.
func (t tags) with(more tags) (tags, error) {
	out := append(tags{}, t...)
	for _, one := range more {
		if at := out.find(one.Key); at >= 0 {
			out[at] = one
		} else {
			out = append(out, one)
		}
	}
	if len(out) > maxTags {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded", "The number of tags has reached the maximum limit.")
	}
	return out, nil
}

func (t tags) without(keys []string) tags {
	out := tags{}
	for _, one := range t {
		if (tags{one}).findAny(keys) < 0 {
			out = append(out, one)
		}
	}
	return out
}

func (t tags) findAny(keys []string) int {
	for _, key := range keys {
		if at := t.find(key); at >= 0 {
			return at
		}
	}
	return -1
}

// tags reads the request's parameter Tags.
func (r *request) tags() (tags, error) {
	var out tags
	for i := 1; ; i++ {
		key := fmt.Sprintf("Tags.member.%d.Key", i)
		if !r.form.Has(key) {
			return out, nil
		}
		one := tag{Key: r.form.Get(key), Value: r.form.Get(fmt.Sprintf("Tags.member.%d.Value", i))}
		switch {
		case strings.HasPrefix(strings.ToLower(one.Key), "aws:"):
			return nil, wire.Refuse(http.StatusBadRequest, "InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
		case out.find(one.Key) >= 0:
			return nil, wire.Refuse(http.StatusBadRequest, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		out = append(out, one)
	}
}

// texts reads a list of strings.
func (r *request) texts(name string) []string {
	var out []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.member.%d", name, i)
		if !r.form.Has(key) {
			return out
		}
		out = append(out, r.form.Get(key))
	}
}

type tagsAnswer struct {
	Tags list[tag]
	page
}

// tagRole takes a service-linked role, too: the model lists no
// UnmodifiableEntity among its errors.
func tagRole(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	more, err := r.tags()
	if err != nil {
		return nil, err
	}
	all, err := role.tags.with(more)
	if err != nil {
		return nil, err
	}
	role.tags = all
	return nil, nil
}

func untagRole(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	role.tags = role.tags.without(r.texts("TagKeys"))
	return nil, nil
}

func listRoleTags(r *request) (any, error) {
	role, err := r.role()
	if err != nil {
		return nil, err
	}
	some, more, err := paged(r, "ListRoleTags", role.tags)
	return tagsAnswer{list[tag]{some}, more}, err
}

func tagPolicy(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	more, err := r.tags()
	if err != nil {
		return nil, err
	}
	all, err := policy.tags.with(more)
	if err != nil {
		return nil, err
	}
	policy.tags = all
	return nil, nil
}

func untagPolicy(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	policy.tags = policy.tags.without(r.texts("TagKeys"))
	return nil, nil
}

func listPolicyTags(r *request) (any, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	some, more, err := paged(r, "ListPolicyTags", policy.tags)
	return tagsAnswer{list[tag]{some}, more}, err
}
