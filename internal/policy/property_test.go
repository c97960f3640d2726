package policy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The generators draw from few words, so that what they draw collides often.

func words(of ...string) *rapid.Generator[Strings] {
	return rapid.Custom(func(t *rapid.T) Strings {
		return Strings(rapid.SliceOfN(rapid.SampledFrom(of), 1, 4).Draw(t, "list"))
	})
}

func maybe(t *rapid.T, list *rapid.Generator[Strings], label string) Strings {
	if rapid.Bool().Draw(t, label+"?") {
		return list.Draw(t, label)
	}
	return nil
}

var (
	actions    = words("s3:GetObject", "S3:getobject", "s3:*", "sqs:SendMessage", "*")
	resources  = words("*", "arn:aws:s3:::b/*", "arn:aws:s3:::B/*", "arn:aws:s3:::b/é <&>\t\"")
	values     = words("a", "A", "true", "10", "")
	principals = words("*", "111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/x")
)

func genPrincipal(t *rapid.T, label string) Principal {
	switch rapid.IntRange(0, 3).Draw(t, label) {
	case 0:
		return Principal{"*": {"*"}}
	case 1:
		return Principal{"AWS": principals.Draw(t, "aws"), "Service": {"ecs-tasks.amazonaws.com"}}
	default:
		return nil
	}
}

func genConditions(t *rapid.T) Conditions {
	c := Conditions{}
	operators := rapid.SliceOfN(rapid.SampledFrom([]string{"StringEquals", "stringequals", "StringLike", "BoolIfExists", "Null"}), 0, 3)
	for _, operator := range operators.Draw(t, "operators") {
		c[operator] = map[string]Strings{}
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"aws:SourceArn", "AWS:sourceArn", "aws:PrincipalTag/Team", "aws:PrincipalTag/team"}), 0, 3)
		for _, key := range keys.Draw(t, "keys") {
			c[operator][key] = values.Draw(t, "values")
		}
	}
	if len(c) == 0 {
		return nil
	}
	return c
}

var statements = rapid.Custom(func(t *rapid.T) Statement {
	return Statement{
		Sid:          rapid.SampledFrom([]string{"", "", "Read", "Write"}).Draw(t, "sid"),
		Effect:       rapid.SampledFrom([]string{Allow, Deny}).Draw(t, "effect"),
		Action:       maybe(t, actions, "action"),
		NotAction:    maybe(t, actions, "notAction"),
		Resource:     maybe(t, resources, "resource"),
		NotResource:  maybe(t, resources, "notResource"),
		Principal:    genPrincipal(t, "principal"),
		NotPrincipal: genPrincipal(t, "notPrincipal"),
		Condition:    genConditions(t),
	}
})

var documents = rapid.Custom(func(t *rapid.T) Document {
	return Document{
		Version:   rapid.SampledFrom([]string{Version, "2008-10-17", ""}).Draw(t, "version"),
		ID:        rapid.SampledFrom([]string{"", "x"}).Draw(t, "id"),
		Statement: rapid.SliceOfN(statements, 0, 5).Draw(t, "statements"),
	}
})

func TestTheCanonicalFormOfACanonicalFormIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Canonical(documents.Draw(t, "document"))
		if again := Canonical(c); again.JSON() != c.JSON() {
			t.Fatalf("%s became %s", c.JSON(), again.JSON())
		}
	})
}

func TestWhatIsWrittenReadsAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := documents.Draw(t, "document")
		again, err := Parse(d.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if again.JSON() != d.JSON() {
			t.Fatalf("%s reads as %s", d.JSON(), again.JSON())
		}
	})
}

// scrambled says the same in another order, with repetitions and other Sids.
func scrambled(t *rapid.T, d Document) Document {
	out := Document{Version: d.Version, ID: rapid.SampledFrom([]string{"", "y"}).Draw(t, "newID")}
	list := rapid.Permutation(d.Statement).Draw(t, "order")
	if len(list) > 0 {
		list = append(slices.Clone(list), rapid.SampledFrom(list).Draw(t, "again"))
	}
	for _, s := range list {
		s.Sid = rapid.SampledFrom([]string{"", "Other"}).Draw(t, "newSid")
		for _, list := range []*Strings{&s.Action, &s.NotAction, &s.Resource, &s.NotResource} {
			*list = scrambledList(t, *list)
		}
		s.Principal, s.NotPrincipal = scrambledPrincipal(t, s.Principal), scrambledPrincipal(t, s.NotPrincipal)
		c := Conditions{}
		for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
			c[operator] = map[string]Strings{}
			for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
				c[operator][key] = scrambledList(t, s.Condition[operator][key])
			}
		}
		s.Condition = c
		out.Statement = append(out.Statement, s)
	}
	return out
}

func scrambledList(t *rapid.T, list Strings) Strings {
	if len(list) == 0 {
		return Strings{}
	}
	out := rapid.Permutation(list).Draw(t, "listOrder")
	return append(slices.Clone(out), rapid.SampledFrom(out).Draw(t, "listAgain"))
}

func scrambledPrincipal(t *rapid.T, p Principal) Principal {
	if p.anybody() || len(p) == 0 {
		return p
	}
	out := Principal{}
	for _, kind := range slices.Sorted(maps.Keys(p)) {
		out[kind] = scrambledList(t, p[kind])
	}
	return out
}

// scalars writes every list of one element as a scalar.
func scalars(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		end := -1
		if strings.HasPrefix(text[i:], `["`) {
			end = strings.Index(text[i:], `"]`)
		}
		if end < 0 || strings.Contains(text[i:i+end], `",`) {
			out.WriteByte(text[i])
			continue
		}
		out.WriteString(text[i+1 : i+end+1])
		i += end + 1
	}
	return out.String()
}

func TestOrderRepetitionSidsAndScalarsNeverChangeTheMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := documents.Draw(t, "document")
		other := scrambled(t, d)
		if !Equivalent(d, other) {
			t.Fatalf("not equivalent:\n%s\n%s", Canonical(d).JSON(), Canonical(other).JSON())
		}
		text := scalars(d.JSON())
		read, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !Equivalent(d, read) {
			t.Fatalf("not equivalent:\n%s\n%s", d.JSON(), text)
		}
	})
}

// request is one that a document is asked about, by a judge that knows nothing
// of canonical forms.
type request struct {
	action, resource, principal string
	context                     map[string]string
}

func matchesAny(list Strings, text string, fold bool) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		if fold {
			p, text = strings.ToLower(p), strings.ToLower(text)
		}
		return Match(p, text)
	})
}

func holdsFor(p Principal, who string) bool {
	return p.anybody() || slices.ContainsFunc(p["AWS"], func(arn string) bool {
		return arn == "*" || arn == who || "arn:aws:iam::"+arn+":root" == who
	})
}

// conditionHolds knows StringEquals and StringLike alike, and takes all other
// operators for IfExists ones: enough to tell documents apart.
func conditionHolds(c Conditions, r request) bool {
	for operator, keys := range c {
		for key, values := range keys {
			is, found := r.context[place{operator, key}.folded().key]
			positive := strings.HasPrefix(strings.ToLower(operator), "string")
			if !found && positive || found && !slices.Contains(values, is) {
				return false
			}
		}
	}
	return true
}

func verdict(d Document, r request) string {
	out := "nothing"
	for _, s := range d.Statement {
		if len(s.Action) > 0 && !matchesAny(s.Action, r.action, true) || len(s.NotAction) > 0 && matchesAny(s.NotAction, r.action, true) ||
			len(s.Resource) > 0 && !matchesAny(s.Resource, r.resource, false) || len(s.NotResource) > 0 && matchesAny(s.NotResource, r.resource, false) ||
			len(s.Principal) > 0 && !holdsFor(s.Principal, r.principal) || len(s.NotPrincipal) > 0 && holdsFor(s.NotPrincipal, r.principal) ||
			!conditionHolds(s.Condition, r) {
			continue
		}
		if s.Effect == Deny {
			return Deny
		}
		out = Allow
	}
	return out
}

var requests = rapid.Custom(func(t *rapid.T) request {
	r := request{
		action:    rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "sqs:SendMessage"}).Draw(t, "action"),
		resource:  rapid.SampledFrom([]string{"arn:aws:s3:::b/x", "arn:aws:s3:::B/x", "other"}).Draw(t, "resource"),
		principal: rapid.SampledFrom([]string{"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/x", "other"}).Draw(t, "principal"),
		context:   map[string]string{},
	}
	for _, key := range []string{"aws:sourcearn", "aws:principaltag/Team", "aws:principaltag/team"} {
		if rapid.Bool().Draw(t, key+"?") {
			r.context[key] = rapid.SampledFrom([]string{"a", "A", "true"}).Draw(t, key)
		}
	}
	return r
})

func TestTheCanonicalFormPermitsAndDeniesWhatTheDocumentDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := documents.Draw(t, "document")
		c := Canonical(d)
		for range 5 {
			r := requests.Draw(t, "request")
			if before, after := verdict(d, r), verdict(c, r); before != after {
				t.Fatalf("%+v: %s by %s, %s by %s", r, before, d.JSON(), after, c.JSON())
			}
		}
	})
}
