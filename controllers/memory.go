package controllers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/cache"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// memory keeps between two looks what AWS cannot tell better, or not yet. To
// lose it costs a few calls and a wait, and nothing else.
type memory struct {
	// recent are written and doubt by the ARN of the role: a TaskRole that is
	// created again is another object, but its role has the same name.
	recent *cache.Expiring

	mu       sync.Mutex
	copied   map[types.UID]copied
	failures map[types.UID]int // in a row, that may pass
	// narrow is since when a role is to lose something that what runs decides on.
	narrow map[types.UID]time.Time
}

// written is what IAM has after writes of our own, known from their answers.
type written struct {
	until    time.Time
	role     *model.ObservedRole
	policies []model.ObservedPolicy
}

// doubt is the time until which nobody knows whether a write took effect.
type doubt time.Time

// copied is what was registered for a TaskRole.
type copied struct {
	last plan.Copied
	arn  string // of the revision that was registered last
	// dropped counts the revisions of others without the role that were copied, one
	// after the other.
	dropped int
	// wrote is when revisions were registered or withdrawn last, or were tried to
	// be, until a look has found that nothing is there twice; zero: one has.
	wrote time.Time
	// clean is the newest revision at that look.
	clean int32
}

func newMemory() *memory {
	return &memory{recent: cache.NewExpiring(), copied: map[types.UID]copied{}, failures: map[types.UID]int{}, narrow: map[types.UID]time.Time{}}
}

// remember keeps what was just written for the looks that follow soon: IAM's
// reads lag behind writes, and what they show then must not be written again.
func (m *memory) remember(roleARN string, o model.Observed, until time.Time) {
	m.recent.Set(roleARN, written{until: until, role: o.Role, policies: o.Policies}, time.Until(until))
}

// recall hands out what was written, unless it has become old.
func (m *memory) recall(roleARN string) (written, bool) {
	found, _ := m.recent.Get(roleARN)
	w, ok := found.(written)
	return w, ok
}

// mistrust notes that a write had no answer: what IAM and ECS show is not to be
// acted on until then.
func (m *memory) mistrust(roleARN string, until time.Time) {
	m.recent.Set(roleARN, doubt(until), time.Until(until))
}

// doubted is the time until which a write is in doubt; zero: none is.
func (m *memory) doubted(roleARN string) time.Time {
	found, _ := m.recent.Get(roleARN)
	d, _ := found.(doubt)
	return time.Time(d)
}

// distrust drops what was remembered of a role, because it did not prove true.
func (m *memory) distrust(roleARN string) { m.recent.Delete(roleARN) }

// noteCopy remembers a revision that was registered, and of which foreign one it
// is a copy: lists may not show it yet, and some emulators describe a copy
// otherwise than its source, and would have it made again and again.
func (m *memory) noteCopy(uid types.UID, made, source model.Revision) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.copied[uid]
	after := copied{plan.Copied{Copy: made.Number, Source: source.Number}, made.ARN, before.dropped, before.wrote, before.clean}
	if source.Number > before.last.Source {
		after.dropped++
	}
	m.copied[uid] = after
}

// named notes that others register the role themselves by now.
func (m *memory) named(uid types.UID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, found := m.copied[uid]; found {
		c.dropped = 0
		m.copied[uid] = c
	}
}

// writes notes that revisions are registered or withdrawn.
func (m *memory) writes(uid types.UID, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.copied[uid]
	c.wrote = now
	m.copied[uid] = c
}

// found notes a look at all that there is, after which nothing was left to do. Only
// one that began when reads showed the last write counts: of those before.
func (m *memory) found(uid types.UID, newest int32, before time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.copied[uid]
	if c.wrote.Before(before) {
		c.wrote, c.clean = time.Time{}, newest
	}
	m.copied[uid] = c
}

// knows says whether anything was noted in this process.
func (m *memory) knows(uid types.UID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.copied[uid]
	return known
}

func (m *memory) copyOf(uid types.UID) copied {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.copied[uid]
}

// forget drops what was remembered of an object that is gone.
func (m *memory) forget(uid types.UID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.copied, uid)
	delete(m.failures, uid)
	delete(m.narrow, uid)
}

// narrows is since when the role is to lose something, which is now at the latest.
func (m *memory) narrows(uid types.UID, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if since, found := m.narrow[uid]; found {
		return since
	}
	m.narrow[uid] = now
	return now
}

// narrowed notes that it is not, or has.
func (m *memory) narrowed(uid types.UID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.narrow, uid)
}

// passed is how many failures in a row may pass before a TaskRole that was Ready
// is not any more. With the backoff between them that is some seconds: one lost
// answer should not turn an application in Argo CD from Healthy and back.
const passed = 3

// passing counts failures that may pass, and says whether this one is not worth
// telling yet: all that the status says of this generation still holds.
func (m *memory) passing(found *v1alpha1.TaskRole, o conditions.Outcome) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !conditions.Retry(o) {
		delete(m.failures, found.UID)
		return false
	}
	m.failures[found.UID]++
	ready := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady)
	return m.failures[found.UID] <= passed && !o.Deleting &&
		ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == found.Generation
}
