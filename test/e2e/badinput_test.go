package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// badInput is a TaskRole that cannot be carried out.
type badInput struct {
	// spec is YAML, laid over one that would pass. STAGE, CLASS and ACCOUNT in it
	// are the stage's namespace, class and account.
	spec string
	// object is its metadata.name, where that matters.
	object string
	// rails are the class's, where those of the stage are too wide.
	rails func(*v1alpha1.TaskRoleClass)
	// prepare is what happens before the TaskRole is declared.
	prepare func(*stage)
	// reason is that of Stalled; empty: the API server refuses the object.
	reason string
	// says are texts of the refusal: the field, and what to do about it.
	says []string
}

// lay makes the object.
func (c badInput) lay(s *stage) *unstructured.Unstructured {
	s.Helper()
	spec := map[string]any{"className": s.className, "family": "orders", "statements": []any{map[string]any{
		"sid": "Read", "effect": "Allow", "actions": []any{"s3:GetObject"}, "resources": []any{"arn:aws:s3:::bucket/*"},
	}}}
	text := strings.NewReplacer("STAGE", s.namespace, "CLASS", s.className, "ACCOUNT", s.account).Replace(c.spec)
	over := map[string]any{}
	s.must(yaml.Unmarshal([]byte(text), &over))
	maps.Copy(spec, over)
	maps.DeleteFunc(spec, func(_ string, value any) bool { return value == nil })
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("TaskRole"))
	object.SetNamespace(s.namespace)
	object.SetName("orders")
	if c.object != "" {
		object.SetName(c.object)
	}
	return object
}

// apply declares the object as kubectl does: a field that does not exist is an
// error.
func (c badInput) apply(s *stage) error {
	s.Helper()
	return world.Kube.Create(s.ctx, c.lay(s), client.FieldValidation(metav1.FieldValidationStrict))
}

func TestMalformedTaskRolesAreRefusedAtApply(t *testing.T) {
	t.Parallel()
	for name, c := range refusedAtApply {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			if c.prepare != nil {
				c.prepare(s)
			}
			err := c.apply(s)
			if err == nil {
				t.Fatal("accepted")
			}
			if !containsAll(err.Error(), c.says) {
				t.Errorf("the refusal does not contain all of %q:\n%v", c.says, err)
			}
			if calls := s.calls(); slices.ContainsFunc(operations(calls), func(name string) bool { return !strings.HasPrefix(name, "sts:") }) {
				t.Errorf("calls of AWS: %v", operations(calls))
			}
		})
	}
}

func TestMalformedTaskRolesEndStalledWithoutAWriteAndInPeace(t *testing.T) {
	m := launched(t, "--resync-period=1h", "--retry-most=500ms")
	for _, batch := range []map[string]badInput{stalledInputs, secondDefault, askedInputs} {
		stages := map[string]*stage{}
		for name, c := range batch {
			stages[name] = c.play(t, m)
		}
		for name, c := range batch {
			t.Run(name, func(t *testing.T) { c.judge(stages[name].of(t)) })
		}
		wantPeace(t, m, stages)
		for name, c := range batch {
			t.Run(name+", and nothing else", func(t *testing.T) { c.judgeCalls(stages[name].of(t)) })
		}
		for name := range batch {
			t.Run(name+", and away", func(t *testing.T) { leave(stages[name].of(t)) })
		}
	}
}

// of is the stage for a subtest.
func (s *stage) of(t *testing.T) *stage {
	mine := *s
	mine.TB = t
	return &mine
}

func (c badInput) play(t *testing.T, m *ground.Manager) *stage {
	t.Helper()
	rails := c.rails
	if rails == nil {
		rails = func(*v1alpha1.TaskRoleClass) {}
	}
	s := newStage(t, m, "", rails)
	s.register("orders", "orders:1")
	if c.prepare != nil {
		c.prepare(s)
	}
	s.forget()
	s.must(c.apply(s))
	return s
}

func (c badInput) judge(s *stage) {
	s.Helper()
	tr := s.await("orders", "is Stalled", func(tr *v1alpha1.TaskRole) bool {
		return ready(tr) == string(metav1.ConditionFalse)+"/"+c.reason && stalled(tr)
	})
	for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionStalled} {
		if got := condition(tr, kind); got.Reason != c.reason || !containsAll(got.Message, c.says) {
			s.Errorf("%s has reason %s, and its message not all of %q:\n%s", kind, got.Reason, c.says, got.Message)
		}
	}
	s.Logf("%s", condition(tr, v1alpha1.ConditionReady).Message)
	s.awaitEvent("orders", c.reason, c.says...)
	if writes := s.writes(); len(writes) > 0 && c.reason != v1alpha1.ReasonRefusedByAWS {
		s.Errorf("write calls: %v", writes)
	}
}

// judgeCalls is for after wantPeace.
func (c badInput) judgeCalls(s *stage) {
	s.Helper()
	if c.reason != v1alpha1.ReasonRefusedByAWS {
		if writes := s.writes(); len(writes) > 0 {
			s.Errorf("write calls: %v", writes)
		}
		return
	}
	// What AWS refuses it is asked once in each look, and nothing else is done.
	refused := 0
	for _, call := range s.calls() {
		switch {
		case call.Write && call.Code != "":
			refused++
		case call.Write:
			s.Errorf("%s beside what is refused", call.Operation)
		}
	}
	if refused != peaceLooks {
		s.Errorf("%d refused calls in %d looks", refused, peaceLooks)
	}
}

// leave deletes what could not be carried out, which leaves nothing either.
func leave(s *stage) {
	s.Helper()
	if tr := s.get("orders"); stalled(tr) {
		s.remove("orders")
		s.awaitGone("orders")
	}
	if s.role(s.roleName("elder")) != nil {
		s.remove("elder")
		s.awaitGone("elder")
	}
	if left := s.inventory(); len(left) > 0 {
		s.Errorf("left behind: %v", left)
	}
	s.clear() // for the batch after this one
}

// peaceLooks is how often a Stalled TaskRole is looked at again.
const peaceLooks = 2

// wantPeace fails the test if a TaskRole keeps the manager busy: each time that
// a look is asked for there is one, which writes no status and calls AWS no more
// than a look may.
func wantPeace(t *testing.T, m *ground.Manager, stages map[string]*stage) {
	t.Helper()
	var one *stage
	for _, one = range stages {
		break
	}
	one.settled()
	before, err := looks(m)
	one.must(err)
	for _, s := range stages {
		s.forget()
	}
	asked := map[string]*v1alpha1.TaskRole{}
	for i := range peaceLooks {
		for name, s := range stages {
			asked[name] = s.lookAt("orders")
		}
		one.eventually("every TaskRole is looked at", func() error {
			if n, err := looks(m); err != nil || n-before < (i+1)*len(stages) {
				return fmt.Errorf("%d looks of %d: %w", n-before, (i+1)*len(stages), err)
			}
			return nil
		})
		one.settled()
	}
	after, err := looks(m)
	one.must(err)
	if want := peaceLooks * len(stages); after-before != want {
		t.Errorf("%d looks, %d were asked for", after-before, want)
	}
	for name, s := range stages {
		if now := s.get("orders"); now.ResourceVersion != asked[name].ResourceVersion {
			t.Errorf("%s: a status was written again: %s", name, summary(now.Status.Conditions))
		}
		// And the one that AWS refuses.
		if calls := s.calls(); len(calls) > peaceLooks*(mostToLook+2) { // the write that is refused, and the look before it
			t.Errorf("%s: %d looks took %d calls: %v", name, peaceLooks, len(calls), operations(calls))
		}
	}
}
