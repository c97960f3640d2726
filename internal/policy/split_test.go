package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func read(sid string, resources ...string) Statement {
	return Statement{Sid: sid, Effect: Allow, Action: Strings{"s3:GetObject"}, Resource: resources}
}

func long(n int) string { return "arn:aws:s3:::bucket/" + strings.Repeat("x", n) }

func TestWhatFitsStaysWholeAndNothingGivesNothing(t *testing.T) {
	d := Document{Version: Version, Statement: Statements{read("A", long(10)), read("B", long(10))}}
	parts, err := Split(d, Size(d))
	if err != nil || len(parts) != 1 || parts[0].JSON() != d.JSON() {
		t.Errorf("%v %v", parts, err)
	}
	if parts, err := Split(d, Size(d)-1); err != nil || len(parts) != 2 {
		t.Errorf("one character too many: %v %v", parts, err)
	}
	if parts, err := Split(Document{Version: Version}, MaxManagedSize); err != nil || len(parts) != 0 {
		t.Errorf("no statements: %v %v", parts, err)
	}
}

func TestSizeIsNeverLessThanIAMCounts(t *testing.T) {
	d := parse(t, in(`"Resource":"arn:aws:s3:::b/a b é"`))
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":["arn:aws:s3:::b/a b é"]}]}`
	if Size(d) != len(text) {
		t.Errorf("%d, not %d", Size(d), len(text))
	}
}

func TestAStatementThatIsTooLongIsDividedWithoutChangingItsMeaning(t *testing.T) {
	resources := func(n int) (list Strings) {
		for i := range n {
			list = append(list, fmt.Sprintf("%s%d", long(100), i))
		}
		return list
	}
	for name, s := range map[string]Statement{
		"by resources": {Sid: "A", Effect: Allow, Action: Strings{"s3:GetObject"}, Resource: resources(50)},
		"by actions":   {Sid: "A", Effect: Deny, Action: resources(50), Resource: Strings{"*"}, Condition: Conditions{"Bool": {"a:b": {"true"}}}},
		"by both":      {Effect: Allow, Action: resources(30), Resource: resources(30)},
		"NotResource":  {Effect: Deny, Action: resources(50), NotResource: resources(5)},
	} {
		t.Run(name, func(t *testing.T) {
			d := Document{Version: Version, Statement: Statements{s, {Sid: "APart2", Effect: Allow, Action: Strings{"a:b"}, Resource: Strings{"*"}}}}
			const limit = 2000
			parts, err := Split(d, limit)
			if err != nil {
				t.Fatal(err)
			}
			want, got := map[string]bool{}, map[string]bool{}
			pairs(d, want)
			for _, p := range parts {
				if Size(p) > limit {
					t.Errorf("a part has %d characters", Size(p))
				}
				pairs(p, got)
				sids := map[string]bool{}
				for _, s := range p.Statement {
					if s.Sid != "" && sids[s.Sid] {
						t.Errorf("Sid %s stands twice in a document", s.Sid)
					}
					sids[s.Sid] = true
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d combinations became %d", len(want), len(got))
			}
			for pair := range want {
				if !got[pair] {
					t.Errorf("lost: %s", pair)
				}
			}
		})
	}
}

func TestThePartsOfADividedStatementTakeNobodysSid(t *testing.T) {
	d := Document{Version: Version, Statement: Statements{
		{Sid: "A", Effect: Allow, Action: Strings{"a:b"}, Resource: Strings{long(300), long(10), long(20)}}, read("APart2", "*"),
	}}
	parts, err := Split(d, 430)
	if err != nil {
		t.Fatal(err)
	}
	var sids []string
	for _, p := range parts {
		for _, s := range p.Statement {
			sids = append(sids, s.Sid)
		}
	}
	if want := []string{"A", "APart3", "APart2"}; !slices.Equal(sids, want) {
		t.Errorf("%v, not %v", sids, want)
	}
}

// pairs adds every single thing that a document's statements say.
func pairs(d Document, to map[string]bool) {
	for _, s := range d.Statement {
		rest := s
		rest.Sid, rest.Action, rest.Resource = "", nil, nil
		for _, a := range s.Action {
			for _, r := range append(Strings{""}, s.Resource...) {
				if r != "" || len(s.Resource) == 0 {
					to[a+" "+r+" "+string(encode(rest))] = true
				}
			}
		}
	}
}

func TestWhatCannotBeDividedIsNamedWithItsLength(t *testing.T) {
	huge := Conditions{"StringEquals": {"aws:ResourceTag/x": {strings.Repeat("v", 300)}}}
	for name, c := range map[string]struct {
		list Statements
		says string
	}{
		"by its Sid":   {Statements{read("A", "*"), {Sid: "Audit", Effect: Allow, Action: Strings{"a:b"}, Resource: Strings{"*"}, Condition: huge}}, "statement Audit takes "},
		"by its place": {Statements{read("A", "*"), {Effect: Allow, Action: Strings{"a:b", "c:d"}, Resource: Strings{"*"}, Condition: huge}}, "statement 2 takes "},
		"NotAction":    {Statements{read("A", "*"), {Effect: Deny, NotAction: Strings{strings.Repeat("a", 150), strings.Repeat("b", 150)}, Resource: Strings{"*"}}}, "statement 2 takes "},
	} {
		t.Run(name, func(t *testing.T) {
			d := Document{Version: Version, Statement: c.list}
			_, err := Split(d, 300)
			var tooLong *TooLong
			if !errors.As(err, &tooLong) {
				t.Fatalf("no TooLong: %v", err)
			}
			if tooLong.Index != 1 || tooLong.Limit != 300 || tooLong.Size <= 300 || !strings.HasPrefix(err.Error(), c.says) {
				t.Errorf("%+v: %v", tooLong, err)
			}
		})
	}
}

// longDocument has statements of many lengths, none of which is too long.
func longDocument(t *rapid.T, from, to int) Document {
	d := Document{Version: Version}
	n := rapid.IntRange(from, to).Draw(t, "statements")
	for i := range n {
		sid := fmt.Sprintf("S%d", i)
		if rapid.Bool().Draw(t, "unnamed") {
			sid = ""
		}
		d.Statement = append(d.Statement, read(sid, fmt.Sprintf("%s/%d", long(rapid.IntRange(0, 400).Draw(t, "length")), i)))
	}
	return d
}

const testLimit = 1000

func split(t *rapid.T, d Document) []Document {
	parts, err := Split(d, testLimit)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestPartsFitAndTogetherAreTheWholeInItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := longDocument(t, 0, 30)
		whole := Document{Version: d.Version, Statement: Statements{}}
		for _, p := range split(t, d) {
			if Size(p) > testLimit {
				t.Fatalf("a part has %d characters", Size(p))
			}
			if p.Version != d.Version || len(p.Statement) == 0 {
				t.Fatalf("no proper part: %s", p.JSON())
			}
			whole.Statement = append(whole.Statement, p.Statement...)
		}
		if whole.JSON() != (Document{Version: d.Version, Statement: slices.Concat(Statements{}, d.Statement)}).JSON() {
			t.Fatalf("%s became %s", d.JSON(), whole.JSON())
		}
	})
}

func TestAppendingAStatementChangesTheLastPartOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := longDocument(t, 2, 30)
		after := split(t, d)
		d.Statement = d.Statement[:len(d.Statement)-1]
		before := split(t, d)
		for i := range before[:len(before)-1] {
			if before[i].JSON() != after[i].JSON() {
				t.Fatalf("part %d of %d changed", i+1, len(before))
			}
		}
	})
}

func TestChangingAStatementLeavesThePartsAloneThatEndBeforeItsNeighbour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := longDocument(t, 2, 30)
		before := split(t, d)
		at := rapid.IntRange(0, len(d.Statement)-1).Draw(t, "at")
		edited := Document{Version: d.Version, Statement: slices.Clone(d.Statement)}
		if rapid.Bool().Draw(t, "remove") {
			edited.Statement = slices.Delete(edited.Statement, at, at+1)
		} else {
			edited.Statement[at].Resource = Strings{long(rapid.IntRange(0, 400).Draw(t, "newLength"))}
		}
		after := split(t, edited)
		for i, end := 0, 0; i < len(before); i++ {
			if i+1 < len(before) && end+len(before[i].Statement)+len(before[i+1].Statement) > at {
				return // the next part holds it
			}
			end += len(before[i].Statement)
			if end > at {
				return
			}
			if before[i].JSON() != after[i].JSON() {
				t.Fatalf("part %d of %d changed, though statement %d stands far behind it", i+1, len(before), at+1)
			}
		}
	})
}

// A bucket more in a grant must not write all policies of a role anew.
func TestAnElementMoreInALongListMostlyLeavesTheOtherPartsAlone(t *testing.T) {
	var list Strings
	for i := range 300 {
		list = append(list, fmt.Sprintf("arn:aws:s3:::bucket-%03d/*", 2*i))
	}
	whole := func(resources Strings) Document {
		return Document{Version: Version, Statement: Statements{{Sid: "Read", Effect: Allow, Action: Strings{"s3:GetObject"}, Resource: resources}}}
	}
	before, err := Split(whole(list), testLimit)
	if err != nil {
		t.Fatal(err)
	}
	changed, tries := 0, 0
	for at := range list {
		after, err := Split(whole(slices.Insert(slices.Clone(list), at, fmt.Sprintf("arn:aws:s3:::bucket-%03d/*", 2*at-1))), testLimit)
		if err != nil {
			t.Fatal(err)
		}
		old := map[string]bool{}
		for _, d := range before {
			old[Digest(d)] = true
		}
		for _, d := range after {
			if !old[Digest(d)] {
				changed++
			}
		}
		tries++
	}
	if mean := float64(changed) / float64(tries); mean > float64(len(before))/3 {
		t.Errorf("on average %.1f of %d documents change", mean, len(before))
	} else {
		t.Logf("on average %.1f of %d documents change", mean, len(before))
	}
}

func TestARemovedStatementMostlyLeavesTheOtherPartsAlone(t *testing.T) {
	// 120 statements of unlike lengths over 7 parts or so: take out each in turn.
	d := Document{Version: Version}
	for i := range 120 {
		d.Statement = append(d.Statement, read(fmt.Sprintf("S%d", i), long(97*i%400)))
	}
	before, err := Split(d, MaxManagedSize)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := range d.Statement {
		after, err := Split(Document{Version: Version, Statement: slices.Delete(slices.Clone(d.Statement), i, i+1)}, MaxManagedSize)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range after {
			if !slices.ContainsFunc(before, func(b Document) bool { return b.JSON() == p.JSON() }) {
				changed++
			}
		}
	}
	t.Logf("%d parts; a removal changes %.2f of them", len(before), float64(changed)/float64(len(d.Statement)))
	if changed > 2*len(d.Statement) {
		t.Errorf("%d parts changed in %d removals, more than two for each", changed, len(d.Statement))
	}
}
