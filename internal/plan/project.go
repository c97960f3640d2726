package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Project is what will be observed of IAM after an action, as far as it can be
// known beforehand: ids, dates and versions are what the caller puts in after
// it. Applying a plan to its own input leaves nothing to plan.
func Project(o model.Observed, a Action) model.Observed {
	o.Policies = slices.Clone(o.Policies)
	if o.Role != nil {
		role := *o.Role
		role.Attached, role.Inline = slices.Clone(role.Attached), slices.Clone(role.Inline)
		role.Tags = maps.Clone(role.Tags)
		o.Role = &role
	}
	switch a.Kind.Area() {
	case AreaRole:
		projectRole(&o, a)
	case AreaPolicy:
		projectPolicy(&o, a)
	case AreaTaskDefinition, AreaServices: // numbers and dates are ECS's: observed again
	}
	return o
}

func projectRole(o *model.Observed, a Action) {
	switch a.Kind {
	case CreateRole:
		o.Role = &model.ObservedRole{
			Name: a.RoleName, Path: a.Path, Trust: a.Role.Trust.JSON(),
			BoundaryARN: a.Role.BoundaryARN, Tags: maps.Clone(a.Role.Tags),
		}
	case PutBoundary:
		o.Role.BoundaryARN = a.ARN
	case DeleteBoundary:
		o.Role.BoundaryARN = ""
	case UpdateTrust:
		o.Role.Trust = a.Role.Trust.JSON()
	case TagRole:
		o.Role.Tags = tagged(o.Role.Tags, a.Tags)
	case UntagRole:
		o.Role.Tags = untagged(o.Role.Tags, a.Keys)
	case DeleteRole:
		o.Role = nil
	default:
	}
}

func projectPolicy(o *model.Observed, a Action) {
	at := slices.IndexFunc(o.Policies, func(p model.ObservedPolicy) bool { return p.ARN == a.ARN })
	switch a.Kind {
	case CreatePolicy:
		o.Policies = append(o.Policies, model.ObservedPolicy{
			Name: a.Policy.Name, ARN: a.ARN, Document: a.Policy.Document.JSON(), Tags: maps.Clone(a.Policy.Tags),
		})
		slices.SortFunc(o.Policies, func(p, q model.ObservedPolicy) int { return strings.Compare(p.Name, q.Name) })
	case UpdatePolicy:
		o.Policies[at].Document = a.Policy.Document.JSON()
	case TagPolicy:
		o.Policies[at].Tags = tagged(o.Policies[at].Tags, a.Tags)
	case UntagPolicy:
		o.Policies[at].Tags = untagged(o.Policies[at].Tags, a.Keys)
	case DeletePolicy:
		o.Policies = slices.Delete(o.Policies, at, at+1)
	case AttachPolicy:
		o.Role.Attached = append(o.Role.Attached, a.ARN)
	case DetachPolicy:
		o.Role.Attached = slices.DeleteFunc(o.Role.Attached, func(arn string) bool { return arn == a.ARN })
	case DeleteInline:
		o.Role.Inline = slices.DeleteFunc(o.Role.Inline, func(name string) bool { return name == a.Subject })
	default:
	}
}

// tagged sets tags as IAM does: a key that differs only in case is the same key.
func tagged(has, set map[string]string) map[string]string {
	out := untagged(has, slices.Collect(maps.Keys(set)))
	maps.Copy(out, set)
	return out
}

func untagged(has map[string]string, keys []string) map[string]string {
	out := map[string]string{}
	for key, value := range has {
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) }) {
			out[key] = value
		}
	}
	return out
}
