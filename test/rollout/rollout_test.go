package rollout

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

const (
	services = v1alpha1.ConditionServicesSynced
	ready    = v1alpha1.ConditionReady
	breaker  = `"deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,"rollback":true}}`
)

func TestAServiceIsMovedFromTheSourceOfTheCopyAndFollowedToItsEnd(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.declare()
	s.awaitMove("web:2")
	s.await(services, "False RollingOut")
	s.awaitState("web", v1alpha1.ServiceMoving)
	s.wantEvent("MoveService", "of which revision 2 is a copy")
	s.complete("web")
	s.await(services, "True Synced")
	s.await(ready, "True Synced")
	s.wantEvent("ServiceMoved", "shop/web")
	s.settled("web:2")
}

func TestWithoutLeaveServicesAreToldAndNotMoved(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.declare(func(tr *v1alpha1.TaskRole) { tr.Spec.Rollout = v1alpha1.Rollout{} })
	message := s.await(ready, "True ServicesBehind")
	if !strings.Contains(message, "shop/web") || !strings.Contains(message, "aws ecs update-service --cluster shop --service web --task-definition arn:") {
		t.Error(message)
	}
	s.await(services, "False ServicesBehind")
	s.settled()
}

func TestOneServiceIsMovedAfterTheOtherAndNoneAfterAFailure(t *testing.T) {
	s := newScene(t)
	for _, name := range []string{"a", "b", "c"} {
		s.service(name, 1, breaker)
	}
	s.declare()
	s.awaitMove("a:2")
	s.awaitState("b", v1alpha1.ServiceWaiting)
	s.complete("a")
	s.awaitMove("a:2", "b:2")
	s.must(world.AWS.ECS().FailDeployment(s.cluster(), "b"))
	s.complete("b") // the rollback
	message := s.await(ready, "False RolloutFailed")
	if !strings.Contains(message, "shop/b") || !strings.Contains(message, "not tried again") {
		t.Error(message)
	}
	s.await(v1alpha1.ConditionStalled, "True RolloutFailed")
	s.awaitState("c", v1alpha1.ServiceWaiting)
	s.settled("a:2", "b:2")
}

func TestAFailureIsReadFromECSAndSurvivesTheStatus(t *testing.T) {
	s := newScene(t)
	s.service("web", 1, breaker)
	s.declare()
	s.awaitMove("web:2")
	s.must(world.AWS.ECS().FailDeployment(s.cluster(), "web"))
	s.complete("web")
	s.await(ready, "False RolloutFailed")
	tr := s.get()
	tr.Status = v1alpha1.TaskRoleStatus{}
	s.must(world.Kube.Status().Update(s.ctx, tr))
	s.await(ready, "False RolloutFailed")
	s.settled("web:2")
	// The pipeline's next revision is another matter.
	if n := s.register("FARGATE", "awsvpc", "orders:2"); n != 3 {
		t.Fatal(n)
	}
	s.pipeline("UpdateService", `{"cluster":"shop","service":"web","taskDefinition":"orders:3"}`)
	s.complete("web")
	s.awaitMove("web:2", "web:4")
	s.complete("web")
	s.await(ready, "True Synced")
}

func TestADeploymentOfOthersIsWaitedFor(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.pipeline("UpdateService", `{"cluster":"shop","service":"web","forceNewDeployment":true}`)
	s.declare()
	s.await(ready, "False DeploymentInProgress")
	s.settled()
	s.complete("web")
	s.awaitMove("web:2")
	s.complete("web")
	s.await(ready, "True Synced")
}

func TestEveryStrategyIsStartedAndFollowed(t *testing.T) {
	for name, config := range map[string]string{
		"blue/green": `{"strategy":"BLUE_GREEN","bakeTimeInMinutes":1}`,
		"linear":     `{"strategy":"LINEAR","bakeTimeInMinutes":1,"linearConfiguration":{"stepPercent":50,"stepBakeTimeInMinutes":1}}`,
		"canary":     `{"strategy":"CANARY","bakeTimeInMinutes":1,"canaryConfiguration":{"canaryPercent":10,"canaryBakeTimeInMinutes":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.service("web", 1, `"deploymentConfiguration":`+config)
			s.declare()
			s.awaitMove("web:2")
			s.await(services, "False RollingOut")
			for range 4 {
				if _, err := world.AWS.ECS().StepDeployment(s.cluster(), "web"); err != nil {
					t.Fatal(err)
				}
			}
			s.await(services, "False RollingOut")
			s.complete("web")
			s.await(ready, "True Synced")
			s.settled("web:2")
		})
	}
}

func TestServicesThatOthersDeployAreReportedWithWhatToDo(t *testing.T) {
	for kind, cure := range map[string]string{"CODE_DEPLOY": "AppSpec", "EXTERNAL": "task set"} {
		t.Run(kind, func(t *testing.T) {
			s := newScene(t)
			members := fmt.Sprintf(`"deploymentController":{"type":%q}`, kind)
			if kind == "CODE_DEPLOY" {
				members += `,"taskDefinition":"orders:1"`
				s.create("web", members)
			} else {
				s.pipeline("CreateService", `{"cluster":"shop","serviceName":"web","desiredCount":2,`+members+`}`)
			}
			s.must(world.AWS.ECS().PutTaskSet(s.cluster(), "web", "orders:1", 2))
			s.declare()
			s.await(ready, "True ServicesBehind")
			if got := s.awaitState("web", v1alpha1.ServiceBehind); got.Controller != kind || !strings.Contains(got.Message, cure) {
				t.Errorf("%+v", got)
			}
			s.settled()
			s.must(world.AWS.ECS().PutTaskSet(s.cluster(), "web", "orders:2", 2))
			s.await(ready, "True Synced")
		})
	}
}

func TestAServiceOnOtherContentIsItsPipelinesToMove(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.register("FARGATE", "awsvpc", "orders:2")
	s.declare()
	s.await(ready, "True ServicesBehind")
	if got := s.awaitState("web", v1alpha1.ServiceBehind); !strings.Contains(got.Message, "whoever deploys it") {
		t.Errorf("%+v", got)
	}
	s.settled()
}

func TestAServiceThatIsDeletedMidwayIsLetGo(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.declare()
	s.awaitMove("web:2")
	s.pipeline("DeleteService", `{"cluster":"shop","service":"web","force":true}`)
	s.await(services, "True NoServices")
	s.await(ready, "True Synced")
	s.settled("web:2")
}

func TestARevisionThatIsWithdrawnMidwayIsMadeAgainAndTheServiceFollows(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.declare()
	s.awaitMove("web:2")
	s.pipeline("DeregisterTaskDefinition", `{"taskDefinition":"orders:2"}`)
	s.awaitRevision(3)
	s.complete("web")
	s.await(ready, "True Synced") // it carries the role: there is nothing to gain by another move
	s.settled("web:2")
}

func TestADeletionMovesServicesBack(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.declare()
	s.awaitMove("web:2")
	s.complete("web")
	s.await(ready, "True Synced")
	s.must(world.Kube.Delete(s.ctx, s.get()))
	s.awaitMove("web:2", "web:3")
	s.complete("web")
	s.eventually("the TaskRole is gone", func() error {
		return gone(s)
	})
}

func TestTheFirstRoleOnHostsWaitsUntilSomebodyAcceptsIt(t *testing.T) {
	s := newScene(t)
	s.register("EC2", "bridge", "orders:2") // 2
	s.create("web", `"taskDefinition":"orders:2","launchType":"EC2","desiredCount":0`)
	s.complete("web")
	s.declare()
	message := s.await(ready, "False InstanceProfileCutoff")
	if !strings.Contains(message, "acknowledge: [InstanceProfileCutoff]") {
		t.Error(message)
	}
	s.settled()
	tr := s.get()
	if !strings.Contains(fmt.Sprint(tr.Status.Findings), "INSTANCE_PROFILE_CUTOFF") {
		t.Errorf("%+v", tr.Status.Findings)
	}
	s.update(func(tr *v1alpha1.TaskRole) {
		tr.Spec.Acknowledge = []v1alpha1.Acknowledgement{v1alpha1.AcknowledgeInstanceProfileCutoff}
	})
	s.awaitMove("web:3")
}

func TestExecFollowsTheServicesWhereTheClassLetsIt(t *testing.T) {
	s := newScene(t, func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowAutoExecuteCommand = true })
	s.service("web", 1, `"enableExecuteCommand":true`)
	s.declare(func(tr *v1alpha1.TaskRole) { tr.Spec.ExecuteCommand = v1alpha1.ExecuteCommandAuto })
	s.awaitMove("web:2")
	s.complete("web")
	s.await(ready, "True Synced")
	if len(s.get().Status.Policies) != 1 {
		t.Fatalf("ECS Exec is on, and the role permits nothing: %+v", s.get().Status)
	}
	s.pipeline("UpdateService", `{"cluster":"shop","service":"web","enableExecuteCommand":false}`)
	s.eventually("the channels are taken back", func() error {
		if p := s.get().Status.Policies; len(p) != 0 {
			return fmt.Errorf("%+v", p)
		}
		return nil
	})
}

func TestATargetThatPinsARevisionIsNamed(t *testing.T) {
	s := newScene(t)
	s.declare()
	s.await(ready, "True Synced")
	s.pipeline("RunTask", `{"cluster":"shop","taskDefinition":"orders:1","startedBy":"events-rule/nightly","launchType":"FARGATE",
		"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}}`)
	s.eventually("the finding", func() error {
		findings := fmt.Sprint(s.get().Status.Findings)
		if !strings.Contains(findings, "PINNED_REVISION") || !strings.Contains(findings, "events-rule/nightly") {
			return fmt.Errorf("%s", findings)
		}
		return nil
	})
}

func TestTheRoleKeepsWhatARevisionNeedsThatAServiceStillRuns(t *testing.T) {
	s := newScene(t, func(c *v1alpha1.TaskRoleClass) {
		c.Spec.TrustedRegistrants = []string{"*"}
	})
	mounting := `{"family":"orders","cpu":"256","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],
		"containerDefinitions":[{"name":"app","image":"orders:2","mountPoints":[{"sourceVolume":"shared","containerPath":"/x"}]}],
		"volumes":[{"name":"shared","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","transitEncryption":"ENABLED","authorizationConfig":{"iam":"ENABLED"}}}]}`
	s.pipeline("RegisterTaskDefinition", mounting) // 2
	s.declare(func(tr *v1alpha1.TaskRole) {
		tr.Spec.Inference, tr.Spec.Rollout = v1alpha1.InferenceGrant, v1alpha1.Rollout{}
	})
	s.await(ready, "True Synced")
	s.service("web", 3)                         // our copy
	s.register("FARGATE", "awsvpc", "orders:4") // mounts nothing
	s.awaitRevision(5)
	s.await(ready, "True Synced")
	s.settled()
	if n := len(s.get().Status.Policies); n != 1 {
		t.Fatalf("a service still mounts the file system, and the role has %d policies", n)
	}
	s.pipeline("UpdateService", `{"cluster":"shop","service":"web","taskDefinition":"orders:5"}`)
	s.settled()
	if n := len(s.get().Status.Policies); n != 1 {
		t.Fatalf("its deployment may still return, and the role has %d policies", n)
	}
	s.complete("web")
	s.eventually("what nothing needs any more is taken back", func() error {
		if n := len(s.get().Status.Policies); n != 0 {
			return fmt.Errorf("%d policies", n)
		}
		return nil
	})
}

func TestHostsThatCannotServeTheRoleAreToldUntilTheyCan(t *testing.T) {
	s := newScene(t)
	s.register("EC2", "bridge", "orders:2")
	host := ecs.OptimizedHost("i-0123456789abcdef0")
	host.ID = "0123456789abcdef0123456789abcdef"
	attributes := maps.Clone(host.Attributes)
	delete(host.Attributes, "com.amazonaws.ecs.capability.task-iam-role")
	_, err := world.AWS.ECS().PutHost(s.cluster(), host)
	s.must(err)
	s.declare()
	message := s.await(ready, "True HostsNotReady")
	if !strings.Contains(message, "cluster shop: 0 of 1 instance can serve the role") {
		t.Error(message)
	}
	s.await(v1alpha1.ConditionHostsReady, "False HostsNotReady")
	for _, f := range s.get().Status.Findings {
		if f.Code == "TASK_ROLE_DISABLED" && !slices.Equal(f.Instances, []string{"shop/i-0123456789abcdef0"}) {
			t.Errorf("%+v", f)
		}
	}
	host.Attributes = attributes
	_, err = world.AWS.ECS().PutHost(s.cluster(), host)
	s.must(err)
	s.await(ready, "True Synced")
}

func TestWhereServicesCannotBeReadTheRoleIsKeptAllTheSame(t *testing.T) {
	s := newScene(t)
	s.service("web", 1)
	s.intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "ListServiceDeployments" {
			return awssim.Fault{}
		}
		return awssim.Fault{Refuse: wire.Refuse(http.StatusBadRequest, "AccessDeniedException", "not authorized to perform: ecs:ListServiceDeployments")}
	})
	s.declare()
	message := s.await(ready, "False AccessDenied")
	if !strings.Contains(message, "ecs:ListServiceDeployments") {
		t.Error(message)
	}
	s.await(v1alpha1.ConditionTaskDefinitionSynced, "True Synced")
	s.settled()
	s.intercept(nil)
	s.awaitMove("web:2")
}
