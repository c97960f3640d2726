package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

const (
	theRole = "prod.shop.orders-api"
	part2   = "prod.shop.orders-api_2"
	part3   = "prod.shop.orders-api_3"
)

func nothingYet(in *Input) {
	in.Observed.Role, in.Observed.Policies, in.RecordedRoleID = nil, nil, ""
}

type situation struct {
	in   Input
	opts func(*Options)
	want []string
}

var situations = map[string]situation{
	"all is as declared": {in: unchanged()},

	// Something new.
	"a new TaskRole": {in: unchanged(nothingYet, func(in *Input) {
		in.Observed.Family = family(revision(1, previous, pipeline, "a"))
	}), want: []string{
		"CreateRole prod.shop.orders-api", "CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api",
		"pending RegisterCopy shop-orders:1 with prod.shop.orders-api", "hold Propagating, 15s",
	}},
	"a new TaskRole that nobody waits for": {
		in:   unchanged(nothingYet, func(in *Input) { in.Observed.Family = family(revision(1, "", pipeline, "a")) }),
		opts: func(o *Options) { o.PropagationWait = 0 },
		want: []string{
			"CreateRole prod.shop.orders-api", "CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api",
			"RegisterCopy shop-orders:1 with prod.shop.orders-api",
		},
	},
	"a new TaskRole without a family": {in: unchanged(nothingYet, func(in *Input) { in.Observed.Family = family() }), want: []string{
		"CreateRole prod.shop.orders-api", "CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api", "hold WaitingForFamily",
	}},
	"a new TaskRole, the pipeline names its role": {in: unchanged(nothingYet, func(in *Input) {
		in.Observed.Family = family(revision(1, roleARN, pipeline, "a"))
	}), want: []string{"CreateRole prod.shop.orders-api", "CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api"}},
	"a role that was made five seconds ago": {in: unchanged(func(in *Input) {
		in.Observed.Role.Created = now.Add(-5 * time.Second)
		in.Observed.Family = family(revision(1, "", pipeline, "a"))
	}), want: []string{"pending RegisterCopy shop-orders:1 with prod.shop.orders-api", "hold Propagating, 10s"}},
	"a role that was made long enough ago": {in: unchanged(func(in *Input) {
		in.Observed.Role.Created = now.Add(-wait)
		in.Observed.Family = family(revision(1, "", pipeline, "a"))
	}), want: []string{"RegisterCopy shop-orders:1 with prod.shop.orders-api"}},
	"a crash after the role was made": {in: unchanged(func(in *Input) {
		in.Observed.Role.Attached, in.Observed.Policies, in.RecordedRoleID = nil, nil, ""
	}), want: []string{"CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api"}},
	"a family that appears later, with a role": {in: unchanged(func(in *Input) {
		delete(in.Observed.Role.Tags, model.TagPreviousRole)
		in.Observed.Family = family(revision(1, previous, pipeline, "a"))
	}), want: []string{"TagRole prod.shop.orders-api ecs.taskrole.dev/previous-role", "RegisterCopy shop-orders:1 with prod.shop.orders-api"}},

	// Ownership.
	"a role of that name in another path": {in: unchanged(func(in *Input) { in.Observed.Role.Path = "/" }), want: []string{"hold Conflict, terminal"}},
	"a role of another owner in our path": {in: unchanged(func(in *Input) {
		in.RecordedRoleID, in.Observed.Role.Tags[model.TagName] = "", "other"
	}), want: []string{"hold Conflict, terminal"}},
	"a role without owner in our path": {in: unchanged(func(in *Input) { in.RecordedRoleID, in.Observed.Role.Tags = "", nil }), want: []string{"hold Conflict, terminal"}},
	"a role with our tags that trusts somebody else": {in: unchanged(func(in *Input) {
		in.RecordedRoleID, in.Observed.Role.Trust = "", strings.Replace(trust.JSON(), "ecs-tasks", "ec2", 1)
	}), want: []string{"hold Conflict, terminal"}},
	"a role with our tags and an unreadable trust": {in: unchanged(func(in *Input) {
		in.RecordedRoleID, in.Observed.Role.Trust = "", "{"
	}), want: []string{"hold Conflict, terminal"}},
	"a role whose name differs in capitals": {in: unchanged(func(in *Input) { in.Observed.Role.Name = "Prod.shop.orders-api" }), want: []string{"hold Conflict, terminal"}},
	"a role of another owner, whose id is not known": {in: unchanged(func(in *Input) {
		in.RecordedRoleID, in.Observed.Role.ID, in.Observed.Role.Tags[model.TagName] = "", "", "other"
	}), want: []string{"hold Conflict, terminal"}},
	"our role, without a record of it": {in: unchanged(func(in *Input) { in.RecordedRoleID = "" })},
	"our role, made again by somebody": {in: unchanged(func(in *Input) { in.RecordedRoleID = "AROA0" }), want: []string{"note RoleRecreated"}},
	"our role by record, its tags taken away": {in: unchanged(func(in *Input) { in.Observed.Role.Tags = nil }), want: []string{
		"TagRole prod.shop.orders-api ecs.taskrole.dev/cluster-id ecs.taskrole.dev/family ecs.taskrole.dev/name ecs.taskrole.dev/namespace ecs.taskrole.dev/previous-role team",
	}},
	"a policy of another owner in our path": {in: unchanged(func(in *Input) {
		in.Observed.Policies[0].Tags[model.TagName] = "other"
		in.Observed.Role.Trust = "{}"
		in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
	}), want: []string{"UpdateTrust prod.shop.orders-api", "DetachPolicy AdministratorAccess", "hold Conflict, terminal"}},
	"a policy without owner in our path": {in: unchanged(func(in *Input) { in.Observed.Policies[0].Tags = nil }), want: []string{
		"TagPolicy prod.shop.orders-api ecs.taskrole.dev/cluster-id ecs.taskrole.dev/family ecs.taskrole.dev/name ecs.taskrole.dev/namespace",
	}},

	// Drift.
	"everything on the role edited by hand": {in: unchanged(func(in *Input) {
		in.Desired.Role.BoundaryARN = boundary1
		in.Observed.Role.Trust = "{}"
		in.Observed.Role.Tags = with(in.Observed.Role.Tags, "team", "bank")
		in.Observed.Role.Tags["extra"] = "x"
		in.Observed.Role.Attached = []string{admin}
		in.Observed.Role.Inline = []string{"b", "a"}
		in.Observed.Policies[0].Document, in.Observed.Policies[0].Version = statements("other").JSON(), "v7"
	}), want: []string{
		"PutBoundary prod.shop.orders-api", "UpdateTrust prod.shop.orders-api", "TagRole prod.shop.orders-api team", "UntagRole prod.shop.orders-api extra",
		"UpdatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api", "DetachPolicy AdministratorAccess", "DeleteInline a", "DeleteInline b",
	}},
	"a boundary that nobody declared": {in: unchanged(func(in *Input) {
		in.Observed.Role.BoundaryARN, in.Observed.Role.Inline = boundary1, []string{"x"}
	}), want: []string{"DeleteInline x", "DeleteBoundary prod.shop.orders-api"}},
	"the role deleted by hand": {in: unchanged(func(in *Input) { in.Observed.Role = nil }), want: []string{
		"CreateRole prod.shop.orders-api", "AttachPolicy prod.shop.orders-api",
	}},
	"the policy deleted by hand": {in: unchanged(func(in *Input) { in.Observed.Role.Attached, in.Observed.Policies = nil, nil }), want: []string{
		"CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api",
	}},
	"tags that AWS set": {in: unchanged(func(in *Input) { in.Observed.Role.Tags["aws:cloudformation:stack-name"] = "x" })},
	"a tag in other capitals": {in: unchanged(func(in *Input) {
		delete(in.Observed.Role.Tags, "team")
		in.Observed.Role.Tags["Team"] = "shop"
	}), want: []string{"TagRole prod.shop.orders-api team"}},
	"tags up to the limit by hand": {in: unchanged(func(in *Input) {
		delete(in.Observed.Role.Tags, "team")
		for i := len(in.Observed.Role.Tags); i < maxTags; i++ {
			in.Observed.Role.Tags[fmt.Sprintf("x%02d", i)] = "x"
		}
	}), want: []string{"UntagRole prod.shop.orders-api " + numbered("x", 5, maxTags), "TagRole prod.shop.orders-api team"}},

	// Policies that change.
	"a document that became longer": {in: unchanged(func(in *Input) {
		in.Observed.Policies = observed(parts("a b"))
		in.Desired.Policies = parts("a", "b c")
	}), want: []string{"CreatePolicy " + part2, "AttachPolicy " + part2, "UpdatePolicy " + theRole}},
	"a document that became shorter": {in: unchanged(func(in *Input) {
		in.Observed.Policies = observed(parts("a", "b c"))
		in.Observed.Role.Attached = append(in.Observed.Role.Attached, state.PolicyARN(part2))
		in.Desired.Policies = parts("a b")
	}), want: []string{"UpdatePolicy " + theRole, "DetachPolicy " + part2, "DeletePolicy " + part2}},
	"statements that move on": {in: unchanged(func(in *Input) {
		in.Observed.Policies = observed(parts("a b", "c d", "e"))
		in.Desired.Policies = parts("new a", "b c", "d e")
		in.Observed.Role.Attached = in.Desired.Attachments()
	}), want: []string{"UpdatePolicy " + part3, "UpdatePolicy " + part2, "UpdatePolicy " + theRole}},
	"statements that move back": {in: unchanged(func(in *Input) {
		in.Observed.Policies = observed(parts("old a", "b c", "d e"))
		in.Desired.Policies = parts("a b", "c d", "e")
		in.Observed.Role.Attached = in.Desired.Attachments()
	}), want: []string{"UpdatePolicy " + theRole, "UpdatePolicy " + part2, "UpdatePolicy " + part3}},
	"a policy edited and detached by hand": {in: unchanged(func(in *Input) {
		in.Observed.Policies[0].Document, in.Observed.Role.Attached = statements("everything").JSON(), nil
	}), want: []string{"UpdatePolicy " + theRole, "AttachPolicy " + theRole}},

	// Slots.
	"no slot is free": {
		in: unchanged(func(in *Input) {
			in.Desired.ManagedPolicyARNs = []string{readOnly}
			in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
		}),
		opts: func(o *Options) { o.MaxAttached = 2 },
		want: []string{"DetachPolicy AdministratorAccess", "AttachPolicy ReadOnly"},
	},
	"the only slot is that of a former policy": {
		in: unchanged(func(in *Input) {
			in.Observed.Policies = observed(parts("a", "b"))
			in.Desired.Policies = parts("a b")
			in.Observed.Role.Attached = append(in.Observed.Role.Attached, state.PolicyARN(part2))
			in.Desired.ManagedPolicyARNs = []string{readOnly}
		}),
		opts: func(o *Options) { o.MaxAttached = 2 },
		want: []string{"UpdatePolicy " + theRole, "DetachPolicy " + part2, "AttachPolicy ReadOnly", "DeletePolicy " + part2},
	},
	"a slot is free": {
		in: unchanged(func(in *Input) {
			in.Desired.ManagedPolicyARNs = []string{readOnly}
			in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
		}),
		opts: func(o *Options) { o.MaxAttached = 3 },
		want: []string{"AttachPolicy ReadOnly", "DetachPolicy AdministratorAccess"},
	},

	// What cannot be done in ECS does not keep IAM from being put right.
	"drift, and a revision of a stranger": {in: unchanged(func(in *Input) {
		in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
		in.Observed.Family = family(revision(3, "", stranger, "b"))
	}), want: []string{"DetachPolicy AdministratorAccess", "hold UntrustedRegistrant, terminal"}},
	"drift, and a copy to register": {in: unchanged(func(in *Input) {
		in.Observed.Role.Attached = append(in.Observed.Role.Attached, admin)
		in.Observed.Family = family(revision(3, "", pipeline, "b"))
	}), want: []string{"DetachPolicy AdministratorAccess", "RegisterCopy shop-orders:3 with prod.shop.orders-api"}},
}

func numbered(prefix string, from, to int) string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("%s%02d", prefix, i))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestEverySituationHasItsPlan(t *testing.T) {
	for name, s := range situations {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

func (s situation) check(t *testing.T) {
	t.Helper()
	opts := options()
	if s.opts != nil {
		s.opts(&opts)
	}
	p := Calculate(s.in, opts)
	if diff := cmp.Diff(s.want, told(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, a := range slices.Concat(p.Actions, p.Pending) {
		if a.Subject == "" || a.Reason == "" || a.RoleName == "" || verbs[a.Kind] == "" || a.Kind.Area() == "" {
			t.Errorf("says too little for people: %+v", a)
		}
	}
	for _, h := range p.Holds {
		if h.Message == "" || h.Area == "" {
			t.Errorf("says too little: %+v", h)
		}
	}
}

func TestAConflictSaysWhoseItIsAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		in   Input
		says []string
	}{
		"another path":  {unchanged(func(in *Input) { in.Observed.Role.Path = "/team/" }), []string{"/team/", "/taskrole/prod/shop/", "delete", "another roleName"}},
		"another owner": {unchanged(func(in *Input) { in.RecordedRoleID, in.Observed.Role.Tags[model.TagNamespace] = "", "bank" }), []string{"bank/orders-api", "shop/orders-api", "delete the role"}},
		"no owner":      {unchanged(func(in *Input) { in.RecordedRoleID, in.Observed.Role.Tags = "", nil }), []string{"no owner tags", "delete the role"}},
		"another trust": {unchanged(func(in *Input) { in.RecordedRoleID, in.Observed.Role.Trust = "", "{}" }), []string{"trust policy", "ecs-tasks.amazonaws.com", "delete the role"}},
		"another's policy": {unchanged(func(in *Input) { in.Observed.Policies[0].Tags[model.TagName] = "other" }),
			[]string{"shop/other", state.PolicyARN(theRole), "delete the policy"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Calculate(c.in, options())
			for _, text := range c.says {
				if len(p.Holds) != 1 || !strings.Contains(p.Holds[0].Message, text) {
					t.Errorf("it does not say %q: %v", text, p.Holds)
				}
			}
		})
	}
}

func TestTheRoleIsCreatedWithEverythingThatNamesItsOwner(t *testing.T) {
	in := unchanged(nothingYet, func(in *Input) { in.Observed.Family = family(revision(1, previous, pipeline, "a")) })
	a := Calculate(in, options()).Actions[0]
	if a.Path != "/taskrole/prod/shop/" || model.OwnerOf(a.Role.Tags) != owner || a.Role.Tags[model.TagPreviousRole] != previous {
		t.Errorf("%+v %v", a, a.Role.Tags)
	}
	if in.Desired.Role.Tags[model.TagPreviousRole] != "" {
		t.Error("the input was changed")
	}
}

func TestThePreviousRoleIsWhatATrustedRegistrantNamed(t *testing.T) {
	for name, c := range map[string]struct {
		foreign model.Revision
		so      string
		want    string
	}{
		"a role":                   {revision(1, previous, pipeline, "a"), "", previous},
		"none":                     {revision(1, "", pipeline, "a"), previous, NoPreviousRole},
		"ours":                     {revision(1, roleARN, pipeline, "a"), previous, previous},
		"another TaskRole's":       {revision(1, others, pipeline, "a"), previous, previous},
		"a stranger's choice":      {revision(1, "arn:aws:iam::111122223333:role/chosen", stranger, "a"), previous, previous},
		"one that no tag can hold": {revision(1, previous+",x", pipeline, "a"), previous, ""},
		"one that is too long":     {revision(1, previous+strings.Repeat("x", 256), pipeline, "a"), previous, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := unchanged(func(in *Input) {
				in.Observed.Role.Tags = map[string]string{model.TagPreviousRole: c.so}
				in.Observed.Family = family(c.foreign)
			})
			if got := previousRole(in); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}
