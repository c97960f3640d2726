package grants

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

// eachVerb calls with every verb of the catalogue.
func eachVerb(t *testing.T, f func(t *testing.T, s Service, kind Type, verb string)) {
	t.Helper()
	if len(Services()) == 0 {
		_, err := catalogue()
		t.Fatalf("no services: %v", err)
	}
	for _, s := range Services() {
		for _, kind := range s.Types {
			for _, verb := range kind.VerbNames() {
				t.Run(s.Service+"/"+kind.Name+"/"+verb, func(t *testing.T) { f(t, s, kind, verb) })
			}
		}
	}
}

func TestEveryActionExistsAndReachesTheResourceThatItIsPairedWith(t *testing.T) {
	eachVerb(t, func(t *testing.T, _ Service, kind Type, verb string) {
		for _, p := range expand(t, Grant{Access: []string{verb}, Resources: []string{kind.Example}}) {
			for _, name := range p.Statement.Action {
				action, found := reference.Find(name)
				if !found {
					t.Errorf("%s is no action; near is %q", name, reference.Nearest(name))
					continue
				}
				if action.FullName() != name {
					t.Errorf("%s is spelled %s", name, action.FullName())
				}
				for _, resource := range p.Statement.Resource {
					if !action.Reaches(resource) {
						t.Errorf("%s never matches %s", name, resource)
					}
					if resource == "*" && len(action.Resources) > 0 && !action.Optional {
						t.Errorf("%s has * where an ARN could stand", name)
					}
				}
			}
		}
	})
}

func TestEveryConditionOfAVerbIsKnownToItsActions(t *testing.T) {
	eachVerb(t, func(t *testing.T, _ Service, kind Type, verb string) {
		for _, need := range kind.Verbs[verb].Needs {
			for operator, keys := range need.Conditions {
				for key, values := range keys {
					if len(values) == 0 {
						t.Errorf("%s %s has no values", operator, key)
					}
					for _, name := range need.Actions {
						if action, found := reference.Find(name); !found {
							t.Errorf("%s is no action", name)
						} else if _, found := action.Key(key); !found {
							t.Errorf("%s does not know %s", name, key)
						}
					}
				}
			}
		}
	})
}

func TestNoActionIsWrittenWithAWildcardOrTwice(t *testing.T) {
	eachVerb(t, func(t *testing.T, _ Service, kind Type, verb string) {
		for _, need := range kind.Verbs[verb].Needs {
			for i, action := range need.Actions {
				if strings.ContainsAny(action, "*?") || slices.Contains(need.Actions[:i], action) {
					t.Errorf("%s", action)
				}
			}
		}
	})
}

func TestEveryExampleIsOfItsOwnType(t *testing.T) {
	known, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Services() {
		for _, kind := range s.Types {
			target, message := known.find(kind.Example)
			if (message == "") == (kind.Refuse != "") {
				t.Errorf("%s, %s: %q", s.Service, kind.Name, message)
			}
			if message == "" && (target.kind.data.Name != kind.Name || target.kind.service != s.Service) {
				t.Errorf("%s, %s: its example is of type %s of %s", s.Service, kind.Name, target.kind.data.Name, target.kind.service)
			}
			if kind.Refuse != "" && !strings.Contains(message, kind.Refuse) {
				t.Errorf("%s, %s: %q", s.Service, kind.Name, message)
			}
		}
	}
}

func TestEverythingInTheCatalogueIsExplainedInOneLine(t *testing.T) {
	line := regexp.MustCompile(`^[^\s|][^\n|]*[^\s|.]$`)
	verbName := regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	for _, s := range Services() {
		if !line.MatchString(s.Title) {
			t.Errorf("%s: its title is %q", s.Service, s.Title)
		}
		seen := map[string]bool{}
		for _, kind := range s.Types {
			if seen[kind.Name] {
				t.Errorf("%s has two types %s", s.Service, kind.Name)
			}
			seen[kind.Name] = true
			if !line.MatchString(kind.Name) || !line.MatchString(kind.About) {
				t.Errorf("%s, %s is about %q", s.Service, kind.Name, kind.About)
			}
			for name, verb := range kind.Verbs {
				if !verbName.MatchString(name) || !line.MatchString(verb.About) {
					t.Errorf("%s, %s, %s is about %q", s.Service, kind.Name, name, verb.About)
				}
			}
		}
	}
}
