package ecs

import (
	"regexp"
	"strconv"
	"strings"
)

// namePattern is a family's, cluster's or service's name: "Up to 255 letters
// (uppercase and lowercase), numbers, underscores, and hyphens are allowed"
// (RegisterTaskDefinition, CreateCluster, CreateService).
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// reference is a task definition as callers name it: family, family:revision, or
// either as an ARN.
type reference struct {
	family string
	number int // 0: none, which is the newest ACTIVE revision
}

// parse reads a reference. One that is an ARN of elsewhere names nothing here: its
// family comes back empty.
func (r *region) parse(s string) (reference, error) {
	if strings.HasPrefix(s, "arn:") {
		rest, ok := strings.CutPrefix(s, r.prefix+"task-definition/")
		if !ok {
			return reference{}, nil
		}
		s = rest
	}
	name, digits, numbered := strings.Cut(s, ":")
	ref := reference{family: name}
	if numbered {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 {
			return reference{}, invalidParameter("Invalid revision number. Number: %s", digits)
		}
		ref.number = n
	}
	return ref, nil
}

// find is the revision that a reference names, nil when there is none.
func (r *region) find(s string) (*revision, error) {
	ref, err := r.parse(s)
	if err != nil {
		return nil, err
	}
	f := r.families[ref.family]
	switch {
	case f == nil:
		return nil, nil
	case ref.number == 0:
		return f.newest(), nil
	}
	return f.numbered(ref.number), nil
}

// described is the revision that an operation on task definitions is about.
func (r *region) described(s string) (*revision, error) {
	if s == "" {
		return nil, clientError("TaskDefinition can not be blank.")
	}
	v, err := r.find(s)
	if err == nil && v == nil {
		err = clientError("Unable to describe task definition.")
	}
	return v, err
}

// launchable is the revision that a new task or service would stand on. Services
// say ClientException and RunTask InvalidParameterException of one that is not
// ACTIVE: inactive makes the error.
func (r *region) launchable(s string, inactive func(string, ...any) error) (*revision, error) {
	v, err := r.find(s)
	switch {
	case err != nil:
		return nil, err
	case v == nil:
		return nil, clientError("TaskDefinition not found.")
	case v.status != statusActive:
		return nil, inactive("TaskDefinition is inactive")
	}
	return v, nil
}
