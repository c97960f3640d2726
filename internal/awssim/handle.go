package awssim

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// protocol is how a service reads requests and writes answers.
type protocol interface {
	operation(r *http.Request, body []byte) (string, *wire.Error)
	// asks is what the request needs leave for, or why it is malformed.
	asks(caller wire.Caller, operation string, body []byte) ([]access.Ask, *wire.Error)
	// do takes a request that is not malformed.
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
	call, done := s.admit(r, body)
	defer done()
	fault := s.fault(call.Call)
	if !s.wait(r, s.options.Latency+fault.Delay) {
		s.log(call.Call, &wire.Error{Code: Dropped})
		panic(http.ErrAbortHandler)
	}
	if fault.DropBefore && call.stopped == nil {
		s.log(call.Call, &wire.Error{Code: Dropped})
		s.cut(w, r, fault)
	}
	value, refusal := s.take(call, fault)
	call.Lost = refusal == nil && (fault.DropAfter || fault.RefuseAfter != nil)
	s.log(call.Call, refusal)
	if fault.After != nil {
		fault.After()
	}
	switch {
	case fault.DropAfter:
		s.cut(w, r, fault)
	case refusal != nil:
		call.door.refuse(w, refusal)
	case fault.RefuseAfter != nil:
		call.door.refuse(w, fault.RefuseAfter)
	default:
		call.door.answer(w, call.Operation, value)
	}
}

// work is a call on its way.
type work struct {
	Call
	door      protocol
	body      []byte
	stopped   *wire.Error // at the door, before anything can go wrong
	asks      []access.Ask
	malformed *wire.Error
	thing     string // what the write changes; empty where it does not matter
	flight    int
}

// take does what is asked, if nothing speaks against it: in AWS's order the rate,
// the shape of the request, the caller's rights.
func (s *Server) take(w work, fault Fault) (any, *wire.Error) {
	if w.stopped != nil {
		return nil, w.stopped
	}
	if fault.Refuse != nil {
		return nil, fault.Refuse
	}
	if refusal := s.buckets.take(w.Call); refusal != nil {
		return nil, refusal
	}
	if w.malformed != nil {
		return nil, w.malformed
	}
	if refusal := s.authorize(w.Call, w.asks); refusal != nil {
		return nil, refusal
	}
	if w.thing != "" && !s.flights.first(w.thing, w.flight) {
		if refusal := conflict(w.Service, w.Operation); refusal != nil {
			return nil, refusal
		}
	}
	return w.door.do(w.Caller, w.Operation, w.body)
}

// cut ends the connection without an answer, and does not return.
func (s *Server) cut(w http.ResponseWriter, r *http.Request, fault Fault) {
	s.wait(r, fault.Hang)
	if fault.Reset {
		if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, is := connection.(*net.TCPConn); is {
				// Closing without lingering sends a reset.
				_ = tcp.SetLinger(0)
			}
			_ = connection.Close()
		}
	}
	// How net/http cuts a connection.
	panic(http.ErrAbortHandler)
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

// admit takes a request in, until done is called.
func (s *Server) admit(r *http.Request, body []byte) (w work, done func()) {
	w.body = body
	w.Call, w.door, w.stopped = s.recognise(r, body)
	if w.stopped == nil {
		w.asks, w.malformed = w.door.asks(w.Caller, w.Operation, body)
		s.complete(r, &w.Call, w.asks)
	}
	if !s.options.Conflicts || !w.Write || len(w.asks) == 0 {
		return w, func() {}
	}
	w.thing = w.Service + " " + w.asks[0].Resource
	w.flight = s.flights.start(w.thing)
	return w, func() { s.flights.end(w.thing, w.flight) }
}

// recognise tells which service and operation a request is for and who sends it.
func (s *Server) recognise(r *http.Request, body []byte) (Call, protocol, *wire.Error) {
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
