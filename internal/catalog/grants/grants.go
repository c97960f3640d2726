// Package grants turns intent into permissions: which actions, on which ARNs,
// under which conditions a verb such as Read needs on a resource. What it knows
// stands in data files, one for each service.
package grants

import "github.com/taskrole/ecs-taskrole-controller/internal/policy"

// Grant is one intent: all the verbs on all the resources.
type Grant struct {
	Access []string
	// Resources are ARNs, with wildcards where they make sense, or, for what IAM
	// has no ARN, service:kind/name such as cloudwatch:namespace/Shop or xray:traces.
	Resources  []string
	Conditions policy.Conditions
}

// Permission is one statement that a verb on a resource needs.
type Permission struct {
	Service, Type, Verb string // s3, object, Read
	Statement           policy.Statement
}

// Problem says what cannot be granted, and what to write instead.
type Problem struct {
	Field string // access, resources or conditions
	Index int    // of the element within the field; -1: the field as a whole
	Value string
	// Message names the value, once, why it cannot be, and the cure. It is to be
	// read behind the name of the field.
	Message string
}

// The fields of a grant, as problems name them.
const (
	fieldAccess     = "access"
	fieldResources  = "resources"
	fieldConditions = "conditions"
)

// Expand makes the permissions of a grant: those of its first resource first,
// there those of the first verb, there in the order of the verb's needs. The
// grant's conditions are added to each. Where there is a problem there are no
// permissions, and all problems are told at once: by field, at most one for each
// element of access and of resources, and for each key of conditions (whose
// Index is -1, a map has no order; Value is the operator and the key).
func Expand(g Grant) ([]Permission, []Problem) {
	known, err := catalogue()
	if err != nil {
		// The data is a part of the program, and its tests read it.
		return nil, []Problem{{Field: fieldAccess, Index: -1, Message: "the catalogue of grants cannot be read: " + err.Error()}}
	}
	var targets []target
	var wrong []Problem
	if len(g.Resources) == 0 {
		wrong = append(wrong, Problem{Field: fieldResources, Index: -1, Message: "no resource is named: list at least one ARN"})
	}
	for i, resource := range g.Resources {
		t, message := known.find(resource)
		if message != "" {
			wrong = append(wrong, Problem{Field: fieldResources, Index: i, Value: resource, Message: message})
			continue
		}
		targets = append(targets, t)
	}
	problems := append(unknownVerbs(g.Access, targets), wrong...)
	permissions, own := permit(g, targets)
	problems = append(problems, conditionProblems(g, targets, permissions, own)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return permissions, nil
}

// permit makes the permissions of what the types of the targets offer, and tells
// for each which conditions its verb sets itself.
func permit(g Grant, targets []target) ([]Permission, []policy.Conditions) {
	var count int
	for i := range targets {
		for _, verb := range g.Access {
			count += len(targets[i].kind.verbs[verb])
		}
	}
	out, own := make([]Permission, 0, count), make([]policy.Conditions, 0, count)
	for i := range targets {
		t := &targets[i]
		for _, verb := range g.Access {
			for j := range t.kind.verbs[verb] {
				n := &t.kind.verbs[verb][j]
				conditions := n.conditionsFor(t)
				own = append(own, conditions)
				out = append(out, Permission{
					Service: t.kind.service, Type: t.kind.data.Name, Verb: verb,
					Statement: policy.Statement{
						Effect:    policy.Allow,
						Action:    append(policy.Strings(nil), n.actions...),
						Resource:  n.resourcesFor(t),
						Condition: both(conditions, g.Conditions),
					},
				})
			}
		}
	}
	return out, own
}
