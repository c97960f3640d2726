// Package wire holds the words that the simulator's front door and its services
// share: who calls, and how a service refuses.
package wire

import "fmt"

// Caller is the identity behind a request, and where the request went.
type Caller struct {
	Partition string // aws, aws-cn or aws-us-gov
	Account   string // 12 digits
	Region    string // of the request's signature, such as us-west-2
	ARN       string // of the user or assumed-role session
	UserID    string // AIDA..., or AROA...:session
	// PrincipalARN is what aws:PrincipalArn holds: the ARN of the user, or of the
	// role behind the session.
	PrincipalARN string
}

// Error is AWS's refusal of a request.
type Error struct {
	Code    string // as ErrorCode() of the SDK gives it, such as NoSuchEntity
	Status  int    // of HTTP
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }

// Refuse makes an Error with a formatted message.
func Refuse(status int, code, format string, args ...any) *Error {
	return &Error{Code: code, Status: status, Message: fmt.Sprintf(format, args...)}
}
