package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

var gone = []string{"DetachPolicy " + theRole, "DeletePolicy " + theRole, "DeleteRole " + theRole}

func after(first ...string) []string { return append(first, gone...) }

func used(in *Input) { in.Usage.Services = []string{"service main/orders"} }

func TestDeletionUndoesWhatWasMadeAndNothingElse(t *testing.T) {
	for name, s := range map[string]situation{
		"the family carried no role": {in: deleted(), want: after("RegisterCopy shop-orders:1 with none")},
		"the family carried a role": {in: deleted(func(in *Input) { in.Observed.Family.Revisions[1].RoleARN = previous }),
			want: after("RegisterCopy shop-orders:1 with legacy")},
		"the family does not exist":         {in: deleted(func(in *Input) { in.Observed.Family = family() }), want: gone},
		"the family carries another role":   {in: deleted(func(in *Input) { in.Observed.Family = family(revision(3, previous, pipeline, "b")) }), want: gone},
		"the family carries a successor's":  {in: deleted(func(in *Input) { in.Observed.Family = family(revision(3, others, caller, "b")) }), want: gone},
		"a successor waits for the family":  {in: deleted(), opts: func(o *Options) { o.Succeeded = true }, want: after("RegisterCopy shop-orders:1 with none")},
		"the pipeline names the role":       {in: deleted(func(in *Input) { in.Observed.Family = family(revision(3, roleARN, pipeline, "b")) }), want: append(after(), "note PipelineNamesRole")},
		"the pipeline names it behind ours": {in: deleted(func(in *Input) { in.Observed.Family.Revisions[1].RoleARN = roleARN }), want: append(after(), "note PipelineNamesRole")},
		"AWS does not say who named it":     {in: deleted(anybody, func(in *Input) { in.Observed.Family = family(revision(3, roleARN, "", "b")) }), want: after("RegisterCopy shop-orders:3 with none")},
		"... nor is anybody trusted":        {in: deleted(func(in *Input) { in.Observed.Family = family(revision(3, roleARN, "", "b")) }), want: append(after(), "note PipelineNamesRole")},
		"... and we never bridged": {in: deleted(anybody, func(in *Input) {
			in.Observed.Role.Tags, in.Observed.Family = owner.Tags(), family(revision(3, roleARN, "", "b"))
		}), want: append(after(), "note PipelineNamesRole")},
		"nothing of others is left": {in: deleted(byTag(previous), func(in *Input) { in.Observed.Family = family(revision(2, roleARN, caller, "a")) }), want: append(after("RegisterCopy shop-orders:2 with legacy"), "note PreviousContent")},
		"the newest of others is a stranger's": {in: deleted(byTag(previous), func(in *Input) {
			in.Observed.Family.Revisions[1] = revision(1, "arn:aws:iam::111122223333:role/chosen", stranger, "b")
		}), want: append(after("RegisterCopy shop-orders:2 with legacy"), "note PreviousContent")},
		"... and ours is a copy of it": {in: deleted(byTag(previous), func(in *Input) {
			in.Observed.Family = family(revision(6, roleARN, caller, "b"), revision(5, "", stranger, "b"))
		}), want: append(after("RegisterCopy shop-orders:6 with none"), "note PreviousContent")},
		"the tag names another TaskRole's": {in: deleted(byTag(others), func(in *Input) { in.Observed.Family = family(revision(2, roleARN, caller, "a")) }), want: append(after("RegisterCopy shop-orders:2 with none"), "note PreviousContent", "note PreviousRoleNotRestored")},
		"the revision names another TaskRole's": {in: deleted(func(in *Input) { in.Observed.Family.Revisions[1].RoleARN = others }),
			want: append(after("RegisterCopy shop-orders:1 with none"), "note PreviousRoleNotRestored")},
		"the previous role may not be passed": {in: deleted(func(in *Input) { in.Observed.Family.Revisions[1].RoleARN = previous }), opts: func(o *Options) { o.PreviousRoleDenied = true },
			want: append(after("RegisterCopy shop-orders:1 with none"), "note PreviousRoleNotRestored")},

		// What was registered at the beginning of this deletion.
		"ours is back": {in: deleted(restored(revision(1, previous, pipeline, "a"))), want: gone},
		"ours hides what a pipeline registered at that moment": {in: deleted(restored(revision(3, previous, pipeline, "b"))), want: []string{"Deregister shop-orders:4"}},
		"... with our role":               {in: deleted(restored(revision(3, roleARN, pipeline, "b"))), want: []string{"Deregister shop-orders:4"}},
		"ours is of what was taken back":  {in: deleted(restored(revision(2, roleARN, caller, "a"), revision(1, "", pipeline, "b"))), want: []string{"Deregister shop-orders:4"}},
		"ours is remembered as its copy":  {in: deleted(restored(revision(3, previous, pipeline, "b")), remembered(4, 3)), want: gone},
		"ours is remembered as another's": {in: deleted(restored(revision(3, previous, pipeline, "b")), remembered(4, 1)), want: []string{"Deregister shop-orders:4"}},
		"ours stands before a stranger's": {in: deleted(restored(revision(3, previous, stranger, "b"))), want: gone},
		"ours stands alone":               {in: deleted(restored()), want: gone},
		"it is of another TaskRole of ours": {in: deleted(func(in *Input) {
			in.Observed.Family = family(revision(4, others, caller, "a"), revision(3, "", pipeline, "b"))
		}), want: gone},
		"... and the role is gone by hand": {in: deleted(restored(revision(3, previous, pipeline, "b")), func(in *Input) { in.Observed.Role = nil }), want: []string{"Deregister shop-orders:4"}},
		"what stands between cannot be seen yet": {in: deleted(restored(revision(1, previous, pipeline, "a")), unseen), want: []string{
			"pending DetachPolicy " + theRole, "pending DeletePolicy " + theRole, "pending DeleteRole " + theRole, "hold Settling, 8s",
		}},
		"... and the role is gone already": {in: deleted(restored(revision(1, previous, pipeline, "a")), unseen, func(in *Input) {
			in.Observed.Role, in.Observed.Policies = nil, nil
		}), want: []string{"hold Settling, 8s"}},
		"it is from before, and we made nothing": {in: deleted(nothingYet, restored(revision(3, previous, pipeline, "b")))},

		// What stands on the role.
		"a service is still on it": {in: deleted(used), want: []string{
			"RegisterCopy shop-orders:1 with none", "pending DetachPolicy " + theRole, "pending DeletePolicy " + theRole, "pending DeleteRole " + theRole, "hold RoleInUse",
		}},
		"a task is still on it": {in: deleted(func(in *Input) {
			in.Usage.Tasks, in.Observed.Family = []string{"task main/1"}, family()
		}), want: []string{"pending DetachPolicy " + theRole, "pending DeletePolicy " + theRole, "pending DeleteRole " + theRole, "hold RoleInUse"}},
		"a service is on it, by force": {in: deleted(used), opts: func(o *Options) { o.Force = true }, want: after("RegisterCopy shop-orders:1 with none")},
		"an instance profile holds it": {in: deleted(func(in *Input) { in.Usage.InstanceProfiles = []string{"ecs"} }), want: []string{
			"RegisterCopy shop-orders:1 with none", "DetachPolicy " + theRole, "DeletePolicy " + theRole, "note RoleKept",
		}},

		// What others put there.
		"attachments and inline policies of others": {in: deleted(func(in *Input) {
			in.Observed.Role.Attached, in.Observed.Role.Inline = append(in.Observed.Role.Attached, admin), []string{"x"}
		}), want: []string{
			"RegisterCopy shop-orders:1 with none", "DetachPolicy AdministratorAccess", "DetachPolicy " + theRole, "DeleteInline x", "DeletePolicy " + theRole, "DeleteRole " + theRole,
		}},
		"a policy of another owner in our path": {in: deleted(func(in *Input) { in.Observed.Policies[0].Tags[model.TagName] = "other" }), want: []string{
			"RegisterCopy shop-orders:1 with none", "DetachPolicy " + theRole, "DeleteRole " + theRole,
		}},

		// A role that is gone, or never was ours.
		"nothing was ever made":       {in: deleted(nothingYet, func(in *Input) { in.Observed.Family = family(revision(1, "", pipeline, "a")) })},
		"the role is gone by hand":    {in: deleted(func(in *Input) { in.Observed.Role = nil }), want: []string{"RegisterCopy shop-orders:1 with none", "DeletePolicy " + theRole}},
		"a crash after the role went": {in: deleted(func(in *Input) { in.Observed.Role, in.Observed.Family = nil, family() }), want: []string{"DeletePolicy " + theRole}},
		"the role is somebody else's": {in: deleted(func(in *Input) {
			in.Observed.Role.Path, in.Observed.Role.Attached = "/", []string{admin}
		}), want: []string{"DeletePolicy " + theRole, "note RoleKept"}},
		"the role is somebody else's, with our policy": {in: deleted(func(in *Input) { in.Observed.Role.Path = "/" }), want: []string{"note RoleKept"}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

func unseen(in *Input) { in.Observed.Family.Unseen = now.Add(8 * time.Second) }

func byTag(roleARN string) func(*Input) {
	return func(in *Input) { in.Observed.Role.Tags[model.TagPreviousRole] = roleARN }
}

// restored has revision 4, by which we gave the family its previous role back,
// above what follows.
func restored(below ...model.Revision) func(*Input) {
	return func(in *Input) {
		in.Observed.Family = family(append([]model.Revision{revision(4, previous, caller, "a")}, below...)...)
	}
}

func remembered(copied, source int32) func(*Input) {
	return func(in *Input) { in.Copied = Copied{Copy: copied, Source: source} }
}

func TestAHoldAtDeletionNamesWhoUsesTheRoleAndTheWayOut(t *testing.T) {
	in := deleted(func(in *Input) {
		in.Usage.Services = []string{"service main/a", "service main/b", "service main/c", "service main/d", "service main/e", "service main/f"}
		in.Usage.Tasks = []string{"task main/1"}
	})
	message := Calculate(in, options()).Holds[0].Message
	for _, text := range []string{"service main/a", "service main/e", "and 2 more", "ecs.taskrole.dev/force-delete=" + theRole} {
		if !strings.Contains(message, text) {
			t.Errorf("it does not say %q: %s", text, message)
		}
	}
}

func TestDeletionNeverGivesAStrangersContentARole(t *testing.T) {
	for _, opts := range []Options{options(), options(func(o *Options) { o.Force, o.Succeeded = true, true })} {
		in := deleted(func(in *Input) { in.Observed.Family.Revisions[1] = revision(1, previous, stranger, "b") })
		for _, a := range Calculate(in, opts).Actions {
			if a.Kind == RegisterCopy && a.Source.RegisteredBy == stranger {
				t.Errorf("registered in our own name: %s", a)
			}
		}
	}
}
