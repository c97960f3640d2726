package grants

import (
	"fmt"
	"slices"
	"strings"
)

// names is the most that a template may capture: enough for every ARN of AWS's,
// and few enough to live on the stack.
const names = 8

// captured are what the variables of a type's ARN stand for in one resource, in
// the order of the type's variables.
type captured [names]string

// piece is a part of a template: a text, or what a variable stands for.
type piece struct {
	text     string
	variable int        // -1: text
	ends     string     // the characters that a variable does not capture
	derive   derivation // nil: as it is
}

// What ends a variable: {name}, {name/} and {name*}.
const (
	endsName = "/: \t\n"
	endsPath = ": \t\n"
)

type template []piece

// parseTemplate reads a template. variables are those it may name; with add, it
// names them for the first time. A policy variable such as ${aws:username} is
// text.
func parseTemplate(text string, variables *[]string, add bool) (template, error) {
	var t template
	for text != "" {
		start := strings.IndexByte(text, '{')
		if start < 0 {
			return append(t, piece{text: text, variable: -1}), nil
		}
		length := strings.IndexByte(text[start:], '}')
		if length < 0 {
			return nil, fmt.Errorf("%q: a { without its }", text)
		}
		end := start + length + 1
		if start > 0 && text[start-1] == '$' {
			t = append(t, piece{text: text[:end], variable: -1})
			text = text[end:]
			continue
		}
		if start > 0 {
			t = append(t, piece{text: text[:start], variable: -1})
		}
		p, err := parseVariable(text[start+1:end-1], variables, add)
		if err != nil {
			return nil, err
		}
		t = append(t, p)
		text = text[end:]
	}
	return t, nil
}

func parseVariable(text string, variables *[]string, add bool) (piece, error) {
	name, derive, derives := strings.Cut(text, "|")
	p := piece{ends: endsName}
	if before, found := strings.CutSuffix(name, "*"); found {
		name, p.ends = before, ""
	} else if before, found := strings.CutSuffix(name, "/"); found {
		name, p.ends = before, endsPath
	}
	p.variable = slices.Index(*variables, name)
	switch {
	case name == "":
		return p, fmt.Errorf("{%s}: a variable without a name", text)
	case add && (derives || p.variable >= 0 || len(*variables) == names):
		return p, fmt.Errorf("{%s}: derived, named twice, or one of more than %d", text, names)
	case add:
		p.variable = len(*variables)
		*variables = append(*variables, name)
	case p.ends != endsName || p.variable < 0:
		return p, fmt.Errorf("{%s}: the type's ARN names no such variable", text)
	case derives:
		if p.derive = derivations[derive]; p.derive == nil {
			return p, fmt.Errorf("{%s}: no such derivation", text)
		}
	}
	return p, nil
}

// append adds what the template stands for: one text, or as many as its
// derivations make.
func (t template) append(to []string, c *captured) []string {
	if len(t) == 1 && t[0].variable < 0 {
		return append(to, t[0].text)
	}
	texts := []string{""}
	for i := range t {
		p := &t[i]
		switch {
		case p.variable < 0:
			extend(texts, p.text)
		case p.derive == nil:
			extend(texts, c[p.variable])
		default:
			texts = cross(texts, p.derive(c[p.variable]))
		}
	}
	return append(to, texts...)
}

func extend(texts []string, by string) {
	for i := range texts {
		texts[i] += by
	}
}

func cross(texts, ends []string) []string {
	out := make([]string, 0, len(texts)*len(ends))
	for _, text := range texts {
		for _, end := range ends {
			out = append(out, text+end)
		}
	}
	return out
}

// match says whether the whole text is what the template describes, and captures
// what its variables stand for: the shortest that will do, from the left.
func (t template) match(text string, c *captured) bool {
	if len(t) == 0 {
		return text == ""
	}
	p := &t[0]
	if p.variable < 0 {
		rest, ok := strings.CutPrefix(text, p.text)
		return ok && t[1:].match(rest, c)
	}
	for end := 0; end < len(text); {
		end += unit(text[end:])
		if strings.IndexByte(p.ends, text[end-1]) >= 0 {
			return false
		}
		if (len(t) > 1 || end == len(text)) && t[1:].match(text[end:], c) {
			c[p.variable] = text[:end]
			return true
		}
	}
	return false
}

// unit is the length of the first character, or of the policy variable with which
// the text begins: its own colons and slashes separate nothing.
func unit(text string) int {
	if strings.HasPrefix(text, "${") {
		if end := strings.IndexByte(text, '}'); end > 0 {
			return end + 1
		}
	}
	return 1
}
