package soak

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// permissions are a statement's: one for each of its actions on each of its
// resources. How they are bundled into statements is not declared.
func permissions(statement any) []string {
	text, err := json.Marshal(statement)
	if err != nil {
		return []string{err.Error()}
	}
	whole, _ := meaning(string(text)).(map[string]any)
	var out []string
	for _, action := range listOf(whole["Action"]) {
		for _, resource := range listOf(whole["Resource"]) {
			out = append(out, fmt.Sprint(whole["Effect"], " ", action, " ", resource, " ", whole["Condition"], whole["NotAction"], whole["NotResource"]))
		}
	}
	return out
}

func listOf(value any) []any {
	if list, many := value.([]any); many {
		return list
	}
	return []any{value}
}

// meaning decodes a policy document, also one that is URL-encoded, into a form
// in which documents of the same meaning are equal: a list of one is its only
// element, and the order of texts in a list is none.
func meaning(document string) any {
	if decoded, err := url.PathUnescape(document); err == nil && strings.HasPrefix(document, "%7B") {
		document = decoded
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return err.Error()
	}
	return simple(value)
}

func simple(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, v := range value {
			out[key] = simple(v)
		}
		return out
	case []any:
		if len(value) == 1 {
			return simple(value[0])
		}
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = simple(v)
		}
		slices.SortStableFunc(out, func(a, b any) int {
			x, _ := a.(string)
			y, _ := b.(string)
			return strings.Compare(x, y)
		})
		return out
	default:
		return value
	}
}

// printed is a meaning as text: JSON whose keys are sorted.
func printed(meaning any) string {
	text, err := json.Marshal(meaning)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
