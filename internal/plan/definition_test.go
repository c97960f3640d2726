package plan

import (
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// TestTheNewestRevisionCarriesTheRoleWithTheContentOfOthers is the truth table of
// definition, row by row, and what else can stand in a family.
func TestTheNewestRevisionCarriesTheRoleWithTheContentOfOthers(t *testing.T) {
	for name, s := range map[string]situation{
		"our role, by others": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, roleARN, stranger, "b"), revision(2, roleARN, caller, "a"))
		})},
		"our role, by nobody knows":                   {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, roleARN, "", "b")) })},
		"our role, by us, of the newest foreign body": {in: unchanged()},
		"our role, by another session of ours": {in: unchanged(func(in *Input) {
			in.Observed.Family.Revisions[0].RegisteredBy = "arn:aws:sts::111122223333:assumed-role/controller/two"
		})},
		"our role, by us, and nothing of others": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(2, roleARN, caller, "a"))
		})},
		"our role, by us, of another body": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, "", pipeline, "a"))
		}), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api", "Deregister shop-orders:4"}},
		"our role, by us, of another body, but remembered as its copy": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, "", pipeline, "a"))
			in.Copied = Copied{Copy: 4, Source: 3}
		})},
		"our role, by us, of another body, remembered as another's copy": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, "", pipeline, "a"))
			in.Copied = Copied{Copy: 4, Source: 2}
		}), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api", "Deregister shop-orders:4"}},
		"our role, by us, in front of a pipeline that names it": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, roleARN, pipeline, "a"))
		}), want: []string{"Deregister shop-orders:4"}},
		"our role, by us, in front of a stranger's other body": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, "", stranger, "a"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},
		"our role, by us, in front of another TaskRole's": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, caller, "b"), revision(3, others, pipeline, "a"))
		}), want: []string{"hold Conflict, terminal"}},
		"two copies of the same, after a lost answer": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(5, roleARN, caller, "a"), revision(4, roleARN, caller, "a"), revision(3, "", pipeline, "a"))
		}), want: []string{"Deregister shop-orders:4"}},
		"a stale copy behind the right one, after a crash": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, caller, "a"), revision(5, roleARN, caller, "b"), revision(3, "", pipeline, "a"))
		}), want: []string{"Deregister shop-orders:5"}},
		"two copies beneath what a pipeline registered since": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, pipeline, "b"))
			in.Observed.Family.Beneath = []model.Revision{revision(5, roleARN, caller, "a"), revision(4, roleARN, caller, "a")}
		}), want: []string{"Deregister shop-orders:4"}},
		"two copies further down, and one of each elsewhere": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(9, roleARN, pipeline, "b"))
			in.Observed.Family.Beneath = []model.Revision{
				revision(8, roleARN, caller, "a"), revision(7, "", pipeline, "a"), revision(6, roleARN, caller, "a"), revision(5, roleARN, caller, "a"), revision(1, "", pipeline, "a"),
			}
		}), want: []string{"Deregister shop-orders:5"}},
		"one of ours, and one of another TaskRole's": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, pipeline, "b"))
			in.Observed.Family.Beneath = []model.Revision{revision(5, roleARN, caller, "a"), revision(4, others, caller, "a")}
		})},
		"two stale copies": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, caller, "b"), revision(5, roleARN, caller, "c"), revision(3, "", pipeline, "a"))
		}), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api", "Deregister shop-orders:6", "Deregister shop-orders:5"}},

		"ours, of content whose registrant is no longer trusted": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, caller, "b"), revision(5, "", stranger, "b"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},

		"another owner's role, by a trusted one": {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, others, pipeline, "b")) }),
			want: []string{"hold Conflict, terminal"}},
		"another owner's role, by us": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, others, caller, "b"), revision(1, "", pipeline, "b"))
		}),
			want: []string{"hold Conflict, terminal"}},
		"a role that another TaskRole adopted": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, previous, pipeline, "b"))
			in.Observed.Carried = model.Owner{ClusterID: "other", Namespace: "bank", Name: "api", Family: "shop-orders"}
		}), want: []string{"hold Conflict, terminal"}},
		"a role that we adopted before": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, previous, pipeline, "b"))
			in.Observed.Carried = owner
		}), want: []string{"TagRole prod.shop.orders-api ecs.taskrole.dev/previous-role", "RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"no role, by a trusted one": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, "", pipeline, "b"), revision(2, roleARN, caller, "a"))
		}),
			want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"another role, by a trusted one": {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, previous, pipeline, "b")) }),
			want: []string{"TagRole prod.shop.orders-api ecs.taskrole.dev/previous-role", "RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"no role, by a stranger":      {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, "", stranger, "a")) }), want: []string{"hold UntrustedRegistrant, terminal"}},
		"no role, by nobody knows":    {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, "", "", "a")) }), want: []string{"hold UntrustedRegistrant, terminal"}},
		"no role, anybody is trusted": {in: unchanged(anybody, func(in *Input) { in.Observed.Family = family(revision(3, "", stranger, "b")) }), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"no role, even nobody is":     {in: unchanged(anybody, func(in *Input) { in.Observed.Family = family(revision(3, "", "", "b")) }), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"no role, nobody is trusted": {in: unchanged(func(in *Input) {
			in.Desired.TrustedRegistrants, in.Observed.Family = nil, family(revision(3, "", pipeline, "b"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},
		"no role, a pattern is no any": {in: unchanged(func(in *Input) {
			in.Desired.TrustedRegistrants, in.Observed.Family = []string{"**"}, family(revision(3, "", "", "b"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},

		// What must have been registered, and does not show yet.
		"no role, and what is newer cannot be seen yet": {in: unchanged(unseen, func(in *Input) { in.Observed.Family.Revisions = in.Observed.Family.Revisions[1:] }),
			want: []string{"hold Settling, 8s"}},
		"our role, by us, and what ours may hide cannot be seen yet": {in: unchanged(unseen), want: []string{"hold Settling, 8s"}},
		"drift, and what is newer cannot be seen yet": {in: unchanged(unseen, func(in *Input) { in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin) }),
			want: []string{"DetachPolicy AdministratorAccess", "hold Settling, 8s"}},

		// What this controller registered itself, at the end of an earlier TaskRole.
		"no role, by us, a trusted one vouches for it": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, "", caller, "a"), revision(2, roleARN, caller, "a"), revision(1, "", pipeline, "a"))
		}), want: []string{"RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
		"no role, by us, of a stranger's content": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, "", caller, "a"), revision(1, "", stranger, "a"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},
		"no role, by us, of content that nobody has": {in: unchanged(func(in *Input) {
			in.Observed.Family = family(revision(3, "", caller, "b"), revision(1, "", pipeline, "a"))
		}), want: []string{"hold UntrustedRegistrant, terminal"}},
		"no role, by us, and nothing of others": {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, "", caller, "b")) }),
			want: []string{"hold UntrustedRegistrant, terminal"}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

func anybody(in *Input) { in.Desired.TrustedRegistrants = []string{"*"} }

func TestWhatOthersRegisteredIsNeverDeregistered(t *testing.T) {
	for _, by := range []string{pipeline, stranger, ""} {
		in := unchanged(func(in *Input) {
			in.Observed.Family = family(revision(4, roleARN, by, "b"), revision(3, roleARN, by, "c"), revision(2, "", pipeline, "a"))
		})
		if got := told(Calculate(in, options())); len(got) != 0 {
			t.Errorf("registered by %q: %v", by, got)
		}
	}
}
