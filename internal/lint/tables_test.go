package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// row is a document, and how grave the finding of the table's code is in it.
type row struct {
	about string
	// One of these: what stands within an Allow, within a Deny, between the
	// brackets of Statement, or the whole document.
	allow, deny, statements, document string

	want policy.Severity // empty: no such finding
	says []string        // what its message names
}

func (r row) read(t *testing.T) policy.Document {
	t.Helper()
	text := r.document
	switch {
	case r.allow != "":
		text = inDocument(`{"Effect":"Allow",` + r.allow + `}`)
	case r.deny != "":
		text = inDocument(`{"Effect":"Deny",` + r.deny + `}`)
	case r.statements != "":
		text = inDocument(r.statements)
	}
	return parse(t, text)
}

func inDocument(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func parse(t *testing.T, text string) policy.Document {
	t.Helper()
	d, err := policy.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

// tables holds rows that trigger each code, and rows that almost do.
var tables = map[string][]row{}

func table(code string, rows ...row) bool {
	tables[code] = append(tables[code], rows...)
	return true
}

func with(findings []policy.Finding, code string) (out []policy.Finding) {
	for _, f := range findings {
		if f.Code == code {
			out = append(out, f)
		}
	}
	return out
}

func TestEachCodeIsFoundWhereItIsMeantAndNowhereElse(t *testing.T) {
	for code, rows := range tables {
		for _, r := range rows {
			t.Run(code+"/"+r.about, func(t *testing.T) {
				found := with(Check(r.read(t), nil), code)
				if r.want == "" {
					if len(found) > 0 {
						t.Fatalf("found: %+v", found)
					}
					return
				}
				if len(found) != 1 {
					t.Fatalf("found %d times: %+v", len(found), found)
				}
				f := found[0]
				if f.Severity != r.want {
					t.Errorf("severity %s, not %s: %s", f.Severity, r.want, f.Message)
				}
				if len(r.says) == 0 {
					t.Error("the row does not say what the message names")
				}
				for _, text := range r.says {
					if !strings.Contains(f.Message, text) {
						t.Errorf("%q is not in: %s", text, f.Message)
					}
				}
				if f.Subject == "" {
					t.Error("no subject")
				}
				// Ways to power are told with their statements where there are several.
				if several := strings.Contains(f.Subject, " and "); !several && strings.Contains(f.Message, f.Subject) {
					t.Errorf("the message names the subject %s again: %s", f.Subject, f.Message)
				}
			})
		}
	}
}

func TestEachCodeHasAtLeastFourRowsOfBothKinds(t *testing.T) {
	for _, code := range codes(t) {
		rows := tables[code]
		found := slices.ContainsFunc(rows, func(r row) bool { return r.want != "" })
		missed := slices.ContainsFunc(rows, func(r row) bool { return r.want == "" })
		if len(rows) < 4 || !found || !missed {
			t.Errorf("%s has %d rows, one that triggers it: %t, one that does not: %t", code, len(rows), found, missed)
		}
	}
	for code := range tables {
		if !slices.Contains(codes(t), code) {
			t.Errorf("there is no code %s", code)
		}
	}
}

// codes are the values of the exported constants whose names begin with Code, as
// they stand in the source: a new one cannot be forgotten.
func codes(t testing.TB) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		if spec.Doc.Text() == "" {
			t.Errorf("%s has no comment", spec.Names[0].Name)
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
		return false
	})
	if len(values) < 30 {
		t.Fatalf("only %d codes: %v", len(values), values)
	}
	return values
}
