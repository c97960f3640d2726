package storm

import (
	"encoding/json"
	"strings"
	"sync"
	"time"

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

// whose is the interleaving that a call of the controller is about; nil: none.
func (f *flows) whose(call awssim.Call) *flow {
	if call.Service != "ecs" || !ours(call) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.of[call.Caller.Account+"/"+familyOf(call)]
}

// decide is for awssim.Server.Intercept.
func (f *flows) decide(call awssim.Call) awssim.Fault {
	one := f.whose(call)
	if one == nil {
		return world.weather.Decide(call)
	}
	fault := awssim.Fault{}
	if !one.calm.Load() {
		fault = world.weather.Decide(call)
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

// moment is right before or after a call of the controller.
type moment struct {
	operation string
	after     bool
}

func (m moment) String() string {
	if m.after {
		return "after " + m.operation
	}
	return "before " + m.operation
}

// trap springs at a moment.
type trap struct {
	moment
	do     func()
	once   sync.Once
	caught bool // by the moment, not by the clock
	sprung chan struct{}
}

// spring does what the trap is for, once.
func (f *flow) spring(t *trap, caught bool) {
	t.once.Do(func() {
		f.acting.Lock()
		defer f.acting.Unlock()
		t.caught = caught
		t.do()
		close(t.sprung)
	})
}

// took notes a call of the controller on the family, and springs the first of the
// traps, if this is its moment. The next one is set by that.
func (f *flow) took(call awssim.Call, fault awssim.Fault) awssim.Fault {
	f.mu.Lock()
	var t *trap
	if len(f.traps) > 0 && f.traps[0].operation == call.Operation {
		t, f.traps = f.traps[0], f.traps[1:]
	}
	if call.Write {
		f.writes++
	}
	// Looks in quick succession are one: what lags behind does so in all of them.
	now := time.Now()
	if call.Operation == "ListTaskDefinitions" && fault.Refuse == nil && !fault.DropBefore && now.Sub(f.looked) > resync/2 {
		f.looks, f.looked = f.looks+1, now
	}
	f.mu.Unlock()
	switch {
	case t == nil:
	case t.after && fault.Refuse == nil && !fault.DropBefore:
		fault.After = func() { f.spring(t, true) }
	default:
		f.spring(t, true)
	}
	return fault
}

// set has the traps spring one after the other. What the controller does is its own
// affair: a moment may never come.
func (f *flow) set(traps []*trap) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.traps = traps
}

// seen is how often the controller looked at the family, and how often it wrote.
func (f *flow) seen() (looks, writes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.looks, f.writes
}
