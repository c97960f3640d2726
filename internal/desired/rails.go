package desired

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// namedOnly are actions that no wildcard of a class allows: with them a tenant
// changes who may do what, or acts as somebody else. A class allows them by a
// pattern that lies within one of these.
var namedOnly = []string{"iam:*", "organizations:*", "account:*", "sts:AssumeRole*", "sts:AssumeRoot"}

// rails are those of one class.
type rails struct {
	in Input
	// resources are the class's patterns, the namespace filled in.
	resources []string
	// actions are the offences of actions that were judged, covered the resources:
	// many statements have the same.
	actions map[string]string
	covered map[string]bool
}

func railsOf(in Input) rails {
	r := rails{in: in, actions: map[string]string{}, covered: map[string]bool{}}
	for _, pattern := range in.Class.Spec.AllowedResources {
		r.resources = append(r.resources, strings.ReplaceAll(string(pattern), namespaceVariable, in.TaskRole.Namespace))
	}
	return r
}

// refuse holds everything that is to be allowed against the class. What is allowed
// must lie within one pattern of the class as a whole; what is denied must not
// even touch. A condition proves nothing: it may match always. To deny needs no
// leave.
func (r rails) refuse(sources []source) *Refusal {
	var errs field.ErrorList
	for i := range sources {
		errs = append(errs, r.offences(&sources[i])...)
	}
	if len(errs) == 0 {
		return nil
	}
	return &Refusal{Reason: v1alpha1.ReasonNotAllowed, Errors: errs}
}

// offences are what the class does not allow of one source.
func (r rails) offences(s *source) field.ErrorList {
	if s.own {
		return nil
	}
	var errs field.ErrorList
	for i, action := range s.statement.Action {
		if why := r.action(action); s.allows() && why != "" {
			errs = append(errs, forbidden(s.at("actions", i), "%s", s.asks(action)+why)...)
		}
	}
	for i, resource := range s.statement.Resource {
		why := partitionOffence(r.in, resource)
		if why == "" && s.allows() {
			why = r.resource(s, resource)
		}
		if why != "" {
			errs = append(errs, forbidden(s.at("resources", i), "%s", s.asks(resource)+why)...)
		}
	}
	return errs
}

// list is the actions or the resources.
func (s *source) list(name string) policy.Strings {
	if name == "actions" {
		return s.statement.Action
	}
	return s.statement.Resource
}

// at is the field of an element: the statement's own where it was written so.
func (s *source) at(list string, i int) *field.Path {
	if s.exact {
		return s.field.Child(list).Index(i)
	}
	return s.field
}

// asks says of what was not written as it stands why it is there.
func (s *source) asks(what string) string {
	if s.exact {
		return ""
	}
	return s.name + " needs " + what + ": "
}

func (r rails) action(name string) string {
	why, known := r.actions[name]
	if !known {
		why = actionOffence(r.in, name)
		r.actions[name] = why
	}
	return why
}

func actionOffence(in Input, action string) string {
	name := in.Class.Name
	for _, denied := range in.Class.Spec.DeniedActions {
		if policy.OverlapAction(string(denied), action) {
			return fmt.Sprintf("class %s denies %s, which %s touches: leave it out, or ask the platform team", name, denied, action)
		}
	}
	for _, reserved := range namedOnly {
		if policy.OverlapAction(reserved, action) && !lifted(in, reserved, action) {
			return fmt.Sprintf("class %s does not name %s in its allowedActions, and actions of %s are allowed by name only, never by a wildcard such as *: leave it out, or ask the platform team",
				name, action, reserved)
		}
	}
	for _, allowed := range in.Class.Spec.AllowedActions {
		if policy.CoversAction(string(allowed), action) {
			return ""
		}
	}
	return fmt.Sprintf("class %s does not allow %s: its allowedActions are %s; leave it out, or ask the platform team to add it", name, action, listed(in.Class.Spec.AllowedActions))
}

// lifted says whether a pattern of the class that speaks of nothing but reserved
// actions covers this one.
func lifted(in Input, reserved, action string) bool {
	for _, allowed := range in.Class.Spec.AllowedActions {
		if policy.CoversAction(reserved, string(allowed)) && policy.CoversAction(string(allowed), action) {
			return true
		}
	}
	return false
}

// partitionOffence refuses ARNs of another partition, which no principal of this
// one can reach.
func partitionOffence(in Input, resource string) string {
	if want, is, ok := samePartition(in, resource); !ok {
		return fmt.Sprintf("%s is of partition %s, class %s of %s: write arn:%s:...", resource, is, in.Class.Name, want, want)
	}
	return ""
}

// samePartition says whether an ARN can be of the class's partition. What is no
// ARN is of every partition, and so is one with a wildcard or variable there.
func samePartition(in Input, arn string) (want, is string, ok bool) {
	want = partition(in.Class)
	rest, found := strings.CutPrefix(arn, "arn:")
	if !found {
		return want, want, true
	}
	is, _, _ = strings.Cut(rest, ":")
	return want, is, policy.Match(is, want) || strings.Contains(is, "$")
}

// resource refuses a resource that the class does not cover. Where all actions
// know no resource, * is all that can be written, and says nothing: it is the
// actions that the class allows then. So it is where the controller itself has
// nothing narrower for what is asked, such as a metric, which has no ARN: nobody
// chose that *.
func (r rails) resource(s *source, resource string) string {
	if resource == "*" && (!s.exact || onlyStar(s.statement.Action)) {
		return ""
	}
	if why := accountOffence(r.in, resource, s.statement.Condition); why != "" {
		return why
	}
	covered, known := r.covered[resource]
	if !known {
		covered = slices.ContainsFunc(r.resources, func(allowed string) bool { return within(allowed, resource) })
		r.covered[resource] = covered
	}
	if covered {
		return ""
	}
	return fmt.Sprintf("class %s does not allow %s: its allowedResources are %s, and a resource must lie within one of them as a whole; narrow it, or ask the platform team to add it",
		r.in.Class.Name, resource, listed(r.resources))
}

// within says whether a pattern of the class covers the resource, part by part:
// IAM lets a * that ends a part of an ARN run on beyond its colon, but whoever
// allows an account's access points in every region does not mean an object of
// somebody else's bucket whose key reads like one.
func within(allowed, resource string) bool {
	if !policy.Covers(allowed, resource) {
		return false
	}
	wide, ok := parseARN(allowed)
	narrow, is := parseARN(resource)
	if !ok || !is {
		return true // * alone
	}
	return policy.Covers(wide.service, narrow.service) && policy.Covers(wide.region, narrow.region) && policy.Covers(wide.account, narrow.account)
}

func onlyStar(actions []string) bool {
	for _, name := range actions {
		action, found := reference.Find(name)
		if !found || len(action.Resources) > 0 {
			return false
		}
	}
	return true
}

// most patterns of a class that a message lists.
const mostListed = 8

func listed[T ~string](patterns []T) string {
	texts := make([]string, 0, mostListed)
	for i, p := range patterns {
		if i == mostListed {
			return strings.Join(texts, ", ") + fmt.Sprintf(" and %d more", len(patterns)-mostListed)
		}
		texts = append(texts, string(p))
	}
	return orNone(texts)
}
