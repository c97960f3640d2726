package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, p := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(p.text, -1) {
			target := filepath.Join(filepath.Dir(p.path), found[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", filepath.Base(p.path), err)
			}
		}
	}
}

func TestEveryReasonIsExplained(t *testing.T) {
	page := read(t, filepath.Join("docs", "troubleshooting.md")).text
	used := sources(t, "controllers", "internal")
	for name, reason := range constants(t, filepath.Join("api", "v1alpha1", "conditions.go"), "Reason") {
		// A reason comes from a constant of the API or from a hold of the plan.
		inUse := regexp.MustCompile(`v1alpha1\.`+name+`\b`).MatchString(used) ||
			regexp.MustCompile(`HoldCode = "`+reason+`"`).MatchString(used)
		if inUse && !strings.Contains(page, "`"+reason+"`") {
			t.Errorf("troubleshooting.md does not explain %s", reason)
		}
		if !inUse && strings.Contains(page, "`"+reason+"`") {
			t.Errorf("troubleshooting.md explains %s, which nothing says", reason)
		}
	}
}

func TestTheManagersPolicyAllowsWhatItCallsAndNothingElse(t *testing.T) {
	document, err := policy.Parse(read(t, filepath.Join("docs", "iam-policy.md")).blocks("json")[0].text)
	if err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for i := range document.Statement {
		allowed = append(allowed, document.Statement[i].Action...)
	}
	slices.Sort(allowed)
	allowed = slices.Compact(allowed)

	// Registering with a role and with tags takes these two; a boundary is never
	// removed by a manager that must set one.
	calls := []string{"iam:PassRole", "ecs:TagResource"}
	for service, api := range map[string]reflect.Type{"iam": reflect.TypeFor[aws.IAM](), "ecs": reflect.TypeFor[aws.ECS]()} {
		for i := range api.NumMethod() {
			if name := api.Method(i).Name; name != "DeleteRolePermissionsBoundary" {
				calls = append(calls, service+":"+name)
			}
		}
	}
	slices.Sort(calls)
	if !slices.Equal(calls, allowed) {
		t.Errorf("called and allowed differ:\ncalled  %q\nallowed %q", calls, allowed)
	}
}

func TestThePoliciesThatAreShownAreThoseThatAreMade(t *testing.T) {
	for file, shown := range map[string]string{
		"controller-policy.json": read(t, filepath.Join("docs", "iam-policy.md")).blocks("json")[0].text,
		"pipeline-policy.json":   passing(t),
	} {
		want, err := policy.Parse(read(t, filepath.Join("config", "aws", file)).text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := policy.Parse(shown)
		if err != nil {
			t.Fatal(err)
		}
		if !policy.Equivalent(want, got) {
			t.Errorf("config/aws/%s is\n%s\nshown is\n%s", file, want.JSON(), got.JSON())
		}
	}
}

// passing is the policy in the README that lets a pipeline hand roles out.
func passing(t *testing.T) string {
	t.Helper()
	for _, b := range read(t, "README.md").blocks("json") {
		if strings.Contains(b.text, "iam:PassRole") {
			return b.text
		}
	}
	t.Fatal("the README shows no policy of a pipeline")
	return ""
}

func TestTheReadmeShowsTheSpecAsItIs(t *testing.T) {
	readme := words(read(t, "README.md").text)
	text := read(t, filepath.Join("config", "crd", "bases", "ecs.taskrole.dev_taskroles.yaml")).text
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema struct {
						Properties struct {
							Spec struct {
								Properties map[string]struct{ Description string }
							}
						}
					} `json:"openAPIV3Schema"`
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text), &crd); err != nil {
		t.Fatal(err)
	}
	properties := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties.Spec.Properties
	if len(properties) == 0 {
		t.Fatal("the CRD has no spec")
	}
	for name, property := range properties {
		if !strings.Contains(readme, words(property.Description)) {
			t.Errorf("kubectl explain in the README does not show spec.%s as it is: %s", name, property.Description)
		}
	}
}

// docs/precision.md is held against what is measured.
func TestTheReadmeTellsThePrecisionAsItIsMeasured(t *testing.T) {
	_, rest, found := strings.Cut(read(t, filepath.Join("docs", "precision.md")).text, "together ")
	totals, _, complete := strings.Cut(rest, "\n\n")
	if !found || !complete || !strings.Contains(read(t, "README.md").text, "together "+totals) {
		t.Errorf("docs/precision.md says\ntogether %s\nand the README something else", totals)
	}
}

// Every code of a finding is explained where people are sent to.
func TestEveryCodeOfAFindingIsExplained(t *testing.T) {
	pages := read(t, filepath.Join("docs", "findings.md")).text + read(t, filepath.Join("docs", "inference.md")).text +
		read(t, filepath.Join("docs", "troubleshooting.md")).text + read(t, filepath.Join("docs", "services.md")).text
	for _, file := range []string{
		filepath.Join("internal", "lint", "codes.go"), filepath.Join("internal", "inference", "inference.go"),
		filepath.Join("internal", "desired", "managed.go"), filepath.Join("internal", "conditions", "findings.go"),
		filepath.Join("controllers", "pinned.go"), filepath.Join("internal", "hosts", "cutoff.go"),
	} {
		prefix := "Code"
		if strings.Contains(file, "conditions") || strings.Contains(file, "controllers") {
			prefix = "code"
		}
		codes := constants(t, file, prefix)
		if len(codes) == 0 {
			t.Errorf("%s: no codes", file)
		}
		for name, code := range codes {
			if !strings.Contains(pages, "`"+code+"`") {
				t.Errorf("%s: %s, %s, is not explained", file, name, code)
			}
		}
	}
}

// words is a text without its line breaks.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// constants are a Go file's texts by the names of constants with a prefix.
func constants(t *testing.T, path, prefix string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(t), path), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range spec.Values { // a variable may have none
			if literal, ok := value.(*ast.BasicLit); ok && strings.HasPrefix(spec.Names[i].Name, prefix) {
				out[spec.Names[i].Name], _ = strconv.Unquote(literal.Value)
			}
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("%s has no constants %s...", path, prefix)
	}
	return out
}

// sources are the texts of all Go files in folders, tests apart.
func sources(t *testing.T, folders ...string) string {
	t.Helper()
	var out strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root(t), folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			out.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}
