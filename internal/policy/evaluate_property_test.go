package policy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The generators of canonical forms make any document; these make documents that
// say something about the requests below. Both are judged.

func oneOf(label string, of ...string) func(t *rapid.T) string {
	return func(t *rapid.T) string { return rapid.SampledFrom(of).Draw(t, label) }
}

var (
	someKey      = oneOf("key", "aws:PrincipalTag/Team", "AWS:principaltag/team", "x:n", "x:list", "x:when", "x:ip", "x:arn")
	someValue    = oneOf("value", "a", "A", "a*", "?", "5", "7.5", "2020-01-01", "true", "10.0.0.0/8", "arn:aws:s3:::b*", "${x:n}", "${x:gone}", "${x:gone, 'a'}", "${", "QQ==", "")
	someGot      = oneOf("got", "a", "A", "5", "8", "2021-06-30T00:00:00Z", "true", "10.1.2.3", "arn:aws:s3:::bee", "QQ==", "")
	somePrefix   = oneOf("set", "", "", "", "ForAllValues:", "ForAnyValue:", "foranyvalue:")
	someSuffix   = oneOf("suffix", "", "", "IfExists")
	someResource = oneOf("resource", "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/${aws:PrincipalTag/Team}", "arn:aws:s3:::b/${x:gone}", "arn:aws:s3:::b/${", "arn:aws:*:b/a")
	someAction   = oneOf("action", "*", "s3:*", "S3:getobject", "s3:Put?bject", "sqs:SendMessage")
)

var speaking = rapid.Custom(func(t *rapid.T) Statement {
	list := func(of func(*rapid.T) string) Strings {
		out := make(Strings, rapid.IntRange(1, 2).Draw(t, "length"))
		for i := range out {
			out[i] = of(t)
		}
		return out
	}
	s := Statement{Effect: rapid.SampledFrom([]string{Allow, Allow, Deny}).Draw(t, "effect")}
	if rapid.IntRange(0, 4).Draw(t, "notAction") == 0 {
		s.NotAction = list(someAction)
	} else {
		s.Action = list(someAction)
	}
	if rapid.IntRange(0, 4).Draw(t, "notResource") == 0 {
		s.NotResource = list(someResource)
	} else {
		s.Resource = list(someResource)
	}
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		name := "Null"
		if i := rapid.IntRange(-1, len(operators)-1).Draw(t, "operator"); i >= 0 {
			name = operators[i].name
		}
		if s.Condition == nil {
			s.Condition = Conditions{}
		}
		s.Condition[somePrefix(t)+name+someSuffix(t)] = map[string]Strings{someKey(t): list(someValue)}
	}
	return s
})

var spoken = rapid.Custom(func(t *rapid.T) Document {
	if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		return documents.Draw(t, "document")
	}
	return Document{
		Version:   rapid.SampledFrom([]string{Version, Version, ""}).Draw(t, "version"),
		Statement: rapid.SliceOfN(speaking, 0, 4).Draw(t, "statements"),
	}
})

var asked = rapid.Custom(func(t *rapid.T) Request {
	r := Request{
		Action:   rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "sqs:SendMessage"}).Draw(t, "action"),
		Resource: rapid.SampledFrom([]string{"arn:aws:s3:::b/a", "arn:aws:s3:::b/é", "arn:aws:s3:::c", "*"}).Draw(t, "resource"),
		Context:  map[string][]string{},
	}
	for range rapid.IntRange(0, 4).Draw(t, "keys") {
		values := make([]string, rapid.SampledFrom([]int{1, 1, 1, 0, 2}).Draw(t, "values"))
		for i := range values {
			values[i] = someGot(t)
		}
		r.Context[someKey(t)] = values
	}
	return r
})

func somePolicies(t *rapid.T) Policies {
	p := Policies{Identity: rapid.SliceOfN(spoken, 0, 3).Draw(t, "identity")}
	if rapid.Bool().Draw(t, "bounded") {
		p.Boundary = rapid.SliceOfN(spoken, 0, 2).Draw(t, "boundary")
	}
	return p
}

// with is the list with a statement in one of its documents, or in a new one.
func with(t *rapid.T, list []Document, s Statement) []Document {
	list = slices.Clone(list)
	i := rapid.IntRange(0, len(list)).Draw(t, "where")
	if i == len(list) {
		return append(list, Document{Version: Version, Statement: Statements{s}})
	}
	list[i].Statement = slices.Insert(slices.Clone(list[i].Statement), rapid.IntRange(0, len(list[i].Statement)).Draw(t, "place"), s)
	return list
}

func TestADenyMoreNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r, s := somePolicies(t), asked.Draw(t, "request"), speaking.Draw(t, "more")
		s.Effect = Deny
		before := p.Evaluate(r)
		narrower := Policies{Identity: with(t, p.Identity, s), Boundary: p.Boundary}
		if after := narrower.Evaluate(r); after != before && after != ExplicitlyDenied {
			t.Fatalf("%s became %s", before, after)
		}
		if p.Boundary == nil {
			return
		}
		narrower = Policies{Identity: p.Identity, Boundary: with(t, p.Boundary, s)}
		if after := narrower.Evaluate(r); after != before && after != ExplicitlyDenied {
			t.Fatalf("%s became %s by the boundary", before, after)
		}
	})
}

func TestAnAllowMoreNeverDeniesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r, s := somePolicies(t), asked.Draw(t, "request"), speaking.Draw(t, "more")
		s.Effect = Allow
		before := p.Evaluate(r)
		wider := Policies{Identity: with(t, p.Identity, s), Boundary: p.Boundary}
		if after := wider.Evaluate(r); after != before && (before != ImplicitlyDenied || after != Allowed) {
			t.Fatalf("%s became %s", before, after)
		}
		if p.Boundary == nil {
			return
		}
		wider = Policies{Identity: p.Identity, Boundary: with(t, p.Boundary, s)}
		if after := wider.Evaluate(r); after != before && (before != ImplicitlyDenied || after != Allowed) {
			t.Fatalf("%s became %s by the boundary", before, after)
		}
	})
}

func TestABoundaryAllowsNothingThatThePoliciesDoNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r := somePolicies(t), asked.Draw(t, "request")
		bounded, unbounded := p.Evaluate(r), Policies{Identity: p.Identity}.Evaluate(r)
		within := Policies{Identity: p.Boundary}.Evaluate(r)
		if bounded == Allowed && (unbounded != Allowed || p.Boundary != nil && within != Allowed) {
			t.Fatalf("allowed, but %s without the boundary and %s by it alone", unbounded, within)
		}
		if same := (Policies{Identity: p.Identity, Boundary: append([]Document{}, p.Identity...)}).Evaluate(r); same != unbounded {
			t.Fatalf("with itself as its boundary %s became %s", unbounded, same)
		}
	})
}

func TestTheCanonicalFormDecidesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, canonical := somePolicies(t), Policies{}
		for _, d := range p.Identity {
			canonical.Identity = append(canonical.Identity, Canonical(d))
		}
		if p.Boundary != nil {
			canonical.Boundary = []Document{}
		}
		for _, d := range p.Boundary {
			canonical.Boundary = append(canonical.Boundary, Canonical(d))
		}
		for range 3 {
			r := asked.Draw(t, "request")
			if before, after := p.Evaluate(r), canonical.Evaluate(r); before != after {
				t.Fatalf("%+v: %s became %s", r, before, after)
			}
		}
	})
}

func TestTheOrderOfStatementsAndDocumentsDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r := somePolicies(t), asked.Draw(t, "request")
		shuffled := Policies{Boundary: p.Boundary}
		var apart []Document
		for _, d := range p.Identity {
			for i := range d.Statement {
				apart = append(apart, Document{Version: d.Version, Statement: Statements{d.Statement[i]}})
			}
			if len(d.Statement) > 0 {
				d.Statement = rapid.Permutation(d.Statement).Draw(t, "statements")
			}
			shuffled.Identity = append(shuffled.Identity, d)
		}
		slices.Reverse(shuffled.Identity)
		before := p.Evaluate(r)
		if after := shuffled.Evaluate(r); before != after {
			t.Fatalf("in another order %s became %s", before, after)
		}
		if after := (Policies{Identity: apart, Boundary: p.Boundary}).Evaluate(r); before != after {
			t.Fatalf("in documents of their own %s became %s", before, after)
		}
	})
}

func TestANegatedOperatorSaysTheContraryOfEveryValue(t *testing.T) {
	for positive, negated := range map[string]string{
		"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "StringLike": "StringNotLike",
		"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress",
		"ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike",
	} {
		rapid.Check(t, func(t *rapid.T) {
			wanted := Strings{someValue(t), someValue(t)}
			context := map[string][]string{"x:k": {someGot(t)}, "x:n": {someGot(t)}}
			if is, isNot := outcome(Version, positive, "x:k", wanted, context), outcome(Version, negated, "x:k", wanted, context); is != isNot.not() {
				t.Fatalf("%s comes to %d, %s to %d", positive, is, negated, isNot)
			}
			delete(context, "x:k")
			if outcome(Version, positive, "x:k", wanted, context) != no || outcome(Version, negated, "x:k", wanted, context) != yes {
				t.Fatalf("%s and %s are not apart where the key is absent", positive, negated)
			}
		})
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		allowAll, allowRead + "," + denyRead, `{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${x:k, 'a'}/*"}`,
		`{"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:*:${", "Condition": {"ForAnyValue:StringLike": {"x:k": ["${x:k}", "a*"]}}}`,
		`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"x:k": "2020-01-01T00:00Z"}, "ArnLike": {"x:k": "arn:::::"}}}`,
		`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"x:k": -1e3}, "IpAddressIfExists": {"x:k": "::/0"}, "Null": {"x:k": false}}}`,
	} {
		f.Add(`{"Version": "2012-10-17", "Statement": [`+seed+`]}`, "s3:GetObject", "arn:aws:s3:::b/k", "a")
	}
	f.Fuzz(func(t *testing.T, text, action, resource, value string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		context := map[string][]string{"x:k": strings.Split(value, "\x00")}
		for i := range d.Statement {
			for _, keys := range d.Statement[i].Condition {
				for key := range keys {
					context[key] = context["x:k"]
				}
			}
		}
		p, r := Policies{Identity: []Document{d}, Boundary: []Document{d}}, Request{Action: action, Resource: resource, Context: context}
		if got, again := p.Evaluate(r), (Policies{Identity: []Document{Canonical(d)}}).Evaluate(r); got != again {
			t.Errorf("%s by the document, %s by its canonical form", got, again)
		}
	})
}
