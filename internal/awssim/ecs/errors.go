package ecs

import "github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"

// clientError is ECS's catch-all: only the message tells one from another.
func clientError(format string, args ...any) error {
	return wire.Refuse(400, "ClientException", format, args...)
}

// invalidParameter refuses a parameter of an operation on clusters, services and
// tasks; registering a task definition speaks of clientError for the same.
func invalidParameter(format string, args ...any) error {
	return wire.Refuse(400, "InvalidParameterException", format, args...)
}

func refuse(code, message string) error { return wire.Refuse(400, code, "%s", message) }
