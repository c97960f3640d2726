package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// pool is what random grants are made of: the tables' own resources and verbs,
// and every call that a table judges.
type pool struct {
	resources []string // each with the verbs of its type
	verbs     map[string][]string
	calls     []policy.Request
}

func newPool(t *testing.T) pool {
	t.Helper()
	known, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	p := pool{verbs: map[string][]string{}}
	for _, f := range dataFiles(t) {
		for _, x := range f.tables {
			for _, resource := range x.Resources {
				target, message := known.find(resource)
				if message != "" {
					t.Fatal(message)
				}
				p.resources = append(p.resources, resource)
				p.verbs[resource] = target.kind.data.VerbNames()
			}
			for _, c := range slices.Concat(x.Allowed, x.Denied) {
				p.calls = append(p.calls, c.request(t))
			}
		}
	}
	return p
}

// draw makes a grant of resources of one type.
func (p pool) draw(t *rapid.T) Grant {
	first := rapid.SampledFrom(p.resources).Draw(t, "resource")
	g := Grant{Resources: []string{first}}
	for _, more := range rapid.SliceOfN(rapid.SampledFrom(p.resources), 0, 5).Draw(t, "more") {
		if slices.Equal(p.verbs[more], p.verbs[first]) {
			g.Resources = append(g.Resources, more)
		}
	}
	g.Access = rapid.SliceOfN(rapid.SampledFrom(p.verbs[first]), 1, 4).Draw(t, "access")
	if rapid.Bool().Draw(t, "conditioned") {
		g.Conditions = policy.Conditions{"StringEquals": {"aws:PrincipalTag/team": {"shop"}}}
	}
	return g
}

// asked are some of the calls, each as it stands and with the tag that drawn
// conditions want.
func (p pool) asked(t *rapid.T) []policy.Request {
	var out []policy.Request
	for _, r := range rapid.SliceOfN(rapid.SampledFrom(p.calls), 1, 50).Draw(t, "calls") {
		tagged := r
		tagged.Context = map[string][]string{"aws:PrincipalTag/team": {"shop"}}
		for key, values := range r.Context {
			tagged.Context[key] = values
		}
		out = append(out, r, tagged)
	}
	return out
}

func TestMoreVerbsOrResourcesNeverAllowLess(t *testing.T) {
	p := newPool(t)
	rapid.Check(t, func(rt *rapid.T) {
		wide := p.draw(rt)
		narrow := Grant{
			Access:     wide.Access[:rapid.IntRange(1, len(wide.Access)).Draw(rt, "fewer verbs")],
			Resources:  wide.Resources[:rapid.IntRange(1, len(wide.Resources)).Draw(rt, "fewer resources")],
			Conditions: wide.Conditions,
		}
		less, more := document(expand(t, narrow)), document(expand(t, wide))
		for _, r := range p.asked(rt) {
			if allows(less, r) && !allows(more, r) {
				rt.Fatalf("%v allowed by %v on %v, not by %v on %v", r, narrow.Access, narrow.Resources, wide.Access, wide.Resources)
			}
		}
	})
}

func TestConditionsNeverAllowMore(t *testing.T) {
	p := newPool(t)
	rapid.Check(t, func(rt *rapid.T) {
		bound := p.draw(rt)
		bound.Conditions = policy.Conditions{"StringEquals": {"aws:PrincipalTag/team": {"shop"}}}
		free := bound
		free.Conditions = nil
		less, more := document(expand(t, bound)), document(expand(t, free))
		for _, r := range p.asked(rt) {
			tagged := slices.Equal(r.Context["aws:PrincipalTag/team"], []string{"shop"})
			if allows(less, r) != (allows(more, r) && tagged) {
				rt.Fatalf("%v: bound %v, free %v, tagged %v", r, allows(less, r), allows(more, r), tagged)
			}
		}
	})
}

func TestTheOrderOfVerbsAndResourcesDoesNotMatter(t *testing.T) {
	p := newPool(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := p.draw(rt)
		shuffled := Grant{
			Access:     rapid.Permutation(g.Access).Draw(rt, "verbs"),
			Resources:  rapid.Permutation(g.Resources).Draw(rt, "resources"),
			Conditions: g.Conditions,
		}
		a, b := document(expand(t, g)), document(expand(t, shuffled))
		if !policy.Equivalent(a, b) {
			rt.Fatalf("%s and %s", a.JSON(), b.JSON())
		}
	})
}

func TestOneGrantOfManyIsManyGrantsOfOne(t *testing.T) {
	p := newPool(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := p.draw(rt)
		var singly []Permission
		for _, resource := range g.Resources {
			for _, verb := range g.Access {
				singly = append(singly, expand(t, Grant{Access: []string{verb}, Resources: []string{resource}, Conditions: g.Conditions})...)
			}
		}
		a, b := document(expand(t, g)).JSON(), document(singly).JSON()
		if a != b {
			rt.Fatalf("%s and %s", a, b)
		}
	})
}

func TestEveryPairIsUsableAndEveryConditionKeyKnown(t *testing.T) {
	p := newPool(t)
	rapid.Check(t, func(rt *rapid.T) {
		for _, x := range expand(t, p.draw(rt)) {
			for _, name := range x.Statement.Action {
				action, found := reference.Find(name)
				if !found {
					rt.Fatalf("%s is no action", name)
				}
				for _, resource := range x.Statement.Resource {
					if !action.Reaches(resource) {
						rt.Fatalf("%s never matches %s", name, resource)
					}
				}
				for _, keys := range x.Statement.Condition {
					for key := range keys {
						if _, found := action.Key(key); !found {
							rt.Fatalf("%s does not know %s", name, key)
						}
					}
				}
			}
		}
	})
}

// FuzzExpand looks for texts over which Expand stumbles. Whatever is wrong is
// told with the value that is wrong.
func FuzzExpand(f *testing.F) {
	for _, s := range Services() {
		for _, kind := range s.Types {
			f.Add("Read", kind.Example, "StringLike", "s3:prefix", "p/*")
		}
	}
	f.Add("", "", "", "", "")
	f.Add("read", "arn:aws:s3:::${aws:x", "Bool", "aws:SecureTransport", "true")
	f.Add("Read", "arn:aws:s3:::${aws:x}}/{key}/{{", "::", ":", "*")
	f.Add("Read", "arn:::::", "Null", "aws:RequestTag/x", "")
	f.Add("List", "arn:aws:s3:::b/${*}/${a}*", "stringlike", "S3:PREFIX", "")
	f.Add("Read", "arn:aws:s3:::\xff/\x00", "", "", "")
	f.Fuzz(func(t *testing.T, verb, resource, operator, key, value string) {
		g := Grant{Access: []string{verb}, Resources: []string{resource},
			Conditions: policy.Conditions{operator: {key: {value}}}}
		for _, g := range []Grant{g, {Access: g.Access, Resources: g.Resources}} {
			permissions, problems := Expand(g)
			if (len(permissions) == 0) == (len(problems) == 0) {
				t.Fatalf("%d permissions and %d problems", len(permissions), len(problems))
			}
			seen := map[string]bool{}
			for _, p := range problems {
				if p.Message == "" || !named(p) {
					t.Errorf("%+v", p)
				}
				if place := p.Field + p.Value; seen[place] {
					t.Errorf("told twice: %+v", p)
				} else {
					seen[place] = true
				}
			}
			for _, p := range permissions {
				if len(p.Statement.Action) == 0 || len(p.Statement.Resource) == 0 || slices.Contains(p.Statement.Resource, "") {
					t.Errorf("%+v", p)
				}
			}
		}
	})
}

// named says whether the message names the value.
func named(p Problem) bool {
	switch p.Field {
	case fieldAccess:
		return strings.Contains(p.Message, quote(p.Value))
	case fieldConditions:
		return strings.HasPrefix(p.Message, p.Value) || strings.HasPrefix(p.Message, quote(p.Value))
	default:
		return strings.Contains(p.Message, p.Value) || strings.Contains(p.Message, quote(p.Value))
	}
}

func quote(text string) string { return fmt.Sprintf("%q", text) }
