package reference

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheDataIsOfThisVersionAndDay(t *testing.T) {
	if Version() != "0.21.202609261" || Date() != "2026-09-26" {
		t.Errorf("the data is %s of %s", Version(), Date())
	}
}

func TestTheDataCarriesItsLicence(t *testing.T) {
	text, err := os.ReadFile("data/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"MIT License", "Copyright (c) 2024 Act Security", "Permission is hereby granted"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%q is missing", part)
		}
	}
}

func TestTheDataIsSmall(t *testing.T) {
	if size := len(indexText) + len(dictionary) + len(streams); size > 300<<10 {
		t.Errorf("%d bytes are embedded", size)
	}
}

func TestEveryServiceDecodesToSomethingSound(t *testing.T) {
	actions, types, keys := 0, 0, 0
	for _, prefix := range Prefixes() {
		s, found := Lookup(prefix)
		if !found || s.Prefix != prefix || s.Name == "" {
			t.Fatalf("%s: %v", prefix, s)
		}
		if len(s.Actions()) == 0 {
			t.Errorf("%s has no actions", prefix)
		}
		actions, types, keys = actions+len(s.Actions()), types+len(s.Resources()), keys+len(s.data.keys)
		for _, a := range s.Actions() {
			soundAction(t, s, a)
		}
		for _, r := range s.Resources() {
			soundType(t, s, r)
		}
		for _, k := range s.data.keys {
			if !slices.Contains([]string{"String", "ARN", "Bool", "Numeric", "Date", "IPAddress", "Binary"}, strings.TrimPrefix(k.Type, "ArrayOf")) {
				t.Errorf("%s is a %s", k.Name, k.Type)
			}
		}
		byName := func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
		if !slices.IsSortedFunc(s.Actions(), func(a, b *Action) int { return byName(a.Name, b.Name) }) ||
			!slices.IsSortedFunc(s.Resources(), func(a, b *ResourceType) int { return byName(a.Name, b.Name) }) ||
			!slices.IsSorted(s.data.folded) {
			t.Errorf("%s is not sorted", prefix)
		}
	}
	if diff := cmp.Diff([]int{456, 22091, 2347, 2578}, []int{len(Prefixes()), actions, types, keys}); diff != "" {
		t.Errorf("services, actions, resource types, condition keys (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(Prefixes()) {
		t.Error("the prefixes are not sorted")
	}
}

func soundAction(t *testing.T, s *Service, a *Action) {
	if a.Service != s || a.Name == "" || !slices.Contains([]Level{List, Read, Write, Permissions, Tagging}, a.Level) {
		t.Errorf("%s:%s: level %q", s.Prefix, a.Name, a.Level)
	}
	if found, ok := Find(strings.ToUpper(a.FullName())); !ok || found != a {
		t.Errorf("%s is not found", a.FullName())
	}
	for _, r := range a.Resources {
		if !slices.Contains(s.Resources(), r) {
			t.Errorf("%s takes %s, which its service does not have", a.FullName(), r.Name)
		}
	}
	if a.Optional && len(a.Resources) == 0 {
		t.Errorf("%s: the type that is optional is missing", a.FullName())
	}
}

func soundType(t *testing.T, s *Service, r *ResourceType) {
	if r.Name == "" || !strings.HasPrefix(r.ARN, "arn:${Partition}:") || len(r.parts) != segments || strings.Contains(r.ARN, ", ") {
		t.Errorf("%s: %s: %s", s.Prefix, r.Name, r.ARN)
	}
	if strings.ContainsAny(r.Pattern, "${}<>") {
		t.Errorf("%s: %s: a variable is left in %s", s.Prefix, r.Name, r.Pattern)
	}
}

func TestTheReferenceSaysWhatAWSSays(t *testing.T) {
	for _, c := range []struct {
		action string
		level  Level
		types  string
	}{
		{"s3:GetObject", Read, "accesspointobject object"},
		{"s3:PutObject", Write, "accesspointobject object"},
		{"s3:DeleteObject", Write, "accesspointobject object"},
		{"s3:ListBucket", List, "accesspoint bucket"},
		{"s3:ListAllMyBuckets", List, ""},
		{"s3:PutBucketPolicy", Permissions, "bucket"},
		{"sqs:SendMessage", Write, "queue"},
		{"sqs:ReceiveMessage", Read, "queue"},
		{"sqs:TagQueue", Tagging, "queue"},
		{"sns:Publish", Write, "topic"},
		{"dynamodb:GetItem", Read, "table"},
		{"dynamodb:Query", Read, "index table"},
		{"dynamodb:PutItem", Write, "table"},
		{"dynamodb:DescribeStream", Read, "stream"},
		{"dynamodb:ListStreams", Read, ""},
		{"kms:Decrypt", Write, "key"},
		{"kms:CreateKey", Write, ""},
		{"kms:CreateGrant", Permissions, "key"},
		{"secretsmanager:GetSecretValue", Read, "Secret"},
		{"secretsmanager:ListSecrets", List, ""},
		{"ssm:GetParameter", Read, "parameter"},
		{"ssm:DescribeParameters", List, ""},
		{"ssmmessages:OpenDataChannel", Write, ""},
		{"kinesis:PutRecord", Write, "stream"},
		{"kinesis:SubscribeToShard", Read, "consumer"},
		{"firehose:PutRecordBatch", Write, "deliverystream"},
		{"lambda:InvokeFunction", Write, "function"},
		{"states:StartExecution", Write, "statemachine"},
		{"states:SendTaskSuccess", Write, ""},
		{"logs:PutLogEvents", Write, "log-stream"},
		{"logs:DescribeLogStreams", List, "log-group"},
		{"elasticfilesystem:ClientMount", Read, "file-system"},
		{"ecr:GetAuthorizationToken", Read, ""},
		{"rds-db:connect", Permissions, "db-user"},
		{"execute-api:Invoke", Write, "execute-api-domain execute-api-general"},
		{"es:ESHttpGet", Read, "domain"},
		{"iam:PassRole", Write, "role"},
		{"sts:GetCallerIdentity", Read, ""},
		{"xray:PutTraceSegments", Write, ""},
		{"cloudwatch:PutMetricData", Write, "dataset"},
		{"lex:DescribeBot", Read, strings.Repeat(" bot", 2)[1:]}, // bot/ID and, of the old API, bot:NAME
	} {
		a := action(t, c.action)
		var types []string
		for _, r := range a.Resources {
			types = append(types, r.Name)
		}
		if got := strings.Join(types, " "); !strings.EqualFold(got, c.types) || a.Level != c.level {
			t.Errorf("%s: %s on %q, not %s on %q", c.action, a.Level, got, c.level, c.types)
		}
	}
}

func TestATypeIsOptionalWhereRequestsMayBeAboutNoResource(t *testing.T) {
	for name, want := range map[string]bool{
		"cloudwatch:PutMetricData": true, "s3:GetObject": false, "sqs:SendMessage": false, "kms:CreateKey": false,
	} {
		if got := action(t, name).Optional; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestARNsAreTheReferencesOwn(t *testing.T) {
	object := action(t, "s3:GetObject").Resources[1]
	if object.ARN != "arn:${Partition}:s3:::${BucketName}/${ObjectName}" || object.Pattern != "arn:*:s3:::*/*" {
		t.Errorf("%+v", object)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	for _, name := range []string{"", ":", "s3", "s3:", ":GetObject", "s3:GetObjects", "s3:Get", "s3:GetObject ", "nosuch:GetObject", "s3:s3:GetObject", "s3:*"} {
		if a, found := Find(name); found {
			t.Errorf("%q is %s", name, a.FullName())
		}
	}
	if _, found := Lookup("nosuch"); found {
		t.Error("a service was made up")
	}
	if s, found := Lookup("DynamoDB"); !found || s.Name != "Amazon DynamoDB" {
		t.Error("capitals count")
	}
}

func TestPatternsMatchActionsAsIAMDoes(t *testing.T) {
	names := func(pattern string) string {
		var out []string
		for _, a := range Matching(pattern) {
			out = append(out, a.FullName())
		}
		return strings.Join(out, " ")
	}
	for pattern, want := range map[string]string{
		"sqs:Rec*":              "sqs:ReceiveMessage",
		"SQS:send?essage":       "sqs:SendMessage",
		"sqs:*Message":          "sqs:DeleteMessage sqs:ReceiveMessage sqs:SendMessage",
		"sqs:SendMessage":       "sqs:SendMessage",
		"dynamodb*:BatchGet*":   "dynamodb:BatchGetItem",
		"sqs:":                  "",
		"sqs":                   "",
		"nosuch:*":              "",
		"sqs:*:*":               "",
		"":                      "",
		"*:ReceiveMessage":      "sqs:ReceiveMessage",
		"kms:GenerateDataKey*":  "kms:GenerateDataKey kms:GenerateDataKeyPair kms:GenerateDataKeyPairWithoutPlaintext kms:GenerateDataKeyWithoutPlaintext",
		"sts:GetCallerIdentit?": "sts:GetCallerIdentity",
	} {
		if got := names(pattern); got != want {
			t.Errorf("%s: %q, not %q", pattern, got, want)
		}
	}
	if !strings.Contains(names("ss*cribeParameters"), "ssm:DescribeParameters") {
		t.Error("a star does not reach over the colon")
	}
	if len(Matching("*")) != 22091 || len(Matching("*:*")) != 22091 {
		t.Errorf("* matches %d", len(Matching("*")))
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	// A table of its own: that of the package is decoded already.
	fresh, before := readIndex(), decodings.Load()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, s := range fresh.services[:40] {
				for _, a := range s.Actions() {
					a.Reaches("arn:aws:s3:::b/*")
					a.Key("aws:ResourceTag/team")
				}
				s.Resources()
			}
			Find("s3:GetObject")
			Known("kms:ViaService")
		})
	}
	all.Wait()
	if got := decodings.Load() - before; got < 40 || got > 42 {
		t.Errorf("40 services were decoded %d times", got)
	}
}

func TestCallersCannotChangeThePrefixes(t *testing.T) {
	Prefixes()[0] = "changed"
	if Prefixes()[0] == "changed" {
		t.Error("the list is the catalogue's own")
	}
}
