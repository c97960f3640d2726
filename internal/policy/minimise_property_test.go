package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// permissions are documents of which the statements overlap in many ways.
var permissions = rapid.Custom(func(t *rapid.T) Document {
	return Document{
		Version:   rapid.SampledFrom([]string{Version, Version, Version, ""}).Draw(t, "version"),
		ID:        rapid.SampledFrom([]string{"", "x"}).Draw(t, "id"),
		Statement: rapid.SliceOfN(permission, 0, 8).Draw(t, "statements"),
	}
})

var (
	wideActions   = words("s3:GetObject", "s3:PutObject", "S3:putobject", "s3:Get*", "s3:*", "sqs:SendMessage", "s3:?etObject", "*")
	wideResources = words("arn:aws:s3:::b/x", "arn:aws:s3:::b/*", "arn:aws:s3:::c/x", "arn:aws:s3:::*/x", "arn:aws:s3:::b/?*", "arn:aws:s3:::b/*?",
		"arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::c/${aws:username}/*", "arn:aws:s3:::c/${aws:userid, 'z'}", "*", "arn:*:s3:::b/x", "arn:a*s:s3:::b/*")
	wideOperators = rapid.SampledFrom([]string{"StringEquals", "stringequals", "StringLike", "StringNotEquals", "StringEqualsIfExists",
		"ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotLike", "Null", "Bool", "Unheard"})
	wideKeys   = rapid.SampledFrom([]string{"s3:prefix", "S3:Prefix", "aws:TagKeys", "aws:PrincipalTag/Team"})
	wideValues = words("a", "b", "true", "a*", "${aws:username}")
)

var permission = rapid.Custom(func(t *rapid.T) Statement {
	s := Statement{
		Sid:      rapid.SampledFrom([]string{"", "", "", "", "One", "Two"}).Draw(t, "sid"),
		Effect:   rapid.SampledFrom([]string{Allow, Allow, Deny}).Draw(t, "effect"),
		Action:   wideActions.Draw(t, "actions"),
		Resource: wideResources.Draw(t, "resources"),
	}
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		s.Action, s.NotAction = nil, s.Action
	}
	if rapid.IntRange(0, 9).Draw(t, "odder") == 0 {
		s.Resource, s.NotResource = nil, s.Resource
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3}).Draw(t, "conditions") {
		if s.Condition == nil {
			s.Condition = Conditions{}
		}
		operator := wideOperators.Draw(t, "operator")
		if s.Condition[operator] == nil {
			s.Condition[operator] = map[string]Strings{}
		}
		s.Condition[operator][wideKeys.Draw(t, "key")] = wideValues.Draw(t, "values")
	}
	return s
})

// calls are requests that the statements of permissions answer differently.
func calls(t *rapid.T) Request {
	r := Request{
		Action:   rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "sqs:SendMessage"}).Draw(t, "action"),
		Resource: rapid.SampledFrom([]string{"arn:aws:s3:::b/x", "arn:aws:s3:::b/", "arn:aws:s3:::b/y/x", "arn:aws:s3:::c/x", "arn:aws:s3:::c/jo/x", "arn:aws:s3:::c/z", "arn:aws:s:s3:::b/x"}).Draw(t, "resource"),
		Context:  map[string][]string{},
	}
	for key, values := range map[string][]string{"s3:prefix": {"a", "b", "ab"}, "aws:PrincipalTag/Team": {"a", "true"}, "aws:username": {"jo", "x", "a"}, "aws:userid": {"x"}} {
		if rapid.Bool().Draw(t, key+"?") {
			r.Context[key] = []string{rapid.SampledFrom(values).Draw(t, key)}
		}
	}
	r.Context["aws:TagKeys"] = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "true", "jo"}), 0, 3, rapid.ID[string]).Draw(t, "tags")
	return r
}

func TestMinimisingNeverChangesWhatIsAllowedOrDenied(t *testing.T) {
	answers := map[Decision]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := permissions.Draw(t, "document")
		small, _ := Minimise(d)
		for range 30 {
			r := calls(t)
			before := Policies{Identity: []Document{d}}.Evaluate(r)
			if after := (Policies{Identity: []Document{small}}).Evaluate(r); after != before {
				t.Fatalf("%+v\n%s by %s\n%s by %s", r, before, d.JSON(), after, small.JSON())
			}
			answers[before]++
		}
	})
	for _, d := range []Decision{Allowed, ImplicitlyDenied, ExplicitlyDenied} {
		if answers[d] == 0 {
			t.Errorf("no request was %s: the test shows nothing", d)
		}
	}
}

func TestMinimisingTwiceIsMinimisingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := permissions.Draw(t, "document")
		small, _ := Minimise(d)
		again, origins := Minimise(small)
		if again.JSON() != small.JSON() {
			t.Fatalf("%s\nbecame %s\nbecame %s", d.JSON(), small.JSON(), again.JSON())
		}
		for i, o := range origins {
			if !slices.Equal(o, []int{i}) {
				t.Fatalf("statement %d of %s comes from %v", i, small.JSON(), o)
			}
		}
	})
}

func TestMinimisingDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := permissions.Draw(t, "document")
		order := make([]int, len(d.Statement))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		other := Document{Version: d.Version, ID: d.ID}
		for _, i := range order {
			s := d.Statement[i]
			for _, list := range []*Strings{&s.Action, &s.NotAction, &s.Resource, &s.NotResource} {
				if len(*list) > 0 {
					*list = scrambledList(t, *list)
				}
			}
			other.Statement = append(other.Statement, s)
		}
		one, origins := Minimise(d)
		two, others := Minimise(other)
		if one.JSON() != two.JSON() {
			t.Fatalf("%s\nbecame %s\nor %s", d.JSON(), one.JSON(), two.JSON())
		}
		for i := range others {
			for j, o := range others[i] {
				others[i][j] = order[o]
			}
			slices.Sort(others[i])
			if !slices.Equal(origins[i], others[i]) {
				t.Fatalf("%s: origins of %d are %v or %v", d.JSON(), i, origins[i], others[i])
			}
		}
	})
}

func TestTheResultIsNeverLongerAndItsOriginsArePartOfWhatWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := permissions.Draw(t, "document")
		small, origins := Minimise(d)
		if Size(small) > Size(d) || len(small.Statement) > len(d.Statement) {
			t.Fatalf("%s\nis longer than %s", small.JSON(), d.JSON())
		}
		if small.Version != d.Version || small.ID != d.ID {
			t.Fatalf("%s is another version than %s", small.JSON(), d.JSON())
		}
		if len(origins) != len(small.Statement) {
			t.Fatalf("%d statements have %d origins", len(small.Statement), len(origins))
		}
		seen := map[int]bool{}
		for i, list := range origins {
			s := small.Statement[i]
			if len(list) == 0 || !slices.IsSorted(list) || s.Sid != "" && !sameSid(d, s.Sid, list) {
				t.Fatalf("%v are the origins of %s in %s", list, lineOf(s), small.JSON())
			}
			for _, o := range list {
				if seen[o] || d.Statement[o].Effect != s.Effect || s.Sid == "" && d.Statement[o].Sid != "" {
					t.Fatalf("%d is an origin of %s in %s", o, lineOf(s), small.JSON())
				}
				seen[o] = true
			}
		}
	})
}

func sameSid(d Document, sid string, list []int) bool {
	return !slices.ContainsFunc(list, func(i int) bool { return d.Statement[i].Sid != sid })
}

func TestMinimiseLeavesItsInputAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := permissions.Draw(t, "document")
		before := d.JSON()
		Minimise(d)
		if d.JSON() != before {
			t.Fatalf("%s became %s", before, d.JSON())
		}
	})
}

// FuzzMinimise gives it whatever Parse reads.
func FuzzMinimise(f *testing.F) {
	for _, seed := range []string{
		guideTrust,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","S3:Get?"],"Resource":["*","b/${v}","${"]},{"Effect":"Allow","Action":"s3:*","Resource":"x"}]}`,
		`{"Statement":[{"Sid":"A","Effect":"Deny","NotAction":"*","Resource":["*?","?*"]},{"Sid":"B","Effect":"Deny","NotAction":"*","Resource":["?*"]},{"Effect":"?"}]}`,
		`{"Statement":[{"Effect":"Allow","Action":"a","Resource":"b","Condition":{"StringLike":{"a:b":["x","y"]},"stringlike":{"A:b":"z","c":[]}}},{"Effect":"Allow","Action":"a","Resource":"b","Condition":{"StringLike":{"a:b":1},"Bool":{}}}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		small, origins := Minimise(d)
		if Size(small) > Size(d) || len(origins) != len(small.Statement) {
			t.Errorf("%s\nbecame %s", d.JSON(), small.JSON())
		}
		if again, _ := Minimise(small); again.JSON() != small.JSON() {
			t.Errorf("%s\nbecame %s\nbecame %s", d.JSON(), small.JSON(), again.JSON())
		}
	})
}
