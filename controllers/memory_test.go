package controllers

import (
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func TestWhatWasWrittenIsHandedOutOnceAndWhileItIsFresh(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var m memory
	m.remember("a", model.Observed{Role: &model.ObservedRole{Name: "r"}}, now.Add(time.Second))
	if w, found := m.recall("a", now); !found || w.role.Name != "r" {
		t.Errorf("got %v, %v", w, found)
	}
	if _, found := m.recall("a", now); found {
		t.Error("handed out twice")
	}
	m.remember("a", model.Observed{}, now)
	if _, found := m.recall("a", now); found {
		t.Error("handed out when it had become old")
	}
	if _, found := m.recall("b", now); found {
		t.Error("handed out to another")
	}
}

func TestACopyIsRememberedUntilItsTaskRoleGoes(t *testing.T) {
	var m memory
	m.noteCopy("a", plan.Copied{Copy: 2, Source: 1})
	if got := m.copyOf("a"); got != (plan.Copied{Copy: 2, Source: 1}) {
		t.Errorf("got %v", got)
	}
	m.forget("a")
	if got := m.copyOf("a"); got != (plan.Copied{}) {
		t.Errorf("after it went: %v", got)
	}
}
