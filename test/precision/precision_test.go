package precision

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

func intents(t *testing.T) []Intent {
	t.Helper()
	all, err := Intents()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func measured(t *testing.T) Report {
	t.Helper()
	report, err := Run(intents(t))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The promises, each by its name.

func TestEveryRequiredCallIsAllowed(t *testing.T) {
	for _, row := range measured(t).Rows {
		if row.Ours.Required == 0 || row.Ours.Allowed != row.Ours.Required {
			t.Errorf("%s: %d of %d: %v", row.Intent, row.Ours.Allowed, row.Ours.Required, row.Ours.Missing)
		}
	}
}

func TestNoNearMissIsAllowed(t *testing.T) {
	for _, row := range measured(t).Rows {
		if len(row.Ours.Open) > 0 {
			t.Errorf("%s: %v", row.Intent, row.Ours.Open)
		}
	}
}

func TestEveryActionExistsAndAcceptsTheResourceThatItIsPairedWith(t *testing.T) {
	for _, row := range measured(t).Rows {
		if len(row.Ours.Unknown) > 0 || row.Ours.Unusable > 0 {
			t.Errorf("%s: unknown %v, unusable %v", row.Intent, row.Ours.Unknown, row.Ours.Dead)
		}
	}
}

func TestNoStarStandsWhereAnARNCould(t *testing.T) {
	for _, row := range measured(t).Rows {
		if row.Ours.Stars > 0 {
			t.Errorf("%s: %v", row.Intent, row.Ours.Star)
		}
	}
}

func TestGrantsAreNarrowerThanTheirRivalsTogether(t *testing.T) {
	report := measured(t)
	for name, rival := range map[string]func(Row) *Measure{
		"CDK": func(r Row) *Measure { return r.CDK }, "SAM": func(r Row) *Measure { return r.SAM },
	} {
		_, ours, its := report.Total(rival)
		if ours.Actions >= its.Actions || ours.Unusable >= its.Unusable || ours.Allowed < its.Allowed {
			t.Errorf("%s: ours %+v, its %+v", name, ours, its)
		}
	}
}

// What the benchmark stands on.

func TestThereAreIntentsEnoughToCompareBy(t *testing.T) {
	var all, cdk, sam int
	names := map[string]bool{}
	for _, intent := range intents(t) {
		all++
		if intent.CDK != nil {
			cdk++
		}
		if intent.SAM != nil {
			sam++
		}
		if names[intent.Name] {
			t.Errorf("two intents are named %s", intent.Name)
		}
		names[intent.Name] = true
	}
	if all < 45 || cdk < 40 || sam < 20 {
		t.Errorf("%d intents, %d of them with CDK's and %d with SAM's numbers; at least 45, 40 and 20 are promised", all, cdk, sam)
	}
}

func TestEveryIntentSaysWhatItNeedsAndByWhomItIsSaid(t *testing.T) {
	for _, intent := range intents(t) {
		if intent.About == "" || intent.Source == "" || len(intent.Required) == 0 || len(intent.Forbidden) < 2 {
			t.Errorf("%s: about, source, a required call or two near misses are missing", intent.Name)
		}
		for name, rival := range map[string]*Rival{"aws-cdk v": intent.CDK, "serverless-application-model v": intent.SAM} {
			if rival == nil {
				continue
			}
			if rival.Method == "" || !strings.HasPrefix(rival.Source, name) || len(rival.Statements) == 0 {
				t.Errorf("%s: method, source or statements of %s are missing", intent.Name, name)
			}
		}
	}
}

// A call that nobody can make, or that is misspelt, would measure nothing.
func TestEveryCallOfAnIntentIsOneThatAWSKnows(t *testing.T) {
	for _, intent := range intents(t) {
		for _, call := range append(append([]Call{}, intent.Required...), intent.Forbidden...) {
			request := call.request()
			action, known := reference.Find(request.Action)
			if !known || !usable(action, request.Resource) {
				t.Errorf("%s: there is no call %s", intent.Name, call)
				continue
			}
			for key := range call.Context {
				if _, known := action.Key(key); !known {
					t.Errorf("%s: %s carries no %s", intent.Name, request.Action, key)
				}
			}
		}
	}
}

func TestTheTableFitsItsWidthAndThePageShowsIt(t *testing.T) {
	var table bytes.Buffer
	if err := measured(t).Write(&table); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(table.String()) {
		if width := len(strings.TrimSuffix(line, "\n")); width > 140 {
			t.Errorf("%d characters: %s", width, line)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "precision.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Block(string(page))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table.String(), shown); diff != "" {
		t.Errorf("docs/precision.md is out of date: run `go run ./hack/precision -write docs/precision.md`\n%s", diff)
	}
}

func TestAPageWithoutABlockIsRefused(t *testing.T) {
	for _, page := range []string{"", "# Title\n", "```text\nopen", "```yaml\na: b\n```\n"} {
		if _, err := Replace(page, "table\n"); err == nil {
			t.Errorf("%q was taken", page)
		}
	}
	got, err := Replace("a\n```text\nold\n```\nb\n```text\nkept\n```\n", "new\n")
	if want := "a\n```text\nnew\n```\nb\n```text\nkept\n```\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}
