package policy

import (
	"regexp"
	"strings"
	"testing"
)

const guideTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole",
	"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}`

// in wraps the members of a statement.
func in(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`
}

func parse(t testing.TB, text string) Document {
	t.Helper()
	d, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func TestDocumentsThatDifferInWhatIAMIgnoresAreEquivalent(t *testing.T) {
	for name, c := range map[string][2]string{
		"white space": {guideTrust, strings.Join(strings.Fields(guideTrust), "")},
		"scalar or list": {guideTrust, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":["sts:AssumeRole"],
			"Condition":{"StringEquals":{"aws:SourceAccount":["111122223333"]},"ArnLike":{"aws:SourceArn":["arn:aws:ecs:us-west-2:111122223333:*"]}}}}`},
		"order of a list":         {in(`"Action":["s3:GetObject","s3:PutObject"]`), in(`"Action":["s3:PutObject","s3:GetObject"]`)},
		"repetition in a list":    {in(`"Resource":["a","b","a"]`), in(`"Resource":["b","a"]`)},
		"capitals of actions":     {in(`"Action":"S3:getobject"`), in(`"Action":"s3:GetObject"`)},
		"capitals of NotAction":   {in(`"NotAction":"S3:getobject"`), in(`"NotAction":"s3:GetObject"`)},
		"actions in two capitals": {in(`"Action":["s3:getobject","s3:GetObject"]`), in(`"Action":"s3:GetObject"`)},
		"capitals of operators":   {in(`"Condition":{"stringequals":{"a:b":"c"}}`), in(`"Condition":{"StringEquals":{"a:b":"c"}}`)},
		"capitals of keys":        {in(`"Condition":{"ArnLike":{"AWS:sourceARN":"c"}}`), in(`"Condition":{"ArnLike":{"aws:SourceArn":"c"}}`)},
		"capitals of a tag's prefix": {in(`"Condition":{"StringEquals":{"aws:principaltag/Team":"c"}}`),
			in(`"Condition":{"StringEquals":{"aws:PrincipalTag/Team":"c"}}`)},
		"the same condition in two spellings": {in(`"Condition":{"Bool":{"a:b":"true"},"bool":{"A:B":["true"]}}`), in(`"Condition":{"Bool":{"a:b":"true"}}`)},
		"a boolean as text":                   {in(`"Condition":{"Bool":{"aws:SecureTransport":true}}`), in(`"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)},
		"a number as text":                    {in(`"Condition":{"NumericLessThan":{"a:b":10}}`), in(`"Condition":{"NumericLessThan":{"a:b":"10"}}`)},
		"an empty condition":                  {in(`"Action":"a:b","Condition":{}`), in(`"Action":"a:b"`)},
		"an operator without keys":            {in(`"Action":"a:b","Condition":{"Bool":{}}`), in(`"Action":"a:b"`)},
		"an account's number":                 {in(`"Principal":{"AWS":"111122223333"}`), in(`"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`)},
		"Sids":                                {in(`"Sid":"One","Action":"a:b"`), in(`"Sid":"Two","Action":"a:b"`)},
		"Id":                                  {`{"Id":"x","Statement":[]}`, `{"Statement":[]}`},
		"the older version by name":           {`{"Version":"2008-10-17","Statement":[]}`, `{"Statement":[]}`},
		"order of statements": {`{"Statement":[{"Effect":"Allow","Action":"a:b"},{"Effect":"Deny","Action":"c:d"}]}`,
			`{"Statement":[{"Effect":"Deny","Action":"c:d"},{"Effect":"Allow","Action":"a:b"}]}`},
		"a statement twice, by two Sids": {`{"Statement":[{"Sid":"A","Effect":"Allow","Action":"a:b"},{"Sid":"B","Effect":"Allow","Action":["A:b"]}]}`,
			`{"Statement":{"Effect":"Allow","Action":"a:b"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := parse(t, c[0]), parse(t, c[1])
			if !Equivalent(a, b) || !Equivalent(b, a) {
				t.Errorf("not equivalent:\n%s\n%s", Canonical(a).JSON(), Canonical(b).JSON())
			}
			if Digest(a) != Digest(b) {
				t.Errorf("digests differ: %s %s", Digest(a), Digest(b))
			}
		})
	}
}

func TestDocumentsThatMayPermitDifferentThingsAreNotEquivalent(t *testing.T) {
	for name, c := range map[string][2]string{
		"versions":                      {`{"Version":"2012-10-17","Statement":[]}`, `{"Statement":[]}`},
		"effects":                       {in(`"Action":"a:b"`), strings.Replace(in(`"Action":"a:b"`), "Allow", "Deny", 1)},
		"Action and NotAction":          {in(`"Action":"a:b"`), in(`"NotAction":"a:b"`)},
		"Resource and NotResource":      {in(`"Resource":"a"`), in(`"NotResource":"a"`)},
		"Principal and NotPrincipal":    {in(`"Principal":"*"`), in(`"NotPrincipal":"*"`)},
		"capitals of resources":         {in(`"Resource":"arn:aws:s3:::B/*"`), in(`"Resource":"arn:aws:s3:::b/*"`)},
		"capitals of values":            {in(`"Condition":{"StringEquals":{"a:b":"Prod"}}`), in(`"Condition":{"StringEquals":{"a:b":"prod"}}`)},
		"capitals of values, ignored":   {in(`"Condition":{"StringEqualsIgnoreCase":{"a:b":"Prod"}}`), in(`"Condition":{"StringEqualsIgnoreCase":{"a:b":"prod"}}`)},
		"capitals of a tag's key":       {in(`"Condition":{"StringEquals":{"s3:ExistingObjectTag/Team":"c"}}`), in(`"Condition":{"StringEquals":{"s3:ExistingObjectTag/team":"c"}}`)},
		"capitals of a context's key":   {in(`"Condition":{"StringEquals":{"kms:EncryptionContext:App":"c"}}`), in(`"Condition":{"StringEquals":{"kms:EncryptionContext:app":"c"}}`)},
		"capitals of an issuer's path":  {in(`"Condition":{"StringEquals":{"oidc.eks/id/AB:sub":"c"}}`), in(`"Condition":{"StringEquals":{"oidc.eks/id/ab:sub":"c"}}`)},
		"everybody, and all AWS":        {in(`"Principal":"*"`), in(`"Principal":{"AWS":"*"}`)},
		"kinds of principals":           {in(`"Principal":{"AWS":"x"}`), in(`"Principal":{"Service":"x"}`)},
		"a number that is no AWS one":   {in(`"Principal":{"Federated":"111122223333"}`), in(`"Principal":{"Federated":"arn:aws:iam::111122223333:root"}`)},
		"roots of two partitions":       {in(`"Principal":{"AWS":"arn:aws-cn:iam::111122223333:root"}`), in(`"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`)},
		"a condition and none":          {in(`"Action":"a:b","Condition":{"Bool":{"a:b":"true"}}`), in(`"Action":"a:b"`)},
		"IfExists":                      {in(`"Condition":{"BoolIfExists":{"a:b":"true"}}`), in(`"Condition":{"Bool":{"a:b":"true"}}`)},
		"an operator for every value":   {in(`"Condition":{"ForAllValues:StringLike":{"a:b":"c"}}`), in(`"Condition":{"ForAnyValue:StringLike":{"a:b":"c"}}`)},
		"two conditions and either":     {in(`"Condition":{"StringLike":{"a:b":"x"},"stringlike":{"a:b":"y"}}`), in(`"Condition":{"StringLike":{"a:b":["x","y"]}}`)},
		"one statement and two":         {in(`"Action":["a:b","c:d"],"Resource":["x","y"]`), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x"},{"Effect":"Allow","Action":"c:d","Resource":"y"}]}`},
		"letters that only look small":  {in(`"Action":"\u212aMS:decrypt"`), in(`"Action":"kms:decrypt"`)},
		"a number in two notations":     {in(`"Condition":{"NumericEquals":{"a:b":10}}`), in(`"Condition":{"NumericEquals":{"a:b":10.0}}`)},
		"one action fewer":              {in(`"Action":["a:b","c:d"]`), in(`"Action":"a:b"`)},
		"a pattern and what it covers":  {in(`"Action":["s3:*","s3:GetObject"]`), in(`"Action":"s3:*"`)},
		"white space within a resource": {in(`"Resource":"arn:aws:s3:::b/a b"`), in(`"Resource":"arn:aws:s3:::b/ab"`)},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := parse(t, c[0]), parse(t, c[1])
			if Equivalent(a, b) {
				t.Errorf("equivalent: both are %s", Canonical(a).JSON())
			}
			if Digest(a) == Digest(b) {
				t.Errorf("the same digest: %s", Digest(a))
			}
		})
	}
}

func TestAConditionWithoutValuesIsNotTakenForNoCondition(t *testing.T) {
	// It never matches; without it the statement would match everything.
	never := Document{Statement: Statements{{Effect: Allow, Condition: Conditions{"StringEquals": {"a:b": nil}}}}}
	always := Document{Statement: Statements{{Effect: Allow}}}
	if Equivalent(never, always) {
		t.Error("equivalent")
	}
}

func TestDigestsAreShortAndNameTheirKind(t *testing.T) {
	if digest := Digest(parse(t, guideTrust)); !regexp.MustCompile(`^sha256:[0-9a-f]{16}$`).MatchString(digest) {
		t.Error(digest)
	}
}

func TestCanonicalLeavesItsInputAlone(t *testing.T) {
	d := parse(t, in(`"Sid":"A","Action":["s3:B","s3:A"],"Principal":{"AWS":["2","1"]},"Condition":{"Bool":{"A:b":["y","x"]}}`))
	before := d.JSON()
	Canonical(d)
	if d.JSON() != before {
		t.Errorf("%s became %s", before, d.JSON())
	}
}
