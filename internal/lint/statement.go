package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// document is a policy document, with what the checks ask of it more than once.
type document struct {
	policy.Document
	statements []statement
}

// statement is a statement, with what the checks ask of it more than once.
type statement struct {
	policy.Statement
	name       string
	version    string // of the document
	actions    []pattern
	excepted   []pattern // NotAction
	resources  []resource
	conditions []condition
	passes     bool     // whether it passes roles
	anyRole    []string // the resources by which it passes every role of an account
}

// pattern is an element of Action or NotAction.
type pattern struct {
	text    string
	matches []*reference.Action // real actions; none for what is unknown
	names   []string            // theirs, prefix and all
	all     bool                // every action of every service
	fault   fault               // why it means no action
	// kinds are one action for each set of resource types that the matches have,
	// and types all of these: hundreds of actions share a few.
	kinds []*reference.Action
	types []resourceType
}

// resourceType is a type and its ARN, taken to pieces.
type resourceType struct {
	*reference.ResourceType
	arn arn
}

// resource is an element of Resource.
type resource struct {
	text  string
	star  bool // any resource
	arn   arn
	isARN bool
	// fault is why the ARN is none of the service's, where another check tells it;
	// the resource then says nothing about which actions are of use.
	fault fault
}

// condition is an operator and a key with the values.
type condition struct {
	written  string // the operator as it is written
	operator operator
	known    bool // whether there is such an operator
	name     string
	key      reference.Key
	found    bool // whether there is such a key
	values   policy.Strings
}

func read(d policy.Document, names []string) *document {
	doc := &document{Document: d, statements: make([]statement, len(d.Statement))}
	known := map[string]pattern{}
	for i := range d.Statement {
		s := &doc.statements[i]
		s.Statement, s.version = d.Statement[i], d.Version
		if i < len(names) {
			s.name = names[i]
		} else {
			s.name = policy.Name(d.Statement, i)
		}
		s.actions, s.excepted = resolve(s.Action, known), resolve(s.NotAction, known)
		s.conditions = conditions(s.Condition)
		s.resources = s.readResources()
		s.passes, s.anyRole = s.passesRoles()
	}
	return doc
}

// resolve finds the actions that each pattern means, or what was found before.
func resolve(list policy.Strings, known map[string]pattern) []pattern {
	out := make([]pattern, len(list))
	for i, text := range list {
		p, found := known[text]
		if !found {
			p = find(text)
			known[text] = p
		}
		out[i] = p
	}
	return out
}

// find does not spell out a pattern over everything: that would decode every
// service's data.
func find(text string) pattern {
	p := pattern{text: text, all: policy.CoversAction(text, "*") || policy.CoversAction(text, "*:*")}
	switch why := malformedAction(text); {
	case why != "":
		p.fault = fault{CodeInvalidAction, text + " " + why}
	case p.all:
	case strings.ContainsAny(text, "*?"):
		p.matches = reference.Matching(text)
	default:
		if a, found := reference.Find(text); found {
			p.matches = []*reference.Action{a}
		}
	}
	if len(p.matches) == 0 && !p.all && p.fault.code == "" {
		p.fault = unknown(text)
	}
	sets, types := map[string]bool{}, map[*reference.ResourceType]bool{}
	p.names = make([]string, len(p.matches))
	for i, a := range p.matches {
		p.names[i] = a.FullName()
		var set strings.Builder
		for _, t := range a.Resources {
			set.WriteString(t.Name + "\n")
			if !types[t] {
				types[t] = true
				parts, _ := parseARN(t.Pattern)
				p.types = append(p.types, resourceType{t, parts})
			}
		}
		if !sets[set.String()] {
			sets[set.String()] = true
			p.kinds = append(p.kinds, a)
		}
	}
	return p
}

func conditions(c policy.Conditions) []condition {
	if len(c) == 0 {
		return nil
	}
	var out []condition
	for _, written := range slices.Sorted(maps.Keys(c)) {
		op, known := parseOperator(written)
		for _, name := range slices.Sorted(maps.Keys(c[written])) {
			key, found := reference.Known(name)
			out = append(out, condition{written, op, known, name, key, found, c[written][name]})
		}
	}
	return out
}

func (s *statement) readResources() []resource {
	out := make([]resource, len(s.Resource))
	for i, text := range s.Resource {
		r := resource{text: text, star: strings.Trim(text, "*") == "" && text != ""}
		if !r.star {
			r.arn, r.isARN = parseARN(text)
			r.fault = s.faultOf(r)
		}
		out[i] = r
	}
	return out
}

func (s *statement) allows() bool { return s.Effect == policy.Allow }

// everything says whether the statement is about every action.
func (s *statement) everything() bool {
	return slices.ContainsFunc(s.actions, func(p pattern) bool { return p.all })
}

// anywhere says whether the statement is about every resource.
func (s *statement) anywhere() bool {
	return slices.ContainsFunc(s.resources, func(r resource) bool { return r.star })
}

// undecided says whether some action is not known: it may act on anything.
func (s *statement) undecided() bool {
	return len(s.NotAction) > 0 || slices.ContainsFunc(s.actions, func(p pattern) bool { return p.all || len(p.matches) == 0 })
}

// guarded says whether the statement holds only for requests with a key whose
// name is accepted: one that is compared by an operator which is false where the
// key is absent.
func (s *statement) guarded(accepted func(name string) bool) bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool {
		return c.known && !c.operator.null() && !c.operator.negated && !c.absent() && accepted(strings.ToLower(c.name))
	})
}

// narrowed says whether conditions choose among the resources, by their tags or
// by a key of the service's own.
func (s *statement) narrowed() bool {
	return s.guarded(func(name string) bool {
		return !strings.HasPrefix(name, "aws:") || strings.HasPrefix(name, "aws:resourcetag/")
	})
}

func number(n int) string { return strconv.Itoa(n) }
