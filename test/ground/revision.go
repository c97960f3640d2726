package ground

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Revision is a task definition as ECS describes it, member by member as text.
type Revision struct {
	Members map[string]json.RawMessage
	Tags    json.RawMessage
}

// Text is a member that is a string; empty where it is none.
func (r Revision) Text(member string) string {
	var text string
	if json.Unmarshal(r.Members[member], &text) != nil {
		return ""
	}
	return text
}

// Number is the revision's.
func (r Revision) Number() int {
	n, err := strconv.Atoi(string(r.Members["revision"]))
	if err != nil {
		return 0
	}
	return n
}

// By says whether a session of the role registered it.
func (r Revision) By(role string) bool {
	return strings.Contains(r.Text("registeredBy"), ":assumed-role/"+role+"/")
}

// added are the members that are ECS's answer alone, and the one that is the
// controller's.
var added = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn", "taskRoleArn",
}

// Content is what was registered, the role apart, as JSON whose keys are sorted.
func (r Revision) Content() string {
	out := map[string]json.RawMessage{"tags": r.Tags}
	for name, value := range r.Members {
		if !slices.Contains(added, name) {
			out[name] = value
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err.Error()
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err.Error()
	}
	if text, err = json.Marshal(value); err != nil {
		return err.Error()
	}
	return string(text)
}
