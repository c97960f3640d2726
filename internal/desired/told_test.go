package desired

import (
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// wants fails the test unless the refusal has the reason, and each of the texts
// that often.
func wants(t *testing.T, r *Refusal, reason string, times map[string]int) {
	t.Helper()
	if r.Reason != reason {
		t.Errorf("reason %s, want %s", r.Reason, reason)
	}
	for text, n := range times {
		if got := strings.Count(r.Error(), text); got != n {
			t.Errorf("%q stands there %d times, want %d: %s", text, got, n, r)
		}
	}
}

func TestMistakesOfSeveralKindsAreToldInOneMessage(t *testing.T) {
	r := refusal(t, input(allowing([]string{"s3:*"}, all), func(in *Input) {
		in.TaskRole.Spec.Family = "bank"
		in.TaskRole.Spec.Statements = []v1alpha1.Statement{
			{Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:us-west-2:111122223333:b"}},
			{Effect: v1alpha1.EffectAllow, Actions: []string{"sqs:SendMessage"}, Resources: []string{"*"}},
		}
		in.TaskRole.Spec.Grants = []v1alpha1.Grant{{Access: []string{"Raed"}, Resources: []string{"arn:aws:s3:::b/*"}}}
	}))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{
		"spec.family: ": 1, "spec.grants[0].access[0]: ": 1, "spec.statements[0].resources[0]: ": 1, "spec.statements[1].actions[0]: ": 1,
	})
}

func TestWhatIsRefusedIsNotRefusedAgainInOtherWords(t *testing.T) {
	r := refusal(t, input(allowing(nil, nil), func(in *Input) {
		in.Class.Spec.AllowStatements = false
		in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, in.TaskRole.Spec.Statements[0])
	}))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{"spec.statements[0]": 1, "spec.statements[1]": 1, "allowedActions": 0})
}

func TestManyMistakesAreCountedAfterTheFirstFive(t *testing.T) {
	r := refusal(t, input(func(in *Input) {
		in.Class.Spec.AllowStatements = false
		for range 6 {
			in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, in.TaskRole.Spec.Statements[0])
		}
	}))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{"does not allow IAM statements": 5, "; and 2 more": 1})
}

func TestWhatAGrantOrAnOptionComesToIsSaidOnce(t *testing.T) {
	r := refusal(t, input(allowing([]string{"s3:*"}, all), enabled))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{
		"spec.executeCommand": 1, "ssmmessages:CreateControlChannel": 1, "ssmmessages:OpenDataChannel": 1,
		"does not allow them": 1, "set executeCommand to Disabled": 1,
	})
	r = refusal(t, input(allowing([]string{"s3:*"}, all), granting("Read", "arn:aws:glue:us-west-2:111122223333:table/sales/orders")))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{"spec.grants[0]": 1, "glue:GetTable,": 1, "remove it": 0, "ask the platform team to allow them, or change the grant": 1})
}

func TestAWildcardOverActionsThatAreAllowedByNameOnlyIsToldWhatItReaches(t *testing.T) {
	r := refusal(t, input(allowing(all, all), asking("*", "*")))
	wants(t, r, v1alpha1.ReasonNotAllowed, map[string]int{
		"does not name *": 0, "* would allow actions of iam:*, organizations:*, account:*, sts:AssumeRole*, sts:AssumeRoot, too": 1, "such as s3:*": 1,
	})
}

func TestAPolicyVariableIsToldToCountAsAStar(t *testing.T) {
	const own = "arn:aws:s3:::b/${aws:PrincipalTag/team}/x"
	narrow := allowing(all, []string{"arn:aws:s3:::b/shop/*"})
	wants(t, refusal(t, input(narrow, asking("s3:GetObject", own))), v1alpha1.ReasonNotAllowed, map[string]int{"a policy variable counts as *": 1})
	wants(t, refusal(t, input(narrow, asking("s3:GetObject", object))), v1alpha1.ReasonNotAllowed, map[string]int{"a policy variable": 0})
}

func TestFindingsNameTheFieldThatTheySpeakOf(t *testing.T) {
	state := build(t, input(func(in *Input) {
		in.TaskRole.Spec.Statements = []v1alpha1.Statement{
			{SID: "Audit", Effect: v1alpha1.EffectAllow, Actions: []string{"s3:*"}, Resources: []string{"arn:aws:s3:::b/*"}},
			{Effect: v1alpha1.EffectAllow, Actions: []string{"sqs:*"}, Resources: []string{"arn:aws:sqs:us-west-2:111122223333:q"}},
		}
	}))
	subjects := map[string]bool{}
	for _, f := range state.Findings {
		subjects[f.Subject] = true
	}
	if !subjects["statement Audit"] || !subjects["spec.statements[1]"] {
		t.Errorf("%v", subjects)
	}
}
