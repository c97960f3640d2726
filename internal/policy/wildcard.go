package policy

import (
	"strings"
	"unicode/utf8"
)

// glyph is what a pattern is made of once its variables have their values: a
// byte that stands for itself, or a wildcard. A value's own * is a byte.
type glyph uint16

const (
	oneAny    glyph = 256 + iota // ?
	oneWithin                    // ?, but no colon
	runAny                       // *
	runWithin                    // *, but no colon
)

// shortText glyphs are kept off the heap: most patterns are shorter.
const shortText = 128

// arnColons separate the six parts of an ARN. The last may have colons of its
// own (IAM: Amazon Resource Names).
const arnColons = 5

// action matches capitals or not, * and ? anywhere (IAM: JSON policy elements:
// Action). There are no variables.
func (s scope) action(pattern string) truth {
	if pattern == "*" {
		return yes
	}
	if beginApart(pattern, s.request.Action, inAction) {
		return no
	}
	var buffer [shortText]glyph
	glyphs := buffer[:0]
	for i := range len(pattern) {
		glyphs = append(glyphs, glyphOf(small(pattern[i])))
	}
	return truthOf(matches(glyphs, s.request.Action, small))
}

// resource minds capitals.
func (s scope) resource(pattern string) truth {
	if pattern == "*" || pattern == s.request.Resource && !strings.Contains(pattern, "${") {
		return yes
	}
	if beginApart(pattern, s.request.Resource, inResource) {
		return no
	}
	var buffer [shortText]glyph
	glyphs, t := s.resourceGlyphs(buffer[:0], pattern)
	if t != yes {
		return t
	}
	return truthOf(matches(glyphs, s.request.Resource, exact))
}

// resourceGlyphs appends the glyphs of a resource. A * that ends one of an ARN's
// first five parts may run on beyond its colon, other wildcards there stay
// within; in the last part colons are characters like others (IAM: JSON policy
// elements: Resource). Variables may stand in the last part only, and one without
// a value matches no resource (IAM: IAM policy elements: Variables and tags).
func (s scope) resourceGlyphs(glyphs []glyph, pattern string) ([]glyph, truth) {
	colons, arn := 0, strings.HasPrefix(pattern, "arn:")
	for i := 0; i < len(pattern); i++ {
		within := arn && colons < arnColons
		switch c := pattern[i]; {
		case s.variable(pattern, i):
			variable := pattern[i : i+variableLength(pattern[i:])]
			value, t := s.value(variable)
			if colons < arnColons {
				t = unknown
			}
			if t != yes {
				return nil, t
			}
			glyphs = appendText(glyphs, value)
			i += len(variable) - 1
		case within && c == '?':
			glyphs = append(glyphs, oneWithin)
		case within && c == '*' && i+1 < len(pattern) && pattern[i+1] != ':':
			glyphs = append(glyphs, runWithin)
		default:
			if c == ':' {
				colons++
			}
			glyphs = append(glyphs, glyphOf(c))
		}
	}
	return glyphs, yes
}

// like appends the glyphs of a condition's value with wildcards.
func (s scope) like(glyphs []glyph, value string) ([]glyph, truth) {
	for i := 0; i < len(value); i++ {
		if !s.variable(value, i) {
			glyphs = append(glyphs, glyphOf(value[i]))
			continue
		}
		variable := value[i : i+variableLength(value[i:])]
		text, t := s.value(variable)
		if t != yes {
			return nil, t
		}
		glyphs = appendText(glyphs, text)
		i += len(variable) - 1
	}
	return glyphs, yes
}

func glyphOf(c byte) glyph {
	switch c {
	case '*':
		return runAny
	case '?':
		return oneAny
	default:
		return glyph(c)
	}
}

func appendText(glyphs []glyph, text string) []glyph {
	for i := range len(text) {
		glyphs = append(glyphs, glyph(text[i]))
	}
	return glyphs
}

func exact(c byte) byte { return c }

// trial is a run that was tried, and how far it reaches by now.
type trial struct{ pattern, text int }

var untried = trial{-1, 0}

// matches says whether the pattern matches the whole text. It is Match with two
// sorts of runs. As there, none is tried again once a later one of its sort is
// reached. A run that meets a colon it may not take gives way to the last run
// that takes any: an earlier one of its own sort could not lead beyond that colon
// either, for which part of the ARN it is in does not depend on its length.
func matches(pattern []glyph, text string, spelling func(byte) byte) bool {
	p, t := 0, 0
	free, within := untried, untried
	for t < len(text) {
		if p < len(pattern) {
			switch pattern[p] {
			case runAny:
				free, within = trial{p, t}, untried
				p++
				continue
			case runWithin:
				within = trial{p, t}
				p++
				continue
			}
			if length := taken(pattern[p], text[t:], spelling); length > 0 {
				p++
				t += length
				continue
			}
		}
		last := &within
		if within == untried || text[within.text] == ':' {
			last = &free
		}
		if *last == untried {
			return false
		}
		last.text++
		p, t = last.pattern+1, last.text
	}
	for p < len(pattern) && (pattern[p] == runAny || pattern[p] == runWithin) {
		p++
	}
	return p == len(pattern)
}

// taken is how many bytes at the text's beginning a glyph stands for.
func taken(g glyph, text string, spelling func(byte) byte) int {
	switch {
	case g == oneWithin && text[0] == ':':
		return 0
	case g == oneAny || g == oneWithin:
		_, length := utf8.DecodeRuneInString(text)
		return length
	case g == glyph(spelling(text[0])):
		return 1
	default:
		return 0
	}
}
