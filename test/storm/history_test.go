package storm

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// remember reads all that was ever registered, the oldest first: a family counts
// without a gap, and what was deregistered can be described.
func (f *flow) remember() error {
	f.history = nil
	newest := 0
	all, err := f.active()
	if err != nil {
		return err
	}
	if len(all) > 0 {
		newest = all[0].Number()
	}
	for _, s := range f.shipped {
		newest = max(newest, s.number)
	}
	// Above these there may be more that were withdrawn again.
	for n := 1; ; n++ {
		r, err := f.describe(f.arn(n))
		if err != nil && n > newest {
			return nil // there is no such revision
		}
		if err != nil {
			return err
		}
		f.history = append(f.history, r)
	}
}

// deeds are the controller's calls on one family that had their effect.
type deeds struct {
	lost      []bool      // of each registration, in turn: it did not hear of it
	withdrawn []string    // ARNs that it asked to deregister, effect or not
	at        []time.Time // of these
	others    []string    // operations that it has no business with
}

// deedsOf goes once through everything that was called.
func deedsOf(calls []awssim.Call) map[*flow]*deeds {
	out := map[*flow]*deeds{}
	for _, call := range calls {
		f := world.flows.whose(call)
		if f == nil && ours(call) && call.Service == "ecs" && call.Write {
			f = strayed
		}
		if f == nil || !call.Write {
			continue
		}
		if out[f] == nil {
			out[f] = &deeds{}
		}
		out[f].note(call)
	}
	return out
}

// strayed is whose the controller's writes are that are about no family: none may
// be.
var strayed = &flow{family: "of none"}

func (d *deeds) note(call awssim.Call) {
	switch call.Operation {
	case "RegisterTaskDefinition":
		if call.Code == "" {
			d.lost = append(d.lost, call.Lost)
		}
	case "DeregisterTaskDefinition":
		var asked struct{ TaskDefinition string }
		if json.Unmarshal([]byte(call.Parameters), &asked) == nil {
			d.withdrawn, d.at = append(d.withdrawn, asked.TaskDefinition), append(d.at, call.At)
		}
	default:
		d.others = append(d.others, call.Operation)
	}
}

// count adds them to the last line.
func (d *deeds) count() {
	world.summary.made.Add(int32(len(d.lost)))
	for _, lost := range d.lost {
		if lost {
			world.summary.lost.Add(1)
		}
	}
}

// audit judges the way to the end.
func (f *flow) audit(d *deeds) error {
	var errs []error
	for _, operation := range d.others {
		errs = append(errs, fmt.Errorf("the controller called %s", operation))
	}
	for _, arn := range d.withdrawn {
		if !slices.ContainsFunc(f.history, func(r revision) bool { return r.ours() && r.Text("taskDefinitionArn") == arn }) {
			errs = append(errs, fmt.Errorf("the controller asked to deregister %s, which others registered", arn))
		}
	}
	return errors.Join(append(errs, f.onlyCopies(), f.neverBack(), f.noneForNothing(d))...)
}

// onlyCopies: whatever the controller registered at any time is, the role apart,
// what somebody trusted had registered before, and carries the role.
func (f *flow) onlyCopies() error {
	for i, r := range f.history {
		if !r.ours() {
			continue
		}
		if got := r.Text("taskRoleArn"); got != f.roleARN() {
			return fmt.Errorf("the controller registered revision %d with role %q", r.Number(), got)
		}
		if _, found := f.sourceOf(r, i); !found {
			return fmt.Errorf("the controller registered revision %d, which is nothing that a trusted pipeline had registered:\n%s", r.Number(), r.content)
		}
	}
	return nil
}

// neverBack: once the controller has copied something it does not copy what is older,
// as long as the former is ACTIVE: it knows of it, whatever reads show.
func (f *flow) neverBack() error {
	var copied []revision // the sources
	for i, r := range f.history {
		if !r.ours() {
			continue
		}
		source, found := f.sourceOf(r, i)
		if !found {
			continue // onlyCopies tells
		}
		now, _ := r.at("registeredAt")
		for _, before := range copied {
			ended, is := before.at("deregisteredAt")
			if source.Number() < before.Number() && (!is || ended.After(now)) {
				return fmt.Errorf("revision %d is a copy of revision %d, and before that revision %d was copied", r.Number(), source.Number(), before.Number())
			}
		}
		copied = append(copied, source)
	}
	return nil
}

// sourceOf is the newest that the i-th revision may be a copy of.
func (f *flow) sourceOf(r revision, i int) (revision, bool) {
	for _, s := range slices.Backward(f.history[:i]) {
		if s.By(deployer) && s.content == r.content {
			return s, true
		}
	}
	return revision{}, false
}

// noneForNothing: what the controller registered, and heard of, it does not register
// again unless others changed the family meanwhile, or so shortly before that reads
// may not have shown it.
func (f *flow) noneForNothing(d *deeds) error {
	var own []revision
	for _, r := range f.history {
		if r.ours() {
			own = append(own, r)
		}
	}
	if len(own) != len(d.lost) {
		return fmt.Errorf("the controller has %d revisions, and registered %d", len(own), len(d.lost))
	}
	changes := f.changes(d)
	for i, r := range own {
		now, _ := r.at("registeredAt")
		for j, before := range own[:i] {
			then, _ := before.at("registeredAt")
			if before.content != r.content || d.lost[j] || slices.ContainsFunc(changes, func(c time.Time) bool {
				return !c.After(now) && c.After(then.Add(-*stale-haste))
			}) {
				continue
			}
			return fmt.Errorf("revision %d is registered again as revision %d, and nobody had changed anything", before.Number(), r.Number())
		}
	}
	return nil
}

// haste is far above what the controller takes from a look to its registration,
// the pipeline's own calls between them included.
const haste = ground.Patience * time.Second

// changes are when others registered or deregistered anything.
func (f *flow) changes(d *deeds) []time.Time {
	var out []time.Time
	for _, r := range f.history {
		if at, is := r.at("registeredAt"); is && !r.ours() {
			out = append(out, at)
		}
		if at, is := r.at("deregisteredAt"); is && !slices.Contains(d.withdrawn, r.Text("taskDefinitionArn")) {
			out = append(out, at)
		}
	}
	return out
}

// story tells what became of the family, and by which calls.
func (f *flow) story(calls []awssim.Call) string {
	var out strings.Builder
	for _, r := range f.history {
		fmt.Fprintf(&out, "%d: content %d by %s, role %q, %s\n", r.Number(), r.image, by(r), r.Text("taskRoleArn"), r.Text("status"))
	}
	for _, call := range calls {
		if world.flows.whose(call) != f && (call.Caller.Account != f.account.ID || !call.Write || familyOf(call) != f.family) {
			continue
		}
		who := "the controller"
		if !ours(call) {
			who = "a pipeline"
		}
		var asked struct{ TaskDefinition string }
		_ = json.Unmarshal([]byte(call.Parameters), &asked) // as far as it says
		fmt.Fprintf(&out, "%s %s: %s %s %s", call.At.Format("05.000"), who, call.Operation, asked.TaskDefinition, call.Code)
		if call.Lost {
			out.WriteString("(without hearing of it)")
		}
		out.WriteString("\n")
	}
	return out.String()
}
