// Package shape holds AWS's published models of the simulated APIs: which
// members a request and an answer have, which of them must be there, how long
// they may be and what they look like. The front door judges requests by them,
// as AWS's own does, and tests judge the simulator's answers by them.
package shape

import (
	"embed"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

//go:generate go run -C ../../../hack/awsmodels . ../../internal/awssim/shape
//go:embed iam.json sts.json
var files embed.FS

// API is the model of one service.
type API struct {
	Source       string // the module that it was taken from, with its version
	XMLNamespace string
	APIVersion   string
	Operations   map[string]Operation
	Shapes       map[string]*Shape
}

// Operation is one operation's request, answer and errors.
type Operation struct {
	Input  *Member
	Output *Member // nil where the answer holds nothing
	Errors []Member
}

// Member refers to the shape of a member of a structure.
type Member struct {
	Shape         string
	ResultWrapper string // of an Output: the element around it
}

// Shape is a type of the model.
type Shape struct {
	Type     string // structure, list, string, integer, boolean or timestamp
	Required []string
	Members  map[string]Member
	Member   *Member // of a list
	Enum     []string
	Min, Max *int // length of a string or list, value of an integer
	Pattern  string
	Error    struct {
		Code           string
		HTTPStatusCode int
	}

	matching func() *regexp.Regexp
}

// Load returns the model of iam or sts. It panics for another service: the data
// is part of the program.
func Load(service string) *API {
	text, err := files.ReadFile(service + ".json")
	if err != nil {
		panic(err)
	}
	api := &API{}
	if err := json.Unmarshal(text, api); err != nil {
		panic(err)
	}
	for _, s := range api.Shapes {
		s.matching = sync.OnceValue(func() *regexp.Regexp { return compile(s.Pattern) })
	}
	return api
}

// Matches says whether the whole text satisfies the shape's pattern.
func (s *Shape) Matches(text string) bool {
	pattern := s.matching()
	return pattern == nil || pattern.MatchString(text)
}

// compile translates a pattern, written for Java, which has \uXXXX where Go has
// \x{XXXX}. A model's \u10000 is U+1000 followed by a zero and means nothing: no
// pattern is better than that one.
func compile(pattern string) *regexp.Regexp {
	if pattern == "" || strings.Contains(pattern, `\u10000`) {
		return nil
	}
	return regexp.MustCompile(`\A(?:` + escapes.ReplaceAllString(pattern, `\x{$1}`) + `)\z`)
}

var escapes = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)
