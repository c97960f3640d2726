package awssim

import (
	"net/http"
	"slices"
	"sync"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/shape"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// throttled is how a service refuses what is too much (IAM: Common errors; ECS:
// Request throttling for the Amazon ECS API).
func throttled(service string) *wire.Error {
	if service == "ecs" {
		return wire.Refuse(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
	}
	return wire.Refuse(http.StatusBadRequest, "Throttling", "Rate exceeded")
}

// failed is how a service says that the fault is its own (ServiceFailure in IAM's
// model, ServerException in ECS's, InternalFailure of STS's common errors).
func failed(service string) *wire.Error {
	code := map[string]string{"iam": "ServiceFailure", "ecs": "ServerException"}[service]
	if code == "" {
		code = "InternalFailure"
	}
	return wire.Refuse(http.StatusInternalServerError, code,
		"The request processing has failed because of an unknown error, exception or failure.")
}

// unavailable is the common error of a service that is overloaded (IAM and ECS:
// Common errors).
func unavailable() *wire.Error {
	return wire.Refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
}

// conflict is how an operation fails when another request changes the same thing
// at the same time; nil where AWS's model does not know that it can.
func conflict(service, operation string) *wire.Error {
	switch {
	case service == "ecs" && operation == "RegisterTaskDefinition":
		return wire.Refuse(http.StatusBadRequest, "ClientException",
			"Too many concurrent attempts to create a new revision of the specified family.")
	case service == "iam" && knowsConflict(operation):
		return wire.Refuse(http.StatusConflict, "ConcurrentModification",
			"The request was rejected because multiple requests to change this object were submitted simultaneously. "+
				"Wait a few minutes and submit your request again.")
	}
	return nil
}

var iamModel = sync.OnceValue(func() *shape.API { return shape.Load("iam") })

func knowsConflict(operation string) bool {
	return slices.ContainsFunc(iamModel().Operations[operation].Errors, func(m shape.Member) bool {
		return m.Shape == "ConcurrentModificationException"
	})
}

// denied is how a service refuses what no policy allows.
func denied(service, message string) *wire.Error {
	if service == "ecs" {
		return wire.Refuse(http.StatusBadRequest, "AccessDeniedException", "%s", message)
	}
	return wire.Refuse(http.StatusForbidden, "AccessDenied", "%s", message)
}
