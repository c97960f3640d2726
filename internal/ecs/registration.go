package ecs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// answer is what DescribeTaskDefinition and RegisterTaskDefinition answer, with
// the members of the task definition as they are.
type answer struct {
	TaskDefinition map[string]json.RawMessage `json:"taskDefinition"`
	Tags           []json.RawMessage          `json:"tags"`
}

// Members of a task definition that RegisterTaskDefinition does not take (API
// reference: TaskDefinition against RegisterTaskDefinition).
var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

const (
	memberRole = "taskRoleArn"
	memberTags = "tags"
)

// registrationOf turns an answer into what registers the same again, but for
// the role. Tags that AWS set (aws:) cannot be sent, nor can an empty list.
func registrationOf(body []byte) (map[string]json.RawMessage, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("task definition: %w", err)
	}
	if a.TaskDefinition == nil {
		return nil, fmt.Errorf("task definition: the answer holds none")
	}
	registration := a.TaskDefinition
	delete(registration, memberRole)
	for _, member := range outputOnly {
		delete(registration, member)
	}
	tags, err := ownTags(a.tags())
	if err != nil {
		return nil, err
	}
	delete(registration, memberTags)
	if len(tags) > 0 {
		if registration[memberTags], err = encode(tags); err != nil {
			return nil, err
		}
	}
	return registration, nil
}

// tags stand beside the task definition; some emulators put them inside. A list
// that cannot be read is none: what AWS answers can.
func (a answer) tags() []json.RawMessage {
	inside := a.TaskDefinition[memberTags]
	if a.Tags != nil || inside == nil {
		return a.Tags
	}
	var tags []json.RawMessage
	if err := json.Unmarshal(inside, &tags); err != nil {
		return nil
	}
	return tags
}

func ownTags(tags []json.RawMessage) ([]json.RawMessage, error) {
	var own []json.RawMessage
	for _, raw := range tags {
		var tag struct{ Key string }
		if err := json.Unmarshal(raw, &tag); err != nil {
			return nil, fmt.Errorf("tag of a task definition: %w", err)
		}
		if !strings.HasPrefix(strings.ToLower(tag.Key), "aws:") {
			own = append(own, raw)
		}
	}
	return own, nil
}

// requestOf is the body that registers the registration with the role; an empty
// one is left out, because AWS refuses the empty string.
func requestOf(registration map[string]json.RawMessage, roleARN string) ([]byte, error) {
	members := maps.Clone(registration)
	if roleARN != "" {
		role, err := encode(roleARN)
		if err != nil {
			return nil, err
		}
		members[memberRole] = role
	}
	return encode(members)
}

// encode is json.Marshal, but leaves <, > and & in raw values as they are.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("task definition: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
