package desired

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const queue = "arn:aws:sqs:us-west-2:111122223333:orders"

func onlyGrants(grants ...v1alpha1.Grant) func(*Input) {
	return func(in *Input) { in.TaskRole.Spec.Statements, in.TaskRole.Spec.Grants = nil, grants }
}

func grantOf(access []string, resources ...string) v1alpha1.Grant {
	return v1alpha1.Grant{Access: access, Resources: resources}
}

func compiled(t testing.TB, in Input) policy.Document {
	t.Helper()
	state := build(t, in)
	whole := policy.Document{Version: policy.Version}
	for _, p := range state.Policies {
		whole.Statement = append(whole.Statement, p.Document.Statement...)
	}
	return whole
}

func TestGrantsStatementsAndECSExecBecomeOneDocument(t *testing.T) {
	got := compiled(t, input(func(in *Input) {
		in.TaskRole.Spec.Grants = []v1alpha1.Grant{
			grantOf([]string{"Read"}, "arn:aws:s3:::in/p/*"),
			grantOf([]string{"Send"}, queue),
		}
		in.TaskRole.Spec.Statements[0].SID = "Own"
	}, enabled))
	same(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/p/*"},
		{"Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl","sqs:GetQueueAttributes"],"Resource":"`+queue+`"},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
		{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}]}`, got)
	var sids []string
	for _, s := range got.Statement {
		sids = append(sids, s.Sid)
	}
	slices.Sort(sids)
	if want := []string{"ExecuteCommand", "GrantS3Read", "GrantSqsSend", "Own"}; !slices.EqualFunc(sids, want, strings.HasPrefix) {
		t.Errorf("the Sids do not say where the statements come from: %v", sids)
	}
}

// A review of two versions of a policy should show what was added, not new names
// for what was there.
func TestASidStaysWhenAResourceIsAdded(t *testing.T) {
	few := compiled(t, input(onlyGrants(grantOf([]string{"Read"}, "arn:aws:s3:::a/*"))))
	more := compiled(t, input(onlyGrants(grantOf([]string{"Read"}, "arn:aws:s3:::a/*", "arn:aws:s3:::b/*"), grantOf([]string{"Send"}, queue))))
	if !slices.ContainsFunc(more.Statement, func(s policy.Statement) bool { return s.Sid == few.Statement[0].Sid && len(s.Resource) == 2 }) {
		t.Errorf("%s became %s", few.JSON(), more.JSON())
	}
}

func TestSidsAreUniqueAndOfLettersAndDigits(t *testing.T) {
	narrowed := grantOf([]string{"Read"}, "arn:aws:s3:::b/*")
	narrowed.Conditions = v1alpha1.ConditionBlock{"StringEquals": {"aws:PrincipalTag/team": {"shop"}}}
	d := compiled(t, input(func(in *Input) {
		in.TaskRole.Spec.Grants = []v1alpha1.Grant{
			grantOf([]string{"Read"}, "arn:aws:s3:::a/*"), narrowed,
			grantOf([]string{"Connect"}, "arn:aws:rds-db:us-west-2:111122223333:dbuser:db-ABCDEFGHIJKL01234/shop"),
		}
	}))
	seen := map[string]bool{}
	for _, s := range d.Statement {
		if s.Sid == "" && s.Resource[0] == "arn:aws:s3:::b/*" && s.Condition == nil {
			continue // the TaskRole's own statement, as it is
		}
		if seen[s.Sid] || s.Sid == "" || strings.Trim(s.Sid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
			t.Errorf("Sid %q", s.Sid)
		}
		seen[s.Sid] = true
	}
}

func TestWhatAGrantCannotBeIsRefusedAtItsField(t *testing.T) {
	narrowed := grantOf([]string{"Read"}, "arn:aws:s3:::b/*")
	narrowed.Conditions = v1alpha1.ConditionBlock{"StringEquals": {"sqs:Nothing": {"x"}}}
	dated := grantOf([]string{"Read"}, "arn:aws:s3:::b/*")
	dated.Conditions = v1alpha1.ConditionBlock{"DateLessThan": {"aws:CurrentTime": {"tomorrow"}}}
	for name, c := range map[string]struct {
		grant v1alpha1.Grant
		field string
		says  []string
	}{
		"unknown verb":      {grantOf([]string{"Read", "Fly"}, "arn:aws:s3:::b/*"), "spec.grants[1].access[1]", []string{"Fly", "Read"}},
		"unknown service":   {grantOf([]string{"Read"}, "arn:aws:nothing:us-west-2:111122223333:x"), "spec.grants[1].resources[0]", []string{"nothing", "spec.statements"}},
		"key of another":    {narrowed, "spec.grants[1].conditions", []string{"sqs:Nothing"}},
		"date that is none": {dated, "spec.grants[1].conditions.DateLessThan[aws:CurrentTime][0]", []string{"tomorrow", "2026-01-31"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, input(onlyGrants(grantOf([]string{"Read"}, "arn:aws:s3:::a/*"), c.grant)))
			if r.Reason != v1alpha1.ReasonInvalidSpec || r.Errors[0].Field != c.field {
				t.Fatalf("%s: %s", r.Reason, r)
			}
			for _, text := range c.says {
				if !strings.Contains(r.Error(), text) {
					t.Errorf("it does not say %q: %s", text, r)
				}
			}
		})
	}
}

// someGrants draws from few resources, so that grants overlap often.
func someGrants(t *rapid.T) []v1alpha1.Grant {
	kinds := []v1alpha1.Grant{
		grantOf([]string{"Read"}, "arn:aws:s3:::in/*"), grantOf([]string{"Read", "List"}, "arn:aws:s3:::in/p/*"),
		grantOf([]string{"Write", "Delete"}, "arn:aws:s3:::in/p/*", "arn:aws:s3:::in2/*"), grantOf([]string{"List"}, "arn:aws:s3:::in"),
		grantOf([]string{"Consume"}, queue), grantOf([]string{"Send", "Consume"}, queue, queue+"-dead"),
		grantOf([]string{"Read"}, "arn:aws:dynamodb:us-west-2:111122223333:table/t"),
	}
	kinds[0].Conditions = v1alpha1.ConditionBlock{"Bool": {"aws:SecureTransport": {"true"}}}
	return rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 6).Draw(t, "grants")
}

var sampled = func() (out []policy.Request) {
	for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "sqs:ReceiveMessage", "sqs:SendMessage", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"} {
		for _, resource := range []string{
			"arn:aws:s3:::in", "arn:aws:s3:::in/a", "arn:aws:s3:::in/p/a", "arn:aws:s3:::in2/a", "arn:aws:s3:::in2", queue, queue + "-dead", queue + "2",
			"arn:aws:dynamodb:us-west-2:111122223333:table/t", "arn:aws:dynamodb:us-west-2:111122223333:table/t/index/i",
		} {
			for _, context := range []map[string][]string{nil, {"aws:SecureTransport": {"true"}}, {"s3:prefix": {"p/"}}, {"s3:prefix": {"q/"}}} {
				out = append(out, policy.Request{Action: action, Resource: resource, Context: context})
			}
		}
	}
	return out
}()

// What the compiler merges, drops and splits never changes what is allowed: it is
// what each grant allows alone, together.
func TestTheDocumentAllowsExactlyWhatTheGrantsAllowAlone(t *testing.T) {
	alone := map[string]policy.Document{}
	rapid.Check(t, func(rt *rapid.T) {
		grants := someGrants(rt)
		together := policy.Policies{Identity: []policy.Document{compiled(t, input(onlyGrants(grants...)))}}
		var each []policy.Policies
		for _, g := range grants {
			name := strings.Join(append(slices.Clone(g.Access), g.Resources...), " ")
			if _, known := alone[name]; !known {
				alone[name] = compiled(t, input(onlyGrants(g)))
			}
			each = append(each, policy.Policies{Identity: []policy.Document{alone[name]}})
		}
		for _, r := range sampled {
			want := slices.ContainsFunc(each, func(p policy.Policies) bool { return p.Evaluate(r) == policy.Allowed })
			if got := together.Evaluate(r) == policy.Allowed; got != want {
				rt.Fatalf("%+v: together %v, alone %v, of %+v", r, got, want, grants)
			}
		}
	})
}

func TestTheOrderAndRepetitionOfGrantsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		grants := someGrants(rt)
		want := build(t, input(onlyGrants(grants...))).Policies
		again := append(rapid.Permutation(grants).Draw(rt, "order"), grants[0])
		got := build(t, input(onlyGrants(again...))).Policies
		if len(got) != len(want) || got[0].Document.JSON() != want[0].Document.JSON() {
			rt.Fatalf("%s became %s", want[0].Document.JSON(), got[0].Document.JSON())
		}
	})
}

// The controller compiles what it compiled before at every look.
func TestWhatWasCompiledCompilesToItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := compiled(t, input(onlyGrants(someGrants(rt)...)))
		var again []v1alpha1.Statement
		for _, s := range d.Statement {
			statement := v1alpha1.Statement{SID: s.Sid, Effect: v1alpha1.Effect(s.Effect), Actions: s.Action, Resources: s.Resource}
			for operator, keys := range s.Condition {
				for key, values := range keys {
					if statement.Conditions == nil {
						statement.Conditions = v1alpha1.ConditionBlock{}
					}
					if statement.Conditions[operator] == nil {
						statement.Conditions[operator] = v1alpha1.ConditionKeys{}
					}
					statement.Conditions[operator][key] = v1alpha1.ConditionValues(values)
				}
			}
			again = append(again, statement)
		}
		got := compiled(t, input(func(in *Input) { in.TaskRole.Spec.Statements = again }))
		if !policy.Equivalent(d, got) {
			rt.Fatalf("%s became %s", d.JSON(), got.JSON())
		}
	})
}

func TestEachGrantMoreAllowsNothingLess(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		grants := someGrants(rt)
		fewer := policy.Policies{Identity: []policy.Document{compiled(t, input(onlyGrants(grants[:len(grants)-1]...)))}}
		more := policy.Policies{Identity: []policy.Document{compiled(t, input(onlyGrants(grants...)))}}
		for _, r := range sampled {
			if fewer.Evaluate(r) == policy.Allowed && more.Evaluate(r) != policy.Allowed {
				rt.Fatalf("%+v is no longer allowed", r)
			}
		}
	})
}
