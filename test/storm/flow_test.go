package storm

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// flows hands each call that the controller makes on a family to the interleaving
// of that family.
type flows struct {
	mu sync.Mutex
	of map[string]*flow // by account and family
}

func (f *flows) add(one *flow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[string]*flow{}
	}
	f.of[one.account.ID+"/"+one.family] = one
}

// decide is for awssim.Server.Intercept.
func (f *flows) decide(call awssim.Call) awssim.Fault {
	fault := world.weather.Decide(call)
	if !ours(call) || call.Service != "ecs" {
		return fault
	}
	f.mu.Lock()
	one := f.of[call.Caller.Account+"/"+familyOf(call)]
	f.mu.Unlock()
	if one == nil {
		return fault
	}
	return one.took(call, fault)
}

// familyOf is the family that a call is about.
func familyOf(call awssim.Call) string {
	var asked struct{ Family, FamilyPrefix, TaskDefinition string }
	if json.Unmarshal([]byte(call.Parameters), &asked) != nil {
		return ""
	}
	name := asked.TaskDefinition[strings.LastIndex(asked.TaskDefinition, "/")+1:]
	name, _, _ = strings.Cut(name, ":")
	return asked.Family + asked.FamilyPrefix + name
}

// moment is when something of a script happens.
type moment struct {
	operation string // right before or after a call of the controller; empty: by the clock
	after     bool
}

// trap springs at a moment.
type trap struct {
	moment
	spring func() // once
	sprung chan struct{}
}

// set waits for a moment that may never come: what the controller does is its
// own affair.
func (f *flow) set(m moment, do func()) *trap {
	t := &trap{moment: m, sprung: make(chan struct{})}
	t.spring = sync.OnceFunc(func() { do(); close(t.sprung) })
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trap = t
	return t
}

// took notes a call of the controller on the family, and springs the trap.
func (f *flow) took(call awssim.Call, fault awssim.Fault) awssim.Fault {
	f.mu.Lock()
	t := f.trap
	if t != nil && t.operation == call.Operation {
		f.trap = nil
	} else {
		t = nil
	}
	if call.Operation == "DeregisterTaskDefinition" {
		var asked struct{ TaskDefinition string }
		if json.Unmarshal([]byte(call.Parameters), &asked) == nil {
			f.withdrawn = append(f.withdrawn, asked.TaskDefinition)
		}
	}
	f.mu.Unlock()
	switch {
	case t == nil:
	case t.after && !fault.DropBefore && fault.Refuse == nil:
		fault.After = t.spring
	default:
		t.spring()
	}
	return fault
}
