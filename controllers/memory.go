package controllers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// memory keeps between two looks at a TaskRole what AWS cannot tell better. To
// lose it costs a few calls and nothing else.
type memory struct {
	mu      sync.Mutex
	written map[types.UID]written
	copied  map[types.UID]plan.Copied
}

// written is what IAM has after writes of our own, known from their answers.
type written struct {
	until    time.Time
	role     *model.ObservedRole
	policies []model.ObservedPolicy
}

// remember keeps what was just written for the one look that follows a wait. It
// spares that look five calls, and IAM's reads lag behind writes just then.
func (m *memory) remember(uid types.UID, o model.Observed, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.written == nil {
		m.written = map[types.UID]written{}
	}
	m.written[uid] = written{until: until, role: o.Role, policies: o.Policies}
}

// recall hands out what was written, once, unless it has become old.
func (m *memory) recall(uid types.UID, now time.Time) (written, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, found := m.written[uid]
	delete(m.written, uid)
	return w, found && now.Before(w.until)
}

// noteCopy remembers which foreign revision our newest copy was made from: some
// emulators describe a copy otherwise than its source, and would have it made
// again and again.
func (m *memory) noteCopy(uid types.UID, c plan.Copied) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.copied == nil {
		m.copied = map[types.UID]plan.Copied{}
	}
	m.copied[uid] = c
}

func (m *memory) copyOf(uid types.UID) plan.Copied {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.copied[uid]
}

func (m *memory) forget(uid types.UID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.written, uid)
	delete(m.copied, uid)
}
