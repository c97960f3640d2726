package grants

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestASlipIsKnownByTheSameRuleAsItIsMade(t *testing.T) {
	text := rapid.StringMatching(`[abc]{1,5}`)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := text.Draw(rt, "a"), text.Draw(rt, "b")
		if made := a == b || slices.Contains(slips(a), b); isSlip(a, b) != made {
			rt.Errorf("%s, %s: made %v", a, b, made)
		}
	})
}

func TestATextTooShortIsNoSlip(t *testing.T) {
	if got := near("sq", []string{"sqs", "ses"}); got != nil {
		t.Error(got)
	}
	if got := near("sqz", []string{"ses", "sns", "sqs"}); !slices.Equal(got, []string{"sqs"}) {
		t.Error(got)
	}
}
