package ecs

import (
	"regexp"
	"slices"
	"strings"
)

type tag struct{ key, value string }

// Limits of tags on anything in ECS, from Tag in the Amazon ECS API Reference.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

var tagCharacters = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func tagList(tags []tag) []any {
	out := make([]any, 0, len(tags))
	for _, t := range tags {
		out = append(out, object{"key": t.key, "value": t.value})
	}
	return out
}

// newTags reads the tags that something is created with. refuse makes the error of
// the operation's kind.
func (c *call) newTags(refuse func(string, ...any) error) ([]tag, error) {
	if !has(c.in, "tags") {
		return nil, nil
	}
	return readTags(c.in, refuse)
}

func readTags(in object, refuse func(string, ...any) error) ([]tag, error) {
	given := objects(in, "tags")
	switch {
	case len(given) == 0:
		return nil, refuse("Tags can not be empty.")
	case len(given) > maxTags:
		return nil, refuse("The number of tags exceeds the limit of %d.", maxTags)
	}
	var tags []tag
	for _, o := range given {
		t := tag{text(o, "key"), text(o, "value")}
		switch {
		case t.key == "" || len([]rune(t.key)) > maxTagKey:
			return nil, refuse("A tag's key must have 1 to %d characters.", maxTagKey)
		case len([]rune(t.value)) > maxTagValue:
			return nil, refuse("A tag's value must have at most %d characters.", maxTagValue)
		case strings.HasPrefix(strings.ToLower(t.key), "aws:"):
			return nil, refuse("Tag keys starting with 'aws:' are reserved for internal use: '%s'.", t.key)
		case !tagCharacters.MatchString(t.key) || !tagCharacters.MatchString(t.value):
			return nil, refuse("The tag '%s' contains invalid characters.", t.key)
		case slices.ContainsFunc(tags, func(other tag) bool { return other.key == t.key }):
			return nil, refuse("Duplicate tag key '%s'.", t.key)
		}
		tags = append(tags, t)
	}
	return tags, nil
}

func (c *call) tagResource() (object, error) {
	arn, err := c.tagged()
	if err != nil {
		return nil, err
	}
	added, err := readTags(c.in, invalidParameter)
	if err != nil {
		return nil, err
	}
	tags := slices.Clone(c.tags[arn])
	for _, t := range added {
		if i := slices.IndexFunc(tags, func(old tag) bool { return old.key == t.key }); i >= 0 {
			tags[i] = t
		} else {
			tags = append(tags, t)
		}
	}
	if len(tags) > maxTags {
		return nil, invalidParameter("The number of tags exceeds the limit of %d.", maxTags)
	}
	c.tags[arn] = tags
	return object{}, nil
}

func (c *call) untagResource() (object, error) {
	arn, err := c.tagged()
	if err != nil {
		return nil, err
	}
	keys := texts(c.in, "tagKeys")
	if len(keys) == 0 {
		return nil, invalidParameter("Tag keys can not be empty.")
	}
	c.tags[arn] = slices.DeleteFunc(slices.Clone(c.tags[arn]), func(t tag) bool { return slices.Contains(keys, t.key) })
	return object{}, nil
}

func (c *call) listTagsForResource() (object, error) {
	arn, err := c.tagged()
	if err != nil {
		return nil, err
	}
	return object{"tags": tagList(c.tags[arn])}, nil
}

// tagged is the ARN of the resource that the tags are of: a task definition,
// cluster, service or task that exists.
func (c *call) tagged() (string, error) {
	arn := text(c.in, "resourceArn")
	rest, ok := strings.CutPrefix(arn, c.prefix)
	kind, name, _ := strings.Cut(rest, "/")
	if !ok || name == "" {
		return "", invalidParameter("The specified resource ARN is invalid. Specify a valid ARN and try again.")
	}
	exists := false
	switch kind {
	case "task-definition":
		ref, err := c.parse(arn)
		if err != nil || ref.number == 0 {
			return "", invalidParameter("The specified resource ARN is invalid. Specify a valid ARN and try again.")
		}
		v, err := c.find(arn)
		exists = err == nil && v != nil
	case "cluster":
		cl := c.clusters[name]
		if cl == nil {
			return "", refuse("ClusterNotFoundException", "Cluster not found.")
		}
		exists = cl.status == statusActive
	case "service", "task", "container-instance":
		for _, cl := range c.clusters {
			exists = exists || cl.holds(arn)
		}
	}
	if !exists {
		return "", invalidParameter("The specified %s is inactive. Specify an active %s and try again.",
			strings.ReplaceAll(kind, "-", " "), strings.ReplaceAll(kind, "-", " "))
	}
	return arn, nil
}
