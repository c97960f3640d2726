package precision

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	bucket = "arn:aws:s3:::in"
	object = "arn:aws:s3:::in/a"
	queue  = "arn:aws:sqs:us-east-1:111122223333:orders"
)

// document is made of statements, each written "actions | resources".
func document(statements ...string) policy.Document {
	d := policy.Document{Version: policy.Version}
	for _, s := range statements {
		actions, resources, _ := strings.Cut(s, " | ")
		d.Statement = append(d.Statement, policy.Statement{
			Effect: policy.Allow, Action: strings.Fields(actions), Resource: strings.Fields(resources),
		})
	}
	return d
}

func calls(texts ...string) []Call {
	var out []Call
	for _, text := range texts {
		out = append(out, Call{Call: text})
	}
	return out
}

func TestWhatADocumentGrantsIsCounted(t *testing.T) {
	for name, test := range map[string]struct {
		d    policy.Document
		want Measure
	}{
		"an action on what it accepts is usable": {
			document("s3:GetObject | arn:aws:s3:::in/*"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1}},
		},
		"an action on what it does not accept is a dead pair": {
			document("s3:GetObject s3:ListBucket | arn:aws:s3:::in arn:aws:s3:::in/*"),
			Measure{
				Numbers: Numbers{Actions: 2, Usable: 2, Unusable: 2},
				Dead:    []Pair{{"s3:GetObject", "arn:aws:s3:::in"}, {"s3:ListBucket", "arn:aws:s3:::in/*"}},
			},
		},
		"an action without resources is usable with a star, which cannot be avoided": {
			document("cloudwatch:ListDashboards | *"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1}},
		},
		"a metric has no ARN that could stand there": {
			document("cloudwatch:PutMetricData | *"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1}},
		},
		"an action without resources is dead with an ARN, and grants nothing": {
			document("cloudwatch:ListDashboards | arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"),
			Measure{
				Numbers: Numbers{Unusable: 1},
				Dead:    []Pair{{"cloudwatch:ListDashboards", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"}},
			},
		},
		"a star where an ARN could stand is counted": {
			document("sqs:SendMessage | *"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1, Stars: 1}, Star: []Pair{{"sqs:SendMessage", "*"}}},
		},
		"also where the reference does not require an ARN": {
			document("es:ESHttpGet | *"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1, Stars: 1}, Star: []Pair{{"es:ESHttpGet", "*"}}},
		},
		"so is one in the resource of an ARN": {
			document("sqs:SendMessage | arn:aws:sqs:us-east-1:111122223333:*"),
			Measure{
				Numbers: Numbers{Actions: 1, Usable: 1, Stars: 1},
				Star:    []Pair{{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:*"}},
			},
		},
		"but not one that ends a name": {
			document("sqs:SendMessage | arn:aws:sqs:us-east-1:111122223333:o*"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 1}},
		},
		"a wildcard is all that it matches": {
			document("sqs:SendMessage* sqs:*MessageVisibility | " + queue),
			Measure{Numbers: Numbers{Actions: 2, Usable: 2}},
		},
		"what is granted twice counts once": {
			document("sqs:SendMessage | "+queue, "sqs:Send* sqs:sendmessage | "+queue, "sqs:SendMessage | "+queue+"2"),
			Measure{Numbers: Numbers{Actions: 1, Usable: 2}},
		},
		"an unknown action is named, is granted to nobody, and its pairs are dead": {
			document("sqs:SendMessageBatch sqs:SendMessage | " + queue),
			Measure{
				Numbers: Numbers{Actions: 1, Usable: 1, Unusable: 1},
				Dead:    []Pair{{"sqs:SendMessageBatch", queue}},
				Unknown: []string{"sqs:SendMessageBatch"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Of(test.d, nil, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCallsAreJudged(t *testing.T) {
	d := document("s3:GetObject | arn:aws:s3:::in/*", "s3:ListBucket | "+bucket)
	d.Statement[1].Condition = policy.Conditions{"StringLike": {"s3:prefix": {"p/*"}}}
	list := func(prefix string) Call {
		return Call{Call: "s3:ListBucket " + bucket, Context: map[string][]string{"s3:prefix": {prefix}}}
	}

	m := Of(d,
		append(calls("s3:GetObject "+object, "s3:PutObject "+object), list("p/a"), list("q/a")),
		append(calls("s3:GetObject "+object, "s3:DeleteObject "+object), list("p/b")))

	if m.Required != 4 || m.Allowed != 2 {
		t.Errorf("%d of %d required calls are allowed, want 2 of 4", m.Allowed, m.Required)
	}
	if diff := cmp.Diff([]Call{{Call: "s3:PutObject " + object}, list("q/a")}, m.Missing); diff != "" {
		t.Errorf("missing: %s", diff)
	}
	if diff := cmp.Diff([]Call{{Call: "s3:GetObject " + object}, list("p/b")}, m.Open); diff != "" {
		t.Errorf("open: %s", diff)
	}
}

func TestEveryBrokenPromiseIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		d    policy.Document
		want []string
	}{
		"none": {document("s3:GetObject | arn:aws:s3:::in/*"), nil},
		"a required call is missing": {
			document("s3:PutObject | arn:aws:s3:::in/*"),
			[]string{"it: required, but not allowed: s3:GetObject " + object},
		},
		"a near miss is allowed": {
			document("s3:GetObject s3:DeleteObject | arn:aws:s3:::in/*"),
			[]string{"it: a near miss is allowed: s3:DeleteObject " + object},
		},
		"an action does not exist": {
			document("s3:GetObject s3:ReadObject | arn:aws:s3:::in/*"),
			[]string{"it: the reference does not know s3:ReadObject", "it: unusable: s3:ReadObject on arn:aws:s3:::in/*"},
		},
		"a pair is dead": {
			document("s3:GetObject | arn:aws:s3:::in arn:aws:s3:::in/*"),
			[]string{"it: unusable: s3:GetObject on arn:aws:s3:::in"},
		},
		"a star stands where an ARN could": {
			document("s3:GetObject | *"),
			[]string{"it: a star where an ARN could stand: s3:GetObject on *"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := Report{Rows: []Row{{
				Intent: "it", Ours: Of(test.d, calls("s3:GetObject "+object), calls("s3:DeleteObject "+object)),
			}}}
			if diff := cmp.Diff(test.want, report.Broken()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARivalBreaksNoPromiseOfOurs(t *testing.T) {
	ours := Of(document("s3:GetObject | arn:aws:s3:::in/*"), calls("s3:GetObject "+object), nil)
	theirs := Of(document("s3:* | *"), calls("s3:GetObject "+object), calls("s3:DeleteObject "+object))
	report := Report{Rows: []Row{{Intent: "it", Ours: ours, CDK: &theirs, SAM: &theirs}}}
	if broken := report.Broken(); broken != nil {
		t.Errorf("%q", broken)
	}
}

func TestTotalsAreOverTheIntentsInCommon(t *testing.T) {
	two, five := Measure{Numbers: Numbers{Actions: 2}}, Measure{Numbers: Numbers{Actions: 5}}
	report := Report{Rows: []Row{{Ours: two, CDK: &five}, {Ours: five}, {Ours: two, CDK: &two, SAM: &five}}}
	for name, test := range map[string]struct {
		rival           func(Row) *Measure
		rows, ours, its int
	}{
		"all": {nil, 3, 9, 0},
		"CDK": {func(r Row) *Measure { return r.CDK }, 2, 4, 7},
		"SAM": {func(r Row) *Measure { return r.SAM }, 1, 2, 5},
	} {
		t.Run(name, func(t *testing.T) {
			rows, ours, its := report.Total(test.rival)
			if rows != test.rows || ours.Actions != test.ours || its.Actions != test.its {
				t.Errorf("%d rows, %d of ours, %d of its; want %d, %d, %d", rows, ours.Actions, its.Actions, test.rows, test.ours, test.its)
			}
		})
	}
}
