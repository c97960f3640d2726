package controllers

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func TestWhatWasWrittenIsKnownWhileReadsMayLag(t *testing.T) {
	m := newMemory()
	m.remember("a", model.Observed{Role: &model.ObservedRole{Name: "r"}}, time.Now().Add(time.Hour))
	for range 2 {
		if w, found := m.recall("a"); !found || w.role.Name != "r" {
			t.Errorf("got %v, %v", w, found)
		}
	}
	if !m.doubted("a").IsZero() {
		t.Error("what was answered is in doubt")
	}
	m.remember("a", model.Observed{}, time.Now())
	if _, found := m.recall("a"); found {
		t.Error("handed out when it had become old")
	}
	if _, found := m.recall("b"); found {
		t.Error("handed out to another")
	}
}

func TestAWriteWithoutAnAnswerMakesWhatIsRememberedDoubtful(t *testing.T) {
	m, until := newMemory(), time.Now().Add(time.Hour)
	m.remember("a", model.Observed{}, until)
	m.mistrust("a", until)
	if _, found := m.recall("a"); found || !m.doubted("a").Equal(until) {
		t.Errorf("known: %v; in doubt until %s", found, m.doubted("a"))
	}
	m.distrust("a")
	if !m.doubted("a").IsZero() {
		t.Error("still in doubt")
	}
}

func TestACopyIsRememberedUntilItsTaskRoleGoes(t *testing.T) {
	m := newMemory()
	m.noteCopy("a", model.Revision{Number: 2, ARN: "arn:2"}, model.Revision{Number: 1})
	if got := m.copyOf("a"); got != (copied{plan.Copied{Copy: 2, Source: 1}, "arn:2", 1, time.Time{}, 0}) {
		t.Errorf("got %v", got)
	}
	m.forget("a")
	if got := m.copyOf("a"); got != (copied{}) {
		t.Errorf("after it went: %v", got)
	}
}

func TestRevisionsThatDropTheRoleAreCountedUntilOneNamesIt(t *testing.T) {
	m := newMemory()
	copies := func(source int32) int {
		m.noteCopy("a", model.Revision{Number: source + 1}, model.Revision{Number: source})
		return m.copyOf("a").dropped
	}
	for i, step := range []struct{ source, want int }{{1, 1}, {3, 2}, {3, 2}, {5, 3}} {
		if got := copies(int32(step.source)); got != step.want {
			t.Errorf("step %d: %d", i, got)
		}
	}
	m.named("a")
	if got := copies(9); got != 1 {
		t.Errorf("after one that names it: %d", got)
	}
}

func TestAFailureThatPassesIsNotToldOfWhatWasReady(t *testing.T) {
	failing := conditions.Outcome{Failure: &conditions.Failure{Reason: v1alpha1.ReasonTransient}}
	terminal := conditions.Outcome{Failure: &conditions.Failure{Reason: v1alpha1.ReasonAccessDenied, Terminal: true}}
	deleting := failing
	deleting.Deleting = true
	ready := func(status metav1.ConditionStatus, generation int64) *v1alpha1.TaskRole {
		tr := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{UID: "a", Generation: 2}}
		tr.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, ObservedGeneration: generation}}
		return tr
	}
	for name, c := range map[string]struct {
		found   *v1alpha1.TaskRole
		outcome conditions.Outcome
		want    []bool
	}{
		"it lasts":         {ready(metav1.ConditionTrue, 2), failing, []bool{true, true, true, false, false}},
		"it never was":     {ready(metav1.ConditionFalse, 2), failing, []bool{false}},
		"another spec":     {ready(metav1.ConditionTrue, 1), failing, []bool{false}},
		"it does not pass": {ready(metav1.ConditionTrue, 2), terminal, []bool{false}},
		"it goes":          {ready(metav1.ConditionTrue, 2), deleting, []bool{false}},
		"all is well":      {ready(metav1.ConditionTrue, 2), conditions.Outcome{}, []bool{false}},
	} {
		m := newMemory()
		for i, want := range c.want {
			if got := m.passing(c.found, c.outcome); got != want {
				t.Errorf("%s, look %d: %v", name, i, got)
			}
		}
	}
	m := newMemory()
	for range passed {
		m.passing(ready(metav1.ConditionTrue, 2), failing)
	}
	m.passing(ready(metav1.ConditionTrue, 2), conditions.Outcome{})
	if !m.passing(ready(metav1.ConditionTrue, 2), failing) {
		t.Error("failures are counted across one that passed")
	}
}

func TestThatRevisionsWereWrittenIsRememberedUntilALookFoundAll(t *testing.T) {
	m, now := newMemory(), time.Now()
	if m.knows("a") {
		t.Error("something is known before the first look")
	}
	m.writes("a", now)
	m.noteCopy("a", model.Revision{Number: 2}, model.Revision{Number: 1})
	m.found("a", 2, now.Add(-time.Second)) // reads may lag
	if m.copyOf("a").wrote.IsZero() || !m.knows("a") {
		t.Error("forgotten too soon")
	}
	m.found("a", 2, now.Add(time.Second))
	if c := m.copyOf("a"); !c.wrote.IsZero() || c.clean != 2 {
		t.Error("never forgotten")
	}
}
