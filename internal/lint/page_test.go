package lint

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// unprinted codes have no example on the page: a document of more than 6,144
// characters would hide all else. They are in the tables.
var unprinted = []string{CodeSize}

var (
	heading = regexp.MustCompile("(?m)^### `([A-Z_]+)`$")
	block   = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// sections are the page's, by code.
func sections(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	found := heading.FindAllSubmatchIndex(text, -1)
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		code := string(text[at[2]:at[3]])
		if _, twice := out[code]; twice {
			t.Errorf("%s has two sections", code)
		}
		out[code] = string(text[at[1]:end])
	}
	return out
}

func TestThePageHasASectionForEachCodeAndForNoOther(t *testing.T) {
	page := sections(t)
	for _, code := range codes(t) {
		if _, found := page[code]; !found {
			t.Errorf("%s has none", code)
		}
		delete(page, code)
	}
	for code := range page {
		t.Errorf("there is no code %s", code)
	}
}

func TestEachExampleOfThePageHasItsCodeAloneAndItsCureHasNone(t *testing.T) {
	for code, text := range sections(t) {
		blocks := block.FindAllStringSubmatch(text, -1)
		if slices.Contains(unprinted, code) {
			if len(blocks) != 0 {
				t.Errorf("%s has an example: take it off the list", code)
			}
			continue
		}
		if len(blocks) != 2 {
			t.Errorf("%s has %d blocks, not an example and its cure", code, len(blocks))
			continue
		}
		found := Check(parse(t, blocks[0][1]), nil)
		if len(found) != 1 || found[0].Code != code {
			t.Errorf("the example of %s has %+v", code, found)
		}
		if cured := Check(parse(t, blocks[1][1]), nil); len(cured) != 0 && !onlyInfo(cured, code) {
			t.Errorf("the cure of %s has %+v", code, cured)
		}
	}
}

func onlyInfo(findings []policy.Finding, code string) bool {
	return !slices.ContainsFunc(findings, func(f policy.Finding) bool { return f.Severity != policy.Info || f.Code == code })
}

func TestThePageNamesTheSeveritiesThatTheTablesHave(t *testing.T) {
	for code, text := range sections(t) {
		for _, r := range tables[code] {
			line, _, _ := strings.Cut(strings.TrimSpace(text), ".")
			if r.want != "" && !strings.Contains(line, string(r.want)) {
				t.Errorf("%s can be %s (%s), and the page says %q", code, r.want, r.about, line)
			}
		}
	}
}
