package aws

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Failure is what is known of an error: its class, what was called, and AWS's
// own code and message. It is an error itself, and comparable.
type Failure struct {
	Class     Class
	Service   string // such as IAM; empty where no call was made
	Operation string // such as CreateRole
	Code      string // AWS's own, such as EntityAlreadyExists; empty where AWS did not answer
	Message   string // for people
}

// Error is "SERVICE OPERATION: CODE: MESSAGE", without what is not known.
func (f Failure) Error() string {
	var parts []string
	if call := strings.TrimSpace(f.Service + " " + f.Operation); call != "" {
		parts = append(parts, call)
	}
	if f.Code != "" {
		parts = append(parts, f.Code)
	}
	if f.Message != "" {
		parts = append(parts, f.Message)
	}
	return strings.Join(parts, ": ")
}

// Explain tells what an error of this package, or of the rooms that call AWS,
// is. The code that AWS gave is never lost. A nil error is the zero Failure.
func Explain(err error) Failure {
	if err == nil {
		return Failure{}
	}
	if f, ok := errors.AsType[Failure](err); ok {
		return f
	}
	if wrong, ok := errors.AsType[*WrongAccountError](err); ok {
		return Failure{Class: Denied, Service: "STS", Operation: "GetCallerIdentity", Code: "WrongAccount", Message: wrong.Error()}
	}
	if missing, ok := errors.AsType[*MissingExternalIDError](err); ok {
		return Failure{Class: Invalid, Message: missing.Error()}
	}
	f := operation(err)
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		f.Code, f.Message = api.ErrorCode(), api.ErrorMessage()
		f.Class = classOf(f.Code, f.Message, status(err))
		return f
	}
	f.Class = unanswered(err)
	return f
}

// Reads says whether an operation changes nothing, by its name: those of IAM, ECS
// and STS are named so.
func Reads(operation string) bool {
	return strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Describe") ||
		strings.HasPrefix(operation, "AssumeRole")
}

// operation names the innermost call that failed: where credentials cannot be
// had, that is AssumeRole, not the call that needed them.
func operation(err error) Failure {
	f := Failure{Message: err.Error()}
	for {
		op, found := errors.AsType[*smithy.OperationError](err)
		if !found {
			return f
		}
		err = op.Err
		f.Service, f.Operation, f.Message = op.ServiceID, op.OperationName, err.Error()
	}
}

// unanswered is the class of an error for which AWS gave no code.
func unanswered(err error) Class {
	if code := status(err); code != 0 {
		return classOfStatus(code)
	}
	var invalid smithy.InvalidParamsError
	_, network := errors.AsType[net.Error](err)
	_, sending := errors.AsType[*smithyhttp.RequestSendError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.As(err, &invalid):
		return Invalid
	case network || sending: // a deadline that passed is a net.Error, too
		return Unavailable
	default:
		return Unknown
	}
}

// status is the HTTP status of the answer; 0: there was none.
func status(err error) int {
	response, found := errors.AsType[*smithyhttp.ResponseError](err)
	if !found {
		return 0
	}
	return response.HTTPStatusCode()
}

func classOfStatus(status int) Class {
	switch {
	case status == http.StatusTooManyRequests:
		return Throttled
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Denied
	case status == http.StatusNotFound:
		return NotFound
	case status >= http.StatusInternalServerError:
		return Unavailable
	default:
		return Unknown
	}
}
