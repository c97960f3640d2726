package ecs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTagsAreFoundWhereverTheyStand(t *testing.T) {
	for name, c := range map[string]struct{ answer, want string }{
		"beside":            {`{"taskDefinition":{"family":"f"},"tags":[{"key":"a","value":"1"},{"key":"aws:x","value":"2"}]}`, `[{"key":"a","value":"1"}]`},
		"inside":            {`{"taskDefinition":{"family":"f","tags":[{"key":"a","value":"1"},{"key":"AWS:x","value":"2"}]}}`, `[{"key":"a","value":"1"}]`},
		"beside and inside": {`{"taskDefinition":{"family":"f","tags":[{"key":"b"}]},"tags":[{"key":"a"}]}`, `[{"key":"a"}]`},
		"an empty list":     {`{"taskDefinition":{"family":"f","tags":[]}}`, ``},
		"no list at all":    {`{"taskDefinition":{"family":"f","tags":"none"}}`, ``},
	} {
		registration, err := registrationOf([]byte(c.answer))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(registration["tags"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
