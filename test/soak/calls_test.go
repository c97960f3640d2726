package soak

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// ours says whether the controller made the call.
func ours(call awssim.Call) bool {
	return strings.Contains(call.Caller.ARN, ":assumed-role/"+ground.Controller+"/")
}

// watch stands before the storm, and notes when the manager wrote last.
type watch struct {
	storm *awssim.Storm

	mu   sync.Mutex
	last time.Time
}

func (w *watch) decide(call awssim.Call) awssim.Fault {
	if ours(call) && call.Write {
		w.mu.Lock()
		w.last = time.Now()
		w.mu.Unlock()
	}
	return w.storm.Decide(call)
}

func (w *watch) wrote() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// bill accounts for the calls that managers made.
type bill struct {
	calls, throttled, failed, writes int
	// again are reads that had to be made again because a throttle broke off the
	// look that they were made for.
	again       int
	superfluous []superfluous
	// created and deleted are how often a role was, by its name.
	created, deleted map[string]int
}

// newBill accounts for calls, in the order in which they took effect.
func newBill(calls []awssim.Call) *bill {
	b := &bill{created: map[string]int{}, deleted: map[string]int{}}
	last, reads := map[string]written{}, map[string]*look{}
	for i, c := range calls {
		what := c.Caller.Account + " " + thing(c)
		if ours(c) {
			b.charge(c, reads, what)
		}
		if !c.Write || c.Code != "" {
			continue
		}
		// What somebody wrote is what there is, until the next one writes it.
		slot, saying := says(c)
		if slot == "" {
			continue
		}
		if before := last[slot]; ours(c) && before.saying == saying {
			b.superfluous = append(b.superfluous, superfluous{c, fmt.Sprintf("%s %s, as %s before (lost: %t)", c.Operation, what, c.At.Sub(before.at), before.lost),
				between(calls, before.call, i)})
		}
		if saying == "CreateRole" || saying == "DeleteRole" { // with all that was on it
			maps.DeleteFunc(last, func(other string, _ written) bool { return strings.HasPrefix(other, slot+" ") })
		}
		last[slot] = written{saying, c.At, c.Lost, i}
	}
	return b
}

// written is what was put somewhere.
type written struct {
	saying string
	at     time.Time
	lost   bool // nobody was told
	call   int  // which of all calls it was
}

// superfluous is a write that changed nothing.
type superfluous struct {
	call  awssim.Call
	what  string
	since []string // all calls on the same since it was written before
}

// look is what was read of a thing since the manager wrote on it last.
type look struct {
	answered  map[string]bool
	throttled bool
}

func (b *bill) charge(c awssim.Call, reads map[string]*look, what string) {
	b.calls++
	throttled := c.Code == "Throttling" || c.Code == "ThrottlingException"
	l := reads[what]
	if l == nil || c.Write {
		l = &look{answered: map[string]bool{}}
		reads[what] = l
	}
	key := c.Operation + c.Parameters
	switch {
	case throttled:
		b.throttled++
		l.throttled = true
	case c.Code == awssim.Dropped || strings.HasPrefix(c.Code, "Service") || c.Code == "InternalFailure" || c.Code == "ServerException" || c.Lost:
		b.failed++
	case c.Write:
		b.writes++
	case l.throttled && l.answered[key]:
		b.again++
		l.answered, l.throttled = map[string]bool{key: true}, false
	default:
		l.answered[key] = true
	}
	if c.Code != "" {
		return
	}
	switch c.Operation {
	case "CreateRole":
		b.created[name(c)]++
	case "DeleteRole":
		b.deleted[name(c)]++
	}
}

func name(c awssim.Call) string { return form(c).Get("RoleName") }

func form(c awssim.Call) url.Values {
	values, err := url.ParseQuery(c.Parameters)
	if err != nil || c.Service != "iam" {
		return url.Values{}
	}
	return values
}

// thing is what a call is about: a role, a policy or a family. Who deregisters
// needs leave for all task definitions: of these calls the request says which.
func thing(c awssim.Call) string {
	family, _, _ := strings.Cut(definition(c), ":")
	if family == "" && len(c.Asked) == 0 {
		return c.Service
	}
	if family == "" {
		return c.Asked[0].Resource
	}
	return family
}

// definition is the family or FAMILY:REVISION that a request names; empty: none.
func definition(c awssim.Call) string {
	var task struct{ Family, FamilyPrefix, TaskDefinition string }
	if c.Service != "ecs" || json.Unmarshal([]byte(c.Parameters), &task) != nil {
		return ""
	}
	return cmp.Or(task.Family, task.FamilyPrefix, task.TaskDefinition[strings.LastIndex(task.TaskDefinition, "/")+1:])
}

// says are the place that a write fills, and what it puts there. A write that
// puts there what was put there last is superfluous.
func says(c awssim.Call) (slot, saying string) {
	f, of := form(c), c.Caller.Account+" "+thing(c)
	switch c.Operation {
	case "CreateRole", "DeleteRole":
		return of, c.Operation
	case "UpdateAssumeRolePolicy":
		return of + " trust", printed(meaning(f.Get("PolicyDocument")))
	case "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary":
		return of + " boundary", c.Operation + f.Get("PermissionsBoundary")
	case "TagRole", "UntagRole":
		return of + " tags", c.Operation + sortedForm(f)
	case "AttachRolePolicy", "DetachRolePolicy":
		return of + " " + f.Get("PolicyArn"), c.Operation
	case "CreatePolicy", "CreatePolicyVersion":
		return of, printed(meaning(f.Get("PolicyDocument")))
	case "SetDefaultPolicyVersion", "DeletePolicy":
		return of, c.Operation
	case "RegisterTaskDefinition", "DeregisterTaskDefinition":
		return of, c.Operation + c.Parameters
	default:
		return "", ""
	}
}

func sortedForm(f url.Values) string {
	var out []string
	for key, values := range f {
		if strings.Contains(key, "Tag") {
			out = append(out, values...)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
