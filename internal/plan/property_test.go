package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// world draws what is declared and what AWS has: sometimes as declared, mostly
// not.
var world = rapid.Custom(func(t *rapid.T) Input {
	in := unchanged()
	in.Desired.Policies = parts(words(t, "declared")...)
	in.Desired.ManagedPolicyARNs = slices.Sorted(maps.Keys(some(t, "managed", readOnly, boundary1)))
	in.Desired.Role.BoundaryARN = rapid.SampledFrom([]string{"", boundary1}).Draw(t, "boundary")
	in.Observed.Policies = observed(parts(words(t, "observed")...))
	in.Observed.Family = genFamily(t)
	drift(t, &in)
	if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
		in.Desired.Role, in.Desired.Policies, in.Desired.ManagedPolicyARNs = nil, nil, nil
	}
	return in
})

// words deals some of a few words, in their order, to some policies.
func words(t *rapid.T, label string) []string {
	list := make([]string, rapid.IntRange(1, 3).Draw(t, label+" policies"))
	at := 0
	for _, word := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		if rapid.IntRange(0, 3).Draw(t, label+" skips") == 0 {
			continue
		}
		at = rapid.IntRange(at, len(list)-1).Draw(t, label+" policy")
		list[at] += " " + word
	}
	return list
}

func some(t *rapid.T, label string, of ...string) map[string]bool {
	out := map[string]bool{}
	for _, one := range of {
		if rapid.Bool().Draw(t, label) {
			out[one] = true
		}
	}
	return out
}

func drift(t *rapid.T, in *Input) {
	role := in.Observed.Role
	var arns []string
	for _, p := range in.Observed.Policies {
		arns = append(arns, p.ARN)
		if rapid.IntRange(0, 9).Draw(t, "policy's tags") == 0 {
			p.Tags["extra"] = "x"
			delete(p.Tags, model.TagName)
		}
	}
	arns = append(arns, readOnly, admin)
	role.Attached = slices.Sorted(maps.Keys(some(t, "attached", arns...)))
	role.Inline = slices.Sorted(maps.Keys(some(t, "inline", "x", "y")))
	role.BoundaryARN = rapid.SampledFrom([]string{"", boundary1, admin}).Draw(t, "has boundary")
	role.Trust = rapid.SampledFrom([]string{trust.JSON(), "{}", "no JSON"}).Draw(t, "trust")
	role.Created = now.Add(-rapid.SampledFrom([]time.Duration{0, wait, time.Hour}).Draw(t, "age"))
	for _, key := range []string{"team", model.TagName, model.TagPreviousRole} {
		role.Tags[key] = rapid.SampledFrom([]string{role.Tags[key], "other"}).Draw(t, key)
	}
	role.Path = rapid.SampledFrom([]string{role.Path, role.Path, "/"}).Draw(t, "path")
	in.RecordedRoleID = rapid.SampledFrom([]string{"", "AROA0", "AROA1"}).Draw(t, "record")
	if rapid.IntRange(0, 4).Draw(t, "no role") == 0 {
		in.Observed.Role = nil
	}
}

func genFamily(t *rapid.T) model.Family {
	f := family()
	for n := rapid.Int32Range(0, 4).Draw(t, "revisions"); n > 0; n-- {
		f.Revisions = append(f.Revisions, revision(n,
			rapid.SampledFrom([]string{"", roleARN, roleARN, previous, others}).Draw(t, "role"),
			rapid.SampledFrom([]string{caller, caller, pipeline, stranger, ""}).Draw(t, "by"),
			rapid.SampledFrom([]string{"a", "b"}).Draw(t, "body")))
		if f.Last(f.Revisions[len(f.Revisions)-1]) {
			break
		}
	}
	return f
}

var someOptions = rapid.Custom(func(t *rapid.T) Options {
	return Options{
		Now: now, PropagationWait: wait, MaxAttached: rapid.IntRange(5, 8).Draw(t, "slots"),
		Force: rapid.Bool().Draw(t, "force"), Succeeded: rapid.Bool().Draw(t, "succeeded"),
	}
})

// applied are all states that AWS goes through under a plan, from before its
// first action to after its last.
func applied(in Input, actions []Action) []model.Observed {
	states := []model.Observed{in.Observed}
	for _, a := range actions {
		next := Project(states[len(states)-1], a)
		if a.Kind == CreateRole {
			next.Role.ID = "AROA2" // AWS's to choose
		}
		states = append(states, next)
	}
	return states
}

func TestAnAppliedPlanLeavesNothingToDoInIAM(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opts := world.Draw(t, "world"), someOptions.Draw(t, "options")
		states := applied(in, Calculate(in, opts).Actions)
		in.Observed = states[len(states)-1]
		for _, a := range Calculate(in, opts).Actions {
			if a.Kind.Area() != AreaTaskDefinition {
				t.Fatalf("still to be done: %s", a)
			}
		}
	})
}

func TestTheSameInputGivesTheSamePlanAndIsNotChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opts := world.Draw(t, "world"), someOptions.Draw(t, "options")
		before := dump(in)
		first := Calculate(in, opts)
		for range 5 {
			if diff := cmp.Diff(first, Calculate(in, opts)); diff != "" {
				t.Fatal(diff)
			}
		}
		applied(in, first.Actions)
		if diff := cmp.Diff(before, dump(in)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// dump is the input as text, what pointers lead to included.
func dump(in Input) string { return fmt.Sprintf("%+v %+v %+v", in, in.Desired.Role, in.Observed.Role) }

func TestWhatIsNotOursIsNeverTouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opts := world.Draw(t, "world"), someOptions.Draw(t, "options")
		mine := in.Observed.Role == nil || judge(in, opts).ours
		for _, a := range Calculate(in, opts).Actions {
			switch a.Kind.Area() {
			case AreaRole:
				if !mine {
					t.Fatalf("on a role that is not ours: %s", a)
				}
			case AreaPolicy:
				if !mine && a.Kind != DeletePolicy {
					t.Fatalf("on a role that is not ours: %s", a)
				}
				writes := a.Kind != AttachPolicy && a.Kind != DetachPolicy && a.Kind != DeleteInline
				if writes && !strings.HasPrefix(a.ARN, state.PolicyARN("")) {
					t.Fatalf("on a policy that is not ours: %s", a)
				}
				for _, p := range in.Observed.Policies {
					if writes && p.ARN == a.ARN && foreignPolicy(in, opts, p) {
						t.Fatalf("on a policy of another owner: %s", a)
					}
				}
			case AreaTaskDefinition:
				checkDefinition(t, in, a)
			}
		}
	})
}

func checkDefinition(t *rapid.T, in Input, a Action) {
	newest, _ := in.Observed.Family.Newest()
	switch {
	case a.Kind == RegisterCopy && a.ARN != roleARN && model.Managed(a.ARN):
		t.Fatalf("gives the role of another TaskRole: %s", a)
	case a.Kind == RegisterCopy && a.ARN == roleARN && model.Managed(newest.RoleARN) && newest.RoleARN != roleARN:
		t.Fatalf("replaces the role of another TaskRole: %s", a)
	case a.Kind == RegisterCopy && a.ARN == roleARN && !trusted(in, *a.Source):
		t.Fatalf("gives the role to whom nobody trusts: %s", a)
	case a.Kind == Deregister && !slices.ContainsFunc(in.Observed.Family.Revisions, func(r model.Revision) bool {
		return r.ARN == a.ARN && !in.Observed.Family.Last(r)
	}):
		t.Fatalf("withdraws what is not ours: %s", a)
	}
}

// permits is what a role has: the statements of the owner's policies that are
// attached, and what else is attached or inline, by name.
func permits(o model.Observed) map[string]bool {
	out := map[string]bool{}
	if o.Role == nil {
		return out
	}
	for _, arn := range o.Role.Attached {
		if !strings.HasPrefix(arn, state.PolicyARN("")) {
			out[arn] = true
		}
	}
	for _, name := range o.Role.Inline {
		out["inline "+name] = true
	}
	for _, p := range o.Policies {
		if document, err := policy.Parse(p.Document); err == nil && slices.Contains(o.Role.Attached, p.ARN) {
			maps.Copy(out, meanings(document))
		}
	}
	return out
}

func TestAtNoMomentARoleLacksWhatItKeepsOrHoldsWhatItNeverShould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opts := world.Draw(t, "world"), someOptions.Draw(t, "options")
		p := Calculate(in, opts)
		states := applied(in, p.Actions)
		before, after := permits(states[0]), permits(states[len(states)-1])
		most := opts.MaxAttached
		if in.Observed.Role != nil {
			most = max(most, len(in.Observed.Role.Attached))
		}
		for i, o := range states {
			has := permits(o)
			for s := range has {
				if !before[s] && !after[s] {
					t.Fatalf("after %d actions of %v the role has more than before and after", i, told(p))
				}
			}
			for s := range before {
				if after[s] && !has[s] {
					t.Fatalf("after %d actions of %v the role lacks what it had and will have", i, told(p))
				}
			}
			if o.Role != nil && len(o.Role.Attached) > most {
				t.Fatalf("after %d actions of %v the role has %d policies", i, told(p), len(o.Role.Attached))
			}
		}
	})
}

func TestAHoldThatNobodyNeedsToLiftIsNeverCalledTerminal(t *testing.T) {
	terminal := map[HoldCode]bool{HoldConflict: true, HoldUntrusted: true}
	rapid.Check(t, func(t *rapid.T) {
		p := Calculate(world.Draw(t, "world"), someOptions.Draw(t, "options"))
		for i, h := range p.Holds {
			if h.Terminal != terminal[h.Code] {
				t.Fatalf("%+v", h)
			}
			if i > 0 && h.Terminal && !p.Holds[i-1].Terminal {
				t.Fatalf("the gravest does not stand first: %+v", p.Holds)
			}
		}
	})
}
