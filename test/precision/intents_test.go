package precision

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func TestAGrantIsCompiledAsTheControllerDoesIt(t *testing.T) {
	intent := Intent{Grant: Grant{
		Access: []string{"Send", "Consume"}, Resources: []string{queue},
		Conditions: policy.Conditions{"StringEquals": {"aws:ResourceTag/team": {"shop"}}},
	}}
	got, err := intent.Compile()
	if err != nil {
		t.Fatal(err)
	}
	want := document("sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage sqs:SendMessage | " + queue)
	want.Statement[0].Condition = intent.Grant.Conditions
	// One statement: what both verbs need stands in it once.
	if len(got.Statement) != 1 || !policy.Equivalent(want, got) {
		t.Errorf("want %s\ngot  %s", want.JSON(), got.JSON())
	}
}

func TestARefusedGrantSaysWhy(t *testing.T) {
	_, err := Intent{Grant: Grant{Access: []string{"Raed"}, Resources: []string{"arn:aws:s3:::in/*"}}}.Compile()
	if err == nil || !strings.Contains(err.Error(), "Raed") {
		t.Errorf("%v", err)
	}
}

func TestARivalsStatementsAreTakenAsTheyAre(t *testing.T) {
	condition := policy.Conditions{"Bool": {"lambda:InvokedViaFunctionUrl": {"true"}}}
	rival := Rival{Statements: []Statement{
		{Actions: []string{"s3:List*", "s3:GetObject"}, Resources: []string{bucket, object}},
		{Actions: []string{"lambda:InvokeFunction"}, Resources: []string{"*"}, Conditions: condition},
	}}
	want := document("s3:List* s3:GetObject | "+bucket+" "+object, "lambda:InvokeFunction | *")
	want.Statement[1].Condition = condition
	if diff := cmp.Diff(want, rival.Document()); diff != "" {
		t.Error(diff)
	}
}
