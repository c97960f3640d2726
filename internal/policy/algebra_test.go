package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCoversKnowsPatternsWithinPatterns(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"*", "", true},
		{"*", "*", true},
		{"", "", true},
		{"", "*", false},
		{"?", "", false},
		{"?", "?", true},
		{"?", "*", false},
		{"?*", "*?", true},
		{"*?", "?*", true},
		{"??*", "?*?", true},
		{"??*", "*?", false},
		{"**", "*", true},
		{"*", "***", true},
		{"*a*", "*ab*", true},
		{"*ab*", "*a*", false},
		{"a*b*", "a*cb", true},
		{"a*b", "a*b*", false},
		{"a*", "a", true},
		{"a*", "a?", true},
		{"a?", "a*", false},
		{"a??*", "a*bc", true},
		{"a???*", "a*bc", false},
		{"?*a", "b*a", true},
		{"a?*b", "ac*b", true},
		{"a*?b", "a*b", false},
		{"*a??", "a*bc", false},
		{"*a?*c", "*a*bc", true},
		{"*a?*c", "*a*c", false},
		{"*a*", "b*c", false},
		{"a*a", "a", false},
		{"a*a", "aa", true},
		{"s3:Get*", "s3:GetObject", true},
		{"s3:Get*", "s3:GetObject*", true},
		{"s3:GetObject*", "s3:Get*", false},
		{"s3:GetObject", "s3:getobject", false},
		{"arn:aws:s3:::in*", "arn:aws:s3:::in2/*", true},
		{"arn:aws:s3:::in/*", "arn:aws:s3:::in2/*", false},
		{"arn:*:s3:::b/*", "arn:aws:s3:::b/p/*", true},
	} {
		if got := Covers(c.wide, c.narrow); got != c.want {
			t.Errorf("Covers(%q, %q) = %t", c.wide, c.narrow, got)
		}
	}
}

func TestOnlyAStarOrTheSameVariableInTheSamePlaceCoversAVariable(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"b/*", "b/${aws:username}/x", true},
		{"b/?", "b/${aws:username}", false},
		{"b/????????????????*", "b/${aws:username}", false},
		{"b/${aws:username}", "b/${aws:username}", true},
		{"b/${aws:username}/*", "b/${aws:username}/x", true},
		{"b/${aws:username}/*", "b/x${aws:username}/x", false},
		{"b/*${aws:username}/*", "b/x${aws:username}/x", true},
		{"b/${aws:username}", "b/${aws:userid}", false},
		{"b/${aws:username}", "b/x", false},
		{"b/${aws:username}", "b/*", false},
		{"b/${aws:username, 'x'}", "b/x", false},
		{"b/${aws:username, 'x'}", "b/${aws:username}", false},
		{"b/${aws:username, 'x}y'}/*", "b/${aws:username, 'x}y'}/z", true},
		{"b/*????", "b/${aws:username, 'x}y'}", false},
		{"b/*u*", "b/${aws:username}", false},
		{"b/${*}", "b/${*}", true},
		{"b/*", "b/${*}", true},
		{"b/?", "b/${*}", true},
		{"b/${*}", "b/*", false},
		{"b/${*}", "b/?", false},
		{"b/${*}x*", "b/${*}xy", true},
		{"b/$", "b/${$}", true},
		{"b/${$}", "b/$", true},
		{"b/${?}", "b/${*}", false},
		{"b/$*", "b/${aws:username}", false},
		{"b/?*", "b/${aws:username", false},
		{"*aXa??*", "aXa*Xacc", true},
		{"*a${v}a??*", "a${v}a*${v}acc", false},
	} {
		if got := Covers(c.wide, c.narrow); got != c.want {
			t.Errorf("Covers(%q, %q) = %t", c.wide, c.narrow, got)
		}
	}
}

// withVariables puts variables where longerPatterns have letters.
func withVariables(t *rapid.T) (wide, narrow string) {
	wide, narrow = longerPatterns(t)
	put := strings.NewReplacer("a", "${v}", "*b", "*${w}", "bb", "${*}")
	return put.Replace(wide), put.Replace(narrow)
}

func TestCoversAndOverlapHoldWhateverVariablesStandFor(t *testing.T) {
	values := []string{"", "a", "b", "za", "*"}
	all := texts("ab*", 7)
	rapid.Check(t, func(t *rapid.T) {
		wide, narrow := withVariables(t)
		covered, overlaps := Covers(wide, narrow), Overlap(wide, narrow)
		if !covered && overlaps {
			return
		}
		for _, v := range values {
			for _, w := range values {
				// A value's * is no wildcard, so it is put in as the character.
				is := strings.NewReplacer("${v}", strings.ReplaceAll(v, "*", "${*}"), "${w}", strings.ReplaceAll(w, "*", "${*}"))
				x, y := is.Replace(wide), is.Replace(narrow)
				for _, text := range all {
					in, within := matchEscaped(x, text), matchEscaped(y, text)
					if covered && within && !in {
						t.Fatalf("Covers(%q, %q), but for %q where v is %q and w is %q", wide, narrow, text, v, w)
					}
					if !overlaps && within && in {
						t.Fatalf("Overlap(%q, %q) = false, but for %q where v is %q and w is %q", wide, narrow, text, v, w)
					}
				}
			}
		}
	})
}

// matchEscaped is Match for patterns with the character * as ${*}: another
// character takes its place, which no pattern here has.
func matchEscaped(pattern, text string) bool {
	return Match(strings.ReplaceAll(pattern, "${*}", "!"), strings.ReplaceAll(text, "*", "!"))
}

// matchesResource asks the evaluator, which has a matcher of its own.
func matchesResource(pattern, resource string) bool {
	d := Document{Version: Version, Statement: Statements{{Effect: Allow, Action: Strings{"a:A"}, Resource: Strings{pattern}}}}
	return Policies{Identity: []Document{d}}.Evaluate(Request{Action: "a:A", Resource: resource}) == Allowed
}

// TestCoversAndOverlapHoldForARNsAsTheyAreEvaluated fills what ARNs' wildcards
// stand for with what may cross the border of a part or not.
func TestCoversAndOverlapHoldForARNsAsTheyAreEvaluated(t *testing.T) {
	covering := 0
	pieces := []string{"a", "a", ":", ":", ":", "*", "?", "*:", "a*", "é"}
	rapid.Check(t, func(t *rapid.T) {
		narrow := rapid.SliceOfN(rapid.SampledFrom(pieces), 3, 12).Draw(t, "narrow")
		var wide strings.Builder
		for _, piece := range narrow {
			wide.WriteString(rapid.SampledFrom([]string{piece, piece, piece, piece, "*", "*", "?", "", ":"}).Draw(t, "wide"))
		}
		a, b := "arn:"+wide.String(), "arn:"+strings.Join(narrow, "")
		covered, overlaps := Covers(a, b), Overlap(a, b)
		if covered {
			covering++
		}
		for range 20 {
			var text strings.Builder
			for i := range len(b) {
				switch b[i] {
				case '*':
					text.WriteString(rapid.SampledFrom([]string{"", "a", "aa", ":", "a:", "é", "z"}).Draw(t, "run"))
				case '?':
					text.WriteString(rapid.SampledFrom([]string{"a", ":", "é", "z"}).Draw(t, "one"))
				default:
					text.WriteByte(b[i])
				}
			}
			if !matchesResource(b, text.String()) {
				continue
			}
			within := matchesResource(a, text.String())
			if covered && !within {
				t.Fatalf("Covers(%q, %q), but for %q", a, b, text.String())
			}
			if within && !overlaps {
				t.Fatalf("Overlap(%q, %q) = false, but for %q", a, b, text.String())
			}
		}
	})
	if covering == 0 {
		t.Error("no pattern covered another: the test shows nothing")
	}
}

func TestAWildcardInOneOfAnARNsFirstPartsStaysThere(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"arn:a*s:s3:::b", "arn:aws:s3:::b", true},
		{"arn:aws:s*x:::b", "arn:aws:s:x:::b", false},
		{"arn:aws:s*x:::b", "arn:aws:s*:::b", false},
		{"arn:aws:s*:::b", "arn:aws:s3:x:::b", true}, // a * at a part's end runs on
		{"arn:aws:s3*", "arn:aws:s3:::b/*", true},
		{"arn:aws:s**:b", "arn:aws:s3:x:b", true},
		{"arn:aws:s3:?::b", "arn:aws:s3::::b", false},
		{"arn:aws:s3:?*::b", "arn:aws:s3:*?::b", true},
		{"arn:aws:s3:*?::b", "arn:aws:s3:?*::b", false},
		{"arn:aws:s3:*?::b", "arn:aws:s3:a*a::b", true},
		{"arn:aws:s3:a*a*b*:x", "arn:aws:s3:aab:a:aabx:x", true},
		{"arn:aws:s3:::b*c", "arn:aws:s3:::b:x:c", true},
		{"arn:aws:s3:::*:x", "arn:aws:s3:::a:b:x", true},
		{"arn:aws:s3:::?", "arn:aws:s3:::é", false}, // one character, or two bytes
		{"arn:aws:s3:::??", "arn:aws:s3:::é", false},
		{"arn:aws:s3:::*", "arn:aws:s3:::é", true},
	} {
		if got := Covers(c.wide, c.narrow); got != c.want {
			t.Errorf("Covers(%q, %q) = %t", c.wide, c.narrow, got)
		}
	}
	for _, pair := range [][2]string{{"arn:aws:s3:::?", "arn:aws:s3:::é"}, {"arn:aws:s3:::é*", "arn:aws:s3:::??"}} {
		if !Overlap(pair[0], pair[1]) || !Overlap(pair[1], pair[0]) {
			t.Errorf("Overlap(%q, %q) = false", pair[0], pair[1])
		}
	}
}

// FuzzAlgebra holds Covers and Overlap against texts that are made of the
// patterns themselves: each wildcard becomes some other piece.
func FuzzAlgebra(f *testing.F) {
	for _, seed := range [][3]string{
		{"*", "a?", "x"}, {"a*b?*", "a?*b", "bab"}, {"*a?*b", "a*ab*b", "aab"}, {"b/${v}*", "b/${v}/x", "v"}, {"${v", "${v, 'x}'}", "}"},
		{"*ab*ab*c??", "ab*abab*c", "c"}, {"\xff?", "?*", "\xff"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, a, b, filling string) {
		covered, overlaps := Covers(a, b), Overlap(a, b)
		if overlaps != Overlap(b, a) {
			t.Errorf("Overlap(%q, %q) depends on the order", a, b)
		}
		if !Covers(a, a) || !Covers("*", a) || !Overlap(a, a) {
			t.Errorf("%q is not within itself or *", a)
		}
		if strings.Contains(a+b, "${") {
			return
		}
		if covered && !overlaps {
			t.Errorf("Covers(%q, %q), but they do not overlap", a, b)
		}
		for n := range len(filling) + 1 {
			filled := strings.ReplaceAll(b, "*", filling[:n])
			if n < len(filling) {
				filled = strings.ReplaceAll(filled, "?", filling[n:n+1])
			}
			if !Match(b, filled) {
				continue
			}
			if covered && !Match(a, filled) {
				t.Errorf("Covers(%q, %q), but for %q", a, b, filled)
			}
			if !overlaps && Match(a, filled) {
				t.Errorf("Overlap(%q, %q) = false, but for %q", a, b, filled)
			}
		}
	})
}

func TestOverlapFindsPatternsWithATextInCommon(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"", "*", true},
		{"", "?", false},
		{"a*", "*b", true},
		{"a*", "b*", false},
		{"*a", "*b", false},
		{"a*b", "a", false},
		{"a?c", "ab?", true},
		{"a?c", "ab?d", false},
		{"*ab*", "ba", false},
		{"*ab*", "??b", true},
		{"*ab*ab*", "?b?", false},
		{"*x*", "a*b", true},
		{"ab*", "a*cd", true},
		{"s3:Get*", "s3:*Object", true},
		{"b/${aws:username}", "b/anything/at/all", true},
		{"b/${aws:username}", "c/x", false},
		{"b/${*}", "b/x", false},
		{"b/${*}", "b/?", true},
		{"b/${$}", "b/$", true},
	} {
		if got := Overlap(c.a, c.b); got != c.want {
			t.Errorf("Overlap(%q, %q) = %t", c.a, c.b, got)
		}
		if got := Overlap(c.b, c.a); got != c.want {
			t.Errorf("Overlap(%q, %q) = %t", c.b, c.a, got)
		}
	}
}

func TestActionsAreComparedWithoutRegardToCapitalsAndKnowNoVariables(t *testing.T) {
	for _, c := range []struct {
		a, b            string
		covers, overlap bool
	}{
		{"S3:get*", "s3:GetObject", true, true},
		{"s3:GetObject", "S3:GETOBJECT", true, true},
		{"s3:Get*", "s3:PutObject", false, false},
		{"s3:Get*", "s3:*Object", false, true},
		{"k:x", "\u212a:x", false, false}, // the sign of Kelvin, small k by Unicode alone
		{"s3:????", "s3:${?}", true, true},
		{"s3:?", "s3:${?}", false, false},
	} {
		if got := CoversAction(c.a, c.b); got != c.covers {
			t.Errorf("CoversAction(%q, %q) = %t", c.a, c.b, got)
		}
		if got := OverlapAction(c.a, c.b); got != c.overlap {
			t.Errorf("OverlapAction(%q, %q) = %t", c.a, c.b, got)
		}
	}
}

// texts are all those of the letters, up to a length.
func texts(letters string, longest int) []string {
	all := []string{""}
	for from := 0; longest > 0; longest-- {
		end := len(all)
		for _, text := range all[from:end] {
			for i := range letters {
				all = append(all, text+letters[i:i+1])
			}
		}
		from = end
	}
	return all
}

// TestCoversAndOverlapSayWhatEveryTextSays tries all pairs of short patterns on
// all texts that can tell them apart: z is the letter that no pattern names, and
// no * needs to stand for more characters than the other pattern has.
func TestCoversAndOverlapSayWhatEveryTextSays(t *testing.T) {
	patterns := texts("ab*?", 4)
	all := texts("abz", 8)
	matched := make([][]uint64, len(patterns))
	for i, p := range patterns {
		matched[i] = make([]uint64, len(all)/64+1)
		for j, text := range all {
			if Match(p, text) {
				matched[i][j/64] |= 1 << (j % 64)
			}
		}
	}
	for i, wide := range patterns {
		for j, narrow := range patterns {
			inclusion, common := true, false
			for k, n := range matched[j] {
				inclusion = inclusion && n&^matched[i][k] == 0
				common = common || n&matched[i][k] != 0
			}
			if got := Covers(wide, narrow); got != inclusion {
				t.Fatalf("Covers(%q, %q) = %t", wide, narrow, got)
			}
			if got := Overlap(wide, narrow); got != common {
				t.Fatalf("Overlap(%q, %q) = %t", wide, narrow, got)
			}
		}
	}
}

// longerPatterns are drawn in pairs that resemble each other: of two that are
// drawn apart hardly ever one covers the other.
func longerPatterns(t *rapid.T) (wide, narrow string) {
	pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "?", "*", "a?", "?*"}), 0, 7).Draw(t, "narrow")
	var w strings.Builder
	for _, piece := range pieces {
		w.WriteString(rapid.SampledFrom([]string{piece, piece, piece, "*", "?", "", piece + "*", "*" + piece}).Draw(t, "wide"))
	}
	return w.String(), strings.Join(pieces, "")
}

func TestCoversAndOverlapSayWhatTextsSayOfLongerPatterns(t *testing.T) {
	all := texts("abz", 9)
	rapid.Check(t, func(t *rapid.T) {
		wide, narrow := longerPatterns(t)
		inclusion, common := true, false
		for _, text := range all {
			if Match(narrow, text) {
				here := Match(wide, text)
				inclusion, common = inclusion && here, common || here
			}
		}
		covered, overlaps := Covers(wide, narrow), Overlap(wide, narrow)
		if covered && !inclusion {
			t.Fatalf("Covers(%q, %q)", wide, narrow)
		}
		if common && !overlaps {
			t.Fatalf("Overlap(%q, %q) = false", wide, narrow)
		}
		// The texts are too short to prove it of long patterns.
		if short := len(wide)+len(narrow) <= 9; short && (covered != inclusion || overlaps != common) {
			t.Fatalf("Covers(%q, %q) = %t, Overlap = %t", wide, narrow, covered, overlaps)
		}
	})
}

func BenchmarkCovers(b *testing.B) {
	wide := "arn:aws:dynamodb:*:111122223333:table/orders-*/index/*"
	for name, narrow := range map[string]string{
		"yes":   "arn:aws:dynamodb:us-west-2:111122223333:table/orders-2024/index/by-*",
		"no":    "arn:aws:dynamodb:us-west-2:111122223333:table/orders-2024/stream/*",
		"apart": "arn:aws:s3:::bucket/*",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Covers(wide, narrow)
			}
		})
	}
	b.Run("worst", func(b *testing.B) {
		wide, narrow := "*"+strings.Repeat("a", 1000)+"b*", strings.Repeat("a", 2000)+"*"
		b.ReportAllocs()
		for b.Loop() {
			Covers(wide, narrow)
		}
	})
}

func BenchmarkOverlap(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Overlap("arn:aws:dynamodb:*:111122223333:table/orders-*/index/*", "arn:aws:dynamodb:us-west-2:111122223333:table/*")
	}
}
