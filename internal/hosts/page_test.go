package hosts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// constants are the values of those whose names begin so, read from the source: one
// that nothing uses yet counts, too.
func constants(t *testing.T, path, prefix string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is && strings.HasPrefix(spec.Names[0].Name, prefix) {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		return true
	})
	return out
}

func codes(t *testing.T) []string {
	t.Helper()
	return constants(t, "codes.go", "Code")
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/hosts-readiness.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// begins is how the section of a code begins: its severity, and what it makes of
// the condition where that does not follow from it.
func begins(code string) string {
	switch code {
	case CodeNoInstances:
		return "Info; the condition is `Unknown`."
	case CodeClusterUnread:
		return "Warning; the condition is `Unknown`."
	}
	for _, k := range &kinds {
		switch {
		case k.code != code:
		case k.effect == doubts || k.effect == mayExpose:
			return string(k.severity) + "; the condition is `Unknown`."
		case k.effect == exposes:
			return string(k.severity) + "; the condition is `False`."
		default:
			return string(k.severity) + "."
		}
	}
	return "nothing"
}

func TestThePageHasASectionForEachCodeWithSeverityAndCureAndForNoOther(t *testing.T) {
	found := map[string]bool{}
	all := codes(t)
	for _, section := range strings.Split(page(t), "\n### ")[1:] {
		section, _, _ = strings.Cut(section, "\n## ")
		title, body, _ := strings.Cut(section, "\n\n")
		code := strings.Trim(title, "`")
		if found[code] || !slices.Contains(all, code) {
			t.Errorf("%s has two sections, or there is no such code", code)
		}
		found[code] = true
		if !strings.HasPrefix(body, begins(code)) {
			t.Errorf("%s does not begin with %q: %s", code, begins(code), body)
		}
		if !strings.Contains(body, "\n\nCure: ") {
			t.Errorf("%s has no cure: %s", code, body)
		}
	}
	for _, code := range all {
		if !found[code] {
			t.Errorf("%s has no section", code)
		}
	}
}

func TestThePageNamesEachReason(t *testing.T) {
	text := page(t)
	for _, reason := range constants(t, "judge.go", "Reason") {
		if !strings.Contains(text, "| `"+reason+"` |") {
			t.Errorf("%s is not in its table", reason)
		}
	}
}

// Commands of AWS that a finding prints are to be found on the page in the very
// same words.
func TestThePageHasTheCommandsThatFindingsPrint(t *testing.T) {
	text := strings.Join(strings.Fields(page(t)), " ")
	command := regexp.MustCompile("`((?:aws|sudo|Get-Service) [^`]*)`")
	r := newRound(&Family{})
	for x := range symptoms {
		r.tallies[x].variants = anyLinux | anyWindows
		for _, m := range command.FindAllString(r.cure(x), -1) {
			if !strings.Contains(text, m) {
				t.Errorf("%s prints %s", kinds[x].code, m)
			}
		}
		if strings.HasSuffix(r.cure(x), ".") || r.cure(x) == "" {
			t.Errorf("%s: %q", kinds[x].code, r.cure(x))
		}
	}
}

func TestEachCodeOccursInASituation(t *testing.T) {
	found := map[string]bool{}
	for _, table := range [][]situation{ofAWS, ofTheFleet, ofAgents, ofLinux, ofExternals, ofWindows, ofDefinitions} {
		for _, s := range table {
			for _, c := range s.codes {
				code, _, _ := strings.Cut(c, ":")
				found[code] = true
			}
		}
	}
	for _, code := range codes(t) {
		if !found[code] {
			t.Errorf("%s does not", code)
		}
	}
}
