package v1alpha1_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// rule is one thing that a schema refuses.
type rule struct {
	at   string         // path in the schema, for people
	path *regexp.Regexp // of the fields that it may be broken at
	says string         // in every refusal by it
}

// literal is what a CEL messageExpression ends with.
var literal = regexp.MustCompile(`'([^']*)'$`)

// fixedPart is what every refusal by a rule says, whatever the value.
func fixedPart(rule apiextensionsv1.ValidationRule) string {
	if rule.MessageExpression == "" {
		return rule.Message
	}
	if end := literal.FindStringSubmatch(rule.MessageExpression); end != nil {
		return end[1]
	}
	return "a messageExpression ends with what to write instead"
}

// Nobody adds a rule without a case that it refuses.
func TestEveryRuleRefusesSomethingInTheTables(t *testing.T) {
	for _, k := range []kind{taskRoleKind, classKind} {
		var seen []metav1.StatusCause
		for _, r := range refusals(k) {
			if err := k.try(t, r.before, r.spec); err != nil {
				seen = append(seen, causes(t, err)...)
			}
		}
		rules := 0
		walk(specOf(t, k), "spec", "spec", func(at, path string, schema apiextensionsv1.JSONSchemaProps) {
			for _, r := range rulesOf(at, path, schema) {
				rules++
				if !r.broken(seen) {
					t.Errorf("%s: no case of the tables is refused at %s with %q", k.name, r.at, r.says)
				}
			}
		})
		// The walk itself could find nothing.
		if rules < 40 {
			t.Errorf("%s: only %d rules found in the schema", k.name, rules)
		}
	}
}

func (r rule) broken(seen []metav1.StatusCause) bool {
	for _, cause := range seen {
		if r.path.MatchString(cause.Field) && strings.Contains(cause.Message, r.says) {
			return true
		}
	}
	return false
}

func TestTheSchemaHasNoDefaults(t *testing.T) {
	for _, k := range []kind{taskRoleKind, classKind} {
		walk(specOf(t, k), "spec", "spec", func(at, _ string, schema apiextensionsv1.JSONSchemaProps) {
			if schema.Default != nil {
				t.Errorf("%s: %s has a default: a class could not apply, and a GitOps tool would see drift", k.name, at)
			}
		})
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	for _, k := range []kind{taskRoleKind, classKind} {
		walk(specOf(t, k), "spec", "spec", func(at, _ string, schema apiextensionsv1.JSONSchemaProps) {
			for name, property := range schema.Properties {
				if property.Description == "" && !strings.HasPrefix(at, "spec.namespaceSelector") {
					t.Errorf("%s: %s.%s has no description", k.name, at, name)
				}
			}
		})
	}
}

// rulesOf are the rules of one schema, types left aside: those the API server
// shares with every other kind.
func rulesOf(at, path string, s apiextensionsv1.JSONSchemaProps) []rule {
	var rules []rule
	add := func(path, says string) {
		rules = append(rules, rule{at: at, path: regexp.MustCompile("^" + path + "$"), says: says})
	}
	bound := func(limit *int64, format string) {
		if limit != nil {
			add(path, fmt.Sprintf(format, *limit))
		}
	}
	for _, cel := range s.XValidations {
		if cel.Message == "" {
			add(path, "a rule has a message, also where messageExpression fails")
		}
		add(path, fixedPart(cel))
	}
	if s.Pattern != "" {
		add(path, "should match")
	}
	if len(s.Enum) > 0 {
		add(path, "Unsupported value")
	}
	bound(s.MinLength, "at least %d chars")
	bound(s.MaxLength, "may not be more than %d")
	bound(s.MinItems, "at least %d items")
	bound(s.MaxItems, "must have at most %d items")
	bound(s.MinProperties, "at least %d properties")
	bound(s.MaxProperties, "must have at most %d items")
	if s.XListType != nil && *s.XListType == "set" {
		add(path+`\[\d+\]`, "Duplicate value")
	}
	for _, name := range s.Required {
		// Kubernetes' own type, of which we only embed the schema.
		if !strings.HasPrefix(at, "spec.namespaceSelector") {
			add(path+`\.`+name, "Required value")
		}
	}
	return rules
}

// walk visits a schema and all below it. path matches the fields that the API
// server names when something is wrong there.
func walk(s apiextensionsv1.JSONSchemaProps, at, path string, visit func(at, path string, s apiextensionsv1.JSONSchemaProps)) {
	visit(at, path, s)
	for name, property := range s.Properties {
		walk(property, at+"."+name, path+`\.`+name, visit)
	}
	if s.Items != nil && s.Items.Schema != nil {
		walk(*s.Items.Schema, at+"[]", path+`\[\d+\]`, visit)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		walk(*s.AdditionalProperties.Schema, at+".*", path+`(\.[^.]+|\[[^\]]+\])`, visit)
	}
}

// specOf reads the schema of a kind's spec from the CRD that is installed.
func specOf(t *testing.T, k kind) apiextensionsv1.JSONSchemaProps {
	t.Helper()
	root, err := controlplane.Root()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "config", "crd", "bases", "ecs.taskrole.dev_"+k.resource+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(content, crd); err != nil {
		t.Fatal(err)
	}
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}
