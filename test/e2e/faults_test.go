package e2e

import (
	"strings"
	"sync"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// faults hands each call to the test in whose account it is made, so that one
// test's faults never meet another's calls.
type faults struct {
	mu       sync.Mutex
	deciders map[string]func(awssim.Call) awssim.Fault
}

func (f *faults) decide(call awssim.Call) awssim.Fault {
	f.mu.Lock()
	decide := f.deciders[call.Caller.Account]
	f.mu.Unlock()
	if decide == nil {
		return awssim.Fault{}
	}
	return decide(call)
}

func (f *faults) set(account string, decide func(awssim.Call) awssim.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.deciders == nil {
		f.deciders = map[string]func(awssim.Call) awssim.Fault{}
	}
	f.deciders[account] = decide
}

// intercept has decide asked for a fault before each call that the manager makes
// in the stage's account; nil ends that.
func (s *stage) intercept(decide func(awssim.Call) awssim.Fault) {
	if decide == nil {
		world.faults.set(s.account, nil)
		return
	}
	world.faults.set(s.account, func(call awssim.Call) awssim.Fault {
		if !managers(call) {
			return awssim.Fault{}
		}
		return decide(call)
	})
}

// once gives the fault to the first call of the operation, and says by the
// channel's closing that it did.
func once(operation string, fault awssim.Fault) (decide func(awssim.Call) awssim.Fault, done <-chan struct{}) {
	var first sync.Once
	struck := make(chan struct{})
	return func(call awssim.Call) (out awssim.Fault) {
		if call.Operation == operation {
			first.Do(func() { out = fault; close(struck) })
		}
		return out
	}, struck
}

// managers says whether the manager made the call.
func managers(call awssim.Call) bool {
	return strings.Contains(call.Caller.ARN, ":assumed-role/"+controller+"/")
}

// calls are what the manager called in the stage's account since forget.
func (s *stage) calls() []awssim.Call {
	var own []awssim.Call
	for _, call := range world.AWS.Calls()[s.mark:] {
		if call.Caller.Account == s.account && managers(call) {
			own = append(own, call)
		}
	}
	return own
}

// forget lets calls begin anew.
func (s *stage) forget() { s.mark = len(world.AWS.Calls()) }

// writes are the calls that changed something, or tried to.
func (s *stage) writes() []string {
	var out []string
	for _, call := range s.calls() {
		if call.Write {
			out = append(out, call.Operation)
		}
	}
	return out
}

// operations names calls, as SERVICE:OPERATION.
func operations(calls []awssim.Call) []string {
	out := make([]string, 0, len(calls))
	for _, call := range calls {
		name := call.Service + ":" + call.Operation
		if call.Code != "" {
			name += "(" + call.Code + ")"
		}
		out = append(out, name)
	}
	return out
}

func count(calls []awssim.Call, operation string) int {
	n := 0
	for _, call := range calls {
		if call.Operation == operation {
			n++
		}
	}
	return n
}

// noLooks keeps the manager from seeing anything while somebody meddles.
func noLooks(awssim.Call) awssim.Fault { return awssim.Fault{DropBefore: true} }
