package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// guideS3 is the permission policy of AWS's guide on the task role, as printed.
const guideS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::my-task-secrets-bucket/*"],
	"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:region:123456789012:*"},"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`

// short is what tests compare of a finding.
type short struct {
	Severity      policy.Severity
	Code, Subject string
}

func shorts(findings []policy.Finding) (out []short) {
	for _, f := range findings {
		out = append(out, short{f.Severity, f.Code, f.Subject})
	}
	return out
}

func TestTheGuidesPolicyIsFoundToAllowNothing(t *testing.T) {
	findings := Check(parse(t, guideS3), nil)
	want := []short{
		{policy.Error, CodeServiceContextKey, "statement 1"},
		{policy.Warning, CodePlaceholder, "statement 1"},
		{policy.Error, CodeServiceContextKey, "statement 1"},
	}
	if diff := cmp.Diff(want, shorts(findings)); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	for i, says := range [][]string{
		{"aws:SourceArn", "allows nothing", "Drop", "trust policy", "aws:ResourceAccount"},
		{"aws:SourceArn", "arn:aws:ecs:region:123456789012:*", "arn:aws:ecs:us-west-2:123456789012:*"},
		{"aws:SourceAccount"},
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
		want                         policy.Severity
	}{
		// The key is never there, so the Allow never matches.
		{policy.Allow, "StringEquals", "aws:SourceAccount", "1", policy.Error},
		{policy.Allow, "stringlike", "AWS:SOURCEARN", "1", policy.Error},
		{policy.Allow, "ForAnyValue:StringLike", "aws:SourceArn", "1", policy.Error},
		{policy.Allow, "ForAnyValue:StringNotLike", "aws:SourceArn", "1", policy.Error},
		{policy.Allow, "Null", "aws:SourceArn", "false", policy.Error},
		// Or the condition is always true, and harmless.
		{policy.Allow, "StringEqualsIfExists", "aws:SourceAccount", "1", policy.Info},
		{policy.Allow, "ForAnyValue:StringLikeIfExists", "aws:SourceAccount", "1", policy.Info},
		{policy.Allow, "StringNotEquals", "aws:SourceAccount", "1", policy.Info},
		{policy.Allow, "ArnNotLike", "aws:SourceArn", "1", policy.Info},
		{policy.Allow, "ForAllValues:StringEquals", "aws:SourceAccount", "1", policy.Info},
		{policy.Allow, "Null", "aws:SourceArn", "true", policy.Info},
		// A Deny never fires, or always.
		{policy.Deny, "StringEquals", "aws:SourceAccount", "1", policy.Warning},
		{policy.Deny, "StringNotEquals", "aws:SourceAccount", "1", policy.Warning},
		{policy.Deny, "Null", "aws:SourceArn", "true", policy.Warning},
		// Keys that a task's requests do carry.
		{policy.Allow, "StringEquals", "aws:ResourceAccount", "1", ""},
		{policy.Allow, "StringEquals", "aws:SourceIp", "1", ""},
		{policy.Allow, "StringEquals", "aws:SourceArnX", "1", ""},
	} {
		d := policy.Document{Statement: policy.Statements{{Sid: "Audit", Effect: c.effect, Condition: policy.Conditions{c.operator: {c.key: {c.value}}}}}}
		var got policy.Severity
		for _, f := range with(Check(d, nil), CodeServiceContextKey) {
			got = f.Severity
			if f.Subject != "statement Audit" {
				t.Errorf("not named: %+v", f)
			}
		}
		if got != c.want {
			t.Errorf("%s with %s %s: %q, not %q", c.effect, c.operator, c.key, got, c.want)
		}
	}
}

func TestStatementsAreCalledByTheNamesGiven(t *testing.T) {
	d := parse(t, inDocument(`{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"C","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`))
	for _, c := range []struct{ names, want []string }{
		{nil, []string{"statement A", "statement 2", "statement C"}},
		{[]string{"grants[0]", "statements[1]", "inference of EFS"}, []string{"grants[0]", "statements[1]", "inference of EFS"}},
		{[]string{"grants[0]"}, []string{"grants[0]", "statement 2", "statement C"}},
	} {
		var got []string
		for _, f := range Check(d, c.names) {
			got = append(got, f.Subject)
			if strings.Contains(f.Message, f.Subject) {
				t.Errorf("%s names %s again", f.Message, f.Subject)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestFindingsComeInTheOrderOfStatementsAndThoseOfTheWholeLast(t *testing.T) {
	d := parse(t, `{"Statement":[{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"},
		{"Effect":"Allow","Action":"s3:GetObjct","Resource":"arn:aws:s3:::b/${aws:userid}"},
		{"Effect":"Allow","Action":["s3:GetObject","sqs:ListQueues"],"Resource":"b/in*"}]}`)
	want := []short{
		{policy.Warning, CodeUnknownAction, "statement 2"},
		{policy.Error, CodeInvalidARN, "statement 3"},
		{policy.Error, CodeStarOnlyAction, "statement 3"},
		{policy.Error, CodeVersion, wholeDocument},
		{policy.Error, CodePrivilegeEscalation, "statement 1"},
	}
	if diff := cmp.Diff(want, shorts(Check(d, nil))); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

func TestAFewValuesAreNamedAndTheRestIsCounted(t *testing.T) {
	for want, values := range map[string][]string{
		"":                   nil,
		"a":                  {"a"},
		"a and b":            {"a", "b"},
		"a, b, c and d":      {"a", "b", "c", "d"},
		"a, b, c and 2 more": {"a", "b", "c", "d", "e"},
	} {
		if got := list(values); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestACleanPolicyHasNoFindings(t *testing.T) {
	for _, statements := range []string{
		`{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::b/in/*","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}}`,
		`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"StringLike":{"s3:prefix":["in/","in/*"]}}}`,
		`{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*","Condition":{"StringEquals":{"cloudwatch:namespace":"Shop"}}}`,
		`{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}`,
		`{"Effect":"Allow","Action":["dynamodb:Query","dynamodb:Scan"],"Resource":["arn:aws:dynamodb:us-west-2:111122223333:table/t","arn:aws:dynamodb:us-west-2:111122223333:table/t/index/*"]}`,
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-west-2"}}}`,
		`{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
		``,
	} {
		if got := Check(parse(t, inDocument(statements)), nil); len(got) != 0 {
			t.Errorf("%s: %+v", statements, got)
		}
	}
}

// A document that nobody but AWS can edit has one finding of a kind for each
// statement, however many actions it names.
func TestAManagedPolicyOfManyStarsHasFewFindings(t *testing.T) {
	d := parse(t, inDocument(`{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"},
		{"Effect":"Allow","Action":["sqs:*","sns:*","dynamodb:*","kms:Decrypt"],"Resource":"*"}`))
	want := []short{
		{policy.Warning, CodeBroadResource, "statement 1"},
		{policy.Warning, CodeWildcardAction, "statement 2"},
		{policy.Warning, CodeCredentialExposure, "statement 2"},
		{policy.Warning, CodeBroadResource, "statement 2"},
	}
	findings := Check(d, nil)
	if diff := cmp.Diff(want, shorts(findings)); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	for _, f := range findings {
		if len(f.Message) > 700 {
			t.Errorf("%d characters: %s", len(f.Message), f.Message)
		}
	}
}

func TestWhatTheCatalogueGrantsOnItsExamplesIsAboveReproach(t *testing.T) {
	checked := 0
	for _, s := range grants.Services() {
		for _, kind := range s.Types {
			for _, verb := range kind.VerbNames() {
				permissions, problems := grants.Expand(grants.Grant{Access: []string{verb}, Resources: []string{kind.Example}})
				if len(problems) > 0 {
					t.Errorf("%s of %s: %+v", verb, kind.Example, problems)
					continue
				}
				d := policy.Document{Version: policy.Version}
				for _, p := range permissions {
					d.Statement = append(d.Statement, p.Statement)
				}
				checked++
				for _, f := range Check(d, nil) {
					if f.Severity != policy.Info {
						t.Errorf("%s %s %s: %s %s: %s", s.Service, kind.Name, verb, f.Severity, f.Code, f.Message)
					}
				}
			}
		}
	}
	if checked < 60 {
		t.Fatalf("only %d verbs: the catalogue was not read", checked)
	}
}
