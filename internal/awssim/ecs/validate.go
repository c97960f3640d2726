package ecs

import (
	"regexp"
	"slices"
	"strings"
)

// Quotas of a task definition, from "Amazon ECS service quotas" in the developer
// guide.
const (
	maxContainers     = 10
	maxDefinitionSize = 64 * 1024 // bytes of JSON
)

// roleName is the short name of a role, which RegisterTaskDefinition takes as well
// as an ARN ("The short name or full Amazon Resource Name (ARN) of the IAM role").
var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// rules are the checks of a registration, in the order in which they are made.
var rules = []func(*call, object) error{
	validFamily,
	validContainerList,
	validEnumerations,
	validRoles,
	validTaskSize,
	inContext(validContainers),
	inContext(validVolumes),
	inContext(validDependencies),
	func(_ *call, d object) error {
		if fargate(d) {
			return validFargate(d)
		}
		return nil
	},
	validStorage,
	validLength,
}

// inContext makes a rule of a check that looks at the definition alone.
func inContext(check func(object) error) func(*call, object) error {
	return func(_ *call, d object) error { return check(d) }
}

func validateDefinition(c *call, definition object) error {
	for _, rule := range rules {
		if err := rule(c, definition); err != nil {
			return err
		}
	}
	return nil
}

func validFamily(_ *call, d object) error {
	name := text(d, "family")
	switch {
	case name == "":
		return clientError("Family can not be blank.")
	case len(name) > 255:
		return clientError("Family can not be longer than 255 characters.")
	case !namePattern.MatchString(name):
		return clientError("Family contains invalid characters.")
	}
	return nil
}

func validContainerList(_ *call, d object) error {
	switch n := len(list(d, "containerDefinitions")); {
	case n == 0:
		return clientError("Container list cannot be empty.")
	case n > maxContainers:
		return clientError("A task definition can have at most %d container definitions.", maxContainers)
	}
	return nil
}

// validRoles refuses what is no role of this account. Whether the role exists is
// not asked: AWS finds out when a task starts.
func validRoles(c *call, d object) error {
	for _, key := range []string{"taskRoleArn", "executionRoleArn"} {
		if !has(d, key) {
			continue
		}
		role := text(d, key)
		name, isARN := strings.CutPrefix(role, "arn:"+c.Partition+":iam::"+c.Account+":role/")
		if isARN {
			name = name[strings.LastIndex(name, "/")+1:] // without its path
		}
		if !roleName.MatchString(name) {
			return clientError("Role is not valid")
		}
	}
	for _, container := range objects(d, "containerDefinitions") {
		if len(list(container, "secrets")) > 0 && !has(d, "executionRoleArn") {
			return clientError("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
		}
	}
	return nil
}

func validTaskSize(_ *call, d object) error {
	for _, key := range []string{"cpu", "memory"} {
		if _, ok := taskSize(key, text(d, key)); has(d, key) && !ok {
			return clientError("Invalid '%s' setting for task. For more information, see the Troubleshooting section "+
				"of the Amazon ECS Developer Guide.", key)
		}
	}
	return nil
}

func validStorage(_ *call, d object) error {
	storage := child(d, "ephemeralStorage")
	if storage == nil {
		return nil
	}
	compatible := texts(d, "requiresCompatibilities")
	if len(compatible) > 0 && !slices.Contains(compatible, "FARGATE") {
		return clientError("Tasks using the EC2 launch type do not support EphemeralStorage.")
	}
	switch size := number(storage, "sizeInGiB"); {
	case size < 21:
		return clientError("EphemeralStorage size should be at least 21.")
	case size > 200:
		return clientError("EphemeralStorage size should be at most 200.")
	}
	return nil
}

func validLength(_ *call, d object) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	if len(body) > maxDefinitionSize {
		return clientError("Actual length: '%d'. Max allowed length is '%d' bytes.", len(body), maxDefinitionSize)
	}
	return nil
}
