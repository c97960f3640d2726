package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/pmezard/go-difflib/difflib"
)

// revision is DescribeTaskDefinition's answer: the definition, and its tags
// beside it.
type revision struct {
	definition map[string]any
	tags       any
}

func parseRevision(body []byte) (revision, error) {
	var answer struct {
		TaskDefinition map[string]any `json:"taskDefinition"`
		Tags           any            `json:"tags"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // 0.30 is to stay 0.30
	err := decoder.Decode(&answer)
	return revision{answer.TaskDefinition, answer.Tags}, err
}

// revision is its number.
func (r revision) revision() int32 {
	number, _ := r.definition["revision"].(json.Number)
	n, _ := number.Int64()
	return int32(n) //nolint:gosec // a revision fits: the SDK has it as int32
}

func (r revision) text(member string) string {
	text, _ := r.definition[member].(string)
	return text
}

// String is the revision as people read it.
func (r revision) String() string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{"taskDefinition": r.definition, "tags": r.tags}); err != nil {
		return err.Error()
	}
	return out.String()
}

// outputOnly are the members that AWS adds to what was registered (Amazon ECS API
// reference: TaskDefinition, members that RegisterTaskDefinition does not take).
var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

// sameButForTheRole says whether b is a as it was registered, with another role.
func sameButForTheRole(a, b revision) error {
	if b.text("taskRoleArn") == "" {
		return fmt.Errorf("revision %s carries no role", b.text("taskDefinitionArn"))
	}
	x, y := maps.Clone(a.definition), maps.Clone(b.definition)
	for _, member := range append([]string{"taskRoleArn"}, outputOnly...) {
		delete(x, member)
		delete(y, member)
	}
	if !reflect.DeepEqual(x, y) || !reflect.DeepEqual(a.tags, b.tags) {
		return fmt.Errorf("more than the role differs:\n%s", difference(a, b))
	}
	return nil
}

// difference is a unified diff of two revisions.
func difference(a, b revision) string {
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(a.String()), FromFile: a.text("taskDefinitionArn"),
		B: difflib.SplitLines(b.String()), ToFile: b.text("taskDefinitionArn"),
		Context: 1,
	})
	if err != nil {
		return err.Error()
	}
	return text
}
