package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// guideS3 is the permission policy of AWS's guide on the task role, as printed.
const guideS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::my-task-secrets-bucket/*"],
	"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:region:123456789012:*"},"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`

func TestTheGuidesPolicyIsFoundToAllowNothing(t *testing.T) {
	findings := Lint(parse(t, guideS3))
	type short struct {
		Severity      Severity
		Code, Subject string
	}
	var got []short
	for _, f := range findings {
		got = append(got, short{f.Severity, f.Code, f.Subject})
	}
	want := []short{
		{Error, CodeServiceContextKey, "statement 1"},
		{Warning, CodePlaceholder, "statement 1"},
		{Error, CodeServiceContextKey, "statement 1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	for i, says := range [][]string{
		{"statement 1", "aws:SourceArn", "allows nothing", "Drop", "trust policy", "aws:ResourceAccount"},
		{"statement 1", "aws:SourceArn", "arn:aws:ecs:region:123456789012:*", "arn:aws:ecs:us-west-2:123456789012:*"},
		{"statement 1", "aws:SourceAccount"},
	} {
		for _, text := range says {
			if !strings.Contains(findings[i].Message, text) {
				t.Errorf("the message does not say %q: %s", text, findings[i].Message)
			}
		}
	}
}

func TestServiceContextKeysAreJudgedByWhatTheyComeTo(t *testing.T) {
	for _, c := range []struct {
		effect, operator, key, value string
		want                         Severity
	}{
		// The key is never there, so the Allow never matches.
		{Allow, "StringEquals", "aws:SourceAccount", "1", Error},
		{Allow, "stringlike", "AWS:SOURCEARN", "1", Error},
		{Allow, "ForAnyValue:StringLike", "aws:SourceArn", "1", Error},
		{Allow, "ForAnyValue:StringNotLike", "aws:SourceArn", "1", Error},
		{Allow, "Null", "aws:SourceArn", "false", Error},
		// Or the condition is always true, and harmless.
		{Allow, "StringEqualsIfExists", "aws:SourceAccount", "1", Info},
		{Allow, "ForAnyValue:StringLikeIfExists", "aws:SourceAccount", "1", Info},
		{Allow, "StringNotEquals", "aws:SourceAccount", "1", Info},
		{Allow, "ArnNotLike", "aws:SourceArn", "1", Info},
		{Allow, "ForAllValues:StringEquals", "aws:SourceAccount", "1", Info},
		{Allow, "Null", "aws:SourceArn", "true", Info},
		// A Deny never fires, or always.
		{Deny, "StringEquals", "aws:SourceAccount", "1", Warning},
		{Deny, "StringNotEquals", "aws:SourceAccount", "1", Warning},
		{Deny, "Null", "aws:SourceArn", "true", Warning},
		// Keys that a task's requests do carry.
		{Allow, "StringEquals", "aws:ResourceAccount", "1", ""},
		{Allow, "StringEquals", "aws:SourceIp", "1", ""},
		{Allow, "StringEquals", "aws:SourceArnX", "1", ""},
	} {
		d := Document{Statement: Statements{{Sid: "Audit", Effect: c.effect, Condition: Conditions{c.operator: {c.key: {c.value}}}}}}
		var got Severity
		for _, f := range Lint(d) {
			got = f.Severity
			if f.Subject != "statement Audit" || !strings.Contains(f.Message, "statement Audit") {
				t.Errorf("not named: %+v", f)
			}
		}
		if got != c.want {
			t.Errorf("%s with %s %s: %q, not %q", c.effect, c.operator, c.key, got, c.want)
		}
	}
}

func TestADenyThatAlwaysFiresIsToldFromOneThatNeverDoes(t *testing.T) {
	message := func(operator string) string {
		return Lint(Document{Statement: Statements{{Effect: Deny, Condition: Conditions{operator: {"aws:SourceArn": {"x"}}}}}})[0].Message
	}
	if m := message("ArnLike"); !strings.Contains(m, "denies nothing") {
		t.Error(m)
	}
	if m := message("ArnNotLike"); !strings.Contains(m, "always true") {
		t.Error(m)
	}
}

func TestALiteralRegionIsFoundInValuesThatAreARNs(t *testing.T) {
	for value, want := range map[string]int{
		"arn:aws:ecs:region:123456789012:*":    1,
		"arn:aws:ecs:REGION:123456789012:*":    1,
		"arn:aws:ecs:us-west-2:123456789012:*": 0,
		"arn:aws:ecs:*:123456789012:region":    0,
		"region":                               0,
		"arn:aws:ecs:region":                   0,
	} {
		d := Document{Statement: Statements{{Effect: Allow, Condition: Conditions{"ArnLike": {"ecs:cluster": {value}}}}}}
		if got := Lint(d); len(got) != want {
			t.Errorf("%s: %d findings: %v", value, len(got), got)
		}
	}
}

func TestACleanPolicyHasNoFindings(t *testing.T) {
	if got := Lint(parse(t, in(`"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"1"}}`))); len(got) != 0 {
		t.Error(got)
	}
}
