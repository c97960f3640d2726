package e2e

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/ownpolicy"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// held are the accounts in which AWS holds the manager to the policy of its role.
type held struct {
	mu       sync.Mutex
	accounts map[string]bool
}

// holds is for awssim.Options.Enforce.
func (h *held) holds(caller wire.Caller) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.accounts[caller.Account] && managers(awssim.Call{Caller: caller})
}

// confine gives the manager's role in the stage's account the policy, and nothing
// else, from now on.
func (s *stage) confine(to policy.Document) {
	s.Helper()
	s.must(world.AWS.Grant(s.account, "role/"+controller, to.JSON()))
	world.held.mu.Lock()
	defer world.held.mu.Unlock()
	if world.held.accounts == nil {
		world.held.accounts = map[string]bool{}
	}
	world.held.accounts[s.account] = true
}

// ownPolicy is what config/aws has for the stage's class as it is now.
func (s *stage) ownPolicy(passable ...string) policy.Document {
	s.Helper()
	var class v1alpha1.TaskRoleClass
	s.must(world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &class))
	return ownpolicy.Controller{Class: &class, ClusterID: clusterID, PassableRoles: passable, MovableServices: []string{"*"}}.Policy()
}

// without takes one action out of a policy.
func without(document policy.Document, action string) policy.Document {
	out := policy.Document{Version: document.Version}
	for _, s := range document.Statement {
		s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return a == action })
		if len(s.Action) > 0 {
			out.Statement = append(out.Statement, s)
		}
	}
	return out
}

// boundedStage has a class with a boundary and a managed policy that may be
// attached. Both exist.
func boundedStage(t *testing.T) (s *stage, managed v1alpha1.PolicyARN) {
	t.Helper()
	s = shared(t, func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Unbounded = false
		c.Spec.PermissionsBoundaryARN = v1alpha1.PolicyARN("arn:aws:iam::" + c.Spec.AccountID + ":policy/boundary")
		managed = v1alpha1.PolicyARN("arn:aws:iam::" + c.Spec.AccountID + ":policy/shared")
		c.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{managed}
	})
	s.customPolicy("boundary")
	s.customPolicy("shared")
	return s, managed
}

// unboundedStage has a class that leaves the boundary to the TaskRoles.
func unboundedStage(t *testing.T) (*stage, v1alpha1.PolicyARN) {
	t.Helper()
	s, managed := boundedStage(t)
	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.Unbounded, c.Spec.PermissionsBoundaryARN = true, "" })
	return s, managed
}

// equipped is a registration with all that has to be asked for: a role of its own,
// one that starts it, and tags.
func (s *stage) equipped(in *ecs.RegisterTaskDefinitionInput) {
	in.TaskRoleArn = aws.String("arn:aws:iam::" + s.account + ":role/legacy/orders-old")
	in.ExecutionRoleArn = aws.String("arn:aws:iam::" + s.account + ":role/execution")
	in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}
}

// denied are the calls that AWS did not let the manager make.
func (s *stage) denied() []string {
	var out []string
	for _, call := range s.calls() {
		if strings.HasPrefix(call.Code, "AccessDenied") {
			out = append(out, call.Service+":"+call.Operation+" "+call.Parameters)
		}
	}
	return out
}

// begin makes a TaskRole that needs leave for all that creating can need.
func (s *stage) begin(managed v1alpha1.PolicyARN) {
	s.Helper()
	s.makeRole("orders-old", "/legacy/", trustOf("ecs-tasks.amazonaws.com"), nil)
	s.makeRole("execution", "/", trustOf("ecs-tasks.amazonaws.com"), nil)
	s.register("orders", "orders:1", s.equipped)
	s.declare("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{managed}
		tr.Spec.Tags = v1alpha1.Tags{"team": "shop"}
		tr.Spec.PermissionsBoundaryARN = s.boundary()
	})
}

// boundary is the one that boundedStage has made.
func (s *stage) boundary() v1alpha1.PolicyARN {
	return v1alpha1.PolicyARN("arn:aws:iam::" + s.account + ":policy/boundary")
}

// passable is what -pass names for begin.
func (s *stage) passable() []string {
	return []string{"arn:aws:iam::" + s.account + ":role/execution", "arn:aws:iam::" + s.account + ":role/legacy/orders-old"}
}

func TestWithItsOwnPolicyAndNoOtherTheManagerIsDeniedNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stage  func(*testing.T) (*stage, v1alpha1.PolicyARN)
		rebind func(*stage, v1alpha1.PolicyARN)
	}{
		"a class with a boundary":    {boundedStage, (*stage).rebindClass},
		"a class without a boundary": {unboundedStage, (*stage).rebindTaskRole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, managed := c.stage(t)
			s.confine(s.ownPolicy(s.passable()...))
			s.begin(managed)
			s.awaitReady("orders")
			s.meddle()
			s.change()
			c.rebind(s, v1alpha1.PolicyARN(s.customPolicy("boundary-2")))
			s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagedPolicyARNs = nil })
			s.awaitReady("orders")
			s.end()
			if denied := s.denied(); len(denied) > 0 {
				t.Errorf("denied:\n\t%s", strings.Join(denied, "\n\t"))
			}
		})
	}
}

// change edits more often than a policy has versions, and has a pipeline register
// and withdraw a revision.
func (s *stage) change() {
	s.Helper()
	for i := range 6 {
		s.edit("orders", func(tr *v1alpha1.TaskRole) {
			tr.Spec.Tags = v1alpha1.Tags{"team": v1alpha1.TagValue(strings.Repeat("x", i+1))}
			tr.Spec.Trust.SelfAssume = i%2 == 0
			tr.Spec.Statements[0].Resources = []string{"arn:aws:s3:::bucket/" + strings.Repeat("x", i+1)}
		})
		s.awaitReady("orders")
	}
	third := s.register("orders", "orders:2", s.equipped)
	s.awaitRole("orders", s.roleARN("orders"), "orders:2")
	s.deregister("orders", third)
	s.awaitRole("orders", s.roleARN("orders"), "orders:1")
	s.awaitReady("orders")
}

// meddle does by hand what the manager puts back, and waits until it has.
func (s *stage) meddle() {
	s.Helper()
	role, own := s.roleName("orders"), s.policyARN("orders", s.roleName("orders"))
	before, text := s.role(role), s.policy(own)
	foreign := s.customPolicy("foreign")
	// Else it may attach what was detached just when the boundary is gone, which its
	// policy does not allow.
	s.intercept(noLooks)
	s.attach(role, foreign)
	s.newVersion(own, true)
	s.detach(role, own)
	s.untagPolicy(own, "ecs.taskrole.dev/family")
	s.tagRole(role, "admin", "true")
	s.rewriteTrust(role, trustOf("ec2.amazonaws.com"))
	_, err := s.admin.iam.TagPolicy(s.ctx, &iam.TagPolicyInput{
		PolicyArn: aws.String(own), Tags: []iamtypes.Tag{{Key: aws.String("admin"), Value: aws.String("true")}},
	})
	s.must(err)
	_, err = s.admin.iam.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(role), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy),
	})
	s.must(err)
	_, err = s.admin.iam.DeleteRolePermissionsBoundary(s.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(role)})
	s.must(err)
	s.intercept(nil)
	s.eventually("what was done by hand is put back", func() error {
		after, now := s.role(role), s.policy(own)
		if diff := different([]any{before, text.Document, text.Tags}, []any{after, now.Document, now.Tags}); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
	s.awaitReady("orders")
}

// rebindClass gives the class another boundary, and the manager's role the policy
// that is made of the class then.
func (s *stage) rebindClass(boundary v1alpha1.PolicyARN) {
	s.Helper()
	s.intercept(noLooks) // until both are there
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.PermissionsBoundaryARN = "" })
	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.PermissionsBoundaryARN = boundary })
	s.confine(s.ownPolicy(s.passable()...))
	s.intercept(nil)
	s.awaitBoundary(boundary)
	s.awaitReady("orders")
}

// rebindTaskRole gives the TaskRole another boundary, then none.
func (s *stage) rebindTaskRole(boundary v1alpha1.PolicyARN) {
	s.Helper()
	for _, one := range []v1alpha1.PolicyARN{boundary, ""} {
		s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.PermissionsBoundaryARN = one })
		s.awaitBoundary(one)
		s.awaitReady("orders")
	}
}

func (s *stage) awaitBoundary(boundary v1alpha1.PolicyARN) {
	s.Helper()
	s.eventually("the role has boundary "+string(boundary), func() error {
		if r := s.role(s.roleName("orders")); r.Boundary != string(boundary) {
			return errors.New(r.Boundary)
		}
		return nil
	})
}

// end deletes the TaskRole while a service stands on its role, then without.
func (s *stage) end() {
	s.Helper()
	standing := s.get("orders").Status.TaskDefinition.ARN
	_, err := s.pipeline.ecs.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)
	s.service(standing)
	s.remove("orders")
	s.awaitReason("orders", v1alpha1.ReasonRoleInUse)
	_, err = s.pipeline.ecs.DeleteService(s.ctx, &ecs.DeleteServiceInput{Cluster: aws.String("shop"), Service: aws.String("web"), Force: aws.Bool(true)})
	s.must(err)
	s.stopTasks()
	s.awaitGone("orders")
	if left := s.inventory(); len(left) > 0 {
		s.Errorf("left behind: %v", left)
	}
	if got := s.describe("orders").text("taskRoleArn"); got != s.passable()[1] {
		s.Errorf("the family got %q back", got)
	}
}

func TestWithItsOwnPolicyTheManagerGetsOverALostAnswerToADeletion(t *testing.T) {
	t.Parallel()
	s, managed := boundedStage(t)
	s.confine(s.ownPolicy(s.passable()...))
	s.begin(managed)
	s.awaitReady("orders")
	decide, struck := once("DeleteRole", awssim.Fault{DropAfter: true})
	s.intercept(decide)
	s.remove("orders")
	s.awaitGone("orders")
	<-struck
	if left := s.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithItsOwnPolicyTheManagerTellsARoleOfSomebodyElse(t *testing.T) {
	t.Parallel()
	s, managed := boundedStage(t)
	s.confine(s.ownPolicy(s.passable()...))
	s.makeRole(s.roleName("orders"), "/", s.trust(), s.ownerTags("orders"))
	s.begin(managed)
	s.awaitReason("orders", v1alpha1.ReasonConflict)
	s.remove("orders")
	s.awaitGone("orders")
	if denied := s.denied(); len(denied) > 0 {
		t.Errorf("denied:\n\t%s", strings.Join(denied, "\n\t"))
	}
}

// atCreate are the actions without which nothing can be created, atDelete those
// without which nothing can be deleted.
var (
	atCreate = strings.Fields(`iam:GetRole iam:CreateRole iam:TagRole iam:CreatePolicy iam:TagPolicy iam:AttachRolePolicy
		iam:ListAttachedRolePolicies iam:ListRolePolicies iam:ListPolicies iam:PassRole
		ecs:ListTaskDefinitions ecs:DescribeTaskDefinition ecs:RegisterTaskDefinition ecs:TagResource`)
	atDelete = strings.Fields(`iam:ListInstanceProfilesForRole iam:ListPolicyVersions iam:DetachRolePolicy iam:DeletePolicy iam:DeleteRole
		ecs:ListClusters ecs:ListServices ecs:ListTasks`)
)

func TestAnActionThatItsPolicyLacksIsNamedAndTheWorkGoesOnOnceItIsGranted(t *testing.T) {
	t.Parallel()
	for _, action := range atCreate {
		t.Run("create without "+action, func(t *testing.T) {
			t.Parallel()
			s, managed := boundedStage(t)
			full := s.ownPolicy(s.passable()...)
			s.confine(without(full, action))
			s.begin(managed)
			s.wantDenied(action)
			s.confine(full)
			s.awaitReady("orders")
		})
	}
	for _, action := range atDelete {
		t.Run("delete without "+action, func(t *testing.T) {
			t.Parallel()
			s, managed := boundedStage(t)
			full := s.ownPolicy(s.passable()...)
			s.confine(full)
			_, err := s.pipeline.ecs.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
			s.must(err)
			s.begin(managed)
			s.awaitReady("orders")
			s.confine(without(full, action))
			s.remove("orders")
			s.wantDenied(action)
			s.confine(full)
			s.awaitGone("orders")
			if left := s.inventory(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// wantDenied waits until the TaskRole tells that the action is denied, and that
// waiting does not help.
func (s *stage) wantDenied(action string) {
	s.Helper()
	tr := s.awaitReason("orders", v1alpha1.ReasonAccessDenied)
	if message := condition(tr, v1alpha1.ConditionReady).Message; !stalled(tr) || !strings.Contains(message, action) {
		s.Errorf("stalled: %v, %s", stalled(tr), message)
	}
}
