package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// ownerTags are the tags that name the owner of a TaskRole's role.
func (s *stage) ownerTags(name string) map[string]string {
	return map[string]string{
		"ecs.taskrole.dev/cluster-id": clusterID, "ecs.taskrole.dev/namespace": s.namespace,
		"ecs.taskrole.dev/name": name, "ecs.taskrole.dev/family": name,
	}
}

// trust is the trust policy that the controller writes.
func (s *stage) trust() string {
	return strings.ReplaceAll(guideTrust, guideAccount, s.account)
}

func TestARoleOfAnotherOwnerIsNeverTouched(t *testing.T) {
	t.Parallel()
	ours := func(s *stage) string { return "/taskrole/" + clusterID + "/" + s.namespace + "/" }
	for name, plant := range map[string]func(*stage){
		"in another path": func(s *stage) {
			s.makeRole(s.roleName("orders"), "/", s.trust(), s.ownerTags("orders"))
		},
		"spelled with other capitals": func(s *stage) {
			s.makeRole(strings.ToUpper(s.roleName("orders")), "/", s.trust(), nil)
		},
		"without tags": func(s *stage) {
			s.makeRole(s.roleName("orders"), ours(s), s.trust(), nil)
		},
		"with another TaskRole's tags": func(s *stage) {
			s.makeRole(s.roleName("orders"), ours(s), s.trust(), with(s.ownerTags("orders"), map[string]string{"ecs.taskrole.dev/name": "somebody-else"}))
		},
		"with another cluster's tags": func(s *stage) {
			s.makeRole(s.roleName("orders"), ours(s), s.trust(), with(s.ownerTags("orders"), map[string]string{"ecs.taskrole.dev/cluster-id": "other"}))
		},
		"with our tags, but a trust that is not ours": func(s *stage) {
			s.makeRole(s.roleName("orders"), ours(s), trustOf("ecs-tasks.amazonaws.com"), s.ownerTags("orders"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			s.register("orders", "orders:1")
			plant(s)
			before := s.role(s.roleName("orders"))
			s.declare("orders")
			tr := s.awaitReason("orders", v1alpha1.ReasonConflict)
			if !stalled(tr) || tr.Status.Role != (v1alpha1.RoleStatus{}) {
				t.Errorf("stalled: %v, role: %+v", stalled(tr), tr.Status.Role)
			}
			if c := condition(tr, v1alpha1.ConditionRoleSynced); c.Status == "True" {
				t.Errorf("RoleSynced: %s", c.Message)
			}
			s.awaitEvent("orders", v1alpha1.ReasonConflict, "delete")
			s.awaitLooks(s.roleName("orders"), 1)
			s.remove("orders")
			s.awaitGone("orders")
			if writes := s.writes(); len(writes) > 0 {
				t.Errorf("write calls: %v", writes)
			}
			if diff := different(before, s.role(s.roleName("orders"))); diff != "" {
				t.Errorf("the role changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestATaskRoleThatWasDeletedAndMadeAgainFindsItsOwn(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.makeRole(s.roleName("orders"), "/taskrole/"+clusterID+"/"+s.namespace+"/", s.trust(), s.ownerTags("orders"))
	id := s.role(s.roleName("orders")).ID
	s.declare("orders")
	tr := s.awaitReady("orders")
	if tr.Status.Role.ID != id {
		t.Errorf("role %s became %s", id, tr.Status.Role.ID)
	}
}

func TestARevisionOfSomebodyWhomTheClassDoesNotTrustIsNotGivenTheRole(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.registerBy(s.admin, "orders", "evil:1")
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonUntrusted)
	if message := condition(tr, v1alpha1.ConditionReady).Message; !strings.Contains(message, ":user/admin") {
		t.Errorf("it is not told whom: %s", message)
	}
	s.awaitLooks(s.roleName("orders"), 1)
	if got := s.active("orders"); len(got) != 1 {
		t.Errorf("ACTIVE revisions: %v", got)
	}
	// Somebody trusted registers, then the other again: its content does not ride
	// on our copy of what was trusted.
	s.register("orders", "orders:2")
	s.awaitReady("orders")
	s.registerBy(s.admin, "orders", "evil:3")
	s.awaitReason("orders", v1alpha1.ReasonUntrusted)
	s.awaitLooks(s.roleName("orders"), 1)
	for _, line := range s.active("orders") {
		if strings.Contains(line, s.roleARN("orders")) && !strings.HasPrefix(line, "3 ") {
			t.Errorf("a revision with the role: %s", line)
		}
	}
}

func TestARoleOfAnotherTaskRoleOnTheFamilyIsNeverReplaced(t *testing.T) {
	t.Parallel()
	s := shared(t)
	other := "arn:aws:iam::" + s.account + ":role/taskrole/other/shop/other.shop.orders"
	s.makeRole("other.shop.orders", "/taskrole/other/shop/", s.trust(), nil)
	s.register("orders", "orders:1", carrying(other))
	s.declare("orders")
	tr := s.awaitReason("orders", v1alpha1.ReasonConflict)
	if !stalled(tr) || !strings.Contains(condition(tr, v1alpha1.ConditionTaskDefinitionSynced).Message, other) {
		t.Errorf("%s", summary(tr.Status.Conditions))
	}
	s.awaitLooks(s.roleName("orders"), 1)
	if newest := s.describe("orders"); newest.number() != 1 {
		t.Errorf("revision %d was registered", newest.number())
	}
}

func TestAPolicyOfAnotherOwnerIsNotTouchedAndTheRoleNotForgotten(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	id := s.awaitReady("orders").Status.Role.ID
	arn, role := s.policyARN("orders", s.roleName("orders")), s.roleName("orders")
	tagName := func(name string) {
		_, err := s.admin.iam.TagPolicy(s.ctx, &iam.TagPolicyInput{
			PolicyArn: aws.String(arn), Tags: []types.Tag{{Key: aws.String("ecs.taskrole.dev/name"), Value: aws.String(name)}},
		})
		s.must(err)
	}
	tagName("somebody-else")
	s.newVersion(arn, true)
	before := s.policy(arn)
	tr := s.awaitReason("orders", v1alpha1.ReasonConflict)
	if tr.Status.Role.ID != id {
		t.Errorf("the recorded role id %s became %q", id, tr.Status.Role.ID)
	}
	s.awaitLooks(role, 1)
	if diff := different(before, s.policy(arn)); diff != "" {
		t.Errorf("the policy changed (-before +after):\n%s", diff)
	}
	// The role is still ours, whatever is done to it meanwhile.
	s.rewriteTrust(role, trustOf("ec2.amazonaws.com"))
	s.awaitLooks(role, 1)
	tagName("orders")
	s.awaitReady("orders")
	if r := s.role(role); r.ID != id || different(meaning(t, s.trust()), r.Trust) != "" {
		t.Errorf("role: %+v", r)
	}
}
