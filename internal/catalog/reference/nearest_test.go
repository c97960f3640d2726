package reference

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAMisspeltActionIsRecognised(t *testing.T) {
	for unknown, want := range map[string]string{
		// A slip in the name.
		"s3:GetObjects":            "s3:GetObject",
		"S3:getobjcet":             "s3:GetObject",
		"sqs:RecieveMessage":       "sqs:ReceiveMessage",
		"sqs:GetQueueURLs":         "sqs:GetQueueUrl",
		"kms:Decypt":               "kms:Decrypt",
		"kms:Decryption":           "kms:Decrypt",
		"ssm:GetParamter":          "ssm:GetParameter",
		"sqs:SendMessageBatch":     "sqs:SendMessage",
		"sqs:DeleteMessageBatch":   "sqs:DeleteMessage",
		"sns:PublishBatch":         "sns:Publish",
		"dynamodb:GetItems":        "dynamodb:GetItem",
		"secretsmanager:GetSecret": "secretsmanager:GetSecretValue",
		// A wrong prefix.
		"dynamo:GetItem":               "dynamodb:GetItem",
		"secretmanager:GetSecretValue": "secretsmanager:GetSecretValue",
		"eventbridge:PutEvents":        "events:PutEvents",
		"stepfunctions:StartExecution": "states:StartExecution",
		"efs:ClientMount":              "elasticfilesystem:ClientMount",
		"cloudwatchlogs:PutLogEvents":  "logs:PutLogEvents",
		"cloudwatch-logs:PutLogEvents": "logs:PutLogEvents",
		"bedrock-runtime:InvokeModel":  "bedrock:InvokeModel",
		"dynamo:GetItme":               "dynamodb:GetItem",
		// An operation of the API.
		"s3:HeadObject":    "s3:GetObject",
		"S3:ListObjectsV2": "s3:ListBucket",
		"s3:ListBuckets":   "s3:ListAllMyBuckets",
		"bedrock:Converse": "bedrock:InvokeModel",
		"lambda:Invoke":    "lambda:InvokeFunction",
		// Nothing like it.
		"s3:Xyzzy":       "",
		"foo:Bar":        "",
		"zzzzzz:GetItem": "",
		"s3:":            "",
		"s3":             "",
		"":               "",
		":":              "",
		"sqs:PutItem":    "",
	} {
		if got := Nearest(unknown); got != want {
			t.Errorf("%s: %q, not %q", unknown, got, want)
		}
	}
}

func TestOperationsAreNoActionsAndWhatAuthorisesThemIsOne(t *testing.T) {
	for _, o := range operations {
		if _, found := Find(o.operation); found {
			t.Errorf("%s is an action", o.operation)
		}
		if a, found := Find(o.action); !found || a.FullName() != o.action {
			t.Errorf("%s is no action", o.action)
		}
		if o.operation != strings.ToLower(o.operation) {
			t.Errorf("%s is never found", o.operation)
		}
	}
}

func TestARealActionIsNearestToItself(t *testing.T) {
	all := Matching("*")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(all).Draw(t, "action").FullName()
		if got := Nearest(name); got != name {
			t.Fatalf("%s: %s", name, got)
		}
	})
}

func TestEditsIsADistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1},
		{"abc", "acb", 1}, {"abc", "bca", 2}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
	} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %d, not %d", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 8, 8)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := edits(a, b)
		if d != edits(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) || d < len(a)-len(b) || d < len(b)-len(a) {
			t.Fatalf("%q, %q: %d", a, b, d)
		}
	})
}

func FuzzQuestions(f *testing.F) {
	f.Add("s3:GetObject")
	f.Add("dynamo:*")
	f.Add("aws:RequestTag/${TagKey}")
	f.Add("\x80:\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if near := Nearest(text); near != "" {
			if _, found := Find(near); !found {
				t.Errorf("%q is told to be like %q", text, near)
			}
		}
		Known(text)
		if _, found := Find(text); found && len(Matching(text)) == 0 && !strings.ContainsAny(text, "*?") {
			t.Errorf("%q is found but not matched", text)
		}
	})
}
