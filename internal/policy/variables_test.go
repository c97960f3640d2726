package policy

import "testing"

var taskContext = map[string][]string{
	"aws:PrincipalTag/team": {"red"},
	"aws:PrincipalTag/star": {"*"},
	"aws:PrincipalTag/none": {""},
	"aws:PrincipalTag/code": {"${aws:PrincipalTag/team}"},
	"aws:PrincipalArn":      {"arn:aws:iam::1:role/x"},
	"aws:TagKeys":           {"a", "b"},
	"aws:CalledVia":         {"athena.amazonaws.com"},
}

// IAM: IAM policy elements: Variables and tags. The rules of each group stand in
// the section of that name.
func TestVariablesInResources(t *testing.T) {
	for _, c := range []struct {
		pattern, resource string
		want              truth
	}{
		// Using variables in policies; Tags as policy variables.
		{"arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "arn:aws:s3:::b/red/x", yes},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "arn:aws:s3:::b/blue/x", no},
		{"arn:aws:s3:::b/${AWS:principaltag/TEAM}/*", "arn:aws:s3:::b/red/x", yes},
		{"arn:aws:s3:::${aws:PrincipalTag/team}-${aws:PrincipalTag/team}", "arn:aws:s3:::red-red", yes},
		{"arn:aws:s3:::b/${aws:CalledVia}", "arn:aws:s3:::b/athena.amazonaws.com", yes}, // one value, though there might be more
		// A value is text.
		{"arn:aws:s3:::b/${aws:PrincipalTag/star}", "arn:aws:s3:::b/x", no},
		{"arn:aws:s3:::b/${aws:PrincipalTag/star}", "arn:aws:s3:::b/*", yes},
		{"arn:aws:s3:::b/${aws:PrincipalTag/code}", "arn:aws:s3:::b/red", no},
		{"arn:aws:s3:::b/${aws:PrincipalTag/code}", "arn:aws:s3:::b/${aws:PrincipalTag/team}", yes},
		// Policy variables with no value.
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/x/y", no},
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username}/y", no},
		{"arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}", no},
		{"arn:aws:s3:::b/${aws:PrincipalTag/none}/*", "arn:aws:s3:::b//y", no},
		{"arn:aws:s3:::b/${aws:TagKeys}", "arn:aws:s3:::b/a", no}, // multivalued keys are no variables
		// Specifying default values.
		{"arn:aws:s3:::b-${aws:PrincipalTag/dept, 'company-wide'}", "arn:aws:s3:::b-company-wide", yes},
		{"arn:aws:s3:::b-${aws:PrincipalTag/dept, 'company-wide'}", "arn:aws:s3:::b-red", no},
		{"arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}", "arn:aws:s3:::b-red", yes},
		{"arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}", "arn:aws:s3:::b-company-wide", no},
		{"arn:aws:s3:::b-${aws:PrincipalTag/none, 'company-wide'}", "arn:aws:s3:::b-company-wide", yes},
		{"arn:aws:s3:::b-${aws:PrincipalTag/dept, ''}", "arn:aws:s3:::b-", yes},
		{"arn:aws:s3:::b-${aws:PrincipalTag/dept, 'a}b'}", "arn:aws:s3:::b-a}b", yes},
		{"arn:aws:s3:::b-${aws:PrincipalTag/dept, '*'}", "arn:aws:s3:::b-x", no},
		{"arn:aws:s3:::b-${aws:TagKeys, 'x'}", "arn:aws:s3:::b-x", no},
		// Special characters.
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", yes},
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", no},
		{"arn:aws:s3:::b/${?}", "arn:aws:s3:::b/?", yes},
		{"arn:aws:s3:::b/${?}", "arn:aws:s3:::b/x", no},
		{"arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", yes},
		{"arn:aws:s3:::b/$x", "arn:aws:s3:::b/$x", yes},
		{"arn:aws:s3:::b/{x}$", "arn:aws:s3:::b/{x}$", yes},
		// Where you can use policy variables: not before the fifth colon.
		{"arn:aws:s3:${aws:PrincipalTag/team}::b", "arn:aws:s3:red::b", unknown},
		{"arn:aws:iam:${aws:username}:role/x", "arn:aws:iam::1:role/x", unknown},
		{"arn:aws:iam::${aws:PrincipalTag/team}:role/x", "arn:aws:iam::red:role/x", unknown},
		{"arn:aws:iam::1${*}:role/x", "arn:aws:iam::1*:role/x", unknown},
		{"${aws:PrincipalArn}", "arn:aws:iam::1:role/x", unknown},
		// What Access Analyzer's checks of variables take for errors.
		{"arn:aws:s3:::b/${aws:PrincipalTag/team", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team", "arn:aws:s3:::b/${aws:PrincipalTag/team", unknown},
		{"arn:aws:s3:::b/${}", "arn:aws:s3:::b/", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag /team}", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team, red}", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team, 'red}", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team, red''}", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team, '}", "arn:aws:s3:::b/red", unknown},
		{"arn:aws:s3:::b/${aws:PrincipalTag/team, }", "arn:aws:s3:::b/red", unknown},
	} {
		s := scope{request: Request{Resource: c.resource, Context: taskContext}, variables: true}
		if got := s.resource(c.pattern); got != c.want {
			t.Errorf("%s and %s come to %d, not %d", c.pattern, c.resource, got, c.want)
		}
	}
}

// IAM: IAM policy elements: Variables and tags, "Condition element", "Policy
// variables with no value".
func TestVariablesInConditions(t *testing.T) {
	for _, c := range []struct {
		operator, value, got string
		want                 truth
	}{
		{"StringEquals", "${aws:PrincipalTag/team}", "red", yes},
		{"StringEquals", "${aws:PrincipalTag/team}", "blue", no},
		{"StringEquals", "x-${aws:PrincipalTag/team}-${*}", "x-red-*", yes},
		{"StringEquals", "${aws:PrincipalTag/dept, 'none'}", "none", yes},
		{"StringEquals", "$", "$", yes},
		{"StringNotEquals", "${aws:PrincipalTag/team}", "red", no},
		{"StringNotEquals", "${aws:PrincipalTag/team}", "blue", yes},
		{"StringEqualsIgnoreCase", "${aws:PrincipalTag/team}", "RED", yes},
		{"StringLike", "${aws:PrincipalTag/team}/*", "red/x", yes},
		{"StringLike", "${aws:PrincipalTag/star}", "x", no},
		{"StringLike", "a${*}", "ab", no},
		{"StringLike", "a${*}", "a*", yes},
		{"StringLike", "a${?}", "a?", yes},
		{"StringNotLike", "${aws:PrincipalTag/team}/*", "red/x", no},
		{"ArnEquals", "${aws:PrincipalArn}", "arn:aws:iam::1:role/x", yes},
		{"ArnEquals", "${aws:PrincipalArn}", "arn:aws:iam::2:role/x", no},
		// Nothing is equal to or like a variable without a value.
		{"StringEquals", "${aws:username}", "ann", no},
		{"StringEquals", "${aws:username}", "", no},
		{"StringEquals", "${aws:username}", "${aws:username}", no},
		{"StringEqualsIgnoreCase", "${aws:username}", "", no},
		{"StringLike", "*${aws:username}", "ann", no},
		{"ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/", no},
		{"StringNotEquals", "${aws:username}", "ann", yes},
		{"StringNotLike", "${aws:username}*", "ann", yes},
		{"ArnNotLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/", yes},
		{"ForAnyValue:StringEquals", "${aws:TagKeys}", "a", no},
		// Broken variables.
		{"StringEquals", "${aws:username", "ann", unknown},
		{"StringNotEquals", "${aws:username", "ann", unknown},
		{"StringLike", "${}*", "", unknown},
		{"StringEqualsIgnoreCase", "${aws:username, x}", "x", unknown},
		{"ArnLike", "arn:aws:iam::1:user/${", "arn:aws:iam::1:user/x", unknown},
	} {
		s := scope{request: Request{Context: taskContext}, variables: true}
		op, known := parseOperator(c.operator)
		if got := s.condition(op, Strings{c.value}, []string{c.got}); !known || got != c.want {
			t.Errorf("%s %s of %s comes to %d, not %d", c.operator, c.value, c.got, got, c.want)
		}
	}
}

// IAM: JSON policy elements: Version.
func TestTheOlderVersionOfTheLanguageKnowsNoVariables(t *testing.T) {
	const pattern = "arn:aws:s3:::b/${aws:PrincipalTag/team}"
	for _, version := range []string{"", "2008-10-17", "2012-10-18"} {
		for resource, want := range map[string]Decision{"arn:aws:s3:::b/red": ImplicitlyDenied, pattern: Allowed} {
			d := Document{Version: version, Statement: Statements{{Effect: Allow, Action: Strings{"*"}, Resource: Strings{pattern}}}}
			r := Request{Action: "s3:GetObject", Resource: resource, Context: taskContext}
			if got := (Policies{Identity: []Document{d}}).Evaluate(r); got != want {
				t.Errorf("version %q: %s is %s", version, resource, got)
			}
		}
		for _, operator := range []string{"StringEquals", "StringLike", "StringEqualsIgnoreCase"} {
			if outcome(version, operator, "aws:PrincipalTag/code", Strings{"${aws:PrincipalTag/team}"}, taskContext) != yes ||
				outcome(version, operator, "aws:PrincipalTag/team", Strings{"${aws:PrincipalTag/team}"}, taskContext) != no {
				t.Errorf("version %q: %s saw a variable", version, operator)
			}
		}
	}
}
