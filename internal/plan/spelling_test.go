package plan

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// document draws a policy document of a few statements.
var document = rapid.Custom(func(t *rapid.T) policy.Document {
	d := policy.Document{Version: policy.Version}
	texts := func(label string, from ...string) policy.Strings {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 3, rapid.ID[string]).Draw(t, label)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "statements") {
		s := policy.Statement{
			Effect: rapid.SampledFrom([]string{policy.Allow, policy.Deny}).Draw(t, "effect"),
			Action: texts("actions", "s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"),
			// Each statement has a resource that no other has: none covers another.
			Resource: append(texts("resources", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/<&>"), "arn:aws:s3:::"+string(rune('k'+i))),
		}
		if rapid.Bool().Draw(t, "conditional") {
			s.Condition = policy.Conditions{"StringEquals": {"aws:PrincipalTag/team": texts("values", "x", "y", "z")}}
		}
		d.Statement = append(d.Statement, s)
	}
	return d
})

// respelled is a document in another spelling of the same meaning: the order of
// statements, of texts in a list and of keys, lists of one, white space, escapes.
func respelled(t *rapid.T, d policy.Document) string {
	var tree map[string]any
	if err := json.Unmarshal([]byte(d.JSON()), &tree); err != nil {
		t.Fatal(err)
	}
	tree["Statement"] = scalar(t, rapid.Permutation(list(tree["Statement"])).Draw(t, "statements"))
	for _, s := range list(tree["Statement"]) {
		statement, _ := s.(map[string]any)
		for _, key := range []string{"Action", "Resource"} {
			if statement[key] == nil { // a trust policy names no resource
				continue
			}
			statement[key] = scalar(t, rapid.Permutation(list(statement[key])).Draw(t, key))
		}
		conditions, _ := statement["Condition"].(map[string]any)
		for _, keys := range conditions {
			byKey, _ := keys.(map[string]any)
			for key, values := range byKey {
				byKey[key] = scalar(t, rapid.Permutation(list(values)).Draw(t, key))
			}
		}
	}
	var text []byte
	var err error
	if rapid.Bool().Draw(t, "indented") {
		text, err = json.MarshalIndent(tree, "", "   ") // which also escapes <, > and &
	} else {
		text, err = json.Marshal(tree)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func list(value any) []any {
	if many, ok := value.([]any); ok {
		return many
	}
	return []any{value}
}

func scalar(t *rapid.T, many []any) any {
	if len(many) == 1 && rapid.Bool().Draw(t, "scalar") {
		return many[0]
	}
	return many
}

// The peers write every second on a mere reordering.
func TestAnotherSpellingOfTheSameIsNeverWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := unchanged()
		d := document.Draw(t, "document")
		in.Desired.Policies[0].Document = d
		in.Observed.Policies[0].Document = respelled(t, d)
		in.Observed.Role.Trust = respelled(t, trust)
		in.Observed.Role.Attached = rapid.Permutation(in.Observed.Role.Attached).Draw(t, "attached")
		if p := Calculate(in, options()); len(p.Actions)+len(p.Holds) > 0 {
			t.Fatalf("%q\ndeclared %s\nobserved %s", told(p), d.JSON(), in.Observed.Policies[0].Document)
		}
	})
}

// ... and a change of meaning always is.
func TestAnotherMeaningIsAlwaysWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := unchanged()
		d := document.Draw(t, "document")
		in.Desired.Policies[0].Document = d
		other := d
		other.Statement = append(policy.Statements{}, d.Statement...)
		other.Statement[0].Resource = append(policy.Strings{"arn:aws:s3:::another/*"}, d.Statement[0].Resource...)
		in.Observed.Policies[0].Document = respelled(t, other)
		if p := Calculate(in, options()); len(p.Actions) != 1 || p.Actions[0].Kind != UpdatePolicy {
			t.Fatalf("%q", told(p))
		}
	})
}
