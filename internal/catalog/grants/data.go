package grants

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

//go:embed data/*.yaml
var files embed.FS

// Service is what the catalogue knows about one service: one data file.
type Service struct {
	// Service is the prefix of its actions where a data file names none.
	Service string `yaml:"service"`
	Title   string `yaml:"title"` // Amazon S3
	// Types are tried in this order: the first whose ARN fits is a resource's.
	Types []Type `yaml:"types"`
}

// Type is one kind of resource that grants can name.
type Type struct {
	Name  string `yaml:"name"`  // object
	About string `yaml:"about"` // one line
	// ARN is how a grant writes such a resource: {name} stands for a run without
	// / and : and white space, {name/} for one that may hold slashes, {name*} for
	// anything, each at least one character long. Without arn: in front it is what
	// IAM has no ARN for, written service:kind/name.
	ARN string `yaml:"arn"`
	// Also are further ways to write it. They name what ARN names.
	Also    []string `yaml:"also,omitempty"`
	Example string   `yaml:"example"`
	// AnyName lets the first name within the ARN be a bare *, which would stand
	// for all resources of the type in the account.
	AnyName bool `yaml:"anyName,omitempty"`
	// Refuse says why nothing can be granted on such a resource, and what to
	// write instead: the type has no verbs then.
	Refuse string          `yaml:"refuse,omitempty"`
	Verbs  map[string]Verb `yaml:"verbs,omitempty"`
}

// VerbNames are the verbs that the type offers, sorted.
func (t Type) VerbNames() []string { return slices.Sorted(maps.Keys(t.Verbs)) }

// Verb is one thing that a task may do with a resource.
type Verb struct {
	About string `yaml:"about"`
	Needs []Need `yaml:"needs"`
}

// Need is one statement of a verb.
type Need struct {
	Actions []string `yaml:"actions"` // with their prefix, such as s3:GetObject
	// On are the resources, in the words of the type's ARN; none: the one that
	// the grant names. {name|derivation} is what a derivation makes of a name.
	On         []string          `yaml:"on,omitempty"`
	Conditions policy.Conditions `yaml:"conditions,omitempty"`
}

// Services is the catalogue, sorted by the services' prefixes. It is shared:
// nobody changes it.
func Services() []Service {
	known, err := catalogue()
	if err != nil {
		return nil
	}
	return known.services
}

// catalogue is read when it is first asked for: a manager whose TaskRoles hold
// no grants never pays for it.
var catalogue = sync.OnceValues(readCatalogue)

func readCatalogue() (*index, error) {
	entries, err := files.ReadDir("data")
	if err != nil {
		return nil, err
	}
	var services []Service
	for _, entry := range entries {
		text, err := files.ReadFile("data/" + entry.Name())
		if err != nil {
			return nil, err
		}
		s, err := decode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		services = append(services, s)
	}
	slices.SortStableFunc(services, func(a, b Service) int { return strings.Compare(a.Service, b.Service) })
	return newIndex(services)
}

// decode reads a data file: an unknown or a repeated member is an error. YAML 1.2
// is read, in which the key "on" is no boolean.
func decode(text []byte) (Service, error) {
	var s Service
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		return s, err
	}
	for i := range s.Types {
		for _, verb := range s.Types[i].Verbs {
			for _, need := range verb.Needs {
				for j, action := range need.Actions {
					if !strings.Contains(action, ":") {
						need.Actions[j] = s.Service + ":" + action
					}
				}
			}
		}
	}
	return s, nil
}
