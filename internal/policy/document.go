// Package policy knows IAM policy documents: how they are written, when two of
// them mean the same, how long they may be, and what is wrong with them. It
// stands on nothing else of this project.
package policy

import (
	"bytes"
	"encoding/json"
)

// Version is the version of IAM's policy language that is written here. The
// older one knows no policy variables (IAM: JSON policy elements: Version).
const Version = "2012-10-17"

// The effects of a statement. IAM minds their capitals.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Document is an IAM policy document.
type Document struct {
	Version   string     `json:"Version,omitempty"`
	ID        string     `json:"Id,omitempty"`
	Statement Statements `json:"Statement"`
}

// Statement is one statement of a document. Lists of one element and scalars
// are the same (IAM: Grammar of the IAM JSON policy language); here all are
// lists. An empty list is an absent one.
type Statement struct {
	Sid          string     `json:"Sid,omitempty"`
	Effect       string     `json:"Effect"` // Allow or Deny
	Principal    Principal  `json:"Principal,omitempty"`
	NotPrincipal Principal  `json:"NotPrincipal,omitempty"`
	Action       Strings    `json:"Action,omitempty"`
	NotAction    Strings    `json:"NotAction,omitempty"`
	Resource     Strings    `json:"Resource,omitempty"`
	NotResource  Strings    `json:"NotResource,omitempty"`
	Condition    Conditions `json:"Condition,omitempty"`
}

// Conditions are operator -> key -> values.
type Conditions map[string]map[string]Strings

// Principal is kind -> principals, such as Service -> ecs-tasks.amazonaws.com.
// The principal "*" is {"*": {"*"}}.
type Principal map[string]Strings

// Strings is a list of strings, or one string where a document has a scalar.
type Strings []string

// Statements is a list of statements, or one statement where a document has no list.
type Statements []Statement

// JSON writes the document without white space. The same document always gives
// the same text.
func (d Document) JSON() string { return string(encode(d)) }

// MarshalJSON writes a list even where there is no statement.
func (s Statements) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("[]"), nil
	}
	return encode([]Statement(s)), nil
}

// MarshalJSON writes a list even where there is no value: null is none of IAM's.
func (s Strings) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("[]"), nil
	}
	return encode([]string(s)), nil
}

// MarshalJSON writes principals by kind, or "*".
func (p Principal) MarshalJSON() ([]byte, error) {
	if p.anybody() {
		return []byte(`"*"`), nil
	}
	return encode(map[string]Strings(p)), nil
}

func (p Principal) anybody() bool {
	all := p["*"]
	return len(p) == 1 && len(all) == 1 && all[0] == "*"
}

// encode leaves <, > and & as they are: IAM counts characters, and an escaped
// one is six.
func encode(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		// Strings, maps and slices of them cannot fail to encode.
		panic(err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
