package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestDeletionGivesTheFamilyItsPreviousRoleBackAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, previous := range map[string]string{"a role": "legacy/orders-old", "no role": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			var before []func(*ecs.RegisterTaskDefinitionInput)
			if previous != "" {
				s.makeRole("orders-old", "/legacy/", trustOf("ecs-tasks.amazonaws.com"), nil)
				previous = "arn:aws:iam::" + s.account + ":role/" + previous
				before = append(before, carrying(previous))
			}
			s.register("orders", "orders:1", before...)
			s.declare("orders")
			tr := s.awaitReady("orders")
			if tr.Status.TaskDefinition.PreviousRoleARN != previous {
				t.Errorf("status tells of previous role %q", tr.Status.TaskDefinition.PreviousRoleARN)
			}
			s.remove("orders")
			s.awaitGone("orders")
			newest := s.describe("orders")
			if newest.number() != 3 || newest.text("taskRoleArn") != previous {
				t.Errorf("revision %d carries %q", newest.number(), newest.text("taskRoleArn"))
			}
			if diff := different(s.describe("orders:1").registration(t), newest.registration(t)); diff != "" {
				t.Errorf("registrations differ (-first +last):\n%s", diff)
			}
			if left := s.inventory(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			s.awaitEvent("orders", "DeleteRole", s.roleName("orders"))
		})
	}
}

func TestAPipelineThatNamesTheRoleIsTold(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1", carrying(s.roleARN("orders")))
	s.declare("orders")
	s.awaitReady("orders")
	s.remove("orders")
	s.awaitGone("orders")
	s.awaitEvent("orders", "PipelineNamesRole", "correct the pipeline")
	if newest := s.describe("orders"); newest.number() != 1 {
		t.Errorf("the newest revision is %d", newest.number())
	}
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// inUse makes a TaskRole that is being deleted while something stands on its role.
func inUse(s *stage, stand func(definition string)) {
	s.Helper()
	s.register("orders", "orders:1")
	s.declare("orders")
	tr := s.awaitReady("orders")
	_, err := s.pipeline.ecs.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)
	stand(tr.Status.TaskDefinition.ARN)
	s.remove("orders")
	held := s.awaitReason("orders", v1alpha1.ReasonRoleInUse)
	if stalled(held) {
		s.Error("Stalled, although the tasks may end by themselves")
	}
	if message := condition(held, v1alpha1.ConditionReady).Message; !strings.Contains(message, "shop/") || !strings.Contains(message, v1alpha1.AnnotationForceDelete) {
		s.Errorf("it is not told what holds it up and what to do: %s", message)
	}
	s.awaitLooks(s.roleName("orders"), 1)
	if role := s.role(s.roleName("orders")); role == nil || len(role.Attached) != 1 {
		s.Errorf("the role was taken from under what stands on it: %+v", role)
	}
}

func (s *stage) service(definition string) {
	s.Helper()
	_, err := s.pipeline.raw(s.ctx, "CreateService", fmt.Sprintf(`{"cluster":"shop","serviceName":"web","taskDefinition":%q,"desiredCount":1,"launchType":"FARGATE",
		"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}}`, definition))
	s.must(err)
}

func TestAServiceOnTheRoleHoldsItsDeletion(t *testing.T) {
	t.Parallel()
	s := shared(t)
	inUse(s, s.service)
	s.awaitEvent("orders", v1alpha1.ReasonRoleInUse, "service shop/web")
	_, err := s.pipeline.ecs.DeleteService(s.ctx, &ecs.DeleteServiceInput{Cluster: aws.String("shop"), Service: aws.String("web"), Force: aws.Bool(true)})
	s.must(err)
	s.stopTasks()
	s.awaitGone("orders")
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// Held up as it was, the family got its role back once.
	if got := s.active("orders"); len(got) != 3 {
		t.Errorf("ACTIVE revisions: %v", got)
	}
}

func TestATaskOnTheRoleHoldsItsDeletion(t *testing.T) {
	t.Parallel()
	s := shared(t)
	inUse(s, func(definition string) {
		_, err := s.pipeline.raw(s.ctx, "RunTask", fmt.Sprintf(`{"cluster":"shop","taskDefinition":%q,"launchType":"FARGATE",
			"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}}`, definition))
		s.must(err)
	})
	s.awaitEvent("orders", v1alpha1.ReasonRoleInUse, "task shop/")
	s.stopTasks()
	s.awaitGone("orders")
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func (s *stage) stopTasks() {
	s.Helper()
	out, err := s.pipeline.ecs.ListTasks(s.ctx, &ecs.ListTasksInput{Cluster: aws.String("shop")})
	s.must(err)
	for _, arn := range out.TaskArns {
		_, err := s.pipeline.ecs.StopTask(s.ctx, &ecs.StopTaskInput{Cluster: aws.String("shop"), Task: aws.String(arn)})
		s.must(err)
	}
}

func TestDeletionIsForcedByAnAnnotationThatNamesTheRole(t *testing.T) {
	t.Parallel()
	s := shared(t)
	inUse(s, s.service)
	s.annotate("orders", v1alpha1.AnnotationForceDelete, "true")
	s.awaitLooks(s.roleName("orders"), 1)
	if s.role(s.roleName("orders")) == nil {
		t.Error("an annotation that does not name the role forced the deletion")
	}
	s.annotate("orders", v1alpha1.AnnotationForceDelete, s.roleName("orders"))
	s.awaitGone("orders")
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestARoleInAnInstanceProfileStaysWithoutItsPolicies(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	_, err := s.admin.iam.CreateInstanceProfile(s.ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("hosts")})
	s.must(err)
	_, err = s.admin.iam.AddRoleToInstanceProfile(s.ctx, &iam.AddRoleToInstanceProfileInput{
		InstanceProfileName: aws.String("hosts"), RoleName: aws.String(s.roleName("orders")),
	})
	s.must(err)
	s.remove("orders")
	s.awaitGone("orders")
	s.awaitEvent("orders", "RoleKept", "hosts")
	if left := s.inventory(); len(left) != 1 || left[0] != s.roleARN("orders") {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatWasAddedByHandDoesNotHoldDeletion(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	role := s.roleName("orders")
	foreign := s.customPolicy("foreign")
	s.intercept(noLooks)
	s.attach(role, foreign)
	for range 4 {
		s.newVersion(s.policyARN("orders", role), true)
	}
	_, err := s.admin.iam.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(role), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy),
	})
	s.must(err)
	s.remove("orders")
	s.intercept(nil)
	s.awaitGone("orders")
	s.eventually("only what others made is left", func() error {
		if left := s.inventory(); len(left) > 0 {
			return errors.New(strings.Join(left, ", "))
		}
		return nil
	})
	if s.policy(foreign) == nil {
		t.Error("somebody else's policy was deleted")
	}
}

// What a pipeline registers while the family gets its previous role back must be
// seen to have been registered before nobody looks at the family any more.
func TestARestorationDoesNotHideWhatReadsDoNotShowYet(t *testing.T) {
	s := alone(t, "--read-lag=2s")
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	var pushed sync.Once
	var shows atomic.Int64 // when, in nanoseconds
	s.intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "RegisterTaskDefinition" {
			pushed.Do(func() { s.register("orders", "orders:2"); shows.Store(time.Now().Add(time.Second).UnixNano()) })
		}
		if call.Operation == "DescribeTaskDefinition" && strings.Contains(call.Parameters, "orders:3") && time.Now().UnixNano() < shows.Load() {
			return awssim.Fault{Refuse: wire.Refuse(http.StatusBadRequest, "ClientException", "Unable to describe task definition.")}
		}
		return awssim.Fault{}
	})
	s.remove("orders")
	s.awaitGone("orders")
	want := []string{"1 deployer", "2 " + controller + " " + s.roleARN("orders"), "3 deployer"}
	if diff := different(want, s.active("orders")); diff != "" {
		t.Errorf("ACTIVE revisions (-want +got):\n%s", diff)
	}
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
