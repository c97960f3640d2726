package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// attempt is what somebody else does, and what must come of it.
type attempt struct {
	name  string
	class func(*v1alpha1.TaskRoleClass)
	// bring is done before anything is declared: the family is registered by then.
	bring func(*stage)
	spec  func(*stage, *v1alpha1.TaskRole)
	// act is done when the TaskRole is Ready; nil: what was brought is the attempt.
	act func(*stage)
	// reason of Ready in the end; empty: Synced. "gone": there is no TaskRole.
	reason string
	must   []string // operations that the controller must have made by then
	never  []string // operations that it must not have tried; "writes" is any
	event  string   // the reason of an event that must be there
	// whole: the role is exactly as it was before the attempt was answered.
	whole bool
	then  func(*stage)
}

const gone = "gone"

// TestForeignHands holds a table of attempts against what must and must not be
// called.
func TestForeignHands(t *testing.T) {
	for _, a := range slices.Concat(onTheName(), adoptions(), onTheRole(), onTheFamily(), onTheCluster()) {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			a.try(t)
		})
	}
}

func (a attempt) try(t *testing.T) {
	class := a.class
	if class == nil {
		class = func(*v1alpha1.TaskRoleClass) {}
	}
	s := shared(t, class)
	s.register("orders", "orders:1")
	if a.bring != nil {
		a.bring(s)
	}
	tr := s.taskRole("orders")
	if a.spec != nil {
		a.spec(s, tr)
	}
	role := s.roleName("orders")
	if tr.Spec.RoleName != "" {
		role = tr.Spec.RoleName
	}
	before := s.role(role)
	s.create(tr)
	if a.act != nil {
		s.awaitReady("orders")
		s.forget()
		a.act(s)
		before = s.role(role)
	}
	a.await(s, role)
	if after := s.role(role); a.whole && different(before, after) != "" {
		t.Errorf("the role changed (-before +after):\n%s", different(before, after))
	}
	for _, operation := range a.never {
		if got := s.tried(operation); got > 0 {
			t.Errorf("%s was tried %d times: %v", operation, got, operations(s.calls()))
		}
	}
	if a.then != nil {
		a.then(s)
	}
}

// await waits until all that must be done is done, and the TaskRole says so.
func (a attempt) await(s *stage, role string) {
	s.Helper()
	s.eventually("what must be done is done", func() error {
		for _, operation := range a.must {
			if s.tried(operation) == 0 {
				return fmt.Errorf("no %s in %v", operation, operations(s.calls()))
			}
		}
		return nil
	})
	switch a.reason {
	case "":
		s.awaitReady("orders")
	case gone:
		s.awaitGone("orders")
	default:
		s.awaitReason("orders", a.reason)
	}
	if a.event != "" {
		s.awaitEvent("orders", a.event)
	}
	if a.reason != gone && a.reason != v1alpha1.ReasonNotAllowed && a.reason != v1alpha1.ReasonFamilyClaimed {
		s.awaitLooks(role, 1)
	}
}

// tried counts calls of an operation by the controller that had an effect, or were
// refused.
func (s *stage) tried(operation string) int {
	if operation == "writes" {
		return len(s.writes())
	}
	return count(s.calls(), operation)
}

// path is where the controller puts roles of the stage.
func (s *stage) path() string { return "/taskrole/" + clusterID + "/" + s.namespace + "/" }

// gets fails unless the newest revision of the family carries the role.
func gets(role func(*stage) string) func(*stage) {
	return func(s *stage) {
		s.Helper()
		s.eventually("the newest revision carries what it should", func() error {
			if got := s.describe("orders").text("taskRoleArn"); got != role(s) {
				return fmt.Errorf("it carries %q, not %q", got, role(s))
			}
			return nil
		})
	}
}

func nobodys(*stage) string { return "" }

func ownRole(s *stage) string { return s.roleARN("orders") }

// has fails unless an event's or condition's text holds all of what is given.
func has(parts ...string) func(*stage) {
	return func(s *stage) {
		s.Helper()
		s.eventually("the condition says it", func() error {
			message := condition(s.get("orders"), v1alpha1.ConditionReady).Message
			if !containsAll(message, parts) {
				return errors.New(strings.TrimSpace(message))
			}
			return nil
		})
	}
}

// wipe puts another status in the place of a TaskRole's.
func (s *stage) wipe(name string, status v1alpha1.TaskRoleStatus) {
	s.Helper()
	s.eventually("another status", func() error { // the manager may write at this moment
		tr := s.get(name)
		tr.Status = status
		return world.Kube.Status().Update(s.ctx, tr)
	})
}

// differs complains while the role of the TaskRole orders is the one of that id.
func (s *stage) differs(id string) error {
	if r := s.role(s.roleName("orders")); r == nil || r.ID == id {
		return errors.New("there is none")
	}
	return nil
}

// standOn runs a task of a revision.
func (s *stage) standOn(definition string) {
	s.Helper()
	_, err := s.pipeline.ecs.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)
	_, err = s.pipeline.raw(s.ctx, "RunTask", fmt.Sprintf(`{"cluster":"shop","taskDefinition":%q,"launchType":"FARGATE",
		"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}}`, definition))
	s.must(err)
}
