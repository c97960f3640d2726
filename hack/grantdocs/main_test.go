package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
)

// docs reads a folder of pages.
func docs(t *testing.T, folder string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = string(text)
	}
	return out
}

func TestThePagesInTheRepositoryAreThoseOfTheCatalogue(t *testing.T) {
	want, err := pages(grants.Services())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, docs(t, "../../docs/grants")); diff != "" {
		t.Errorf("run `make grant-docs` and commit the result: %s", diff)
	}
}

func TestWritingAgainLeavesNoPageOfAServiceThatIsGone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "grants")
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	want := docs(t, folder)
	if err := os.WriteFile(filepath.Join(folder, "gone.md"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, docs(t, folder)); diff != "" || len(want) < 2 {
		t.Errorf("%d pages: %s", len(want), diff)
	}
}

func TestAPageShowsEveryVerbWithItsActionsResourcesAndConditions(t *testing.T) {
	files, err := pages(grants.Services())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range grants.Services() {
		for _, kind := range s.Types {
			if kind.Refuse == "" && !strings.Contains(files["README.md"], kind.Example) {
				t.Errorf("the index lacks %s", kind.Example)
			}
			for _, verb := range kind.VerbNames() {
				if !strings.Contains(files[s.Service+".md"], "| **"+verb+"** | "+kind.Verbs[verb].About+" |") {
					t.Errorf("%s, %s: %s is not shown", s.Service, kind.Name, verb)
				}
			}
		}
	}
	const list = "| `s3:ListBucket` | `arn:aws:s3:::my-bucket` | `StringLike` `s3:prefix`: `reports/`<br>`reports/*` |"
	if !strings.Contains(files["s3.md"], list) {
		t.Errorf("S3's List is not shown as it is:\n%s", files["s3.md"])
	}
}

func TestTheExampleInTheIndexIsGranted(t *testing.T) {
	_, rest, _ := strings.Cut(prose, "```yaml\n")
	text, _, found := strings.Cut(rest, "```")
	var example struct {
		Spec struct {
			Grants []grants.Grant `json:"grants"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal([]byte(text), &example); err != nil || !found || len(example.Spec.Grants) == 0 {
		t.Fatalf("no example: %v", err)
	}
	for _, g := range example.Spec.Grants {
		if permissions, problems := grants.Expand(g); len(permissions) == 0 || len(problems) > 0 {
			t.Errorf("%v: %v", g, problems)
		}
	}
}

func TestACatalogueThatIsEmptyOrNotTrueMakesNoPages(t *testing.T) {
	unknown := grants.Service{Service: "s3", Title: "S3", Types: []grants.Type{{
		Name: "object", About: "objects", Example: "arn:aws:s3:::b/*", Verbs: map[string]grants.Verb{"Fly": {}},
	}}}
	twice := grants.Service{Service: "s3", Title: "S3"}
	for name, services := range map[string][]grants.Service{
		"nothing": nil, "a verb that Expand does not know": {unknown}, "two files of a service": {twice, twice},
	} {
		if files, err := pages(services); err == nil {
			t.Errorf("%s: %v", name, files)
		}
	}
}
