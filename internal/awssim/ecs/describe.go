package ecs

import "slices"

func (c *call) describeTaskDefinition() (object, error) {
	v, err := c.described(text(c.in, "taskDefinition"))
	if err != nil {
		return nil, err
	}
	out := object{"taskDefinition": v.definition}
	if c.includes("TAGS") {
		out["tags"] = tagList(c.tags[v.arn])
	}
	return out, nil
}

// includes says whether the caller asked for what AWS leaves out by itself.
func (c *call) includes(field string) bool { return slices.Contains(texts(c.in, "include"), field) }

// deregisterTaskDefinition makes a revision INACTIVE, "immediately", and again if
// it is so already.
func (c *call) deregisterTaskDefinition() (object, error) {
	name := text(c.in, "taskDefinition")
	ref, err := c.parse(name)
	switch {
	case err != nil:
		return nil, err
	case name != "" && ref.number == 0:
		return nil, clientError("Revision is missing.")
	}
	v, err := c.described(name)
	if err != nil {
		return nil, err
	}
	switch v.status {
	case statusDeleteInProgress:
		return nil, clientError("The task definition could not be deregistered because it is in the process of being deleted.")
	case statusActive:
		v.setStatus(statusInactive)
		v.deregistered, c.families[v.family].changed = c.now, c.now
		v.definition["deregisteredAt"] = timestamp(c.now)
	}
	return object{"taskDefinition": v.definition}, nil
}

func (v *revision) setStatus(status string) {
	v.status = status
	v.definition["status"] = status
}

// maxDeletions: "You can specify up to 10 task definitions" (DeleteTaskDefinitions).
const maxDeletions = 10

func (c *call) deleteTaskDefinitions() (object, error) {
	names := texts(c.in, "taskDefinitions")
	if len(names) == 0 || len(names) > maxDeletions {
		return nil, invalidParameter("The list of task definitions must have 1 to %d entries.", maxDeletions)
	}
	deleted, failures := []any{}, []any{}
	for _, name := range names {
		v, reason := c.deletable(name)
		if reason != "" {
			failures = append(failures, object{"arn": name, "reason": reason})
			continue
		}
		if v.status == statusInactive {
			v.setStatus(statusDeleteInProgress)
			v.deletion, c.families[v.family].changed = c.now, c.now
			v.definition["deleteRequestedAt"] = timestamp(c.now)
		}
		deleted = append(deleted, v.definition)
	}
	return object{"taskDefinitions": deleted, "failures": failures}, nil
}

func (c *call) deletable(name string) (v *revision, reason string) {
	ref, err := c.parse(name)
	if err != nil || ref.number == 0 {
		return nil, "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
	}
	if v, err = c.find(name); err != nil || v == nil {
		return nil, "The specified task definition does not exist. Specify a valid account, family, revision and try again."
	}
	if v.status == statusActive {
		return nil, "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
	}
	return v, ""
}
