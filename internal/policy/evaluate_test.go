package policy

import (
	"fmt"
	"testing"
)

// policyOf is a document with statements as users write them.
func policyOf(t testing.TB, statements string) Document {
	t.Helper()
	d, err := Parse(`{"Version": "2012-10-17", "Statement": [` + statements + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	allowAll  = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	allowRead = `{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}`
	denyRead  = `{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/secret/*"}`
)

// IAM: Policy evaluation logic, "The difference between explicit and implicit
// denies"; Permissions boundaries for IAM entities.
func TestADenyWinsAndABoundaryOnlyNarrows(t *testing.T) {
	const read, secret, write = "s3:GetObject arn:aws:s3:::b/x", "s3:GetObject arn:aws:s3:::b/secret/x", "s3:PutObject arn:aws:s3:::b/x"
	none := []string{}
	for _, c := range []struct {
		about              string
		identity, boundary []string
		call               string
		want               Decision
	}{
		{"no policy", nil, nil, read, ImplicitlyDenied},
		{"no statement", []string{""}, nil, read, ImplicitlyDenied},
		{"an allow", []string{allowRead}, nil, read, Allowed},
		{"an allow of something else", []string{allowRead}, nil, write, ImplicitlyDenied},
		{"a deny alone", []string{denyRead}, nil, secret, ExplicitlyDenied},
		{"a deny of something else", []string{denyRead}, nil, read, ImplicitlyDenied},
		{"allow, then deny", []string{allowRead + "," + denyRead}, nil, secret, ExplicitlyDenied},
		{"deny, then allow", []string{denyRead + "," + allowRead}, nil, secret, ExplicitlyDenied},
		{"what the deny is not about", []string{denyRead + "," + allowRead}, nil, read, Allowed},
		{"a deny in another policy", []string{allowAll, denyRead}, nil, secret, ExplicitlyDenied},
		{"an allow in the second policy", []string{denyRead, allowRead}, nil, read, Allowed},
		{"a boundary that allows", []string{allowRead}, []string{allowAll}, read, Allowed},
		{"a boundary that does not", []string{allowAll}, []string{allowRead}, write, ImplicitlyDenied},
		{"a boundary alone", nil, []string{allowAll}, read, ImplicitlyDenied},
		{"a boundary wider than the policy", []string{allowRead}, []string{allowAll}, write, ImplicitlyDenied},
		{"an empty boundary", []string{allowAll}, none, read, ImplicitlyDenied},
		{"a boundary without a statement", []string{allowAll}, []string{""}, read, ImplicitlyDenied},
		{"a boundary that denies", []string{allowAll}, []string{allowAll + "," + denyRead}, secret, ExplicitlyDenied},
		{"a boundary that denies what nobody allows", nil, []string{denyRead}, secret, ExplicitlyDenied},
		{"a deny under a boundary that allows", []string{denyRead}, []string{allowAll}, secret, ExplicitlyDenied},
		{"a deny under an empty boundary", []string{denyRead}, none, secret, ExplicitlyDenied},
		{"two documents as a boundary", []string{allowAll}, []string{denyRead, allowRead}, read, Allowed},
	} {
		t.Run(c.about, func(t *testing.T) {
			p := Policies{Identity: documentsOf(t, c.identity), Boundary: documentsOf(t, c.boundary)}
			var r Request
			if _, err := fmt.Sscan(c.call, &r.Action, &r.Resource); err != nil {
				t.Fatal(err)
			}
			if got := p.Evaluate(r); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
}

func documentsOf(t *testing.T, texts []string) []Document {
	if texts == nil {
		return nil
	}
	out := []Document{}
	for _, text := range texts {
		out = append(out, policyOf(t, text))
	}
	return out
}

// IAM: JSON policy elements: Action; NotAction; Resource; NotResource; Effect;
// Grammar of the IAM JSON policy language.
func TestStatementsApplyToTheirActionsAndResources(t *testing.T) {
	for _, c := range []struct {
		about     string
		statement string
		want      truth
	}{
		{"the action", `"Action": "sqs:SendMessage", "Resource": "*"`, yes},
		{"in other capitals", `"Action": "SQS:sendmessage", "Resource": "*"`, yes},
		{"in a list", `"Action": ["s3:*", "sqs:Send*"], "Resource": "*"`, yes},
		{"by *", `"Action": "sqs:*Message", "Resource": "*"`, yes},
		{"by ?", `"Action": "sqs:?endMessage", "Resource": "*"`, yes},
		{"by * for all of it", `"Action": "*", "Resource": "*"`, yes},
		{"by * across the colon", `"Action": "s*Message", "Resource": "*"`, yes},
		{"by ? for nothing", `"Action": "sqs:SendMessage?", "Resource": "*"`, no},
		{"a longer action", `"Action": "sqs:SendMessageBatch", "Resource": "*"`, no},
		{"a shorter action", `"Action": "sqs:Send", "Resource": "*"`, no},
		{"another service's", `"Action": "sns:*", "Resource": "*"`, no},
		{"all but another", `"NotAction": "sqs:Receive*", "Resource": "*"`, yes},
		{"all but this", `"NotAction": ["s3:*", "SQS:send*"], "Resource": "*"`, no},
		{"all but everything", `"NotAction": "*", "Resource": "*"`, no},
		{"the resource", `"Action": "*", "Resource": "arn:aws:sqs:eu-west-1:111122223333:Jobs"`, yes},
		{"in other capitals it is another", `"Action": "*", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"`, no},
		{"a resource in a list", `"Action": "*", "Resource": ["arn:aws:s3:::b", "arn:aws:sqs:*:*:J*"]`, yes},
		{"another account's", `"Action": "*", "Resource": "arn:aws:sqs:eu-west-1:999999999999:*"`, no},
		{"all but another resource", `"Action": "*", "NotResource": "arn:aws:s3:::*"`, yes},
		{"all but this resource", `"Action": "*", "NotResource": ["arn:aws:s3:::*", "arn:aws:sqs:*"]`, no},
		{"no resource but a variable without a value", `"Action": "*", "Resource": "arn:aws:sqs:eu-west-1:111122223333:${aws:username}"`, no},
		{"all but a variable without a value", `"Action": "*", "NotResource": "arn:aws:sqs:eu-west-1:111122223333:${aws:username}"`, yes},
		{"all but a broken variable", `"Action": "*", "NotResource": "arn:aws:sqs:eu-west-1:111122223333:${aws:username"`, unknown},
		{"a broken variable beside this resource", `"Action": "*", "Resource": ["arn:aws:sqs:eu-west-1:111122223333:${", "*"]`, yes},
		{"an action with a variable is an action by that name", `"Action": "sqs:${aws:PrincipalTag/action}", "Resource": "*"`, no},
		{"no action", `"Resource": "*"`, no},
		{"no resource", `"Action": "*"`, no},
		{"both sorts of action, one of another", `"Action": "sqs:*", "NotAction": "sqs:Send*", "Resource": "*"`, no},
		{"both sorts of action, both of this", `"Action": "sqs:*", "NotAction": "sqs:Receive*", "Resource": "*"`, yes},
		{"both sorts of resource", `"Action": "sqs:*", "Resource": "*", "NotResource": "*"`, no},
		{"of a principal", `"Action": "*", "Resource": "*", "Principal": "*"`, unknown},
		{"of all but a principal", `"Action": "*", "Resource": "*", "NotPrincipal": {"AWS": "111122223333"}`, unknown},
		{"of a principal and another resource", `"Action": "*", "Resource": "arn:aws:s3:::*", "Principal": "*"`, no},
		{"a condition", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/action": "SendMessage"}}`, yes},
		{"a condition that fails", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/action": "x"}}`, no},
	} {
		t.Run(c.about, func(t *testing.T) {
			r := Request{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:111122223333:Jobs", Context: map[string][]string{"aws:PrincipalTag/action": {"SendMessage"}}}
			allow := Policies{Identity: []Document{policyOf(t, `{"Effect": "Allow", `+c.statement+`}`)}}
			if got := allow.Evaluate(r); (got == Allowed) != (c.want == yes) || got == ExplicitlyDenied {
				t.Errorf("as an Allow: %s", got)
			}
			deny := Policies{Identity: []Document{policyOf(t, allowAll+`, {"Effect": "Deny", `+c.statement+`}`)}}
			if got := deny.Evaluate(r); (got == ExplicitlyDenied) != (c.want != no) {
				t.Errorf("as a Deny: %s", got)
			}
		})
	}
	for _, effect := range []string{"allow", "ALLOW", "deny", "", "Permit"} {
		d := policyOf(t, `{"Effect": "`+effect+`", "Action": "*", "Resource": "*"}`)
		if got := (Policies{Identity: []Document{d}}).Evaluate(Request{Action: "sqs:SendMessage", Resource: "*"}); got != ImplicitlyDenied {
			t.Errorf("the effect %q: %s", effect, got)
		}
	}
}

// IAM: JSON policy elements: Resource, "Using wildcards in resource ARNs".
func TestWildcardsOfResourcesKeepToTheirPartUnlessTheyEndIt(t *testing.T) {
	for _, c := range []struct {
		pattern, resource string
		want              bool
	}{
		{"*", "arn:aws:s3:::b/k", true},
		{"*", "*", true}, // an action without a resource
		{"arn:aws:s3:::*", "*", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/", true},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b2/k", false},
		{"arn:aws:s3:::b*", "arn:aws:s3:::b2/k", true},
		{"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3", true},
		{"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/test", false},
		{"arn:aws:s3:::b/?", "arn:aws:s3:::b/:", true}, // the last part knows no colons
		{"arn:aws:s3:::b/?", "arn:aws:s3:::b/é", true},
		{"arn:aws:s3:::b/?", "arn:aws:s3:::b/", false},
		{"arn:aws:s3:::b/*x", "arn:aws:s3:::b/a:b/x", true},
		{"arn:aws:logs:*:*:log-group:g:*", "arn:aws:logs:r:1:log-group:g:log-stream:s", true},
		{"arn:aws:logs:*:*:log-group:g", "arn:aws:logs:r:1:log-group:g:*", false},
		// It ends its part.
		{"arn:aws:sqs:*", "arn:aws:sqs:r:1:q", true},
		{"arn:aws:sqs:*:q", "arn:aws:sqs:r:1:q", true},
		{"arn:aws:sqs:us-*:q", "arn:aws:sqs:us-east-1:1:q", true},
		{"arn:aws:sqs:us-*:1:q", "arn:aws:sqs:us-east-1:1:q", true},
		{"arn:aws:s3:*:1:p/*", "arn:aws:s3:r:9:o/x:1:p/y", true},
		// It does not.
		{"arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q", true},
		{"arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-2:1:q", false},
		{"arn:aws:s3:us-*-1:1:p/*", "arn:aws:s3:us-east-2:9:o/x-1:1:p/y", false},
		{"arn:aws:s3:us-*-1:1:p/*", "arn:aws:s3:us-east-1:1:p/y", true},
		{"arn:aws:sqs:us-east-?:1:q", "arn:aws:sqs:us-east-2:1:q", true},
		{"arn:aws:sqs:r?:q", "arn:aws:sqs:r:1:q", false},
		{"arn:aws:sqs:*:1*3:q*", "arn:aws:sqs:r:123:q:3:q", true},
		{"arn:aws:sqs:r:1*3:q", "arn:aws:sqs:r:123:q", true},
		{"arn:aws:sqs:r:1*3:q", "arn:aws:sqs:r:1:3:q", false},
		{"arn:a*s:s3:::b", "arn:aws:s3:::b", true},
		{"arn:a*s:s3:::b", "arn:a:s:s3:::b", false},
	} {
		s := scope{request: Request{Resource: c.resource}, variables: true}
		if got := s.resource(c.pattern); got != truthOf(c.want) {
			t.Errorf("%s and %s come to %d", c.pattern, c.resource, got)
		}
	}
}

// BenchmarkEvaluate judges a request by a document of about AWS's size whose last
// statement allows it.
func BenchmarkEvaluate(b *testing.B) {
	d := Document{Version: Version}
	for i := 0; Size(d) < 6000; i++ {
		d.Statement = append(d.Statement, Statement{
			Effect: Allow, Action: Strings{"s3:GetObject", "s3:List*"}, Resource: Strings{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i)},
			Condition: Conditions{"StringEquals": {"aws:ResourceAccount": {"111122223333"}}},
		})
	}
	p := Policies{Identity: []Document{d}, Boundary: []Document{policyOf(b, allowAll)}}
	r := Request{Action: "s3:GetObject", Resource: fmt.Sprintf("arn:aws:s3:::bucket-%d/k", len(d.Statement)-1), Context: map[string][]string{"aws:ResourceAccount": {"111122223333"}, "aws:PrincipalTag/team": {"red"}}}
	b.ReportAllocs()
	for b.Loop() {
		if p.Evaluate(r) != Allowed {
			b.Fatal("not allowed")
		}
	}
}

func TestEvaluateAllocatesNothing(t *testing.T) {
	d := policyOf(t, `{"Effect": "Allow", "Action": "S3:Get*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
		"Condition": {"StringLike": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}*"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
		"ForAllValues:NumericLessThan": {"x:n": "5"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}}`)
	p := Policies{Identity: []Document{d}, Boundary: []Document{d}}
	r := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/red/x", Context: map[string][]string{
		"aws:PrincipalTag/team": {"red"}, "aws:SourceIp": {"10.1.2.3"}, "x:n": {"1", "2"}, "aws:PrincipalArn": {"arn:aws:iam::1:role/x"},
	}}
	if n := testing.AllocsPerRun(100, func() {
		if p.Evaluate(r) != Allowed {
			t.Fatal("not allowed")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
