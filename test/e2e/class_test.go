package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// byDefault makes a class the one of TaskRoles that name none.
func byDefault(c *v1alpha1.TaskRoleClass) {
	metav1.SetMetaDataAnnotation(&c.ObjectMeta, v1alpha1.AnnotationDefaultClass, "true")
}

// nameless is a TaskRole without a class.
func nameless(tr *v1alpha1.TaskRole) { tr.Spec.ClassName = "" }

// The only test with default classes: there is one default for the cluster.
func TestTheDefaultClassIsKeptAlthoughTheDefaultChanges(t *testing.T) {
	t.Parallel()
	first, second := shared(t, byDefault), shared(t)
	first.register("orders", "orders:1")
	first.declare("orders", nameless)
	if tr := first.awaitReady("orders"); tr.Status.Effective.ClassName != first.className || tr.Spec.ClassName != "" {
		t.Errorf("effective %+v, spec %q", tr.Status.Effective, tr.Spec.ClassName)
	}
	if tag := first.role(first.roleName("orders")).Tags["ecs.taskrole.dev/class"]; tag != first.className {
		t.Errorf("the role is tagged with class %q", tag)
	}

	second.editClass(byDefault)
	// The manager hears of classes and of TaskRoles on two ways, one of which may
	// be the slower.
	var torn *v1alpha1.TaskRole
	for range 5 {
		first.declare("torn", nameless)
		torn = first.await("torn", "is judged", func(tr *v1alpha1.TaskRole) bool { return len(tr.Status.Conditions) > 0 })
		if condition(torn, v1alpha1.ConditionReady).Reason == v1alpha1.ReasonClassNotFound {
			break
		}
		first.remove("torn")
		first.awaitGone("torn")
	}
	first.awaitReason("torn", v1alpha1.ReasonClassNotFound)
	if message := condition(torn, v1alpha1.ConditionReady).Message; !containsAll(message, []string{first.className, second.className}) {
		t.Errorf("it is not told which classes are the default one: %s", message)
	}
	first.editClass(func(c *v1alpha1.TaskRoleClass) { c.Annotations = nil })
	if tr := first.await("torn", "has the other class", func(tr *v1alpha1.TaskRole) bool {
		return tr.Status.Effective.ClassName == second.className
	}); tr.Status.Effective.AccountID != second.account {
		t.Errorf("effective %+v", tr.Status.Effective)
	}
	first.awaitLooks(first.roleName("orders"), 1)
	if tr := first.awaitReady("orders"); tr.Status.Effective.ClassName != first.className {
		t.Errorf("the class moved to %s", tr.Status.Effective.ClassName)
	}

	second.editClass(func(c *v1alpha1.TaskRoleClass) { c.Annotations = nil })
	first.declare("orphan", nameless)
	if tr := first.awaitReason("orphan", v1alpha1.ReasonClassNotFound); !stalled(tr) {
		t.Error("without any class it is not Stalled")
	}
	// So that the second stage's account is cleaned by the controller.
	first.remove("torn")
	first.awaitGone("torn")
}

func TestAnEditedClassConvergesAllItsRoles(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"orders", "carts"} {
		s.register(name, name+":1")
		s.declare(name)
	}
	s.awaitReady("orders")
	s.awaitReady("carts")
	boundary := s.customPolicy("boundary")
	s.editClass(func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Unbounded, c.Spec.PermissionsBoundaryARN = false, v1alpha1.PolicyARN(boundary)
		c.Spec.Tags = v1alpha1.Tags{"environment": "production"}
	})
	for _, name := range []string{"orders", "carts"} {
		s.eventually("role of "+name+" follows the class", func() error {
			role := s.role(s.roleName(name))
			if role.Boundary != boundary || role.Tags["environment"] != "production" {
				return fmt.Errorf("boundary %q, tags %v", role.Boundary, role.Tags)
			}
			return nil
		})
		s.awaitEvent(name, "PutBoundary", boundary)
		if tr := s.awaitReady(name); tr.Status.Effective.PermissionsBoundaryARN != boundary {
			t.Errorf("effective %+v", tr.Status.Effective)
		}
	}
	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.Families = []v1alpha1.NamePattern{"orders"} })
	if tr := s.awaitReason("carts", v1alpha1.ReasonNotAllowed); !stalled(tr) {
		t.Error("what the class does not allow any more is not Stalled")
	}
	if s.role(s.roleName("carts")) == nil {
		t.Error("the role of a TaskRole that is not allowed any more was deleted under its tasks")
	}
}

func TestAClassInUseDoesNotGoAway(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	class := func() (*v1alpha1.TaskRoleClass, error) {
		var c v1alpha1.TaskRoleClass
		return &c, world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &c)
	}
	s.eventually("the class is held", func() error {
		c, err := class()
		if err == nil && len(c.Finalizers) == 0 {
			err = errors.New("it has no finalizer")
		}
		return err
	})
	s.must(world.Kube.Delete(s.ctx, s.class()))
	s.eventually("the class tells what holds it", func() error {
		c, err := class()
		if err != nil {
			return err
		}
		if r := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionReady); r == nil || r.Reason != v1alpha1.ReasonDeleting {
			return errors.New(summary(c.Status.Conditions))
		}
		return nil
	})
	s.declare("late")
	s.awaitReason("late", v1alpha1.ReasonClassNotUsable)
	s.remove("late")
	s.awaitGone("late")
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = v1alpha1.Tags{"team": "shop"} })
	s.awaitReady("orders")
	s.remove("orders")
	s.awaitGone("orders")
	s.eventually("the class is gone", func() error {
		if _, err := class(); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %w", err)
		}
		return nil
	})
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTwoClassesReachTwoAccounts(t *testing.T) {
	t.Parallel()
	first, second := shared(t), shared(t)
	for _, s := range []*stage{first, second} {
		s.register("orders", "orders:1")
	}
	first.declare("orders")
	first.declare("away", func(tr *v1alpha1.TaskRole) { tr.Spec.ClassName, tr.Spec.Family = second.className, "orders" })
	first.awaitReady("orders")
	away := first.awaitReady("away")
	arn := strings.ReplaceAll(first.roleARN("away"), first.account, second.account)
	if away.Status.Role.ARN != arn || away.Status.Effective.AccountID != second.account {
		t.Errorf("role %s, effective %+v", away.Status.Role.ARN, away.Status.Effective)
	}
	second.awaitRole("orders", arn, "orders:1")
	first.awaitRole("orders", first.roleARN("orders"), "orders:1")
	first.remove("away")
	first.awaitGone("away")
	if left := second.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	first.awaitRole("orders", first.roleARN("orders"), "orders:1")
}

func TestWithoutTheExternalIDNobodyGetsIn(t *testing.T) {
	t.Parallel()
	s := shared(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.ExternalID = "guessed" })
	s.register("orders", "orders:1")
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonAccessDenied)
	if message := condition(tr, v1alpha1.ConditionReady).Message; !stalled(tr) || !strings.Contains(message, "AssumeRole") {
		t.Errorf("stalled: %v, %s", stalled(tr), message)
	}
	// The class says the same, to those who can mend it.
	s.eventually("the class is not Ready", func() error {
		var c v1alpha1.TaskRoleClass
		if err := world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &c); err != nil {
			return err
		}
		if r := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionReady); r == nil || r.Reason != v1alpha1.ReasonAccessDenied {
			return errors.New(summary(c.Status.Conditions))
		}
		return nil
	})
	// Mended, it goes on by itself.
	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.ExternalID = externalID })
	s.awaitReady("orders")
	s.awaitClassReady()
}

func TestNothingIsDoneInAnAccountThatIsNotTheClasss(t *testing.T) {
	t.Parallel()
	// Without a role to assume, the credentials are those of the home account.
	s := shared(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.AssumeRoleARN, c.Spec.ExternalID = "", "" })
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonWrongAccount)
	if message := condition(tr, v1alpha1.ConditionReady).Message; !stalled(tr) || !containsAll(message, []string{s.account, home}) {
		t.Errorf("stalled: %v, %s", stalled(tr), message)
	}
	s.awaitEvent("orders", v1alpha1.ReasonWrongAccount, home)
	for _, call := range world.AWS.Calls()[s.mark:] {
		if call.Caller.Account == home && call.Service != "sts" {
			t.Errorf("call in the controller's own account: %s %s", call.Service, call.Operation)
		}
	}
	if calls := s.calls(); len(calls) > 0 {
		t.Errorf("calls: %v", operations(calls))
	}
	s.remove("orders")
	s.awaitGone("orders")
}
