package ecs

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// condition is an expression of the cluster query language (Create expressions to
// define container instances for Amazon ECS tasks).
type condition func(*instance) bool

// parser reads an expression from left to right.
type parser struct {
	rest string
	bad  bool
}

// parseFilter reads an expression; the empty one holds for every instance.
func parseFilter(text string) (condition, error) {
	if strings.TrimSpace(text) == "" {
		return func(*instance) bool { return true }, nil
	}
	p := &parser{rest: text}
	found := p.either()
	p.skip()
	if p.bad || p.rest != "" {
		return nil, invalidParameter("Invalid filter expression: %s", text)
	}
	return found, nil
}

func (p *parser) skip() { p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace) }

// take reads one of the tokens, if it is next. One that is a word must end there.
func (p *parser) take(tokens ...string) bool {
	p.skip()
	for _, token := range tokens {
		rest, found := strings.CutPrefix(p.rest, token)
		if found && unicode.IsLetter(rune(token[len(token)-1])) && rest != "" && wordy(rune(rest[0])) {
			found = false
		}
		if found {
			p.rest = rest
			return true
		}
	}
	return false
}

// wordy are the characters of subjects, operators and literals.
func wordy(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_.:/-@+*", r)
}

// word reads a literal, empty where none is next.
func (p *parser) word() string {
	p.skip()
	end := strings.IndexFunc(p.rest, func(r rune) bool { return !wordy(r) })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if word == "" {
		p.bad = true
	}
	return word
}

func (p *parser) either() condition {
	left := p.both()
	for !p.bad && p.take("||", "or") {
		a, b := left, p.both()
		left = func(i *instance) bool { return a(i) || b(i) }
	}
	return left
}

func (p *parser) both() condition {
	left := p.one()
	for !p.bad && p.take("&&", "and") {
		a, b := left, p.one()
		left = func(i *instance) bool { return a(i) && b(i) }
	}
	return left
}

func (p *parser) one() condition {
	switch {
	case p.bad:
		return nil
	case p.take("!", "not"):
		inner := p.one()
		return func(i *instance) bool { return !inner(i) }
	case p.take("("):
		inner := p.either()
		if !p.take(")") {
			p.bad = true
		}
		return inner
	}
	return p.comparison()
}

// operators by each of their two spellings. A longer spelling stands before one
// that it begins with.
var operators = [][2]string{
	{"!exists", "not_exists"},
	{"exists", "exists"},
	{"!in", "not_in"},
	{"in", "in"},
	{"==", "equals"},
	{"!=", "not_equals"},
	{">=", "greater_than_equal"},
	{"<=", "less_than_equal"},
	{">", "greater_than"},
	{"<", "less_than"},
	{"=~", "matches"},
	{"!~", "not_matches"},
}

func (p *parser) comparison() condition {
	subject := p.word()
	for _, operator := range operators {
		if p.bad || !p.take(operator[:]...) {
			continue
		}
		return p.compare(subject, operator[0])
	}
	p.bad = true
	return nil
}

// compare reads the argument that the operator takes.
func (p *parser) compare(subject, operator string) condition {
	value, allowed := subjects(subject)
	if !slices.Contains(allowed, operator) {
		p.bad = true
		return nil
	}
	var test func(string, bool) bool
	switch operator {
	case "exists", "!exists":
		test = func(_ string, there bool) bool { return there }
	case "in", "!in":
		items := p.items()
		test = func(got string, there bool) bool { return there && slices.Contains(items, got) }
	case "=~", "!~":
		test = p.pattern()
	default:
		test = p.order(subject, operator)
	}
	return func(i *instance) bool {
		got, there := value(i)
		holds := test(got, there)
		return holds != strings.HasPrefix(operator, "!")
	}
}

// items reads an argument list.
func (p *parser) items() []string {
	if !p.take("[") {
		p.bad = true
	}
	var out []string
	for !p.bad {
		out = append(out, p.word())
		if p.take("]") {
			return out
		}
		p.bad = p.bad || !p.take(",")
	}
	return nil
}

// pattern reads a regular expression, up to a space or to a parenthesis that was
// opened before it. It must match all of the text, as those of Java do.
func (p *parser) pattern() func(string, bool) bool {
	p.skip()
	depth := 0
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return depth < 0 || unicode.IsSpace(r)
	})
	if end < 0 {
		end = len(p.rest)
	}
	expression, err := regexp.Compile("^(?:" + p.rest[:end] + ")$")
	if err != nil || end == 0 {
		p.bad = true
		return nil
	}
	p.rest = p.rest[end:]
	return func(got string, there bool) bool { return there && expression.MatchString(got) }
}
