// Package access says in which words a request asks for leave, and whether it
// gets it: by the caller's policies, evaluated as IAM evaluates them.
package access

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Ask is one action on one resource that a request needs leave for. A request
// passes if each of its asks does.
type Ask struct {
	policy.Request
	// Named is what a refusal calls the resource; its ARN where empty. IAM says
	// "role orders" of most roles.
	Named string
	// Granted says that the resource's own policy names the caller, who then needs
	// no policy of his own within the account (IAM: Policy evaluation logic).
	Granted bool
}

// New makes an ask without context.
func New(action, resource string) Ask {
	return Ask{Request: policy.Request{Action: action, Resource: resource, Context: map[string][]string{}}}
}

// Also makes an ask of the same resource and context for another action.
func (a Ask) Also(action string) Ask {
	out := New(action, a.Resource)
	for key, values := range a.Context {
		out.Context[key] = values
	}
	out.Named = a.Named
	return out
}

// Set puts a key into the context, unless it has no value: IAM leaves out what a
// request does not have.
func (a Ask) Set(key string, values ...string) {
	if len(values) > 0 && !slices.Equal(values, []string{""}) {
		a.Context[key] = values
	}
}

// Tag is a tag of a request, of a resource or of a caller.
type Tag struct{ Key, Value string }

// SetTags puts a key for each tag into the context: prefix is aws:RequestTag,
// aws:ResourceTag or the like.
func (a Ask) SetTags(prefix string, tags []Tag) {
	for _, tag := range tags {
		a.Context[prefix+"/"+tag.Key] = []string{tag.Value}
	}
}

// SetRequested tells the tags that a request sends.
func (a Ask) SetRequested(tags []Tag) {
	a.SetTags("aws:RequestTag", tags)
	var keys []string
	for _, tag := range tags {
		keys = append(keys, tag.Key)
	}
	a.Set("aws:TagKeys", keys...)
}

// Refusal is why a caller of these policies may not, in AWS's words (IAM:
// Troubleshoot access denied error messages). It is empty when he may.
func (a Ask) Refusal(caller string, p policy.Policies) string {
	why := a.reason(p)
	if why == "" {
		return ""
	}
	named := a.Named
	if named == "" {
		named = a.Resource
	}
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", caller, a.Action, named, why)
}

func (a Ask) reason(p policy.Policies) string {
	own := policy.Policies{Identity: p.Identity}.Evaluate(a.Request)
	if own == policy.ExplicitlyDenied {
		return "with an explicit deny in an identity-based policy"
	}
	boundary := policy.Allowed
	if p.Boundary != nil {
		boundary = policy.Policies{Identity: p.Boundary}.Evaluate(a.Request)
	}
	switch {
	case boundary == policy.ExplicitlyDenied:
		return "with an explicit deny in a permissions boundary"
	case own != policy.Allowed && !a.Granted:
		return "because no identity-based policy allows the " + a.Action + " action"
	case boundary != policy.Allowed:
		return "because no permissions boundary allows the " + a.Action + " action"
	default:
		return ""
	}
}
