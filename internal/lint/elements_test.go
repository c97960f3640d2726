package lint

import "strings"

const (
	object = `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	queue  = "arn:aws:sqs:us-west-2:111122223333:q"
	send   = `"Action":"sqs:SendMessage","Resource":"` + queue + `"`
)

var _ = table(CodeInvalidElement,
	row{about: "capitals of the effect", statements: `{"Effect":"allow",` + object + `}`, want: "Error", says: []string{`"allow"`, "Allow or Deny"}},
	row{about: "no effect", statements: `{` + object + `}`, want: "Error", says: []string{`""`}},
	row{about: "no action", allow: `"Resource":"*"`, want: "Error", says: []string{"no Action"}},
	row{about: "both actions", allow: `"Action":"s3:GetObject","NotAction":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"both Action and NotAction"}},
	row{about: "no resource", deny: `"Action":"s3:GetObject"`, want: "Error", says: []string{"no Resource"}},
	row{about: "both resources", deny: `"Action":"s3:GetObject","Resource":"*","NotResource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"both Resource and NotResource"}},
	row{about: "a principal", allow: object + `,"Principal":"*"`, want: "Error", says: []string{"principal", "leave it out"}},
	row{about: "no principal", allow: object + `,"NotPrincipal":{"AWS":"111122223333"}`, want: "Error", says: []string{"principal"}},
	row{about: "whole", allow: object},
	row{about: "NotAction in a Deny", deny: `"NotAction":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"`},
)

var _ = table(CodeInvalidSid,
	row{about: "a dash", statements: `{"Sid":"read-all","Effect":"Allow",` + object + `}`, want: "Error", says: []string{`"read-all"`, "write readall"}},
	row{about: "a letter of no English word", statements: `{"Sid":"Lesé","Effect":"Allow",` + object + `}`, want: "Error", says: []string{"write Les"}},
	row{about: "nothing that could stay", statements: `{"Sid":"--","Effect":"Allow",` + object + `}`, want: "Error", says: []string{"leave it out"}},
	row{about: "letters and digits", statements: `{"Sid":"Read2All","Effect":"Allow",` + object + `}`},
	row{about: "none", allow: object},
)

var _ = table(CodeDuplicateSid,
	row{about: "two", statements: `{"Sid":"A","Effect":"Allow",` + object + `},{"Sid":"A","Effect":"Allow",` + send + `}`, want: "Error", says: []string{"numbers 1 and 2", "A2"}},
	row{about: "three are told once", statements: `{"Sid":"A","Effect":"Allow",` + object + `},{"Sid":"B","Effect":"Deny",` + object + `},{"Sid":"A","Effect":"Allow",` + send + `},{"Sid":"A","Effect":"Deny",` + send + `}`, want: "Error", says: []string{"numbers 1 and 3"}},
	row{about: "other capitals", statements: `{"Sid":"A","Effect":"Allow",` + object + `},{"Sid":"a","Effect":"Allow",` + send + `}`},
	row{about: "none twice", statements: `{"Effect":"Allow",` + object + `},{"Effect":"Allow",` + send + `}`},
)

var _ = table(CodeCharacters,
	row{about: "beyond U+00FF", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/Ā*"`, want: "Error", says: []string{`arn:aws:s3:::b/\u0100*`}},
	row{about: "a control character", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/\u0001*"`, want: "Error", says: []string{`\x01`}},
	row{about: "in a value", allow: object + `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"店"}}`, want: "Error", says: []string{`\u5e97`}},
	row{about: "in a key", deny: object + `,"Condition":{"StringEquals":{"aws:PrincipalTag/店":"x"}}`, want: "Error", says: []string{"aws:PrincipalTag"}},
	row{about: "in an action", deny: `"NotAction":"s3:Get✓","NotResource":"arn:aws:s3:::b"`, want: "Error", says: []string{`s3:Get\u2713`}},
	row{about: "the last one that is taken", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/ÿ/*"`},
	row{about: "tab, line feed and carriage return", allow: object + `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a\t\n\r"}}`},
)

var _ = table(CodeVersion,
	row{about: "none, with a variable", document: `{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}]}`, want: "Error", says: []string{"${aws:PrincipalTag/team}", "statement 1", "2012-10-17", "none"}},
	row{about: "the older one, with a variable", document: `{"Version":"2008-10-17","Statement":[{"Effect":"Allow",` + object + `,"Condition":{"StringEquals":{"aws:ResourceTag/a":"${aws:PrincipalTag/a}"}}}]}`, want: "Error", says: []string{"2008-10-17"}},
	row{about: "no such version", document: `{"Version":"2012-10-18","Statement":[{"Effect":"Allow",` + object + `}]}`, want: "Error", says: []string{"2012-10-18"}},
	row{about: "none, without variables", document: `{"Statement":[{"Effect":"Allow",` + object + `}]}`},
	row{about: "the older one, without variables", document: `{"Version":"2008-10-17","Statement":[{"Effect":"Allow",` + object + `}]}`},
	row{about: "the newer one, with a variable", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"`},
)

var _ = table(CodeSize,
	row{about: "many statements", statements: many(80, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-N/*"}`), want: "Info", says: []string{"6144", "2 policies"}},
	row{about: "one statement that divides", allow: `"Action":"s3:GetObject","Resource":[` + many(200, `"arn:aws:s3:::bucket-N/some/prefix/*"`) + `]`, want: "Info", says: []string{"6144"}},
	row{about: "one condition", statements: `{"Sid":"Long","Effect":"Allow",` + object + `,"Condition":{"StringEquals":{"aws:ResourceTag/a":[` + many(500, `"some value N"`) + `]}}}`, want: "Error", says: []string{"6144", "conditions"}},
	row{about: "just enough", statements: many(50, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-N/*"}`)},
	row{about: "short", allow: object},
)

// many repeats a text with commas, N its number.
func many(n int, text string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(text, "N", number(i))
	}
	return strings.Join(list, ",")
}
