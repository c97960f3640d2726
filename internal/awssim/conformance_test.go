package awssim_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/shape"
)

// node is an element of an answer, read without any of the SDK's or the
// simulator's code.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

func (n node) child(name string) (node, bool) {
	for _, c := range n.Nodes {
		if c.XMLName.Local == name {
			return c, true
		}
	}
	return node{}, false
}

var models = []*shape.API{shape.Load("iam"), shape.Load("sts")}

// inspect holds one exchange against AWS's models: the SDK's request has only
// members that the operation knows, the answer is what its shape says.
func inspect(t *testing.T, sent []byte, answer *http.Response, got []byte) {
	t.Helper()
	form, err := url.ParseQuery(string(sent))
	if err != nil {
		return
	}
	for _, api := range models {
		operation, found := api.Operations[form.Get("Action")]
		if !found || form.Get("Version") != api.APIVersion {
			continue
		}
		c := checker{t: t, api: api, at: form.Get("Action")}
		c.request(operation, form)
		if answer.Header.Get("X-Amzn-RequestId") == "" {
			c.fail("the answer has no X-Amzn-RequestId")
		}
		var root node
		if err := xml.Unmarshal(got, &root); err != nil {
			c.fail("%v: %s", err, got)
			return
		}
		if answer.StatusCode == http.StatusOK {
			c.answer(operation, root)
		} else {
			c.refusal(operation, root, answer.StatusCode)
		}
	}
}

type checker struct {
	t   *testing.T
	api *shape.API
	at  string
}

func (c checker) fail(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("against AWS's model, "+c.at+": "+format, args...)
}

func (c checker) in(name string) checker {
	c.at += "." + name
	return c
}

var index = regexp.MustCompile(`\.member\.\d+`)

func (c checker) request(operation shape.Operation, form url.Values) {
	for parameter := range form {
		if parameter == "Action" || parameter == "Version" {
			continue
		}
		s := c.api.Shapes[operation.Input.Shape]
		for _, part := range strings.Split(index.ReplaceAllString(parameter, ".#"), ".") {
			switch {
			case s != nil && part == "#" && s.Type == "list":
				s = c.api.Shapes[s.Member.Shape]
			case s != nil && s.Type == "structure":
				s = c.api.Shapes[s.Members[part].Shape]
			default:
				s = nil
			}
		}
		if s == nil {
			c.fail("the request has %s, which the operation does not know", parameter)
		}
	}
}

func (c checker) answer(operation shape.Operation, root node) {
	if want := c.at + "Response"; root.XMLName.Local != want || root.XMLName.Space != c.api.XMLNamespace {
		c.fail("the root is %v, want %s in %s", root.XMLName, want, c.api.XMLNamespace)
	}
	allowed := []string{"ResponseMetadata"}
	if operation.Output != nil {
		allowed = append(allowed, operation.Output.ResultWrapper)
		result, found := root.child(operation.Output.ResultWrapper)
		if !found {
			c.fail("the answer has no %s", operation.Output.ResultWrapper)
		}
		c.structure(c.api.Shapes[operation.Output.Shape], result)
	}
	for _, n := range root.Nodes {
		if !slices.Contains(allowed, n.XMLName.Local) {
			c.fail("the answer has %s", n.XMLName.Local)
		}
	}
	metadata, _ := root.child("ResponseMetadata")
	if id, _ := metadata.child("RequestId"); id.Text == "" {
		c.fail("the answer has no RequestId")
	}
}

// common are the errors that every operation may answer (IAM and STS: Common
// Errors).
var common = map[string]int{
	"ValidationError": 400, "AccessDenied": 403, "Throttling": 400, "InvalidClientTokenId": 403, "ExpiredToken": 403,
	"SignatureDoesNotMatch": 403, "MissingAuthenticationToken": 403, "InvalidAction": 400, "ServiceUnavailable": 503,
}

func (c checker) refusal(operation shape.Operation, root node, status int) {
	if root.XMLName.Local != "ErrorResponse" || root.XMLName.Space != c.api.XMLNamespace {
		c.fail("the root of a refusal is %v", root.XMLName)
	}
	body, _ := root.child("Error")
	code, _ := body.child("Code")
	message, _ := body.child("Message")
	kind, _ := body.child("Type")
	if message.Text == "" || kind.Text == "" {
		c.fail("the refusal has no message or no type: %v", root)
	}
	if want, found := common[code.Text]; found {
		if status != want {
			c.fail("%s with status %d, want %d", code.Text, status, want)
		}
		return
	}
	for _, one := range operation.Errors {
		if e := c.api.Shapes[one.Shape].Error; e.Code == code.Text {
			if e.HTTPStatusCode != status {
				c.fail("%s with status %d, want %d", code.Text, status, e.HTTPStatusCode)
			}
			return
		}
	}
	c.fail("%s is no error of the operation", code.Text)
}

func (c checker) structure(s *shape.Shape, n node) {
	if strings.TrimSpace(n.Text) != "" {
		c.fail("a structure holds the text %q", n.Text)
	}
	seen := map[string]bool{}
	for _, inner := range n.Nodes {
		name := inner.XMLName.Local
		member, found := s.Members[name]
		if !found || seen[name] {
			c.fail("%s is unknown, or there twice", name)
			continue
		}
		seen[name] = true
		c.in(name).value(c.api.Shapes[member.Shape], inner)
	}
	for _, name := range s.Required {
		if !seen[name] {
			c.fail("the required %s is missing", name)
		}
	}
}

func (c checker) value(s *shape.Shape, n node) {
	if s.Type != "structure" && s.Type != "list" && len(n.Nodes) > 0 {
		c.fail("a %s holds elements", s.Type)
	}
	switch s.Type {
	case "structure":
		c.structure(s, n)
	case "list":
		for _, item := range n.Nodes {
			if item.XMLName.Local != "member" {
				c.fail("a list holds %s", item.XMLName.Local)
			}
			c.in("member").value(c.api.Shapes[s.Member.Shape], item)
		}
		c.length(s, len(n.Nodes))
	case "boolean":
		if n.Text != "true" && n.Text != "false" {
			c.fail("%q is no boolean", n.Text)
		}
	case "integer":
		if _, err := strconv.Atoi(n.Text); err != nil {
			c.fail("%q is no integer", n.Text)
		}
	case "timestamp":
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`).MatchString(n.Text) {
			c.fail("%q is no time", n.Text)
		}
	case "string":
		c.length(s, utf8.RuneCountInString(n.Text))
		if !s.Matches(n.Text) {
			c.fail("%q does not match %s", n.Text, s.Pattern)
		}
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, n.Text) {
			c.fail("%q is none of %v", n.Text, s.Enum)
		}
	default:
		c.fail("%s is no type that this test knows", s.Type)
	}
}

func (c checker) length(s *shape.Shape, n int) {
	if s.Min != nil && n < *s.Min || s.Max != nil && n > *s.Max {
		c.fail("the length is %d", n)
	}
}
