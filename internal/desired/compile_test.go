package desired

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// readingByTag grants to read below as many prefixes, each named by another
// variable: statements that differ in nothing else, and cannot be merged.
func readingByTag(from, to int) func(*Input) {
	var list []v1alpha1.Grant
	for i := from; i < to; i++ {
		list = append(list, grantOf([]string{"Read"}, fmt.Sprintf("arn:aws:s3:::b/${aws:PrincipalTag/t%02d}/*", i)))
	}
	return onlyGrants(list...)
}

func sidByResource(t testing.TB, in Input) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, s := range compiled(t, in).Statement {
		out[strings.Join(s.Resource, " ")] = s.Sid
	}
	return out
}

// IAM refuses a document with a Sid twice, and with it all that was declared.
func TestStatementsThatDifferInTheirVariablesOnlyHaveSidsOfTheirOwn(t *testing.T) {
	sids := sidByResource(t, input(readingByTag(0, 80)))
	seen := map[string]bool{}
	for _, sid := range sids {
		seen[sid] = true
		if len(sid) > len("GrantS3Read")+sidHash+4 {
			t.Errorf("its Sid is longer than it takes: %s", sid)
		}
	}
	if len(sids) != 80 || len(seen) != 80 {
		t.Errorf("%d statements have %d Sids", len(sids), len(seen))
	}
	// Nor does one more rename the others.
	for resource, sid := range sidByResource(t, input(readingByTag(40, 81))) {
		if was := sids[resource]; was != "" && len(was) == len("GrantS3Read")+sidHash && was != sid {
			t.Errorf("%s was %s, and is %s", resource, was, sid)
		}
	}
}

func TestAVariableThatNeedsNoValueRenamesNothing(t *testing.T) {
	plain := compiled(t, input(readingByTag(0, 1), func(in *Input) { in.TaskRole.Spec.Grants[0].Resources = []string{"arn:aws:s3:::b/x/*"} }))
	for _, resource := range []string{"arn:aws:s3:::b/${*}/*", "arn:aws:s3:::b/${aws:PrincipalTag/t, 'x'}/*"} {
		d := compiled(t, input(onlyGrants(grantOf([]string{"Read"}, resource))))
		if d.Statement[0].Sid != plain.Statement[0].Sid {
			t.Errorf("%s is %s, not %s", resource, d.Statement[0].Sid, plain.Statement[0].Sid)
		}
	}
}

func TestAResourceMoreWithTheSameVariablesRenamesNothing(t *testing.T) {
	const one, other = "arn:aws:s3:::b/z/${aws:PrincipalTag/y}/${aws:PrincipalTag/x}", "arn:aws:s3:::b/a/${aws:PrincipalTag/x}/${aws:PrincipalTag/y}"
	few := compiled(t, input(onlyGrants(grantOf([]string{"Read"}, one))))
	more := compiled(t, input(onlyGrants(grantOf([]string{"Read"}, one, other))))
	if len(more.Statement) != 1 || len(more.Statement[0].Resource) != 2 || more.Statement[0].Sid != few.Statement[0].Sid {
		t.Errorf("%s became %s", few.JSON(), more.JSON())
	}
}

func TestTheOrderOfGrantsDoesNotNameTheirStatements(t *testing.T) {
	receive, send := grantOf([]string{"Consume"}, queue), grantOf([]string{"Send"}, queue)
	one, other := compiled(t, input(onlyGrants(receive, send))), compiled(t, input(onlyGrants(send, receive)))
	if len(one.Statement) != 1 || !strings.HasPrefix(one.Statement[0].Sid, "GrantSqsConsumeSend") || one.JSON() != other.JSON() {
		t.Errorf("%s, and %s", one.JSON(), other.JSON())
	}
}

func TestWhatTheHashDoesNotTellApartIsNumbered(t *testing.T) {
	taken, s := map[string]bool{}, policy.Statement{Effect: policy.Allow, Action: policy.Strings{"s3:GetObject"}}
	first := sid(s, "GrantS3Read", taken)
	if second, third := sid(s, "GrantS3Read", taken), sid(s, "GrantS3Read", taken); second != first+"N2" || third != first+"N3" {
		t.Errorf("%s, %s, %s", first, second, third)
	}
}

func TestAGeneratedSidGivesWayToOneThatTheTaskRoleHas(t *testing.T) {
	want := grantOf([]string{"Read"}, "arn:aws:s3:::a/*")
	sid := compiled(t, input(onlyGrants(want))).Statement[0].Sid
	d := compiled(t, input(func(in *Input) {
		in.TaskRole.Spec.Grants, in.TaskRole.Spec.Statements[0].SID = []v1alpha1.Grant{want}, sid
	}))
	if len(d.Statement) != 2 || d.Statement[0].Sid == d.Statement[1].Sid {
		t.Error(d.JSON())
	}
}

func TestALongLabelIsCut(t *testing.T) {
	d := compiled(t, input(func(in *Input) {
		in.TaskRole.Spec.Statements = nil
		for _, resource := range []string{
			"arn:aws:dynamodb:us-west-2:111122223333:table/t", "arn:aws:s3:::b/*", queue, "arn:aws:kinesis:us-west-2:111122223333:stream/s",
		} {
			verbs := map[bool][]string{true: {"Read", "Write"}, false: {"Consume", "Send"}}
			in.TaskRole.Spec.Grants = append(in.TaskRole.Spec.Grants, grantOf(verbs[resource != queue], resource))
		}
	}, enabled))
	for _, s := range d.Statement {
		if len(s.Sid) > maxLabel+sidHash {
			t.Errorf("%s has %d characters", s.Sid, len(s.Sid))
		}
	}
	many := make([]source, 30)
	for i := range many {
		many[i].from = origin{kind: fmt.Sprintf("Kind%02d", i)}
	}
	origins := make([]int, len(many))
	for i := range origins {
		origins[i] = i
	}
	if label := provenance(many, origins); len(label) != maxLabel {
		t.Error(label)
	}
}

// narrowed are statements that can be merged but for their length: they differ in
// the values of one condition.
func narrowed(values ...string) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.Statements = nil
		for _, v := range values {
			in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, v1alpha1.Statement{
				Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"},
				Conditions: v1alpha1.ConditionBlock{"StringEquals": {"aws:PrincipalTag/team": resources(4, len(v))}},
			})
			for i := range in.TaskRole.Spec.Statements[len(in.TaskRole.Spec.Statements)-1].Conditions["StringEquals"]["aws:PrincipalTag/team"] {
				in.TaskRole.Spec.Statements[len(in.TaskRole.Spec.Statements)-1].Conditions["StringEquals"]["aws:PrincipalTag/team"][i] = v + fmt.Sprint(i)
			}
		}
	}
}

func TestWhatFitsAloneIsNotRefusedBecauseItWouldNotFitTogether(t *testing.T) {
	a, b, c := strings.Repeat("a", 1000), strings.Repeat("b", 1000), strings.Repeat("c", 10)
	state := build(t, input(narrowed(a, b, c)))
	if len(state.Policies) != 2 {
		t.Fatalf("%d policies", len(state.Policies))
	}
	var values []string
	for _, p := range state.Policies {
		for _, s := range p.Document.Statement {
			values = append(values, s.Condition["StringEquals"]["aws:PrincipalTag/team"]...)
		}
	}
	slices.Sort(values)
	if len(slices.Compact(values)) != 12 {
		t.Errorf("%d of 12 values", len(values))
	}
	if d := compiled(t, input(narrowed(c, "d"))); len(d.Statement) != 1 {
		t.Errorf("what fits together is not merged: %s", d.JSON())
	}
}

func TestWhatNoPolicyCanHoldIsRefusedInTheWordsOfWhoAskedForIt(t *testing.T) {
	own := v1alpha1.ConditionBlock{"StringEquals": {"aws:PrincipalTag/team": resources(7, 1000)}}
	for name, c := range map[string]struct {
		change      func(*Input)
		field, says string
	}{
		"a grant": {func(in *Input) {
			in.TaskRole.Spec.Grants = []v1alpha1.Grant{grantOf([]string{"Read"}, "arn:aws:s3:::a/*"), grantOf([]string{"Send"}, queue)}
			in.TaskRole.Spec.Grants[1].Conditions = own
		}, "spec.grants[1]", "access Send takes"},
		"a statement without a Sid": {func(in *Input) {
			// In the document it would stand first.
			in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, v1alpha1.Statement{
				Effect: v1alpha1.EffectAllow, Actions: []string{"a4b:Get"}, Resources: []string{"*"}, Conditions: own,
			})
		}, "spec.statements[1]", "it takes"},
		"one Sid twice, which the schema refuses": {func(in *Input) {
			s := v1alpha1.Statement{SID: "S", Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}, Resources: []string{"*"}, Conditions: own}
			in.TaskRole.Spec.Statements = []v1alpha1.Statement{s, s}
		}, "spec.statements[0]", "statement S takes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, input(c.change))
			if r.Reason != v1alpha1.ReasonQuotaExceeded || len(r.Errors) != 1 || r.Errors[0].Field != c.field || !strings.HasPrefix(r.Errors[0].Detail, c.says) {
				t.Errorf("%s: %s", r.Reason, r)
			}
		})
	}
}
