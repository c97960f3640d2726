package lint

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// variable is ${...} in a value.
type variable struct {
	written string // as it stands there, ${ and } included
	name    string // of the condition key
	bare    bool   // without a default
	fault   string // why IAM reads no variable there; empty where it does
}

// variables of a text. ${*}, ${?} and ${$} stand for the characters themselves
// (IAM: IAM policy elements: Variables and tags).
func variables(text string) (out []variable) {
	for {
		start := strings.Index(text, "${")
		if start < 0 {
			return out
		}
		text = text[start:]
		end := closing(text)
		if end < 0 {
			return append(out, variable{written: text, fault: "has no closing brace"})
		}
		v := variable{written: text[:end+1]}
		text = text[end+1:]
		if v.read(v.written[len("${") : len(v.written)-1]) {
			out = append(out, v)
		}
	}
}

// closing is where the brace stands that ends a variable: not within the quotes
// of its default.
func closing(text string) int {
	quoted := false
	for i, r := range text {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == '}' && !quoted:
			return i
		}
	}
	return strings.IndexByte(text, '}')
}

// read takes the inside of the braces to pieces; false where it is a character.
func (v *variable) read(inside string) bool {
	if inside == "*" || inside == "?" || inside == "$" {
		return false
	}
	name, value, preset := strings.Cut(inside, ",")
	v.name, v.bare = name, !preset
	value = strings.TrimSpace(value)
	switch {
	case strings.TrimSpace(name) == "":
		v.fault = "is empty"
	case strings.Contains(name, " "):
		v.fault = "has a space in its name"
	case strings.ContainsAny(name, "${"):
		v.fault = "holds another one"
	case preset && (len(value) < 2 || value[0] != '\'' || value[len(value)-1] != '\''):
		v.fault = "has a default without single quotes"
	}
	return true
}

// withoutVariables is the text without what stands for something else.
func withoutVariables(text string) string {
	for _, c := range []string{"${*}", "${?}", "${$}"} {
		text = strings.ReplaceAll(text, c, "")
	}
	for _, v := range variables(text) {
		text = strings.Replace(text, v.written, "", 1)
	}
	return text
}

// modern says whether IAM replaces variables in the document.
func (s *statement) modern() bool { return s.version != "" && s.version != olderVersion }

// usage is a text with variables, and why IAM replaces none there.
type usage struct{ text, unreplaced string }

// checkVariables finds variables that IAM does not read as such, and those that
// never have a value for a task.
func checkVariables(s *statement) (findings []policy.Finding) {
	if !s.modern() {
		return nil
	}
	var invalid, unknown []string
	for _, u := range s.usages() {
		for _, v := range variables(u.text) {
			switch why := s.valueless(v); {
			case u.unreplaced != "":
				invalid = append(invalid, fmt.Sprintf("%s in %q stays as it is, because %s", v.written, u.text, u.unreplaced))
			case v.fault != "":
				invalid = append(invalid, fmt.Sprintf("%s in %q %s: write ${KEY} or ${KEY, 'default'}", v.written, u.text, v.fault))
			case why != "":
				unknown = append(unknown, fmt.Sprintf("%s in %q %s", v.written, u.text, why))
			}
		}
	}
	if len(invalid) > 0 {
		findings = s.blame(policy.Error, CodeInvalidVariable, "has variables that are none: "+sentences(invalid))
	}
	if len(unknown) > 0 {
		findings = append(findings, s.blame(policy.Warning, CodeUnknownVariable,
			"has variables without a value, and a statement with one matches no request: "+sentences(unknown))...)
	}
	return findings
}

// valueless says why the variable has no value in a task's requests; empty where
// it may have one.
func (s *statement) valueless(v variable) string {
	key, found := reference.Known(v.name)
	switch {
	case !v.bare || v.fault != "":
		return ""
	case strings.EqualFold(v.name, "aws:username"):
		return "is the name of an IAM user, and a task has a role: name what you mean, or use ${aws:PrincipalTag/<tag key>}, which the role's tags set"
	case !found:
		if near := s.nearestKey(v.name); near != "" {
			return fmt.Sprintf("is no condition key (did you mean %s?)", near) + aging()
		}
		return "is no condition key" + aging()
	case strings.HasPrefix(key.Type, arrayOf):
		return "is a key of many values, of which IAM cannot take one: use a key of a single value"
	}
	return ""
}

// usages are the statement's texts. IAM replaces variables in what follows the
// fifth colon of an ARN, and in values compared as strings or ARNs (IAM: IAM policy
// elements: Variables and tags, Where you can use policy variables).
func (s *statement) usages() (out []usage) {
	for _, list := range []policy.Strings{s.Action, s.NotAction} {
		for _, text := range list {
			out = append(out, usage{text, "IAM replaces none in actions: name them"})
		}
	}
	for _, list := range []policy.Strings{s.Resource, s.NotResource} {
		for _, text := range list {
			head, rest := text, ""
			if a, whole := parseARN(text); whole {
				rest = a.rest
				head = text[:len(text)-len(rest)]
			}
			out = append(out,
				usage{head, "IAM replaces none before an ARN's fifth colon: write the name there"},
				usage{rest, ""})
		}
	}
	for _, c := range s.conditions {
		why := ""
		if f := c.operator.family; c.known && f != stringFamily && f != arnFamily {
			why = fmt.Sprintf("IAM replaces none under %s, only under operators of strings and ARNs: write the value", c.written)
		}
		for _, v := range c.values {
			out = append(out, usage{v, why})
		}
	}
	return out
}
