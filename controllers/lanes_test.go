package controllers

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
)

var (
	here    = aws.Target{Account: "1"}
	there   = aws.Target{Account: "2"}
	silence = aws.Failure{Class: aws.Unavailable, Service: "IAM", Operation: "GetRole"}
)

// begun enters as often as it may, as different TaskRoles, and returns the ways out.
func begun(l *lanes, t aws.Target, now time.Time) (out []func(error)) {
	for i := range 20 {
		leave, silent, err := l.enter(t, types.NamespacedName{Name: string(rune('a' + i))}, now)
		if silent || err != nil {
			return out
		}
		out = append(out, leave)
	}
	return out
}

func TestAnAccountBesideOthersGetsHalfOfTheWorkers(t *testing.T) {
	now := time.Now()
	alone := newLanes(8)
	if got := len(begun(alone, here, now)); got != 8 {
		t.Errorf("alone: %d", got)
	}
	l := newLanes(8)
	first := begun(l, there, now)
	if got := len(begun(l, here, now)); got != 4 {
		t.Errorf("beside another: %d", got)
	}
	for _, leave := range first {
		leave(nil)
	}
	if got := len(begun(l, there, now)); got != 4 {
		t.Errorf("the other, again: %d", got)
	}
}

func TestWhoIsTurnedAwayAsksLaterTheMoreWait(t *testing.T) {
	l := newLanes(1)
	begun(l, here, time.Now())
	var waits []time.Duration
	for i := range 500 {
		_, _, err := l.enter(here, types.NamespacedName{Name: time.Duration(i).String()}, time.Now())
		waits = append(waits, turnedAway(err))
	}
	if first, last := waits[0], waits[len(waits)-1]; first <= 0 || first > 2*turn || last < 5*first {
		t.Errorf("the first waits %s, the 500th %s", first, last)
	}
	if turnedAway(nil) != 0 || turnedAway(silence) != 0 {
		t.Error("who began waits")
	}
}

func TestAnAccountThatDoesNotAnswerIsAskedByOneAtATimeAndRarely(t *testing.T) {
	l, aMinuteAgo := newLanes(8), time.Now().Add(-time.Minute)
	for _, leave := range begun(l, here, time.Now()) {
		leave(silence) // cut off at once: nobody was held up
	}
	out := begun(l, here, aMinuteAgo)
	if len(out) != 8 {
		t.Fatalf("%d begin", len(out))
	}
	l.of[here].busy = 1 // as if the others had never begun
	out[0](silence)
	if !l.of[here].again.IsZero() {
		t.Fatal("one lost connection has the account rest")
	}
	for round, rest := range []time.Duration{firstRest, 2 * firstRest, 4 * firstRest} {
		out := begun(l, here, aMinuteAgo)
		if len(out) != 1 {
			t.Fatalf("round %d: %d begin", round, len(out))
		}
		out[0](silence)
		if _, silent, _ := l.enter(here, types.NamespacedName{}, time.Now()); !silent {
			t.Fatalf("round %d: it does not rest", round)
		}
		if leave, silent, err := l.enter(there, types.NamespacedName{}, time.Now()); silent || err != nil {
			t.Fatalf("round %d: another account rests, too", round)
		} else {
			leave(nil)
		}
		if got := time.Until(l.of[here].again); got < rest-time.Second || got > rest+rest/2 {
			t.Errorf("round %d: it rests for %s, not %s", round, got, rest)
		}
		l.of[here].again = time.Time{} // the rest is over
	}
	begun(l, here, aMinuteAgo)[0](nil)
	if got := len(begun(l, here, time.Now())); got != 4 {
		t.Errorf("when it answers again: %d", got)
	}
}
