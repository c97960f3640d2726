package aws

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

func TestAThrottledAnswerSlowsAllWorkersAndTimeMendsIt(t *testing.T) {
	l := &limiter{Limiter: rate.NewLimiter(10, 5), most: 10}
	now := time.Unix(1_000_000, 0)
	step := func(throttled bool, after time.Duration, want rate.Limit) {
		t.Helper()
		now = now.Add(after)
		l.adapt(throttled, now)
		if got := l.Limit(); got < want-0.01 || got > want+0.01 {
			t.Errorf("%v a second, not %v", got, want)
		}
	}
	step(false, 0, 10)
	step(true, 2*time.Second, 6.67)
	step(true, time.Millisecond, 6.67)  // the same event
	step(false, time.Millisecond, 6.67) // too soon
	step(false, time.Second, 7.17)
	for range 20 {
		step(true, time.Second, max(l.Limit()*2/3, 1))
		if l.Limit() <= 1.01 {
			break
		}
	}
	step(true, time.Second, 1) // never below a tenth
	for range 30 {
		now = now.Add(time.Second)
		l.adapt(false, now)
	}
	if l.Limit() != 10 {
		t.Errorf("%v a second half a minute later", l.Limit())
	}
}

func TestRegistrationsHaveABudgetOfTheirOwnForEachAccountAndRegion(t *testing.T) {
	b := newBudgets(Options{RegistrationRate: 1e-6, RegistrationBurst: 1}.withDefaults())
	register := call{"111122223333", "us-west-2", "ECS", "RegisterTaskDefinition"}
	if err := b.wait(t.Context(), register); err != nil {
		t.Fatal(err)
	}
	// Its turn is days away: it is told at once, and nobody waits for it.
	var f Failure
	if err := b.wait(t.Context(), register); !errors.As(err, &f) || f.Class != Throttled || f.Operation != "RegisterTaskDefinition" {
		t.Errorf("a second registration: %v", err)
	}
	elsewhere, reading, otherAccount := register, register, register
	elsewhere.region, reading.operation, otherAccount.account = "eu-west-1", "DescribeTaskDefinition", "444455556666"
	for name, c := range map[string]call{"another region": elsewhere, "a read": reading, "another account": otherAccount} {
		if err := b.wait(t.Context(), c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIAMIsOneForAllRegions(t *testing.T) {
	b := newBudgets(Options{IAMRate: 1e-6, IAMBurst: 1}.withDefaults())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := b.wait(ctx, call{"111122223333", "us-west-2", "IAM", "GetRole"}); err != nil {
		t.Fatal(err)
	}
	if err := b.wait(ctx, call{"111122223333", "eu-west-1", "IAM", "GetRole"}); err == nil {
		t.Error("another region has a budget of its own")
	}
}
