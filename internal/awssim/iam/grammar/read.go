package grammar

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

var statementMembers = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

// read turns the text into a document, or finds an error of syntax.
func read(text string) (Document, bool) {
	value, err := parse(text)
	top, isObject := value.(object)
	if err != nil || !isObject {
		return Document{}, false
	}
	var d Document
	ok := true
	for _, m := range top {
		switch m.name {
		case "Version":
			d.Version, _ = m.value.(string)
			ok = ok && (d.Version == "2008-10-17" || d.Version == "2012-10-17")
		case "Id":
			_, isText := m.value.(string)
			ok = ok && isText
		case "Statement":
			statements, isFine := readStatements(m.value)
			d.Statements, ok = statements, ok && isFine
		default:
			ok = false
		}
	}
	return d, ok && len(d.Statements) > 0
}

func readStatements(value any) ([]Statement, bool) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var out []Statement
	for _, item := range list {
		o, isObject := item.(object)
		if !isObject {
			return nil, false
		}
		s, ok := readStatement(o)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

func readStatement(o object) (Statement, bool) {
	s := Statement{has: map[string]bool{}}
	for _, m := range o {
		if !slices.Contains(statementMembers, m.name) {
			return s, false
		}
		s.has[m.name] = true
		if !readMember(&s, m) {
			return s, false
		}
	}
	for _, name := range []string{"Principal", "Action", "Resource"} {
		if s.has[name] && s.has["Not"+name] {
			return s, false
		}
	}
	return s, strings.EqualFold(s.Effect, "Allow") || strings.EqualFold(s.Effect, "Deny")
}

func readMember(s *Statement, m member) bool {
	ok := true
	switch m.name {
	case "Sid":
		s.Sid, ok = m.value.(string)
	case "Effect":
		s.Effect, ok = m.value.(string)
	case "Principal":
		s.Principal, ok = readPrincipals(m.value)
	case "NotPrincipal":
		s.NotPrincipal, ok = readPrincipals(m.value)
	case "Action":
		s.Action, ok = texts(m.value)
	case "NotAction":
		s.NotAction, ok = texts(m.value)
	case "Resource":
		s.Resource, ok = texts(m.value)
	case "NotResource":
		s.NotResource, ok = texts(m.value)
	case "Condition":
		s.Condition, ok = readConditions(m.value)
	}
	return ok
}

func readPrincipals(value any) (map[string][]string, bool) {
	if text, isText := value.(string); isText {
		return map[string][]string{"AWS": {text}}, text == "*"
	}
	o, isObject := value.(object)
	if !isObject || len(o) == 0 {
		return nil, false
	}
	out := map[string][]string{}
	for _, m := range o {
		list, ok := texts(m.value)
		if !ok {
			return nil, false
		}
		out[m.name] = list
	}
	return out, true
}

func readConditions(value any) ([]Condition, bool) {
	operators, isObject := value.(object)
	if !isObject {
		return nil, false
	}
	var out []Condition
	for _, operator := range operators {
		keys, isObject := operator.value.(object)
		if !isObject || len(keys) > 0 && !knownOperator(operator.name) {
			return nil, false
		}
		for _, key := range keys {
			values, ok := scalars(key.value)
			if !ok {
				return nil, false
			}
			out = append(out, Condition{operator.name, key.name, values})
		}
	}
	return out, true
}

// texts reads one string or a list of them.
func texts(value any) ([]string, bool) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	out := []string{}
	for _, item := range list {
		text, isText := item.(string)
		if !isText {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

// scalars reads condition values, which may also be numbers and booleans.
func scalars(value any) ([]string, bool) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	out := []string{}
	for _, item := range list {
		switch v := item.(type) {
		case string:
			out = append(out, v)
		case json.Number, bool:
			out = append(out, fmt.Sprint(v))
		default:
			return nil, false
		}
	}
	return out, true
}

// operators are those of IAM (IAM: JSON policy elements: Condition operators).
var operators = strings.Fields(`
	StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
	NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals
	DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
	Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnNotEquals ArnLike ArnNotLike Null`)

func knownOperator(name string) bool {
	_, base, _ := Operator(name)
	return slices.Contains(operators, base)
}

// Operator takes an operator apart: the set it ranges over (ForAllValues,
// ForAnyValue or none), its base, and whether it ends with IfExists.
func Operator(name string) (set, base string, ifExists bool) {
	base = name
	for _, prefix := range []string{"ForAllValues", "ForAnyValue"} {
		if rest, found := strings.CutPrefix(base, prefix+":"); found {
			set, base = prefix, rest
			break
		}
	}
	if rest, found := strings.CutSuffix(base, "IfExists"); found && rest != "Null" {
		base, ifExists = rest, true
	}
	return set, base, ifExists
}
