package e2e

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/ownpolicy"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// licence is a class as somebody wrote it: what the manager may do in its account
// is what the policy made of it allows.
type licence struct {
	test  string
	class *v1alpha1.TaskRoleClass
	since time.Time
}

// licences are all classes of the run in all their states, by account.
type licences struct {
	mu sync.Mutex
	of map[string][]licence
}

// note takes down a class that was made or edited. Other objects it leaves alone.
func (l *licences) note(test string, o client.Object) {
	class, ok := o.(*v1alpha1.TaskRoleClass)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string][]licence{}
	}
	account := class.Spec.AccountID
	l.of[account] = append(l.of[account], licence{test: test, class: class.DeepCopy(), since: time.Now()})
}

// handed are the roles that others than the manager handed to tasks in an account:
// what -pass names when the policy is made.
func handed(calls []awssim.Call) map[string][]string {
	out := map[string][]string{}
	for _, call := range calls {
		if managers(call) {
			continue
		}
		for _, ask := range call.Asked {
			account := call.Caller.Account
			if ask.Action == "iam:PassRole" && !slices.Contains(out[account], ask.Resource) {
				out[account] = append(out[account], ask.Resource)
			}
		}
	}
	return out
}

// ownRights judges every call that a manager made in the whole run by the policies
// of config/aws, as they come out for the classes of the run: each must be allowed.
// After a run of all tests, each action of each statement must have been needed,
// too, for classes with a boundary and for those without.
func ownRights(calls []awssim.Call, classes map[string][]licence, all bool) error {
	passable := handed(calls)
	verdict := newVerdict()
	judges := map[string][]*judge{}
	for account, list := range classes {
		for _, one := range list {
			own := ownpolicy.Controller{Class: one.class, ClusterID: clusterID, PassableRoles: passable[account], MovableServices: []string{"*"}}
			judges[account] = append(judges[account], newJudge(one, own.Policy()))
		}
	}
	for _, call := range calls {
		verdict.follow(call)
		if !managers(call) {
			continue
		}
		if call.Caller.Account == home {
			verdict.atHome(call, classes)
			continue
		}
		for _, ask := range call.Asked {
			verdict.hear(call, ask, judges[call.Caller.Account])
		}
	}
	if all {
		verdict.superfluous(judges)
	}
	fmt.Printf("own rights: %d requests of the manager's calls were judged by %d policies\n", verdict.heard, verdict.policies(judges))
	return verdict.err()
}

// everything says whether this run is one of all tests, in full.
func everything(code int) bool {
	return code == 0 && !testing.Short() && set("test.run") == "" && set("test.skip") == ""
}

func set(name string) string {
	if f := flag.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// verdict is what came out of the run's calls.
type verdict struct {
	heard  int
	denied []string
	idle   []string
	// offered and needed are actions of statements, as SID ACTION, by whether the
	// class has a boundary.
	offered, needed map[bool]map[string]bool
	gone            map[string]bool // roles, by pathless ARN
}

func newVerdict() *verdict {
	return &verdict{
		needed: map[bool]map[string]bool{true: {}, false: {}}, offered: map[bool]map[string]bool{true: {}, false: {}},
		gone: map[string]bool{},
	}
}

// hear judges one request by the policies of all classes of its account: the
// newest that was there says what of it was needed. An older one, or one that was
// just being written, may be what the manager acted on.
func (v *verdict) hear(call awssim.Call, ask policy.Request, judges []*judge) {
	v.heard++
	slices.SortStableFunc(judges, func(a, b *judge) int { return b.since.Compare(a.since) })
	var others []*judge
	for _, j := range judges {
		if j.since.After(call.At) {
			others = append(others, j)
			continue
		}
		if v.allowedBy(j, ask) {
			return
		}
	}
	for _, j := range others {
		if v.allowedBy(j, ask) {
			return
		}
	}
	if v.vanished(ask) {
		return
	}
	test := "a class that no test made"
	if len(judges) > 0 {
		test = judges[0].test
	}
	line := fmt.Sprintf("%s: %s on %s with %v", test, ask.Action, ask.Resource, telling(ask))
	if !slices.Contains(v.denied, line) {
		v.denied = append(v.denied, line)
	}
}

// follow keeps account of the roles that were deleted and not made again.
func (v *verdict) follow(call awssim.Call) {
	if call.Code != "" || len(call.Asked) == 0 {
		return
	}
	switch call.Operation {
	case "DeleteRole":
		v.gone[pathless(call.Asked[0].Resource)] = true
	case "CreateRole":
		delete(v.gone, pathless(call.Asked[0].Resource))
	}
}

// vanished says whether a request was for a role that had been deleted: IAM knows
// no path of it any more, so that no policy for a path can allow it. The SDK makes
// such a one where the answer to a deletion was lost. That the manager gets over
// its denial has a test of its own.
func (v *verdict) vanished(ask policy.Request) bool {
	return strings.HasPrefix(ask.Action, "iam:Delete") && v.gone[ask.Resource]
}

// pathless is the ARN of a role as IAM has it when the role is gone.
func pathless(arn string) string {
	kind, _, _ := strings.Cut(arn, "/")
	return kind + arn[strings.LastIndex(arn, "/"):]
}

func (v *verdict) allowedBy(j *judge, ask policy.Request) bool {
	by := j.allow(ask)
	if len(by) == 1 {
		v.needed[j.bounded][by[0]] = true
	}
	return len(by) > 0
}

// atHome judges what the manager asked for as itself: it may assume the roles that
// the classes name, and nothing else.
func (v *verdict) atHome(call awssim.Call, classes map[string][]licence) {
	for _, ask := range call.Asked {
		v.heard++
		named := false
		for _, list := range classes {
			named = named || slices.ContainsFunc(list, func(l licence) bool { return l.class.Spec.AssumeRoleARN == ask.Resource })
		}
		if ask.Action != "sts:AssumeRole" || !named {
			v.denied = append(v.denied, fmt.Sprintf("as itself: %s on %s", ask.Action, ask.Resource))
		}
	}
}

// superfluous finds what the policies allow and no call needed.
func (v *verdict) superfluous(judges map[string][]*judge) {
	for _, list := range judges {
		for _, j := range list {
			for _, grant := range j.grants {
				v.offered[j.bounded][grant.name] = true
			}
		}
	}
	for bounded, offered := range v.offered {
		kind := map[bool]string{true: "with a boundary", false: "without a boundary"}[bounded]
		for name := range offered {
			if !v.needed[bounded][name] {
				v.idle = append(v.idle, fmt.Sprintf("for a class %s: %s", kind, name))
			}
		}
	}
	slices.Sort(v.idle)
}

func (v *verdict) policies(judges map[string][]*judge) int {
	n := 0
	for _, list := range judges {
		n += len(list)
	}
	return n
}

// mostTold keeps one mistake in a policy from filling the screen.
const mostTold = 40

func (v *verdict) err() error {
	var errs []error
	for _, found := range []struct {
		what  string
		lines []string
	}{
		{"the manager's own policy does not allow what it called", v.denied},
		{"the manager's own policy allows what no call of any test needed", v.idle},
	} {
		if n := len(found.lines); n > 0 {
			errs = append(errs, fmt.Errorf("%s, in %d cases:\n\t%s", found.what, n, strings.Join(found.lines[:min(n, mostTold)], "\n\t")))
		}
	}
	return errors.Join(errs...)
}
