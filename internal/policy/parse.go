package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a document. It is as strict as it can be without knowing services:
// a member that is written twice, that IAM does not know or that has other
// capitals than IAM's grammar, a null, an empty list and text that is no proper
// UTF-8 are errors. Whoever compares what AWS has with what it should have
// takes an error for a difference; that is safe, where a guess is not. Whether
// IAM would take the document is not judged.
func Parse(text string) (Document, error) {
	if !utf8.ValidString(text) {
		return Document{}, fmt.Errorf("policy document: it is no UTF-8")
	}
	r := reader{json.NewDecoder(strings.NewReader(text))}
	r.UseNumber()
	d, err := r.document()
	if err != nil {
		return Document{}, fmt.Errorf("policy document: %w", err)
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return Document{}, fmt.Errorf("policy document: something follows its end")
	}
	return d, nil
}

// UnmarshalJSON reads a document as Parse does.
func (d *Document) UnmarshalJSON(data []byte) error {
	parsed, err := Parse(string(data))
	if err == nil {
		*d = parsed
	}
	return err
}

// reader reads a document token by token: encoding/json's own way into structs
// ignores capitals and lets the last of two members win.
type reader struct{ *json.Decoder }

func (r reader) document() (Document, error) {
	var d Document
	if err := r.open(); err != nil {
		return d, err
	}
	err := r.members(func(name string) (err error) {
		switch name {
		case "Version":
			d.Version, err = r.text()
		case "Id":
			d.ID, err = r.text()
		case "Statement":
			d.Statement, err = r.statements()
		default:
			err = errUnknown
		}
		return err
	})
	return d, err
}

func (r reader) statements() (Statements, error) {
	token, err := r.Token()
	switch {
	case err != nil:
		return nil, err
	case token == json.Delim('{'):
		s, err := r.statement()
		return Statements{s}, err
	case token != json.Delim('['):
		return nil, fmt.Errorf("%v stands where statements should", token)
	}
	list := Statements{}
	for r.More() {
		var s Statement
		err := r.open()
		if err == nil {
			s, err = r.statement()
		}
		if err != nil {
			return nil, fmt.Errorf("number %d: %w", len(list)+1, err)
		}
		list = append(list, s)
	}
	_, err = r.Token() // ]
	return list, err
}

func (r reader) statement() (Statement, error) {
	var s Statement
	err := r.members(func(name string) (err error) {
		switch name {
		case "Sid":
			s.Sid, err = r.text()
		case "Effect":
			s.Effect, err = r.text()
		case "Principal":
			s.Principal, err = r.principal()
		case "NotPrincipal":
			s.NotPrincipal, err = r.principal()
		case "Action":
			s.Action, err = r.strings(asText)
		case "NotAction":
			s.NotAction, err = r.strings(asText)
		case "Resource":
			s.Resource, err = r.strings(asText)
		case "NotResource":
			s.NotResource, err = r.strings(asText)
		case "Condition":
			s.Condition, err = r.conditions()
		default:
			err = errUnknown
		}
		return err
	})
	return s, err
}

func (r reader) principal() (Principal, error) {
	token, err := r.Token()
	switch {
	case err != nil:
		return nil, err
	case token == "*":
		return Principal{"*": {"*"}}, nil
	case token != json.Delim('{'):
		return nil, fmt.Errorf("%v stands where * or principals by kind should", token)
	}
	p := Principal{}
	err = r.members(func(kind string) (err error) {
		switch kind {
		case "AWS", "Service", "Federated", "CanonicalUser":
			p[kind], err = r.strings(asText)
		default:
			err = errUnknown
		}
		return err
	})
	if err == nil && len(p) == 0 {
		err = errEmpty
	}
	return p, err
}

func (r reader) conditions() (Conditions, error) {
	c := Conditions{}
	if err := r.open(); err != nil {
		return nil, err
	}
	err := r.members(func(operator string) error {
		c[operator] = map[string]Strings{}
		if err := r.open(); err != nil {
			return err
		}
		return r.members(func(key string) (err error) {
			c[operator][key], err = r.strings(asValue)
			return err
		})
	})
	return c, err
}

const (
	errUnknown = failure("IAM knows no such member here")
	errTwice   = failure("it stands there twice")
	errEmpty   = failure("it is empty")
)

type failure string

func (f failure) Error() string { return string(f) }

// members reads the members of an object whose brace was read.
func (r reader) members(read func(name string) error) error {
	seen := map[string]bool{}
	for r.More() {
		name, err := r.text()
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("%s: %w", name, errTwice)
		}
		seen[name] = true
		if err := read(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	_, err := r.Token() // }
	return err
}

func (r reader) open() error {
	token, err := r.Token()
	if err == nil && token != json.Delim('{') {
		err = fmt.Errorf("%v stands where { should", token)
	}
	return err
}

func (r reader) text() (string, error) {
	token, err := r.Token()
	if err != nil {
		return "", err
	}
	return asText(token)
}

// strings reads a list, or a scalar.
func (r reader) strings(as func(json.Token) (string, error)) (Strings, error) {
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	if token != json.Delim('[') {
		text, err := as(token)
		return Strings{text}, err
	}
	list := Strings{}
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return nil, err
		}
		text, err := as(token)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return nil, errEmpty
	}
	_, err = r.Token() // ]
	return list, err
}

func asText(token json.Token) (string, error) {
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%v stands where a string should", token)
	}
	// Half of a surrogate pair is read as this one, whichever half it is.
	if strings.ContainsRune(text, utf8.RuneError) {
		return "", fmt.Errorf("%q holds no proper Unicode", text)
	}
	return text, nil
}

// asValue also takes numbers and booleans, as IAM does for the values of
// conditions, and reads them as their text.
func asValue(token json.Token) (string, error) {
	switch v := token.(type) {
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	default:
		return asText(token)
	}
}
