package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// stencil is what templates and guides put where a name is to be filled in:
// {{namespace}}, <account>.
var stencil = regexp.MustCompile(`\{\{[^{}]*\}\}|<[A-Za-z][A-Za-z0-9 _./:-]*>`)

// stencils are the words in the text that wait for a real one.
func stencils(text string) []string {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "<") {
		return nil
	}
	return stencil.FindAllString(withoutVariables(text), -1)
}

// unfilled says what is left to be filled in of a resource or value; empty where
// nothing is.
func unfilled(text string) string {
	if words := stencils(text); len(words) > 0 {
		return fmt.Sprintf("%s holds %s: write the real name in its place", text, list(words))
	}
	if a, whole := parseARN(text); whole && strings.EqualFold(a.region, "region") {
		return fmt.Sprintf("%s has the literal word region in the region's place: write a real one, as in %s", text, realRegion(a))
	}
	return ""
}

func realRegion(a arn) string {
	a.region = "us-west-2"
	return a.String()
}

// checkPlaceholders finds resources as a template or one of AWS's guides has
// them: nothing fills them in, and they match no real name.
func checkPlaceholders(s *statement) []policy.Finding {
	var says []string
	for _, r := range s.resources {
		if r.fault.code == CodePlaceholder {
			says = append(says, r.fault.says)
		}
	}
	for _, text := range s.NotResource {
		if why := unfilled(text); why != "" {
			says = append(says, why)
		}
	}
	if len(says) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodePlaceholder, "has placeholders, which nothing fills in: "+sentences(says))
}

// placeholders finds the same in the values of a condition.
func (s *statement) placeholders(c condition) []policy.Finding {
	var says []string
	for _, value := range c.values {
		if why := unfilled(value); why != "" {
			says = append(says, why)
		}
	}
	if len(says) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodePlaceholder, fmt.Sprintf(
		"compares %s by %s with placeholders, which nothing fills in: %s", c.name, c.written, sentences(says)))
}
