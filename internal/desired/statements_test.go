package desired

import (
	"errors"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func declaring(s v1alpha1.Statement) Input {
	s.Effect, s.Actions = v1alpha1.EffectAllow, []string{"s3:GetObject"}
	if s.Resources == nil {
		s.Resources = []string{"*"}
	}
	return input(func(in *Input) { in.TaskRole.Spec.Statements = []v1alpha1.Statement{s} })
}

func until(value string) v1alpha1.ConditionBlock {
	return v1alpha1.ConditionBlock{"DateLessThan": {"aws:CurrentTime": {value}}}
}

func TestWhatIAMCannotReadIsRefusedBeforeAnythingIsMade(t *testing.T) {
	for name, c := range map[string]struct {
		statement v1alpha1.Statement
		field     string // empty: it is taken
		says      string
	}{
		"a bucket with a region":    {v1alpha1.Statement{Resources: []string{"arn:aws:s3:us-west-2::bucket/*"}}, "resources[0]", "write arn:aws:s3:::bucket/*"},
		"a bucket with an account":  {v1alpha1.Statement{Resources: []string{"*", "arn:aws:s3::111122223333:bucket"}}, "resources[1]", "write arn:aws:s3:::bucket"},
		"an access point":           {v1alpha1.Statement{Resources: []string{"arn:aws:s3:us-west-2:111122223333:accesspoint/a"}}, "", ""},
		"a bucket":                  {v1alpha1.Statement{Resources: []string{"arn:aws:s3:::bucket/*"}}, "", ""},
		"a service with a wildcard": {v1alpha1.Statement{Resources: []string{"arn:aws:s?:::bucket"}}, "resources[0]", "write out the service"},
		"an unknown kind in IAM":    {v1alpha1.Statement{Resources: []string{"arn:aws:iam::111122223333:roles/x"}}, "resources[0]", "role/"},
		"a role":                    {v1alpha1.Statement{Resources: []string{"arn:aws:iam::111122223333:role/x"}}, "", ""},
		"a date that is none":       {v1alpha1.Statement{Conditions: until("tomorrow")}, "conditions.DateLessThan[aws:CurrentTime][0]", "write 2026-01-31T00:00:00Z"},
		"a date":                    {v1alpha1.Statement{Conditions: until("2026-11-25T01:02:03Z")}, "", ""},
		"a day":                     {v1alpha1.Statement{Conditions: until("2026-11-25")}, "", ""},
		"seconds":                   {v1alpha1.Statement{Conditions: until("1795569658")}, "", ""},
		"a variable":                {v1alpha1.Statement{Conditions: until("${aws:PrincipalTag/until}")}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(declaring(c.statement))
			var refusal *Refusal
			switch found := errors.As(err, &refusal); {
			case !found && (err != nil || c.field != ""):
				t.Errorf("got %v", err)
			case found && (c.field == "" || refusal.Reason != v1alpha1.ReasonInvalidSpec ||
				!strings.Contains(err.Error(), "spec.statements[0]."+c.field) || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %s: %v", refusal.Reason, err)
			}
		})
	}
}

func TestARefusalOfHundredsOfMistakesTellsAFew(t *testing.T) {
	resources := make([]string, 50)
	for i := range resources {
		resources[i] = "arn:aws:s3:us-west-2::" + strings.Repeat("b", 900)
	}
	_, err := Build(declaring(v1alpha1.Statement{Resources: resources}))
	if err == nil || !strings.HasSuffix(err.Error(), "and 45 more") || strings.Count(err.Error(), "spec.statements[0]") != 5 {
		t.Errorf("got %v", err)
	}
}
