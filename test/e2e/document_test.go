package e2e

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// meaning decodes a policy document, also one that is URL-encoded, into a form
// in which documents of the same meaning are equal: a list of one is its only
// element, and the order of texts in a list is none. It is a judge of its own,
// and knows nothing of how the controller compares.
func meaning(t testing.TB, document string) any {
	t.Helper()
	if strings.HasPrefix(document, "%7B") {
		decoded, err := url.PathUnescape(document)
		if err != nil {
			t.Fatal(err)
		}
		document = decoded
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatalf("%v: %s", err, document)
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

func TestDocumentsAreComparedByMeaning(t *testing.T) {
	const one = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:B","a:C"],"Resource":["*"]}]}`
	for name, c := range map[string]struct {
		other string
		same  bool
	}{
		"scalars":        {`{"Statement":{"Resource":"*","Action":["a:C","a:B"],"Effect":"Allow"},"Version":"2012-10-17"}`, true},
		"encoded":        {url.PathEscape(one), true},
		"another action": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:B"],"Resource":["*"]}]}`, false},
		"another effect": {`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["a:B","a:C"],"Resource":["*"]}]}`, false},
	} {
		if same := different(meaning(t, one), meaning(t, c.other)) == ""; same != c.same {
			t.Errorf("%s: same = %v", name, same)
		}
	}
}
