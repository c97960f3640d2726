package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScalarsAndListsReadTheSame(t *testing.T) {
	want := Document{Version: Version, Statement: Statements{{
		Effect: "Allow", Action: Strings{"s3:GetObject"}, Resource: Strings{"arn:aws:s3:::b/*"},
		Principal: Principal{"Service": {"ecs-tasks.amazonaws.com"}},
		Condition: Conditions{"Bool": {"aws:SecureTransport": {"true"}}, "NumericLessThan": {"s3:max-keys": {"10"}}},
	}}}
	for name, text := range map[string]string{
		"scalars": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
			"Principal":{"Service":"ecs-tasks.amazonaws.com"},
			"Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"s3:max-keys":10}}}}`,
		"lists": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"],
			"Principal":{"Service":["ecs-tasks.amazonaws.com"]},
			"Condition":{"Bool":{"aws:SecureTransport":["true"]},"NumericLessThan":{"s3:max-keys":["10"]}}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheStarPrincipalIsReadAndWritten(t *testing.T) {
	for _, text := range []string{
		`{"Statement":[{"Effect":"Deny","Principal":"*","Action":["sts:AssumeRole"]}]}`,
		`{"Statement":[{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["sts:AssumeRole"]}]}`,
	} {
		d, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if d.JSON() != text {
			t.Errorf("%s was written as %s", text, d.JSON())
		}
	}
}

func TestWhatCouldBeReadInTwoWaysIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no JSON":                   {`Version: 2012`, "invalid character"},
		"half a document":           {`{"Statement":[`, "EOF"},
		"two documents":             {`{"Statement":[]}{"Statement":[]}`, "something follows"},
		"a member twice":            {`{"Version":"2008-10-17","Version":"2012-10-17","Statement":[]}`, "Version: it stands there twice"},
		"a statement's twice":       {`{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}`, "Effect: it stands there twice"},
		"an operator twice":         {`{"Statement":{"Condition":{"Bool":{"a:b":"true"},"Bool":{"a:c":"true"}}}}`, "Bool: it stands there twice"},
		"a key twice":               {`{"Statement":{"Condition":{"Bool":{"a:b":"true","a:b":"false"}}}}`, "a:b: it stands there twice"},
		"a kind twice":              {`{"Statement":{"Principal":{"AWS":"1","AWS":"2"}}}`, "AWS: it stands there twice"},
		"an escaped member twice":   {`{"Statement":[{"Effect":"Deny","\u0045ffect":"Allow"}]}`, "Effect: it stands there twice"},
		"an unknown member":         {`{"Statement":[],"Comment":"x"}`, "Comment: IAM knows no such member"},
		"a statement's unknown":     {`{"Statement":[{"Effects":"Allow"}]}`, "Effects: IAM knows no such member"},
		"other capitals":            {`{"statement":[]}`, "statement: IAM knows no such member"},
		"a statement's capitals":    {`{"Statement":[{"effect":"Allow"}]}`, "effect: IAM knows no such member"},
		"an unknown kind":           {`{"Statement":{"Principal":{"User":"x"}}}`, "User: IAM knows no such member"},
		"the kind *":                {`{"Statement":{"Principal":{"*":"*"}}}`, "IAM knows no such member"},
		"a bare principal":          {`{"Statement":{"Principal":"111122223333"}}`, "should"},
		"no principal":              {`{"Statement":{"Principal":{}}}`, "Principal: it is empty"},
		"null":                      {`null`, "should"},
		"a null member":             {`{"Statement":[{"Condition":null}]}`, "number 1: Condition:"},
		"a null in a list":          {`{"Statement":[{"Action":["s3:*",null]}]}`, "Action:"},
		"an empty list":             {`{"Statement":[{"NotAction":[]}]}`, "NotAction: it is empty"},
		"an empty list of values":   {`{"Statement":[{"Condition":{"StringEquals":{"a:b":[]}}}]}`, "a:b: it is empty"},
		"a number for an action":    {`{"Statement":[{"Action":1}]}`, "should"},
		"a list for an effect":      {`{"Statement":[{"Effect":["Allow"]}]}`, "should"},
		"a list of lists":           {`{"Statement":[{"Action":[["s3:*"]]}]}`, "should"},
		"half a surrogate pair":     {`{"Statement":[{"Sid":"\ud800"}]}`, "Unicode"},
		"half a pair in a key":      {`{"Statement":{"Condition":{"Bool":{"\ud800":"true"}}}}`, "Unicode"},
		"bytes that are no UTF-8":   {"{\"Statement\":[{\"Sid\":\"\xff\"}]}", "UTF-8"},
		"a statement of statements": {`{"Statement":[[]]}`, "number 1"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse(c.text)
			if err == nil {
				t.Fatalf("was read as %s", d.JSON())
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error does not say %q: %v", c.says, err)
			}
		})
	}
}

func TestWritingLeavesCharactersAsTheyAre(t *testing.T) {
	d := Document{Statement: Statements{{Effect: "Allow", Resource: Strings{"arn:aws:s3:::b/<a>&é"},
		Principal: Principal{"AWS": {"<&>"}}, Condition: Conditions{"StringEquals": {"a:<b>": {"<&>"}}}}}}
	if text := d.JSON(); strings.Contains(text, `\u`) {
		t.Errorf("escaped, which costs characters: %s", text)
	}
	if text := (Document{}).JSON(); text != `{"Statement":[]}` {
		t.Errorf("no statement was written as %s", text)
	}
}

// FuzzParse: whatever is read can be written, and reads the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `"*"`, `{"Statement":[]}`, `{"Statement":{}}`,
		`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}`,
		`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":["a:b","c:d"],"NotResource":"*","Condition":{"Bool":{"aws:x":[true,1.50,"<é\u0000"]},"bool":{}}}}`,
		`{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}`, `{"Statement":[{"Sid":"\ud800"}]}`, `{"Statement":[{"Action":[[1]]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(d.JSON())
		if err != nil {
			t.Fatalf("%s cannot be read again: %v", d.JSON(), err)
		}
		if !Equivalent(d, again) || d.JSON() != again.JSON() {
			t.Fatalf("%s reads as %s", d.JSON(), again.JSON())
		}
		c := Canonical(d)
		if Canonical(c).JSON() != c.JSON() || !Equivalent(c, d) {
			t.Fatalf("the canonical form of %s is none: %s", d.JSON(), c.JSON())
		}
	})
}
