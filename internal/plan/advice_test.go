package plan

import (
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

func TestAPipelineThatKeepsDroppingTheRoleIsTold(t *testing.T) {
	drops := func(n int) func(*Input) { return func(in *Input) { in.Dropped = n } }
	for name, c := range map[string]struct {
		in   Input
		told bool
	}{
		"the first":                 {unchanged(drops(1)), false},
		"one more":                  {unchanged(drops(2)), false},
		"a habit":                   {unchanged(drops(DropsTold)), true},
		"... that ended":            {unchanged(drops(9), func(in *Input) { in.Observed.Family = family(revision(3, roleARN, pipeline, "a")) }), false},
		"... behind a copy of ours": {unchanged(drops(9), func(in *Input) { in.Observed.Family.Revisions[1].RoleARN = roleARN }), false},
	} {
		t.Run(name, func(t *testing.T) {
			advice := Calculate(c.in, options()).Advice
			if told := advice != nil; told != c.told {
				t.Fatalf("told: %v", told)
			}
			if c.told && (advice.Code != AdviceDropsRole || !strings.Contains(advice.Message, roleARN) || !strings.Contains(advice.Message, pipeline)) {
				t.Errorf("%+v", advice)
			}
		})
	}
}

// Whoever may tag the role must not choose which role a family gets back.
func TestTheStatusGoesBeforeTheTagOfThePreviousRole(t *testing.T) {
	const chosen = "arn:aws:iam::111122223333:role/chosen"
	alone := func(in *Input) { in.Observed.Family = family(revision(2, roleARN, caller, "a")) }
	recorded := func(arn string) func(*Input) { return func(in *Input) { in.RecordedPrevious = arn } }
	for name, s := range map[string]situation{
		"edited": {in: deleted(byTag(chosen), alone, recorded(previous)),
			want: append(after("RegisterCopy shop-orders:2 with legacy"), "note PreviousContent")},
		"edited where there was none": {in: deleted(byTag(chosen), alone, recorded(NoPreviousRole)),
			want: append(after("RegisterCopy shop-orders:2 with none"), "note PreviousContent")},
		"the status was lost": {in: deleted(byTag(previous), alone),
			want: append(after("RegisterCopy shop-orders:2 with legacy"), "note PreviousContent")},
		"it is put right before that": {in: unchanged(byTag(chosen), alone, recorded(previous)),
			want: []string{"TagRole prod.shop.orders-api " + model.TagPreviousRole}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

func TestWithoutAFamilyTheRoleAloneIsRepaired(t *testing.T) {
	edited := unchanged(func(in *Input) {
		in.Observed.Family = model.Family{}
		in.Desired.Policies = parts("read", "more")
		in.Observed.Role.Trust, in.Observed.Role.Inline = "{}", []string{"x"}
		in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
	})
	want := []string{"UpdateTrust prod.shop.orders-api", "DetachPolicy AdministratorAccess", "DeleteInline x"}
	if got := told(Repair(edited, options())); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%q", got)
	}
	for name, in := range map[string]Input{
		"not ours": unchanged(func(in *Input) { in.Observed.Role.Path, in.Observed.Role.Inline = "/", []string{"x"} }),
		"none":     unchanged(nothingYet),
		"deleted":  deleted(func(in *Input) { in.Observed.Role.Inline = []string{"x"} }),
	} {
		if got := told(Repair(in, options())); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}
