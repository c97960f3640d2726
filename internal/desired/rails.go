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
	actions map[string]*offence
	covered map[string]bool
}

// offence is why a class does not allow something. The sentence speaks of it by
// the word that it is given: by its name, or as "it" or "them".
type offence struct {
	why  func(it string) string
	cure string // what its author can write instead; empty: it is said already
}

func railsOf(in Input) rails {
	r := rails{in: in, actions: map[string]*offence{}, covered: map[string]bool{}}
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
	var told tale
	for i := range sources {
		s := &sources[i]
		if told.about != nil && (told.about.part != s.part || told.about.field.String() != s.field.String()) {
			errs, told = append(errs, told.errors()...), tale{}
		}
		r.judge(s, &told)
	}
	return refused(v1alpha1.ReasonNotAllowed, append(errs, told.errors()...))
}

// offences are what the class does not allow of one source.
func (r rails) offences(s *source) field.ErrorList {
	var told tale
	r.judge(s, &told)
	return told.errors()
}

func (r rails) judge(s *source, told *tale) {
	told.about = s
	if s.own {
		return
	}
	for i, action := range s.statement.Action {
		if s.allows() {
			told.add("actions", i, r.action(action))
		}
	}
	for i, resource := range s.statement.Resource {
		why := partitionOffence(r.in, resource)
		if why == nil && s.allows() {
			why = r.resource(s, resource)
		}
		told.add("resources", i, why)
	}
}

// tale is what is to be said of one source, or of several of one field that are
// called the same. What was not written as it stands comes to several actions and
// resources at once: what is wrong with all of them is said once.
type tale struct {
	about *source
	errs  field.ErrorList
	whys  []*offence
	names map[string][]string // by what is wrong with them
}

func (t *tale) add(list string, i int, why *offence) {
	if why == nil {
		return
	}
	name := t.about.list(list)[i]
	if t.about.exact {
		t.errs = append(t.errs, forbidden(t.about.at(list, i), "%s%s", why.why(name), cured(why.cure))...)
		return
	}
	if t.names == nil {
		t.names = map[string][]string{}
	}
	key := why.why("them")
	if len(t.names[key]) == 0 {
		t.whys = append(t.whys, why)
	}
	if !slices.Contains(t.names[key], name) {
		t.names[key] = append(t.names[key], name)
	}
}

func (t *tale) errors() field.ErrorList {
	for _, why := range t.whys {
		names, it := t.names[why.why("them")], "it"
		if len(names) > 1 {
			it = "them"
		}
		cure := why.cure
		if cure != "" {
			cure = "ask the platform team to allow " + it + t.about.instead
		}
		t.errs = append(t.errs, forbidden(t.about.field, "%s needs %s: %s%s", t.about.part, listed(names), why.why(it), cured(cure))...)
	}
	return t.errs
}

func cured(cure string) string {
	if cure == "" {
		return ""
	}
	return "; " + cure
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

func (r rails) action(name string) *offence {
	why, known := r.actions[name]
	if !known {
		why = actionOffence(r.in, name)
		r.actions[name] = why
	}
	return why
}

func actionOffence(in Input, action string) *offence {
	name := in.Class.Name
	for _, denied := range in.Class.Spec.DeniedActions {
		if policy.OverlapAction(string(denied), action) {
			return &offence{
				why:  func(it string) string { return fmt.Sprintf("class %s denies %s, which overlaps %s", name, denied, it) },
				cure: "remove it, or ask the platform team",
			}
		}
	}
	if why := reservedOffence(in, action); why != nil {
		return why
	}
	for _, allowed := range in.Class.Spec.AllowedActions {
		if policy.CoversAction(string(allowed), action) {
			return nil
		}
	}
	return &offence{
		why: func(it string) string {
			return fmt.Sprintf("class %s does not allow %s: its allowedActions are %s", name, it, listed(in.Class.Spec.AllowedActions))
		},
		cure: "remove it, or ask the platform team to add it",
	}
}

// reservedOffence refuses what reaches into the actions that a class allows by name
// only, unless it does.
func reservedOffence(in Input, action string) *offence {
	name := in.Class.Name
	var reaches []string
	for _, reserved := range namedOnly {
		if policy.OverlapAction(reserved, action) && !lifted(in, reserved, action) {
			reaches = append(reaches, reserved)
		}
	}
	switch {
	case len(reaches) == 0:
		return nil
	case policy.CoversAction(reaches[0], action):
		return &offence{
			why: func(it string) string {
				return fmt.Sprintf("class %s does not name %s in its allowedActions, and actions of %s are allowed by name only, never by a wildcard such as *", name, it, reaches[0])
			},
			cure: "remove it, or ask the platform team to name it",
		}
	default:
		return &offence{
			why: func(it string) string {
				return fmt.Sprintf("%s would allow actions of %s, too, which class %s allows by name only, never by a wildcard such as *", it, strings.Join(reaches, ", "), name)
			},
			cure: "name the actions that the task calls, or those of one service, such as s3:*",
		}
	}
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
func partitionOffence(in Input, resource string) *offence {
	want, is, ok := samePartition(in, resource)
	if ok {
		return nil
	}
	return &offence{why: func(string) string {
		return fmt.Sprintf("%s is of partition %s, class %s of %s: write arn:%s:...", resource, is, in.Class.Name, want, want)
	}}
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
func (r rails) resource(s *source, resource string) *offence {
	if resource == "*" && (!s.exact || onlyStar(s.statement.Action)) {
		return nil
	}
	if why := accountOffence(r.in, resource, s.statement.Condition); why != nil {
		return &offence{why: why}
	}
	covered, known := r.covered[resource]
	if !known {
		covered = slices.ContainsFunc(r.resources, func(allowed string) bool { return within(allowed, resource) })
		r.covered[resource] = covered
	}
	if covered {
		return nil
	}
	return &offence{
		why: func(it string) string {
			return fmt.Sprintf("class %s does not allow %s: its allowedResources are %s, and a resource must lie within one of them as a whole%s",
				r.in.Class.Name, it, listed(r.resources), aboutVariables(resource))
		},
		cure: "narrow it, or ask the platform team to add it",
	}
}

// aboutVariables explains what is not seen at once: nobody knows beforehand what
// stands in the place of a variable.
func aboutVariables(resource string) string {
	if !strings.Contains(resource, "${") {
		return ""
	}
	return ", where a policy variable counts as *"
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
