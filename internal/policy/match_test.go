package policy

import (
	"regexp"
	"strings"
	"testing"
)

func TestPatternsMatchWholeTexts(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"?", "", false},
		{"*", "anything: at / all", true},
		{"shop-*", "shop-orders", true},
		{"shop-*", "shop-", true},
		{"shop-*", "my-shop-orders", false},
		{"*-api", "orders-api", true},
		{"*-api", "orders-api2", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a*b*c", "a-b-b-c-c", true},
		{"a*b*c", "a-c-b", false},
		{"**a", "ba", true},
		{"Shop", "shop", false},
		{"[a].+", "a", false},
		{"arn:aws:sts::111122223333:assumed-role/deployer/*", "arn:aws:sts::111122223333:assumed-role/deployer/run-7", true},
		{"arn:aws:sts::111122223333:assumed-role/deployer/*", "arn:aws:sts::111122223333:assumed-role/deployer2/run-7", false},
	} {
		if got := Match(c.pattern, c.text); got != c.want {
			t.Errorf("Match(%q, %q) = %t", c.pattern, c.text, got)
		}
	}
}

// FuzzMatch holds Match against the regular expression that says the same.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {"*", "x"}, {"a*b?c", "aXXbYc"}, {"*a*a*a*b", "aaaaaaaaaaaaaaaa"}, {"??", "é"}, {"*?*", ""}, {"a*", "b"}, {".*", "x"}, {"*a", "aab"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		ascii := func(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 126 }) < 0 }
		if !ascii(pattern) || !ascii(text) {
			_ = Match(pattern, text) // must return, whatever it says
			return
		}
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`(?s)\A` + expression + `\z`).MatchString(text)
		if got := Match(pattern, text); got != want {
			t.Errorf("Match(%q, %q) = %t", pattern, text, got)
		}
	})
}
