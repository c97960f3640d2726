package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// poll calls check until it has no complaint, and returns the last one after the
// deadline.
func (s *stage) poll(check func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(s.ctx, 50*time.Millisecond, ground.Deadline, true, func(context.Context) (bool, error) {
		last = check()
		return last == nil, nil
	})
	if err != nil {
		return errors.Join(last, err)
	}
	return nil
}

// eventually fails the test when check still complains after the deadline.
func (s *stage) eventually(what string, check func() error) {
	s.Helper()
	if err := s.poll(check); err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

// await waits for a TaskRole to fulfil a condition, and returns it.
func (s *stage) await(name, what string, fulfilled func(*v1alpha1.TaskRole) bool) *v1alpha1.TaskRole {
	s.Helper()
	var tr *v1alpha1.TaskRole
	s.eventually("TaskRole "+name+" "+what, func() error {
		tr = &v1alpha1.TaskRole{}
		if err := world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, tr); err != nil {
			return err
		}
		if !fulfilled(tr) {
			return fmt.Errorf("not yet: %s", summary(tr.Status.Conditions))
		}
		return nil
	})
	return tr
}

// awaitReady waits until the present spec is carried out.
func (s *stage) awaitReady(name string) *v1alpha1.TaskRole {
	s.Helper()
	return s.await(name, "is Ready", func(tr *v1alpha1.TaskRole) bool {
		return ready(tr) == string(metav1.ConditionTrue)+"/"+v1alpha1.ReasonSynced
	})
}

// awaitReason waits until the present spec is not Ready for a reason.
func (s *stage) awaitReason(name, reason string) *v1alpha1.TaskRole {
	s.Helper()
	return s.await(name, "is not Ready: "+reason, func(tr *v1alpha1.TaskRole) bool {
		return ready(tr) == string(metav1.ConditionFalse)+"/"+reason
	})
}

// awaitGone waits until the TaskRole does not exist any more.
func (s *stage) awaitGone(name string) {
	s.Helper()
	s.eventually("TaskRole "+name+" is gone", func() error {
		var tr v1alpha1.TaskRole
		err := world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &tr)
		if err == nil {
			return fmt.Errorf("still there: %s", summary(tr.Status.Conditions))
		}
		return client.IgnoreNotFound(err)
	})
}

// get reads a TaskRole.
func (s *stage) get(name string) *v1alpha1.TaskRole {
	s.Helper()
	var tr v1alpha1.TaskRole
	if err := world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &tr); err != nil {
		s.Fatal(err)
	}
	return &tr
}

// awaitLooks waits until the manager has looked n times at the named role from
// beginning to end, each look beginning after this call. Every look but those
// that are refused before AWS begins with GetRole.
func (s *stage) awaitLooks(role string, n int) {
	s.Helper()
	looks := func() int {
		seen := 0
		for _, call := range s.calls() {
			if call.Operation == "GetRole" && strings.Contains(call.Parameters, "RoleName="+role) {
				seen++
			}
		}
		return seen
	}
	before := looks()
	s.eventually(fmt.Sprintf("%d looks at role %s", n, role), func() error {
		// One that has begun before may be the first, and the last is over when
		// the next begins.
		if seen := looks() - before; seen < n+2 {
			return fmt.Errorf("%d looks have begun", seen)
		}
		return nil
	})
}

// ready is STATUS/REASON of the condition Ready, empty unless it is of the
// present generation.
func ready(tr *v1alpha1.TaskRole) string {
	c := condition(tr, v1alpha1.ConditionReady)
	if c.ObservedGeneration != tr.Generation || tr.Status.ObservedGeneration != tr.Generation {
		return ""
	}
	return string(c.Status) + "/" + c.Reason
}

// condition is the condition of a type, the zero one where there is none.
func condition(tr *v1alpha1.TaskRole, kind string) metav1.Condition {
	if c := meta.FindStatusCondition(tr.Status.Conditions, kind); c != nil {
		return *c
	}
	return metav1.Condition{}
}

func stalled(tr *v1alpha1.TaskRole) bool {
	return condition(tr, v1alpha1.ConditionStalled).Status == metav1.ConditionTrue
}

func summary(conditions []metav1.Condition) string {
	lines := make([]string, 0, len(conditions))
	for _, c := range conditions {
		lines = append(lines, fmt.Sprintf("%s=%s (generation %d) %s: %s", c.Type, c.Status, c.ObservedGeneration, c.Reason, c.Message))
	}
	return strings.Join(lines, "\n\t")
}

// awaitEvent waits for an event about the TaskRole with that reason, whose note
// contains all the texts.
func (s *stage) awaitEvent(name, reason string, texts ...string) {
	s.Helper()
	s.eventually(fmt.Sprintf("event %s about %s with %q", reason, name, texts), func() error {
		for _, e := range s.events() {
			if e.Regarding.Name == name && e.Reason == reason && containsAll(e.Note, texts) {
				return nil
			}
		}
		return errors.New("there is none")
	})
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func (s *stage) events() []eventsv1.Event {
	var list eventsv1.EventList
	if err := world.Kube.List(s.ctx, &list, client.InNamespace(s.namespace)); err != nil {
		s.Error(err)
	}
	return list.Items
}

// tell prints what a person needs who wonders why a test failed.
func (s *stage) tell() {
	var list v1alpha1.TaskRoleList
	if err := world.Kube.List(s.ctx, &list, client.InNamespace(s.namespace)); err != nil {
		s.Error(err)
	}
	for i := range list.Items {
		tr := &list.Items[i]
		tr.ManagedFields = nil
		text, err := yaml.Marshal(tr)
		s.Logf("TaskRole %s (%v):\n%s", tr.Name, err, text)
	}
	for _, e := range s.events() {
		s.Logf("event about %s: %s %s: %s", e.Regarding.Name, e.Type, e.Reason, e.Note)
	}
	calls := operations(s.calls())
	s.Logf("last calls in account %s:\n\t%s", s.account, strings.Join(calls[max(0, len(calls)-60):], "\n\t"))
	s.Logf("last lines of the manager's log about %s:\n%s", s.namespace, s.manager.Tail(s.namespace))
}

// awaitClassReady waits until the manager has reached the class's account.
func (s *stage) awaitClassReady() {
	s.Helper()
	s.eventually("class "+s.className+" is Ready", func() error {
		var class v1alpha1.TaskRoleClass
		if err := world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &class); err != nil {
			return err
		}
		if !meta.IsStatusConditionTrue(class.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("not yet: %s", summary(class.Status.Conditions))
		}
		return nil
	})
}
