package ecs

import (
	"fmt"
)

// outputOnly are the members of a TaskDefinition that AWS alone writes: in a
// request they are unknown, and ignored.
var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

func (c *call) registerTaskDefinition() (object, error) {
	definition := clone(c.in)
	delete(definition, "tags")
	for _, member := range outputOnly {
		delete(definition, member)
	}
	if err := validateDefinition(c, definition); err != nil {
		return nil, err
	}
	tags, err := c.newTags(clientError)
	if err != nil {
		return nil, err
	}
	if c.service.concurrently > 0 {
		c.service.concurrently--
		return nil, clientError("Too many concurrent attempts to create a new revision of the specified family.")
	}

	v := c.add(definition)
	out := object{"taskDefinition": v.definition}
	if len(tags) > 0 {
		c.tags[v.arn] = tags
		out["tags"] = tagList(tags)
	}
	return out, nil
}

// add gives the definition its number, and the members that AWS adds.
func (c *call) add(definition object) *revision {
	name := text(definition, "family")
	f := c.families[name]
	if f == nil {
		f = &family{}
		c.families[name] = f
	}
	f.last++
	f.changed = c.now
	v := &revision{
		family:     name,
		number:     f.last,
		arn:        fmt.Sprintf("%stask-definition/%s:%d", c.prefix, name, f.last),
		status:     statusActive,
		registered: c.now,
		definition: definition,
	}
	f.revisions = append(f.revisions, v)

	normalize(definition)
	definition["taskDefinitionArn"] = v.arn
	definition["revision"] = v.number
	definition["status"] = v.status
	definition["registeredAt"] = timestamp(c.now)
	if !c.service.options.NoRegisteredBy {
		definition["registeredBy"] = c.ARN
	}
	definition["compatibilities"] = array(compatibilities(definition))
	if attributes := requiredAttributes(definition); len(attributes) > 0 {
		definition["requiresAttributes"] = attributes
	}
	return v
}
