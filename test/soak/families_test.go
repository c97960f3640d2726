package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// register registers a revision as the pipeline does: who meets another
// registration of the family tries again.
func (a *account) register(body string) (ground.Revision, error) {
	var answer struct {
		Members map[string]json.RawMessage `json:"taskDefinition"`
		Tags    json.RawMessage            `json:"tags"`
	}
	var last error
	err := wait.PollUntilContextTimeout(a.ctx, 20*time.Millisecond, ground.Deadline, true, func(ctx context.Context) (bool, error) {
		var content []byte
		if content, last = a.Pipeline.Raw(ctx, "RegisterTaskDefinition", body); last != nil {
			if strings.Contains(last.Error(), "Too many concurrent attempts") {
				return false, nil
			}
			return false, last
		}
		return true, json.Unmarshal(content, &answer)
	})
	if err != nil {
		err = errors.Join(err, last)
	}
	return ground.Revision{Members: answer.Members, Tags: answer.Tags}, err
}

func (a *account) mustRegister(body string) {
	a.Helper()
	_, err := a.register(body)
	a.must(err)
}

func arnOf(r ground.Revision) string { return r.Text("taskDefinitionArn") }

// judgedFamily is what the controller answers for in a family.
type judgedFamily struct {
	Role, Content string // of the newest ACTIVE revision
	Faults        []string
}

// expectedFamily has what the pipeline registered last, with the TaskRole's role
// while there is one, and else with what the pipeline said.
func (l *life) expectedFamily() judgedFamily {
	newest := l.shipped[len(l.shipped)-1]
	out := judgedFamily{Role: newest.Text("taskRoleArn"), Content: newest.Content()}
	if l.state == alive {
		out.Role = l.arn()
	}
	return out
}

func (l *life) foundFamily() (judgedFamily, error) {
	var out judgedFamily
	newest, err := l.Pipeline.Describe(l.ctx, l.family())
	if err != nil {
		return out, err
	}
	out.Role, out.Content = newest.Text("taskRoleArn"), newest.Content()
	if l.state == retained {
		// It was let go of as it was at that moment.
		out.Role = l.expectedFamily().Role
	}
	arns, err := l.Pipeline.Active(l.ctx, l.family())
	if err != nil {
		return out, err
	}
	copies, restored := map[string]int{}, map[string]int{} // by content
	for _, r := range l.shipped {
		if !slices.Contains(arns, arnOf(r)) {
			out.Faults = append(out.Faults, "the pipeline's "+arnOf(r)+" is not ACTIVE")
		}
	}
	for _, arn := range arns {
		if slices.ContainsFunc(l.shipped, func(r ground.Revision) bool { return arnOf(r) == arn }) {
			continue
		}
		r, err := l.Pipeline.Describe(l.ctx, arn)
		if err != nil {
			return out, err
		}
		if r.Text("taskRoleArn") == l.arn() {
			copies[r.Content()]++
		} else {
			restored[r.Content()]++
			out.Faults = append(out.Faults, l.notOfThePipeline(r)...)
		}
	}
	out.Faults = append(out.Faults, l.copiesFaults(copies, restored)...)
	slices.Sort(out.Faults)
	return out, nil
}

// notOfThePipeline complains of a revision, registered by a deletion, that has a
// role which no revision of the pipeline with that content had.
func (l *life) notOfThePipeline(r ground.Revision) []string {
	for _, s := range l.shipped {
		if s.Content() == r.Content() && s.Text("taskRoleArn") == r.Text("taskRoleArn") {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s has role %q, which the pipeline did not give to that content", arnOf(r), r.Text("taskRoleArn"))}
}

// copiesFaults: there is a copy at most of each foreign revision; such are the
// pipeline's, whose contents all differ, and those that deletions registered.
func (l *life) copiesFaults(copies, restored map[string]int) []string {
	var out []string
	for content, n := range copies {
		if n > 1+restored[content] {
			out = append(out, fmt.Sprintf("%d ACTIVE copies, and %d back with another role, of %s", n, restored[content], content))
		}
		if !slices.ContainsFunc(l.shipped, func(r ground.Revision) bool { return r.Content() == content }) {
			out = append(out, "an ACTIVE copy of what the pipeline does not have: "+content)
		}
	}
	for content, n := range restored {
		if n > l.deletions {
			out = append(out, fmt.Sprintf("%d times back with another role after %d deletions: %s", n, l.deletions, content))
		}
	}
	return out
}
