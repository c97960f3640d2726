// Package precision measures how close the permissions that grants compile to
// come to what a job needs, beside those that AWS CDK's grant methods and AWS
// SAM's policy templates give for the same job.
package precision

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

//go:embed intents/*.yaml
var files embed.FS

// Intent is one job that a task does with a resource.
type Intent struct {
	Name  string `json:"name"`
	About string `json:"about"`
	// Source is AWS's page or API reference that says which calls the job makes.
	Source string `json:"source"`
	Grant  Grant  `json:"grant"`
	// Required are calls without which the job cannot be done.
	Required []Call `json:"required"`
	// Forbidden are near misses, which the job has no business with.
	Forbidden []Call `json:"forbidden"`
	CDK       *Rival `json:"cdk,omitempty"`
	SAM       *Rival `json:"sam,omitempty"`
}

// Grant is what a TaskRole declares for the job.
type Grant struct {
	Access     []string          `json:"access"`
	Resources  []string          `json:"resources"`
	Conditions policy.Conditions `json:"conditions,omitempty"`
}

// Call is a request that a task makes: "action resource", with the values of
// condition keys that such a request carries.
type Call struct {
	Call    string              `json:"call"`
	Context map[string][]string `json:"context,omitempty"`
}

// Rival is what another tool generates for the same job: facts, taken from what
// it writes into a template.
type Rival struct {
	// Method is the grant method with its arguments, or the policy template.
	Method string `json:"method"`
	// Source is the tool, its version and the file that holds the list.
	Source string `json:"source"`
	// Note says what was left out, and where the tool's notion of the job differs.
	Note       string      `json:"note,omitempty"`
	Statements []Statement `json:"statements"`
}

// Statement is one statement of a rival, with Allow for its effect.
type Statement struct {
	Actions    []string          `json:"actions"`
	Resources  []string          `json:"resources"`
	Conditions policy.Conditions `json:"conditions,omitempty"`
}

// Intents are all of them, file by file in the order of their names.
func Intents() ([]Intent, error) {
	names, err := fs.Glob(files, "intents/*.yaml")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []Intent
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var file struct {
			Intents []Intent `json:"intents"`
		}
		if err := yaml.UnmarshalStrict(text, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, file.Intents...)
	}
	return all, nil
}

// Compile makes the document that a TaskRole with this one grant would have, but
// for its Sids.
func (i Intent) Compile() (policy.Document, error) {
	permissions, problems := grants.Expand(grants.Grant{
		Access: i.Grant.Access, Resources: i.Grant.Resources, Conditions: i.Grant.Conditions,
	})
	if len(problems) > 0 {
		words := make([]string, len(problems))
		for n, problem := range problems {
			words[n] = problem.Message
		}
		return policy.Document{}, fmt.Errorf("the grant is refused: %s", strings.Join(words, "; "))
	}
	d := policy.Document{Version: policy.Version}
	for _, permission := range permissions {
		d.Statement = append(d.Statement, permission.Statement)
	}
	d, _ = policy.Minimise(d)
	return d, nil
}

// Document is what the rival generates.
func (r Rival) Document() policy.Document {
	d := policy.Document{Version: policy.Version}
	for _, s := range r.Statements {
		d.Statement = append(d.Statement, policy.Statement{
			Effect: policy.Allow, Action: s.Actions, Resource: s.Resources, Condition: s.Conditions,
		})
	}
	return d
}

// request is the call as IAM judges it.
func (c Call) request() policy.Request {
	action, resource, _ := strings.Cut(c.Call, " ")
	return policy.Request{Action: action, Resource: resource, Context: c.Context}
}

// String is the call in words; of its context only what the call is told apart by.
func (c Call) String() string {
	if len(c.Context) == 0 {
		return c.Call
	}
	keys := make([]string, 0, len(c.Context))
	for key, values := range c.Context {
		keys = append(keys, key+"="+strings.Join(values, ","))
	}
	slices.Sort(keys)
	return c.Call + " (" + strings.Join(keys, " ") + ")"
}
