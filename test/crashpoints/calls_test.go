package crashpoints

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// switchboard hands each call that a manager makes to the stage for which it
// makes it.
type switchboard struct {
	mu     sync.Mutex
	stages map[string]*calls // by account
}

func (s *switchboard) connect(c *calls, accounts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stages == nil {
		s.stages = map[string]*calls{}
	}
	for _, account := range accounts {
		s.stages[account] = c
	}
}

func (s *switchboard) decide(call awssim.Call) awssim.Fault {
	s.mu.Lock()
	c := s.stages[call.Caller.Account]
	s.mu.Unlock()
	if c == nil || !managers(call) {
		return awssim.Fault{}
	}
	return c.take(call)
}

// managers says whether a manager made the call.
func managers(call awssim.Call) bool {
	return strings.Contains(call.Caller.ARN, ":assumed-role/"+controller+"/")
}

// calls are what managers call for one stage.
type calls struct {
	mu   sync.Mutex
	made []awssim.Call // in the order in which they arrived
	from int           // where those of the scenario begin
	// racing happens once, right before the first registration of the scenario.
	racing func()
	strike *strike
}

// strike is what happens at one call.
type strike struct {
	at     int // the number of the call, from 1
	side   side
	kill   func()
	struck chan struct{} // closed when the manager is dead
	resume chan struct{} // close it for the effect of a late call
	number int           // of the call among all of the stage, from 1
}

type side string

const (
	before side = "before"
	after  side = "after"
	late   side = "late"
)

// begin says that the scenario begins, and what happens in it.
func (c *calls) begin(racing func(), s *strike) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.racing, c.strike = len(c.made), racing, s
}

func (c *calls) take(call awssim.Call) awssim.Fault {
	c.mu.Lock()
	c.made = append(c.made, call)
	n := len(c.made)
	var racing func()
	if call.Operation == "RegisterTaskDefinition" {
		racing, c.racing = c.racing, nil
	}
	s, number := c.strike, n-c.from
	c.mu.Unlock()
	if racing != nil {
		racing()
	}
	if s == nil || number != s.at {
		return awssim.Fault{}
	}
	s.number = n
	s.kill()
	close(s.struck)
	switch s.side {
	case before:
		return awssim.Fault{DropBefore: true}
	case late:
		<-s.resume
	}
	return awssim.Fault{}
}

// all are the calls of the scenario so far.
func (c *calls) all() []awssim.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]awssim.Call(nil), c.made[c.from:]...)
}

// count is how many calls since the n-th are of the operation.
func (c *calls) count(operation string, n int) int {
	found := 0
	for _, call := range c.all()[n:] {
		if call.Operation == operation {
			found++
		}
	}
	return found
}

// writes name the calls since the n-th that change something.
func (c *calls) writes(n int) []string {
	var out []string
	for _, call := range c.all()[n:] {
		if call.Write {
			out = append(out, call.Operation)
		}
	}
	return out
}

// taken complains until the call of the strike has taken effect, or none.
func (c *calls) taken() error {
	c.mu.Lock()
	struck := c.made[c.strike.number-1]
	c.mu.Unlock()
	for _, call := range world.AWS.Calls() {
		if call.At.Equal(struck.At) && call.Operation == struck.Operation && call.Caller == struck.Caller {
			return nil
		}
	}
	return errors.New("the call is still held")
}

// around prints the calls around the n-th of the scenario.
func (c *calls) around(n int) string {
	var out strings.Builder
	all := c.all()
	for i := max(0, n-6); i < min(len(all), n+24); i++ {
		mark := "  "
		if i == n-1 {
			mark = "->"
		}
		fmt.Fprintf(&out, "%s %3d %s:%s\n", mark, i+1, all[i].Service, all[i].Operation)
	}
	return out.String()
}

// dead says whether the strike has killed the manager.
func (c *calls) dead() bool {
	c.mu.Lock()
	s := c.strike
	c.mu.Unlock()
	if s == nil {
		return false
	}
	select {
	case <-s.struck:
		return true
	default:
		return false
	}
}
