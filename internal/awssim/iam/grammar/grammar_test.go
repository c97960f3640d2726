package grammar_test

import (
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
)

const (
	syntax = "Syntax errors in policy."
	legacy = "The policy failed legacy parsing"
)

// one makes a document of one statement with the members.
func one(members string) string { return `{"Version":"2012-10-17","Statement":{` + members + `}}` }

// with adds members to a good statement.
func with(members string) string {
	return one(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*",` + members)
}

func resource(arn string) string {
	return one(`"Effect":"Allow","Action":"s3:GetObject","Resource":"` + arn + `"`)
}

func action(name string) string {
	return one(`"Effect":"Allow","Resource":"*","Action":"` + name + `"`)
}

// The messages are those that AWS gave to others who sent such documents.
func TestPermissionPoliciesThatIAMRefuses(t *testing.T) {
	cases := map[string]struct{ document, message string }{
		"no JSON":             {`policy`, syntax},
		"two values":          {one(`"Effect":"Allow","Action":"*","Resource":"*"`) + "{}", syntax},
		"a list":              {`[]`, syntax},
		"no statement":        {`{"Version":"2012-10-17"}`, syntax},
		"empty statements":    {`{"Version":"2012-10-17","Statement":[]}`, syntax},
		"a text as statement": {`{"Version":"2012-10-17","Statement":["x"]}`, syntax},
		"unknown top member":  {`{"Version":"2012-10-17","Statements":[],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, syntax},
		"unknown member":      {with(`"Resources":"*"`), syntax},
		"member twice":        {with(`"Effect":"Deny"`), syntax},
		"unknown version":     {strings.Replace(with(`"Sid":"a"`), "2012", "2013", 1), syntax},
		"old version":         {strings.Replace(with(`"Sid":"a"`), "2012", "2008", 1), "Policy document must be version 2012-10-17 or greater."},
		"no version":          {`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "Policy document must be version 2012-10-17 or greater."},
		"no effect":           {one(`"Action":"*","Resource":"*"`), syntax},
		"another effect":      {one(`"Effect":"Permit","Action":"*","Resource":"*"`), syntax},
		"effect in lower":     {one(`"Effect":"allow","Action":"*","Resource":"*"`), legacy},
		"both actions":        {with(`"NotAction":"s3:*"`), syntax},
		"both resources":      {with(`"NotResource":"*"`), syntax},
		"action is an object": {one(`"Effect":"Allow","Action":{},"Resource":"*"`), syntax},
		"no action":           {one(`"Effect":"Allow","Resource":"*"`), "Policy statement must contain actions."},
		"empty actions":       {one(`"Effect":"Allow","Action":[],"Resource":"*"`), "Policy statement must contain actions."},
		"no resource":         {one(`"Effect":"Allow","Action":"s3:*"`), "Policy statement must contain resources."},
		"empty resources":     {one(`"Effect":"Allow","Action":"s3:*","Resource":[]`), "Policy statement must contain resources."},
		"a principal":         {with(`"Principal":"*"`), "Policy document should not specify a principal."},

		"sid with a hyphen": {with(`"Sid":"a-b"`), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
		"sid twice": {`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"s3:*","Resource":"*"}]}`,
			"Statement IDs (SID) in a single policy must be unique."},

		"condition is a list":      {with(`"Condition":[]`), syntax},
		"operator holds a text":    {with(`"Condition":{"StringEquals":"x"}`), syntax},
		"unknown operator":         {with(`"Condition":{"StringSame":{"aws:RequestedRegion":"x"}}`), syntax},
		"operator in another case": {with(`"Condition":{"stringequals":{"aws:RequestedRegion":"x"}}`), syntax},
		"unknown set":              {with(`"Condition":{"ForSome:StringEquals":{"aws:TagKeys":"x"}}`), syntax},
		"null if exists":           {with(`"Condition":{"NullIfExists":{"aws:TagKeys":"true"}}`), syntax},
		"value is an object":       {with(`"Condition":{"StringEquals":{"aws:TagKeys":{}}}`), syntax},
		"no date":                  {with(`"Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}`), legacy},

		"action without vendor": {action("GetObject"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		"action of two colons":  {action("s3:Get:Object"), "Actions/Condition can contain only one colon."},
		"vendor with a blank":   {action("s 3:GetObject"), "Vendor s 3 is not valid"},
		"vendor with a star":    {action("s*:GetObject"), "Vendor s* is not valid"},

		"no ARN":                {resource("bucket"), `Resource bucket must be in ARN format or "*".`},
		"unknown partition":     {resource("arn:amazon:s3:::bucket"), `Partition "amazon" is not valid for resource "arn:amazon:s3:::bucket".`},
		"partition is a star":   {resource("arn:*:s3:::bucket"), `Partition "*" is not valid for resource "arn:*:s3:::bucket".`},
		"partition is missing":  {resource("aws:s3:::bucket"), `Partition "s3" is not valid for resource "arn:s3:::bucket:*".`},
		"service is a star":     {resource("arn:aws:*:us-west-2:111122223333:x"), "Resource vendor must be fully qualified and cannot contain regexes."},
		"too few parts":         {resource("arn:aws:s3::bucket"), legacy},
		"S3 with a region":      {resource("arn:aws:s3:us-west-2::bucket"), "Resource arn:aws:s3:us-west-2::bucket can not contain region information."},
		"IAM with a region":     {resource("arn:aws:iam:111122223333:aws:policy/p"), "IAM resource arn:aws:iam:111122223333:aws:policy/p cannot contain region information."},
		"IAM without a kind":    {resource("arn:aws:iam::111122223333:p"), `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`},
		"syntax before version": {`{"Statement":{"Effect":"Allow","Action":"*","Resource":7}}`, syntax},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := grammar.Permissions(c.document, true)
			if err == nil {
				t.Fatalf("accepted: %s", c.document)
			}
			if err.Code != "MalformedPolicyDocument" || err.Status != 400 || err.Message != c.message {
				t.Errorf("%s\ngot  %d %s: %s\nwant %s", c.document, err.Status, err.Code, err.Message, c.message)
			}
		})
	}
}

func TestPermissionPoliciesThatIAMTakes(t *testing.T) {
	cases := map[string]string{
		"lists":             one(`"Effect":"Deny","NotAction":["s3:*","sqs:*"],"NotResource":["arn:aws:s3:::a","*"]`),
		"policy variables":  resource("arn:aws:s3:::bucket/${aws:username}/*"),
		"regional S3":       resource("arn:aws:s3:us-west-2:111122223333:accesspoint/p/object/*"),
		"China":             resource("arn:aws-cn:s3:::bucket"),
		"root":              resource("arn:aws:iam::111122223333:root"),
		"role":              resource("arn:aws:iam::*:role/x*"),
		"every action":      action("*"),
		"numbers, booleans": with(`"Condition":{"NumericLessThan":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":true}}`),
		"sets":              with(`"Condition":{"ForAllValues:StringEqualsIfExists":{"aws:TagKeys":["a","b"]}}`),
		"nothing required":  with(`"Condition":{}`),
		"dates":             with(`"Condition":{"DateLessThan":{"aws:CurrentTime":["2026-01-01T00:00:00Z","2026-01-01","1767225600"]}}`),
		"id":                `{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
	}
	for name, document := range cases {
		if _, err := grammar.Permissions(document, true); err != nil {
			t.Errorf("%s: %s\n%v", name, document, err)
		}
	}
	if _, err := grammar.Permissions(strings.Replace(action("*"), "2012", "2008", 1), false); err != nil {
		t.Errorf("an inline policy of the older version: %v", err)
	}
}

func trust(principal string) string {
	return one(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal)
}

func TestTrustPoliciesThatIAMRefuses(t *testing.T) {
	const tasks = `{"Service":"ecs-tasks.amazonaws.com"}`
	cases := map[string]struct{ document, message string }{
		"no JSON":         {`policy`, "This policy contains invalid Json"},
		"no principal":    {one(`"Effect":"Allow","Action":"sts:AssumeRole"`), "Missing required field Principal"},
		"a resource":      {one(`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Principal":` + tasks), "Has prohibited field Resource"},
		"another action":  {one(`"Effect":"Allow","Action":["sts:AssumeRole","s3:GetObject"],"Principal":` + tasks), "AssumeRole policy may only specify STS AssumeRole actions."},
		"unknown service": {trust(`{"Service":"ecs-tasks"}`), `Invalid principal in policy: "SERVICE":"ecs-tasks"`},
		"unknown kind":    {trust(`{"Group":"x"}`), `Invalid principal in policy: "Group":"x"`},
		"a star in a role": {trust(`{"AWS":"arn:aws:iam::111122223333:role/*"}`),
			`Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"`},
		"a bucket": {trust(`{"AWS":"arn:aws:s3:::b"}`), `Invalid principal in policy: "AWS":"arn:aws:s3:::b"`},
		"a text":   {trust(`"ecs-tasks.amazonaws.com"`), syntax},
	}
	for name, c := range cases {
		_, err := grammar.Trust(c.document)
		if err == nil || err.Code != "MalformedPolicyDocument" || err.Message != c.message {
			t.Errorf("%s: %s\ngot  %v\nwant %s", name, c.document, err, c.message)
		}
	}
}

func TestTrustPoliciesThatIAMTakes(t *testing.T) {
	for name, document := range map[string]string{
		"service":     trust(`{"Service":["ecs-tasks.amazonaws.com","ec2.amazonaws.com"]}`),
		"account":     trust(`{"AWS":["111122223333","arn:aws:iam::111122223333:root"]}`),
		"everybody":   trust(`"*"`),
		"session":     trust(`{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}`),
		"federated":   one(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"}`),
		"old version": strings.Replace(trust(`"*"`), "2012", "2008", 1),
		"guide": one(`"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole",
			"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}`),
	} {
		if _, err := grammar.Trust(document); err != nil {
			t.Errorf("%s: %s\n%v", name, document, err)
		}
	}
}
