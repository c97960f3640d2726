package inference

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

var here = model.Place{Partition: "aws", Account: "111122223333", Region: "us-west-2"}

// row is a definition, and what it implies: lines such as
// "IMPLIED_EFS volume data: elasticfilesystem:ClientMount on ARN", or, where it
// is only told, "IMPLIED_APP_MESH container envoy: told".
type row struct {
	name       string
	definition string
	want       []string
	says       []string // parts of what is told, in order
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := Of(read(t, r.definition), here)
			for _, one := range got {
				usable(t, one.Statements)
			}
			if diff := cmp.Diff(r.want, lines(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			whys := whys(got)
			for _, part := range r.says {
				i := strings.Index(whys, part)
				if i < 0 {
					t.Fatalf("it is not told %q, or not in this place; what is told:\n%s", part, whys)
				}
				whys = whys[i+len(part):]
			}
		})
	}
}

func read(t testing.TB, definition string) map[string]json.RawMessage {
	t.Helper()
	var out map[string]json.RawMessage
	if err := json.Unmarshal([]byte(definition), &out); err != nil {
		t.Fatalf("%v\n%s", err, definition)
	}
	return out
}

func whys(all []Implied) string {
	var out strings.Builder
	for _, one := range all {
		out.WriteString(one.Why + "\n")
	}
	return out.String()
}

func lines(all []Implied) []string {
	var out []string
	for _, one := range all {
		head := one.Code + " " + one.Subject + ": "
		if len(one.Statements) == 0 {
			out = append(out, head+"told")
		}
		for _, s := range one.Statements {
			out = append(out, head+line(s))
		}
	}
	return out
}

// line is a statement in one line.
func line(s policy.Statement) string {
	out := strings.Join(s.Action, ", ") + " on " + strings.Join(s.Resource, ", ")
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
			out += " if " + operator + " " + key + " " + strings.Join(s.Condition[operator][key], ", ")
		}
	}
	if s.Effect != policy.Allow || s.Sid != "" {
		out += " (" + s.Effect + " " + s.Sid + ")"
	}
	return out
}

// usable fails for what AWS's reference says can never match: an action that does
// not exist or does not reach a resource it is paired with, a condition key that
// its requests do not carry.
func usable(t testing.TB, statements []policy.Statement) {
	t.Helper()
	for _, s := range statements {
		if problem := sound(s); problem != "" {
			t.Errorf("%s: %s", problem, line(s))
		}
		for _, name := range s.Action {
			action, found := reference.Find(name)
			if !found {
				t.Errorf("there is no action %s", name)
				continue
			}
			for _, r := range s.Resource {
				if !action.Reaches(r) {
					t.Errorf("%s does not reach %s", name, r)
				}
				// PutMetricData knows a resource for OpenTelemetry's metrics only.
				if r == "*" && len(action.Resources) > 0 && name != "cloudwatch:PutMetricData" {
					t.Errorf("%s could have an ARN", name)
				}
			}
			for _, keys := range s.Condition {
				for key := range keys {
					if _, known := action.Key(key); !known {
						t.Errorf("%s does not know %s", name, key)
					}
				}
			}
		}
	}
}

// members writes a JSON object.
func members(t testing.TB, pairs map[string]any) string {
	t.Helper()
	text, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
