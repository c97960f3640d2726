package shape

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Validate judges the parameters of a Query request. The refusal is AWS's
// ValidationError, which counts and lists every violated constraint.
func (a *API) Validate(operation string, form url.Values) *wire.Error {
	input := a.Operations[operation].Input
	if input == nil {
		return nil
	}
	v := validation{api: a, form: form}
	v.structure(a.Shapes[input.Shape], "", "")
	if v.special != nil {
		return v.special
	}
	if n := len(v.found); n > 0 {
		plural := ""
		if n > 1 {
			plural = "s"
		}
		return wire.Refuse(http.StatusBadRequest, "ValidationError", "%d validation error%s detected: %s",
			n, plural, strings.Join(v.found, "; "))
	}
	return nil
}

// validation collects violations. A parameter has two spellings: that of the
// request, Tags.member.1.Key, and that of messages, tags.1.member.key.
type validation struct {
	api     *API
	form    url.Values
	found   []string
	special *wire.Error
}

func (v *validation) structure(s *Shape, at, said string) {
	names := make([]string, 0, len(s.Members))
	for name := range s.Members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		in, out := at+name, said+strings.ToLower(name[:1])+name[1:]
		shape := v.api.Shapes[s.Members[name].Shape]
		if !v.given(in) {
			if slices.Contains(s.Required, name) {
				v.add("Value null at '%s' failed to satisfy constraint: Member must not be null", out)
			}
			continue
		}
		v.value(shape, in, out)
	}
}

func (v *validation) value(s *Shape, at, said string) {
	switch s.Type {
	case "structure":
		v.structure(s, at+".", said+".")
	case "list":
		v.list(s, at, said)
	case "integer", "long":
		v.integer(s, v.form.Get(at), said)
	case "boolean":
		if text := v.form.Get(at); text != "true" && text != "false" {
			v.add("Value '%s' at '%s' failed to satisfy constraint: Member must be a boolean", text, said)
		}
	case "string":
		v.text(s, v.form.Get(at), said)
	}
}

func (v *validation) list(s *Shape, at, said string) {
	n := 0
	for ; v.given(fmt.Sprintf("%s.member.%d", at, n+1)); n++ {
		v.value(v.api.Shapes[s.Member.Shape], fmt.Sprintf("%s.member.%d", at, n+1), fmt.Sprintf("%s.%d.member", said, n+1))
	}
	v.length(s, n, said)
}

func (v *validation) text(s *Shape, text, said string) {
	if len(s.Enum) > 0 {
		if !slices.Contains(s.Enum, text) {
			v.add("Value at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]", said, strings.Join(s.Enum, ", "))
		}
		return
	}
	v.length(s, utf8.RuneCountInString(text), said)
	switch {
	case s.Matches(text):
	case s.Pattern == namePattern && text != "":
		v.special = wire.Refuse(http.StatusBadRequest, "ValidationError",
			"The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", said)
	default:
		v.add("Value at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", said, s.Pattern)
	}
}

// namePattern is that of names, for which IAM has a message of its own.
const namePattern = `[\w+=,.@-]+`

func (v *validation) integer(s *Shape, text, said string) {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		v.add("Value '%s' at '%s' failed to satisfy constraint: Member must be an integer", text, said)
	case s.Min != nil && n < *s.Min:
		v.add("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", n, said, *s.Min)
	case s.Max != nil && n > *s.Max:
		v.add("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", n, said, *s.Max)
	}
}

func (v *validation) length(s *Shape, n int, said string) {
	if s.Min != nil && n < *s.Min {
		v.add("Value at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d", said, *s.Min)
	}
	if s.Max != nil && n > *s.Max {
		v.add("Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", said, *s.Max)
	}
}

// given says whether the request has the parameter, or parts of it.
func (v *validation) given(at string) bool {
	if _, found := v.form[at]; found {
		return true
	}
	for key := range v.form {
		if strings.HasPrefix(key, at+".") {
			return true
		}
	}
	return false
}

func (v *validation) add(format string, args ...any) {
	v.found = append(v.found, fmt.Sprintf(format, args...))
}
