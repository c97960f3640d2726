// Package grammar judges policy documents as IAM does when it is given one. It
// reads them by itself, so that a fault in the project's own reader shows.
package grammar

import (
	"net/http"
	"unicode"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Document is a policy document that IAM takes.
type Document struct {
	Version    string
	Statements []Statement
}

// Statement is one statement, with scalars made lists.
type Statement struct {
	Sid, Effect           string
	Principal             map[string][]string // kind -> principals; "*" alone is AWS -> *
	NotPrincipal          map[string][]string
	Action, NotAction     []string
	Resource, NotResource []string
	Condition             []Condition
	has                   map[string]bool // members that stand in the text
}

// Condition is one operator with one key.
type Condition struct {
	Operator, Key string
	Values        []string
}

// Permissions judges the document of a permission policy, managed or inline.
// Only managed ones must be of the newer version.
func Permissions(text string, managed bool) (Document, *wire.Error) {
	d, ok := read(text)
	if !ok {
		return Document{}, malformed("Syntax errors in policy.")
	}
	if managed && d.Version != "2012-10-17" {
		return Document{}, malformed("Policy document must be version 2012-10-17 or greater.")
	}
	checks := []func(Document) string{legacy, sids, hasActions, noPrincipal, hasResources, resources, vendors}
	return d, first(d, checks)
}

// Trust judges the document of a role's trust policy. Whether its principals
// exist is for the caller to see.
func Trust(text string) (Document, *wire.Error) {
	if _, err := parse(text); err != nil {
		return Document{}, malformed("This policy contains invalid Json")
	}
	d, ok := read(text)
	if !ok {
		return Document{}, malformed("Syntax errors in policy.")
	}
	checks := []func(Document) string{legacy, sids, hasActions, noResource, hasPrincipal, principals, trustActions}
	return d, first(d, checks)
}

func first(d Document, checks []func(Document) string) *wire.Error {
	for _, check := range checks {
		if message := check(d); message != "" {
			return malformed(message)
		}
	}
	return nil
}

func malformed(message string) *wire.Error {
	return wire.Refuse(http.StatusBadRequest, "MalformedPolicyDocument", "%s", message)
}

// Size is the length that IAM holds against its quotas: white space does not
// count (IAM and STS quotas).
func Size(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
