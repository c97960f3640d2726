package storm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// revision is a task definition as ECS describes it, and what a judge has to know
// of it.
type revision struct {
	ground.Revision
	content string // what was registered, the role apart
	image   int    // the number of the content
}

func (f *flow) describe(name string) (revision, error) {
	described, err := f.account.Pipeline.Describe(f.ctx, name)
	if err != nil {
		return revision{}, err
	}
	r := revision{Revision: described}
	if r.content, err = contentOf(described); err != nil {
		return revision{}, err
	}
	_, tail, _ := strings.Cut(r.content, `"image":"app:`)
	_, err = fmt.Sscanf(tail, "%d", &r.image)
	return r, err
}

// answered are the members that are ECS's alone, and the one that is the
// controller's.
var answered = []string{
	"compatibilities", "deregisteredAt", "registeredAt", "registeredBy", "requiresAttributes",
	"revision", "status", "taskDefinitionArn", "taskRoleArn",
}

// contentOf is everything else, with sorted keys and the numbers digit by digit.
func contentOf(r ground.Revision) (string, error) {
	members := map[string]json.RawMessage{"tags": r.Tags}
	for name, value := range r.Members {
		if !slices.Contains(answered, name) {
			members[name] = value
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	text, err = json.Marshal(value)
	return string(text), err
}

func (r revision) ours() bool { return r.By(ground.Controller) }

// at is when something of the revision's life happened, and false if it did not.
func (r revision) at(member string) (time.Time, bool) {
	var seconds float64
	if json.Unmarshal(r.Members[member], &seconds) != nil || seconds == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(seconds * 1000)), true
}
