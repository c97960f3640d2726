package awssim

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// protocol is how a service reads requests and writes answers.
type protocol interface {
	operation(r *http.Request, body []byte) (string, *wire.Error)
	do(caller wire.Caller, operation string, body []byte) (any, *wire.Error)
	answer(w http.ResponseWriter, operation string, value any)
	refuse(w http.ResponseWriter, err *wire.Error)
	unknownKey() *wire.Error
	expired() *wire.Error
}

// maxBody is more than any operation here takes: a policy document may have
// 131,072 characters before IAM looks at its quota.
const maxBody = 1 << 20

// ServeHTTP takes one request of any service.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.running.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	w.Header().Set("X-Amzn-Requestid", uuid.NewString())
	call, door, refusal := s.admit(r, body)
	fault := s.fault(call)
	if !s.wait(r, fault.Delay) {
		panic(http.ErrAbortHandler)
	}
	var value any
	switch {
	case refusal != nil:
	case fault.DropBefore:
		s.log(call, &wire.Error{Code: Dropped})
		// How net/http cuts a connection.
		panic(http.ErrAbortHandler)
	case fault.Refuse != nil:
		refusal = fault.Refuse
	default:
		if refusal = s.buckets.take(call); refusal == nil {
			value, refusal = door.do(call.Caller, call.Operation, body)
		}
	}
	s.log(call, refusal)
	switch {
	case fault.DropAfter:
		panic(http.ErrAbortHandler)
	case refusal != nil:
		door.refuse(w, refusal)
	default:
		door.answer(w, call.Operation, value)
	}
}

// enter counts a request in, unless the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return false
	}
	s.running.Add(1)
	return true
}

// admit tells which service and operation a request is for and who sends it.
func (s *Server) admit(r *http.Request, body []byte) (Call, protocol, *wire.Error) {
	call := Call{Parameters: string(body), At: s.options.Now()}
	sign, refusal := readSignature(r)
	door, found := s.doors[sign.service]
	if !found {
		// Which service was meant is unknown. Any wording will do: AWS has no
		// endpoint of which that could be said.
		door = s.doors["iam"]
		if refusal == nil {
			refusal = wire.Refuse(http.StatusForbidden, "SignatureDoesNotMatch",
				"Credential should be scoped to a service that is simulated, not %s.", sign.service)
		}
	}
	call.Service = sign.service
	operation, unknown := door.operation(r, body)
	call.Operation, call.Write = operation, writes(call.Service, operation)
	if refusal == nil {
		call.Caller, refusal = s.keys.authenticate(r, body, sign, door)
	}
	if refusal == nil {
		refusal = unknown
	}
	return call, door, refusal
}

// wait holds a request until the delay is over. It says false if nobody waits
// for the answer any more.
func (s *Server) wait(r *http.Request, delay time.Duration) bool {
	if delay <= 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closed:
		return false
	}
}

// refused makes a service's error one that can be answered. Anything but a
// wire.Error is a fault of the simulator.
func refused(err error) *wire.Error {
	var refusal *wire.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return refusal
	default:
		return wire.Refuse(http.StatusInternalServerError, "InternalFailure", "the simulator failed: %v", err)
	}
}
