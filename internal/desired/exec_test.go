package desired

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// permits are all actions that a state allows.
func permits(s model.State) (out []string) {
	for _, p := range s.Policies {
		for _, one := range p.Document.Statement {
			if one.Effect == policy.Allow {
				out = append(out, one.Action...)
			}
		}
	}
	slices.Sort(out)
	return out
}

func execMode(mode v1alpha1.ExecuteCommand) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.ExecuteCommand = mode
		in.Class.Spec.AllowAutoExecuteCommand = true
		in.Class.Spec.AllowedActions, in.Class.Spec.AllowedResources = []v1alpha1.ActionPattern{"*"}, []v1alpha1.ResourcePattern{"*"}
	}
}

func runs(exec bool) func(*Input) {
	return func(in *Input) {
		in.Use = model.Use{
			Services: []model.Service{{Cluster: "blue", Name: "web", Exec: exec}},
			Exec:     map[string]model.ClusterExec{"blue": {KMSKeyID: "alias/exec", Logging: "OVERRIDE", CloudWatchGroup: "/exec"}},
		}
	}
}

func TestExecFollowsItsModeAndWhatRuns(t *testing.T) {
	for name, c := range map[string]struct {
		mode           v1alpha1.ExecuteCommand
		change         func(*Input)
		channels, keys bool
		told           bool
	}{
		"Disabled, nothing runs":          {v1alpha1.ExecuteCommandDisabled, func(*Input) {}, false, false, false},
		"Disabled, a service enables it":  {v1alpha1.ExecuteCommandDisabled, runs(true), false, false, true},
		"Enabled, nothing runs":           {v1alpha1.ExecuteCommandEnabled, func(*Input) {}, true, false, false},
		"Enabled, a service runs":         {v1alpha1.ExecuteCommandEnabled, runs(false), true, true, false},
		"Auto, nothing runs":              {v1alpha1.ExecuteCommandAuto, func(*Input) {}, false, false, false},
		"Auto, a service without it runs": {v1alpha1.ExecuteCommandAuto, runs(false), false, false, false},
		"Auto, a service enables it":      {v1alpha1.ExecuteCommandAuto, runs(true), true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			state := build(t, input(execMode(c.mode), c.change))
			has := permits(state)
			if got := slices.Contains(has, "ssmmessages:OpenDataChannel"); got != c.channels {
				t.Errorf("channels: %t", got)
			}
			if got := slices.Contains(has, "kms:Decrypt") && slices.Contains(has, "logs:PutLogEvents"); got != c.keys {
				t.Errorf("what the cluster asks for: %t of %v", got, has)
			}
			told := slices.ContainsFunc(state.Implied, func(f policy.Finding) bool { return f.Code == "IMPLIED_EXECUTE_COMMAND" })
			if told != c.told {
				t.Errorf("told: %t", told)
			}
		})
	}
}

func TestWhatAClusterAsksOfExecRefusesNothing(t *testing.T) {
	state := build(t, input(execMode(v1alpha1.ExecuteCommandEnabled), runs(true), func(in *Input) {
		in.Class.Spec.DeniedActions = []v1alpha1.ActionPattern{"kms:*"}
	}))
	if has := permits(state); slices.Contains(has, "kms:Decrypt") || !slices.Contains(has, "ssmmessages:OpenDataChannel") {
		t.Errorf("%v", has)
	}
	if !slices.ContainsFunc(state.Implied, func(f policy.Finding) bool { return strings.Contains(f.Message, "not granted") }) {
		t.Errorf("%v", state.Implied)
	}
}

func TestAutoNeedsTheClasssLeave(t *testing.T) {
	in := input(execMode(v1alpha1.ExecuteCommandAuto), func(in *Input) { in.Class.Spec.AllowAutoExecuteCommand = false })
	if _, err := Build(in); err == nil || !strings.Contains(err.Error(), "allowAutoExecuteCommand") {
		t.Errorf("%v", err)
	}
	in.Class.Spec.Defaults.ExecuteCommand = v1alpha1.ExecuteCommandAuto
	if _, err := Build(in); err != nil {
		t.Error(err)
	}
}

func TestWhatAnyUsedRevisionNeedsIsGrantedAndToldOnce(t *testing.T) {
	newest := Definition{Number: 5, Registration: map[string]json.RawMessage{"containerDefinitions": json.RawMessage(`[{"name":"app"}]`)}}
	older := func(in *Input) {
		mounting(in)
		used := in.Definitions[0]
		used.Number, used.UsedBy = 3, "service blue/web"
		again := used
		again.Number, again.UsedBy = 2, "task blue/0123"
		in.Definitions = []Definition{newest, used, again}
	}
	told := build(t, input(older)).Implied
	if len(told) != 1 || !strings.Contains(told[0].Subject, "of revision 3") || !strings.Contains(told[0].Message, "service blue/web still needs that revision") {
		t.Errorf("%+v", told)
	}
	if has := permits(build(t, input(older, inferring))); !slices.Contains(has, "elasticfilesystem:ClientMount") {
		t.Errorf("%v", has)
	}
	// What the newest needs, too, stands with it alone.
	both := build(t, input(older, func(in *Input) { in.Definitions[0].Registration = in.Definitions[1].Registration })).Implied
	if len(both) != 1 || strings.Contains(both[0].Subject, "revision") {
		t.Errorf("%+v", both)
	}
}
