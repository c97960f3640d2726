package policy

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said is the page on Resource word by word, as a regular expression: parts of an
// ARN apart, a * at the end of a part for anything, other wildcards for anything
// but a colon, and the last part's for anything.
func said(pattern string) *regexp.Regexp {
	const parts = 6
	split := []string{pattern}
	if strings.HasPrefix(pattern, "arn:") {
		split = strings.SplitN(pattern, ":", parts)
	}
	for i, part := range split {
		run, one := ".*", "."
		end := ""
		if strings.HasPrefix(pattern, "arn:") && i < parts-1 {
			run, one = "[^:]*", "[^:]"
			if before, found := strings.CutSuffix(part, "*"); found {
				part, end = before, ".*"
			}
		}
		split[i] = strings.NewReplacer(`\*`, run, `\?`, one).Replace(regexp.QuoteMeta(part)) + end
	}
	return regexp.MustCompile(`(?s)\A` + strings.Join(split, ":") + `\z`)
}

func TestResourcesMatchWhatIAMSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.SampledFrom([]string{"arn:", "arn:", "", "ar*:"}).Draw(t, "prefix") + rapid.StringMatching(`[ab:*?]{0,14}`).Draw(t, "pattern")
		// A text made from the pattern is likelier to match.
		text := rapid.StringMatching(`arn:[ab:]{0,16}`).Draw(t, "text")
		if rapid.Bool().Draw(t, "alike") {
			var out strings.Builder
			for _, c := range pattern {
				switch c {
				case '*':
					out.WriteString(rapid.StringMatching(`[ab:é]{0,4}`).Draw(t, "run"))
				case '?':
					out.WriteString(rapid.StringMatching(`[ab:é]`).Draw(t, "one"))
				default:
					out.WriteRune(c)
				}
			}
			text = out.String()
		}
		s := scope{request: Request{Resource: text}}
		if got, want := s.resource(pattern), truthOf(said(pattern).MatchString(text)); got != want {
			t.Fatalf("%s and %s come to %d", pattern, text, got)
		}
	})
}

func FuzzResourcesMatchWhatIAMSays(f *testing.F) {
	for _, seed := range [][2]string{
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/k"}, {"arn:aws:s3:us-*-1:1:p/*", "arn:aws:s3:us-east-2:9:o/x-1:1:p/y"}, {"arn:*", "arn:"},
		{"arn:a*:b*c:*", "arn:a:b:c:bc:x"}, {"*?", "é"}, {"arn:**a*?:*", "arn:aa:b"}, {"arn:?:*b:??", "arn:a:b:é"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		got := scope{request: Request{Resource: text}}.resource(pattern)
		if got == unknown {
			t.Errorf("%q and %q are unknown, without a variable", pattern, text)
		}
		if strings.ToValidUTF8(pattern, "") == pattern && strings.ToValidUTF8(text, "") == text && got != truthOf(said(pattern).MatchString(text)) {
			t.Errorf("%q and %q come to %d", pattern, text, got)
		}
	})
}

func TestActionsMatchInAnyCapitals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[abAB:*?$]{0,8}`).Draw(t, "pattern")
		action := rapid.StringMatching(`[abAB:$]{0,8}`).Draw(t, "action")
		s := scope{request: Request{Action: action}, variables: true}
		if got, want := s.action(pattern), truthOf(Match(strings.ToLower(pattern), strings.ToLower(action))); got != want {
			t.Fatalf("%s and %s come to %d", pattern, action, got)
		}
	})
}
