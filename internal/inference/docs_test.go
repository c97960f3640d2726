package inference

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// example is a definition and the policy that a page shows behind it.
var example = regexp.MustCompile("(?s)```jsonc\n(.*?)```\n\nimplies\n\n```json\n(.*?)```")

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "inference.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheExamplesOfThePageAreTrue(t *testing.T) {
	text := page(t)
	examples := example.FindAllStringSubmatch(text, -1)
	if len(examples) < 3 || len(examples) != strings.Count(text, "```jsonc") {
		t.Fatalf("%d examples found of %d", len(examples), strings.Count(text, "```jsonc"))
	}
	for _, e := range examples {
		want, err := policy.Parse(e[2])
		if err != nil {
			t.Fatalf("%v\n%s", err, e[2])
		}
		got := policy.Document{Version: policy.Version}
		for _, one := range Of(read(t, e[1]), here) {
			got.Statement = append(got.Statement, one.Statements...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-page +code:\n%s", diff)
		}
	}
}

func TestThePageNamesEveryCodeAndEveryActionThatIsGranted(t *testing.T) {
	text := page(t)
	all := Of(everything(t), here)
	for name := range outputs {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the output %s is missing", name)
		}
	}
	for code := range labels {
		if !strings.Contains(text, "`"+code+"`") {
			t.Errorf("%s is missing", code)
		}
	}
	var needed []policy.Statement
	for _, one := range all {
		needed = append(needed, one.Statements...)
	}
	needed = append(needed, ExecuteCommand(here, ClusterExec{KMSKeyID: "alias/a", Logging: "OVERRIDE", CloudWatchGroup: "/a", S3Bucket: "logs"})[1:]...)
	for _, s := range needed {
		for _, action := range s.Action {
			if !strings.Contains(text, "`"+action+"`") {
				t.Errorf("%s is missing", action)
			}
		}
	}
}
