package lint

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// statements of all tables: each is peculiar in some way.
func peculiar(t *testing.T) policy.Statements {
	t.Helper()
	var out policy.Statements
	for _, code := range slices.Sorted(maps.Keys(tables)) {
		for _, r := range tables[code] {
			if code != CodeSize {
				out = append(out, r.read(t).Statement...)
			}
		}
	}
	return out
}

func drawDocument(t *rapid.T, from policy.Statements) policy.Document {
	list := rapid.SliceOfN(rapid.SampledFrom(from), 1, 4).Draw(t, "statements")
	d := policy.Document{Version: rapid.SampledFrom([]string{policy.Version, ""}).Draw(t, "version")}
	for _, s := range list {
		if rapid.IntRange(0, 9).Draw(t, "change") == 0 {
			other := rapid.SampledFrom(from).Draw(t, "other")
			s.Condition, s.Resource = other.Condition, other.Resource
		}
		d.Statement = append(d.Statement, s)
	}
	return d
}

// codeSet is what a document is found to have, each statement apart.
func codeSet(findings []policy.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Severity)+" "+f.Code)
	}
	slices.Sort(out)
	return out
}

func shuffled(t *rapid.T, list policy.Strings) policy.Strings {
	if len(list) == 0 {
		return list
	}
	return rapid.Permutation(list).Draw(t, "order")
}

func TestTheOrderWithinADocumentChangesNoCode(t *testing.T) {
	from := peculiar(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t, from)
		other := policy.Document{Version: d.Version, Statement: rapid.Permutation(d.Statement).Draw(t, "statements")}
		for i := range other.Statement {
			s := &other.Statement[i]
			s.Action, s.NotAction = shuffled(t, s.Action), shuffled(t, s.NotAction)
			s.Resource, s.NotResource = shuffled(t, s.Resource), shuffled(t, s.NotResource)
		}
		if diff := cmp.Diff(codeSet(Check(d, nil)), codeSet(Check(other, nil))); diff != "" {
			t.Fatalf("%s\n%s\n-first +second:\n%s", d.JSON(), other.JSON(), diff)
		}
	})
}

// The canonical form drops Sids, repeated statements, and a version that is not
// named; so documents without those are compared.
func TestTheCanonicalFormHasTheSameCodes(t *testing.T) {
	from := peculiar(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t, from)
		seen := map[string]bool{}
		var kept policy.Statements
		for _, s := range d.Statement {
			s.Sid = ""
			if key := policy.Digest(policy.Document{Statement: policy.Statements{s}}); !seen[key] {
				seen[key] = true
				kept = append(kept, s)
			}
		}
		d.Statement = kept
		if diff := cmp.Diff(codeSet(Check(d, nil)), codeSet(Check(policy.Canonical(d), nil))); diff != "" {
			t.Fatalf("%s\n-as written +canonical:\n%s", d.JSON(), diff)
		}
	})
}

func TestTwiceTheSameDocumentHasTheSameFindings(t *testing.T) {
	from := peculiar(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t, from)
		before := d.JSON()
		if diff := cmp.Diff(Check(d, nil), Check(d, nil)); diff != "" {
			t.Fatal(diff)
		}
		if d.JSON() != before {
			t.Fatalf("%s was changed to %s", before, d.JSON())
		}
	})
}

func TestAStatementHasAtMostOneFindingOfACode(t *testing.T) {
	from := peculiar(t)
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]bool{}
		d := drawDocument(t, from)
		names := []string{"first", "second", "third", "fourth"}
		for _, f := range Check(d, names) {
			if f.Code == CodeServiceContextKey || f.Code == CodePlaceholder {
				continue
			}
			if key := f.Subject + " " + f.Code; seen[key] {
				t.Fatalf("%s twice in %s", key, d.JSON())
			} else {
				seen[key] = true
			}
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, rows := range tables {
		for _, r := range rows {
			switch {
			case r.document != "":
				f.Add(r.document)
			case r.allow != "":
				f.Add(inDocument(`{"Effect":"Allow",` + r.allow + `}`))
			case r.deny != "":
				f.Add(inDocument(`{"Effect":"Deny",` + r.deny + `}`))
			default:
				f.Add(inDocument(r.statements))
			}
		}
	}
	known := map[string]bool{}
	for _, code := range codes(f) {
		known[code] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := policy.Parse(text)
		if err != nil {
			t.Skip()
		}
		for _, finding := range Check(d, nil) {
			if !known[finding.Code] || finding.Message == "" || finding.Subject == "" {
				t.Errorf("%+v", finding)
			}
			if _, err := json.Marshal(finding); err != nil {
				t.Error(err)
			}
		}
	})
}
