package awssim

import (
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Dropped is the code of a call whose connection was cut before its effect.
const Dropped = "Dropped"

// Call is one request as the simulator took it.
type Call struct {
	Service    string // iam, sts or ecs
	Operation  string // such as CreateRole
	Caller     wire.Caller
	Code       string // of the refusal; empty when it succeeded
	Write      bool   // whether the operation changes anything when it succeeds
	Parameters string // the raw body
	At         time.Time
	// Asked is what the call needs leave for, each with its whole context: a policy
	// lets the call pass if policy.Policies.Evaluate allows each. It is empty where
	// nobody needs leave (sts:GetCallerIdentity) and where the request was malformed.
	Asked []policy.Request
	// Lost says that the effect happened and the caller was not told so.
	Lost bool
}

// Fault is what goes wrong with a call. The zero value is nothing.
type Fault struct {
	Refuse      *wire.Error   // answered instead of the effect
	RefuseAfter *wire.Error   // the effect happens, then this is answered if it succeeded
	DropAfter   bool          // the effect happens, then the connection is cut without an answer
	DropBefore  bool          // the connection is cut, no effect happens
	Delay       time.Duration // before the effect
	// Hang is how long a connection stays silent before it is cut: a caller with less
	// patience sees a timeout. With DropBefore or DropAfter only.
	Hang time.Duration
	// After is called when the call has been decided, and its effect has happened,
	// but nobody has been told: there a caller can be killed.
	After func()
	// Reset cuts the connection by a TCP reset rather than by closing it. With
	// DropBefore or DropAfter only.
	Reset bool
}

// Calls returns every request so far in the order in which they took effect,
// refused ones too.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// ForgetCalls empties the log.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// Intercept has decide asked for a fault before each call takes effect; nil ends
// that. It is called from many goroutines at once.
func (s *Server) Intercept(decide func(Call) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = decide
}

func (s *Server) fault(call Call) Fault {
	s.mu.Lock()
	decide := s.decide
	s.mu.Unlock()
	if decide == nil {
		return Fault{}
	}
	return decide(call)
}

func (s *Server) log(call Call, err *wire.Error) {
	if err != nil {
		call.Code = err.Code
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

// writes says whether an operation changes anything. Assuming a role is a read
// here: it leaves nothing behind that a test would have to account for.
func writes(service, operation string) bool {
	switch service {
	case "iam":
		return !strings.HasPrefix(operation, "Get") && !strings.HasPrefix(operation, "List")
	case "ecs":
		return ecs.Writes(operation)
	default:
		return false
	}
}
