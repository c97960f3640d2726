package grants

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// table is what a verb on some resources must allow, and what it must not.
type table struct {
	Type       string            `yaml:"type"`
	Verb       string            `yaml:"verb"`
	Resources  []string          `yaml:"resources"`
	Conditions policy.Conditions `yaml:"conditions"`
	Allowed    []call            `yaml:"allowed"`
	Denied     []call            `yaml:"denied"`
}

// call is a request: Call is its action and its resource.
type call struct {
	Call    string              `yaml:"call"`
	Context map[string][]string `yaml:"context"`
}

func (c call) request(t testing.TB) policy.Request {
	t.Helper()
	action, resource, found := strings.Cut(c.Call, " ")
	if !found || !strings.Contains(action, ":") || resource == "" {
		t.Fatalf("%q is no action and resource", c.Call)
	}
	return policy.Request{Action: action, Resource: resource, Context: c.Context}
}

func (x table) grant() Grant {
	return Grant{Access: []string{x.Verb}, Resources: x.Resources, Conditions: x.Conditions}
}

// decodeFile reads a file of a test as strictly as the catalogue is read.
func decodeFile(t testing.TB, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// dataFile is a data file and its tables.
type dataFile struct {
	name    string
	service Service
	tables  []table
}

func dataFiles(t testing.TB) []dataFile {
	t.Helper()
	paths, err := filepath.Glob("data/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no data: %v", err)
	}
	var all []dataFile
	for _, path := range paths {
		f := dataFile{name: strings.TrimSuffix(filepath.Base(path), ".yaml")}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.service, err = decode(text); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		decodeFile(t, filepath.Join("testdata", f.name+".yaml"), &f.tables)
		all = append(all, f)
	}
	return all
}

func expand(t testing.TB, g Grant) []Permission {
	t.Helper()
	permissions, problems := Expand(g)
	for _, p := range problems {
		t.Errorf("%v on %v: %s: %s", g.Access, g.Resources, p.Field, p.Message)
	}
	if len(problems) == 0 && len(permissions) == 0 {
		t.Errorf("%v on %v: neither permissions nor problems", g.Access, g.Resources)
	}
	return permissions
}

func document(permissions []Permission) policy.Document {
	d := policy.Document{Version: policy.Version, Statement: policy.Statements{}}
	for _, p := range permissions {
		d.Statement = append(d.Statement, p.Statement)
	}
	return d
}

func allows(d policy.Document, r policy.Request) bool {
	return policy.Policies{Identity: []policy.Document{d}}.Evaluate(r) == policy.Allowed
}

func TestEachVerbAllowsItsCallsAndNoNearMiss(t *testing.T) {
	for _, f := range dataFiles(t) {
		for _, x := range f.tables {
			t.Run(f.name+"/"+x.Type+"/"+x.Verb, func(t *testing.T) {
				permissions := expand(t, x.grant())
				for _, p := range permissions {
					if p.Service != f.service.Service || p.Type != x.Type || p.Verb != x.Verb {
						t.Errorf("these are permissions of %s %s %s", p.Service, p.Type, p.Verb)
					}
				}
				d := document(permissions)
				for _, c := range x.Allowed {
					if !allows(d, c.request(t)) {
						t.Errorf("not allowed: %s %v by %s", c.Call, c.Context, d.JSON())
					}
				}
				for _, c := range x.Denied {
					if allows(d, c.request(t)) {
						t.Errorf("not denied: %s %v by %s", c.Call, c.Context, d.JSON())
					}
				}
			})
		}
	}
}

func TestEveryVerbOfEveryTypeHasATable(t *testing.T) {
	const nearMisses = 3
	for _, f := range dataFiles(t) {
		left := slices.Clone(f.tables)
		for _, kind := range f.service.Types {
			for _, verb := range kind.VerbNames() {
				denied := 0
				left = slices.DeleteFunc(left, func(x table) bool {
					mine := x.Type == kind.Name && x.Verb == verb
					if mine {
						denied += len(x.Denied)
					}
					return mine
				})
				if denied < nearMisses {
					t.Errorf("%s, %s %s: %d near misses are denied, fewer than %d", f.name, kind.Name, verb, denied, nearMisses)
				}
			}
		}
		for _, x := range left {
			t.Errorf("%s: a table for %s %s, which the data has not", f.name, x.Type, x.Verb)
		}
	}
	tables, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(tables) != len(dataFiles(t)) {
		t.Errorf("%d files of tables: %v", len(tables), err)
	}
}

func TestEveryGeneratedActionIsAmongTheAllowedCalls(t *testing.T) {
	for _, f := range dataFiles(t) {
		for _, x := range f.tables {
			for _, p := range expand(t, x.grant()) {
				for _, action := range p.Statement.Action {
					// The very statement, not only one with the action: the second
					// need of a verb is a promise, too.
					d := document([]Permission{p})
					if !slices.ContainsFunc(x.Allowed, func(c call) bool {
						r := c.request(t)
						return strings.EqualFold(r.Action, action) && allows(d, r)
					}) {
						t.Errorf("%s, %s %s: no allowed call of %s shows what %s is for", f.name, x.Type, x.Verb, action, d.JSON())
					}
				}
			}
		}
	}
}

func TestTogetherVerbsAllowWhatEachAllowsAndNothingElse(t *testing.T) {
	byPart := map[string][]table{}
	for _, f := range dataFiles(t) {
		byPart[f.service.Service] = append(byPart[f.service.Service], f.tables...)
	}
	for service, tables := range byPart {
		var each []policy.Document
		var union policy.Document
		var calls []call
		for _, x := range tables {
			d := document(expand(t, x.grant()))
			each = append(each, d)
			union.Version = d.Version
			union.Statement = append(union.Statement, d.Statement...)
			calls = append(append(calls, x.Allowed...), x.Denied...)
		}
		for _, c := range calls {
			r := c.request(t)
			want := slices.ContainsFunc(each, func(d policy.Document) bool { return allows(d, r) })
			if got := allows(union, r); got != want {
				t.Errorf("%s: %s %v: together %v, alone %v", service, c.Call, c.Context, got, want)
			}
		}
	}
}
