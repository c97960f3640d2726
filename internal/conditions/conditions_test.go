package conditions

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func holding(holds ...plan.Hold) Outcome {
	return Outcome{Plan: plan.Plan{Holds: holds}, Synced: "revision 2 carries the role"}
}

func failing(area plan.Area, reason string, terminal bool) Outcome {
	return Outcome{Failure: &Failure{Area: area, Reason: reason, Message: "why", Terminal: terminal}}
}

func pendingActions(kinds ...plan.Kind) (actions []plan.Action) {
	for _, k := range kinds {
		actions = append(actions, plan.Action{Kind: k, Subject: "x", Reason: "y"})
	}
	return actions
}

// in is the conditions in short: type, status and reason.
func in(conditions []metav1.Condition) map[string]string {
	out := map[string]string{}
	for _, c := range conditions {
		out[c.Type] = string(c.Status) + " " + c.Reason
	}
	return out
}

func TestEveryOutcomeHasItsConditions(t *testing.T) {
	conflict := plan.Hold{Area: plan.AreaRole, Code: plan.HoldConflict, Message: "whose", Terminal: true}
	for name, c := range map[string]struct {
		outcome Outcome
		want    map[string]string // what differs from all being well
	}{
		"all is well": {Outcome{Synced: "s"}, nil},
		"nothing was reached": {failing("", "ClassNotFound", true), map[string]string{
			"Ready": "False ClassNotFound", "RoleSynced": "Unknown ClassNotFound", "PolicySynced": "Unknown ClassNotFound",
			"TaskDefinitionSynced": "Unknown ClassNotFound", "Stalled": "True ClassNotFound", "LeastPrivilege": "",
		}},
		"the role failed": {failing(plan.AreaRole, "AccessDenied", true), map[string]string{
			"Ready": "False AccessDenied", "RoleSynced": "False AccessDenied", "PolicySynced": "Unknown AccessDenied",
			"TaskDefinitionSynced": "Unknown AccessDenied", "Stalled": "True AccessDenied",
		}},
		"a policy failed, for now": {failing(plan.AreaPolicy, "TransientError", false), map[string]string{
			"Ready": "False TransientError", "PolicySynced": "False TransientError", "TaskDefinitionSynced": "Unknown TransientError",
		}},
		"the task definition failed": {failing(plan.AreaTaskDefinition, "TransientError", false), map[string]string{
			"Ready": "False TransientError", "TaskDefinitionSynced": "False TransientError",
		}},
		"the role is somebody else's": {holding(conflict), map[string]string{
			"Ready": "False Conflict", "RoleSynced": "False Conflict", "PolicySynced": "Unknown Conflict",
			"TaskDefinitionSynced": "Unknown Conflict", "Stalled": "True Conflict",
		}},
		"a policy is somebody else's": {holding(plan.Hold{Area: plan.AreaPolicy, Code: plan.HoldConflict, Terminal: true}), map[string]string{
			"Ready": "False Conflict", "PolicySynced": "False Conflict", "TaskDefinitionSynced": "Unknown Conflict", "Stalled": "True Conflict",
		}},
		"a stranger registered it": {holding(plan.Hold{Area: plan.AreaTaskDefinition, Code: plan.HoldUntrusted, Terminal: true}), map[string]string{
			"Ready": "False UntrustedRegistrant", "TaskDefinitionSynced": "False UntrustedRegistrant", "Stalled": "True UntrustedRegistrant",
		}},
		"the role is young": {holding(plan.Hold{Area: plan.AreaTaskDefinition, Code: plan.HoldPropagating}), map[string]string{
			"Ready": "False Propagating", "TaskDefinitionSynced": "False Propagating",
		}},
		"no family yet": {holding(plan.Hold{Area: plan.AreaTaskDefinition, Code: plan.HoldNoFamily}), map[string]string{
			"Ready": "False WaitingForFamily", "TaskDefinitionSynced": "False WaitingForFamily",
		}},
		"the role is in use": {holding(plan.Hold{Area: plan.AreaRole, Code: plan.HoldInUse}), map[string]string{
			"Ready": "False RoleInUse", "RoleSynced": "False RoleInUse",
		}},
		"only the first hold counts": {holding(conflict, plan.Hold{Area: plan.AreaTaskDefinition, Code: plan.HoldNoFamily}), map[string]string{
			"Ready": "False Conflict", "RoleSynced": "False Conflict", "PolicySynced": "Unknown Conflict",
			"TaskDefinitionSynced": "Unknown Conflict", "Stalled": "True Conflict",
		}},
		"a failure outweighs a hold": {Outcome{
			Failure: &Failure{Area: plan.AreaPolicy, Reason: "QuotaExceeded", Terminal: true}, Plan: plan.Plan{Holds: []plan.Hold{{Area: plan.AreaTaskDefinition, Code: plan.HoldNoFamily}}},
		}, map[string]string{
			"Ready": "False QuotaExceeded", "PolicySynced": "False QuotaExceeded", "TaskDefinitionSynced": "Unknown QuotaExceeded", "Stalled": "True QuotaExceeded",
		}},
		"observing what differs": {Outcome{Observing: true, Plan: plan.Plan{Actions: pendingActions(plan.UpdateTrust, plan.RegisterCopy)}}, map[string]string{
			"Ready": "False Drift", "RoleSynced": "False Drift", "TaskDefinitionSynced": "False Drift",
		}},
		"observing what would take time": {Outcome{Observing: true, Plan: plan.Plan{
			Actions: pendingActions(plan.CreateRole), Holds: []plan.Hold{{Area: plan.AreaTaskDefinition, Code: plan.HoldPropagating}},
		}}, map[string]string{
			"Ready": "False Drift", "RoleSynced": "False Drift", "TaskDefinitionSynced": "False Propagating",
		}},
		"observing what does not":      {Outcome{Observing: true}, nil},
		"what was applied is no drift": {Outcome{Plan: plan.Plan{Actions: pendingActions(plan.UpdateTrust)}}, nil},
		"a finding of Error":           {Outcome{Findings: []policy.Finding{{Severity: policy.Error}}}, map[string]string{"LeastPrivilege": "False Findings"}},
		"a finding of Warning":         {Outcome{Findings: []policy.Finding{{Severity: policy.Warning}}}, map[string]string{"LeastPrivilege": "False Findings"}},
		"a finding of Info":            {Outcome{Findings: []policy.Finding{{Severity: policy.Info}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{
				"Ready": "True Synced", "RoleSynced": "True Synced", "PolicySynced": "True Synced", "TaskDefinitionSynced": "True Synced",
				"LeastPrivilege": "True NoFindings", "ServicesSynced": "True NoServices",
			}
			// What stops one area stops those after it.
			if reason, stopped := strings.CutPrefix(c.want["TaskDefinitionSynced"], "Unknown "); stopped {
				want["ServicesSynced"] = "Unknown " + reason
			} else if f := c.outcome.Failure; f != nil {
				want["ServicesSynced"] = "Unknown " + f.Reason
			}
			for kind, text := range c.want {
				want[kind] = text
				if text == "" {
					delete(want, kind)
				}
			}
			var got []metav1.Condition
			Set(&got, c.outcome)
			if diff := cmp.Diff(want, in(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestConditionsAreAsKstatusReadsThem(t *testing.T) {
	var conditions []metav1.Condition
	stalled := holding(plan.Hold{Area: plan.AreaRole, Code: plan.HoldConflict, Message: "whose", Terminal: true})
	stalled.Generation = 3
	Set(&conditions, stalled)
	if c := meta.FindStatusCondition(conditions, "Stalled"); c == nil || c.Status != metav1.ConditionTrue || c.Message != "whose" {
		t.Errorf("Stalled is not true: %+v", c)
	}
	long := metav1.NewTime(time.Now().Add(-time.Hour).Truncate(time.Second))
	for i := range conditions {
		conditions[i].LastTransitionTime = long
	}
	Set(&conditions, Outcome{Generation: 4, Synced: "s"})
	if c := meta.FindStatusCondition(conditions, "Stalled"); c != nil {
		t.Errorf("Stalled is there although nothing stalls: %+v", c)
	}
	for _, c := range conditions {
		if c.ObservedGeneration != 4 {
			t.Errorf("%s tells of generation %d", c.Type, c.ObservedGeneration)
		}
		if moved := !c.LastTransitionTime.Equal(&long); moved != (c.Type != "LeastPrivilege") {
			t.Errorf("%s: its time moved: %t", c.Type, moved)
		}
	}
}

func TestReadySaysWhatHoldsOrWhatToDo(t *testing.T) {
	for _, c := range []struct {
		outcome Outcome
		want    string
	}{
		{holding(), "revision 2 carries the role"},
		{holding(plan.Hold{Message: "first"}, plan.Hold{Message: "second"}), "first"},
		{failing(plan.AreaRole, "AccessDenied", true), "why"},
		{Outcome{Observing: true, Plan: plan.Plan{Actions: pendingActions(plan.TagRole, plan.TagRole)}},
			"2 changes are pending, which managementPolicy Observe leaves undone: see status.pending"},
	} {
		var conditions []metav1.Condition
		Set(&conditions, c.outcome)
		if got := meta.FindStatusCondition(conditions, "Ready").Message; got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestLeastPrivilegeTellsTheGravestFinding(t *testing.T) {
	var conditions []metav1.Condition
	Set(&conditions, Outcome{Findings: []policy.Finding{
		{Severity: policy.Warning, Code: "W", Subject: "statement 1", Message: "m"}, {Severity: policy.Error, Code: "E", Subject: "statement 2", Message: "n"},
	}})
	if got := meta.FindStatusCondition(conditions, "LeastPrivilege").Message; got != "statement 2: E: n" {
		t.Error(got)
	}
}

func TestTheNextLookComesWhenAHoldEndsAndAtTheLatestAfterTheResync(t *testing.T) {
	now, resync := time.Unix(1000, 0), 5*time.Minute
	until := func(d time.Duration) plan.Hold { return plan.Hold{Until: now.Add(d)} }
	for name, c := range map[string]struct {
		outcome Outcome
		want    time.Duration
	}{
		"nothing waits":        {Outcome{}, resync},
		"a hold ends":          {holding(until(10*time.Second), until(20*time.Second)), 10 * time.Second},
		"a hold ended":         {holding(until(-time.Second)), time.Millisecond},
		"a hold ends far away": {holding(until(time.Hour)), resync},
		"a hold has no end":    {holding(plan.Hold{}), resync},
		"a terminal failure":   {failing(plan.AreaRole, "AccessDenied", true), resync},
		"a name is taken":      {failing(plan.AreaRole, v1alpha1.ReasonConflict, true), conflictRetry},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Next(c.outcome, now, resync); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
	if got := Next(failing("", v1alpha1.ReasonConflict, true), now, time.Second); got != time.Second {
		t.Errorf("%s, later than the resync", got)
	}
}

func TestOnlyWhatMayPassByItselfIsRetried(t *testing.T) {
	for _, c := range []struct {
		outcome Outcome
		want    bool
	}{
		{Outcome{}, false},
		{failing(plan.AreaRole, "TransientError", false), true},
		{failing(plan.AreaRole, "AccessDenied", true), false},
		{holding(plan.Hold{Code: plan.HoldConflict, Terminal: true}), false},
	} {
		if got := Retry(c.outcome); got != c.want {
			t.Errorf("%+v: %t", c.outcome, got)
		}
	}
}

func TestFindingsAreRankedAndAtMostTwentyThenCounted(t *testing.T) {
	many := func(n int, s policy.Severity) (list []policy.Finding) {
		for i := range n {
			list = append(list, policy.Finding{Severity: s, Code: "C", Message: "m", Subject: fmt.Sprintf("%s %d", s, i)})
		}
		return list
	}
	subjects := func(list []v1alpha1.Finding) (out []string) {
		for _, f := range list {
			out = append(out, f.Subject)
		}
		return out
	}
	if got := Findings(nil); got != nil {
		t.Errorf("none became %v", got)
	}
	mixed := append(append(many(2, policy.Info), many(2, policy.Error)...), many(2, policy.Warning)...)
	if diff := cmp.Diff([]string{"Error 0", "Error 1", "Warning 0", "Warning 1", "Info 0", "Info 1"}, subjects(Findings(mixed))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if mixed[0].Severity != policy.Info {
		t.Error("the input was sorted")
	}
	if got := Findings(many(20, policy.Warning)); len(got) != 20 || got[19].Code != "C" {
		t.Errorf("twenty became %d", len(got))
	}
	got := Findings(append(many(15, policy.Info), many(10, policy.Error)...))
	want := v1alpha1.Finding{Severity: "Info", Code: codeMore, Message: "not listed here: 5 more; clear those above first"}
	if diff := cmp.Diff(want, got[20]); len(got) != 21 || diff != "" {
		t.Errorf("%d findings, -want +got:\n%s", len(got), diff)
	}
}

func TestOnlyWhatTakesMoreThanTimeIsTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		outcome Outcome
		want    bool
	}{
		"all is well":         {Outcome{}, false},
		"a failure":           {failing(plan.AreaRole, "TransientError", false), true},
		"a conflict":          {holding(plan.Hold{Code: plan.HoldConflict, Terminal: true}), true},
		"a role in use":       {holding(plan.Hold{Code: plan.HoldInUse}), true},
		"a young role":        {holding(plan.Hold{Code: plan.HoldPropagating}), false},
		"a family that lacks": {holding(plan.Hold{Code: plan.HoldNoFamily}), false},
	} {
		if got := Troubled(c.outcome); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestAMessageFitsIntoAStatusAndEndsAtACharacter(t *testing.T) {
	var conditions []metav1.Condition
	o := failing(plan.AreaRole, "RefusedByAWS", true)
	o.Failure.Message = strings.Repeat("ä", 40_000)
	Set(&conditions, o)
	for _, c := range conditions {
		if len(c.Message) > 2048 || !utf8.ValidString(c.Message) {
			t.Errorf("%s: %d bytes, valid %v", c.Type, len(c.Message), utf8.ValidString(c.Message))
		}
	}
	if got := Cut("short", 5); got != "short" {
		t.Error(got)
	}
}
