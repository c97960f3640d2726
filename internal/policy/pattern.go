package policy

import "strings"

// token is what a pattern is made of: a byte, a wildcard, or a variable, which is
// variables and the place in the text where it begins.
type token int32

const (
	anyOne    token = 256 + iota // ?
	partOne                      // ?, but no colon
	anyRun                       // *
	partRun                      // *, but no colon
	variables                    // the first of them
)

// shortPattern tokens are kept off the heap: ARNs and actions are shorter.
const shortPattern = 160

// pattern is a pattern taken to pieces. Where * and ? follow each other, the ?s
// come first and one * last.
type pattern struct {
	text   string
	tokens []token
}

// syntax is what else a pattern's text may mean.
type syntax uint8

const (
	folding    syntax = 1 << iota // capitals do not count
	expressive                    // ${...} is a variable or a character
	parted                        // wildcards mind the parts of an ARN

	inAction   = folding
	inResource = expressive | parted
)

// compile appends the tokens to those of a buffer, which may be empty.
//
// In an ARN's first five parts a * that ends a part may run on beyond the colon,
// any other wildcard stays within (IAM: JSON policy elements: Resource).
func compile(tokens []token, text string, s syntax) pattern {
	const colonsOfAnARN = 5
	colons, arn := 0, s&parted != 0 && strings.HasPrefix(text, "arn:")
	for i := 0; i < len(text); {
		t, length := s.read(text, i)
		switch {
		case t == ':':
			colons++
		case arn && colons < colonsOfAnARN:
			t = within(t, text[i+length:])
		}
		tokens = add(tokens, t)
		i += length
	}
	return pattern{text, tokens}
}

// read is the token at a place in the text, and how long it is.
func (s syntax) read(text string, i int) (t token, length int) {
	switch c := text[i]; {
	case c == '*':
		return anyRun, 1
	case c == '?':
		return anyOne, 1
	case c == '$' && s&expressive != 0 && strings.HasPrefix(text[i:], "${"):
		length = variableLength(text[i:])
		if escaped, is := escape(text[i : i+length]); is {
			return token(escaped), length
		}
		return variables + token(i), length //nolint:gosec // no text is that long
	case s&folding != 0:
		return token(small(c)), 1
	default:
		return token(c), 1
	}
}

// within is what a wildcard in one of an ARN's first five parts comes to.
func within(t token, rest string) token {
	switch {
	case t == anyOne:
		return partOne
	case t == anyRun && rest != "" && rest[0] != ':':
		return partRun
	default:
		return t
	}
}

// add appends a token in the order that a pattern has.
func add(tokens []token, t token) []token {
	last := len(tokens) - 1
	if last < 0 || !run(tokens[last]) || !run(t) && !one(t) {
		return append(tokens, t)
	}
	before := tokens[last]
	if one(t) {
		tokens[last] = t
		return append(tokens, before)
	}
	tokens[last] = min(before, t) // anyRun, if either is
	return tokens
}

// run says whether a token is a *.
func run(t token) bool { return t == anyRun || t == partRun }

// one says whether a token is a ?.
func one(t token) bool { return t == anyOne || t == partOne }

// variable is the text of a variable's token.
func (a pattern) variable(t token) string {
	text := a.text[t-variables:]
	return text[:variableLength(text)]
}

// variableLength is how far the variable reaches that begins the text. A brace
// within a quoted default does not end it. One that nothing ends reaches to the
// end of the text: what it means is not known, so it must not be looked into.
func variableLength(text string) int {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == '}' && !quoted:
			return i + 1
		}
	}
	return len(text)
}

// escape is the character that a text like ${*} stands for.
func escape(variable string) (char byte, is bool) {
	const length = len("${*}")
	if len(variable) != length {
		return 0, false
	}
	char = variable[2]
	return char, special(char)
}

// special characters may mean more than themselves.
func special(c byte) bool { return c == '*' || c == '?' || c == '$' }

func small(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
