package e2e

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// administrator is AWS's own policy that permits everything.
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"

// onTheName are attempts by somebody whose role or policy has our name.
func onTheName() []attempt {
	writes := []string{"writes"}
	planted := func(path string, trust func(*stage) string, tags func(*stage) map[string]string) func(*stage) {
		return func(s *stage) { s.makeRole(s.roleName("orders"), path, trust(s), tags(s)) }
	}
	ours := func(trust func(*stage) string, over map[string]string) func(*stage) {
		return func(s *stage) {
			s.makeRole(s.roleName("orders"), s.path(), trust(s), with(s.ownerTags("orders"), over))
		}
	}
	all := func(s *stage) map[string]string { return s.ownerTags("orders") }
	unguarded := func(*stage) string { return trustOf("ecs-tasks.amazonaws.com") }
	stranger := func(*stage) string { return trustOf("ec2.amazonaws.com") }
	return []attempt{
		{name: "an administrator's role has the name", bring: func(s *stage) {
			s.makeRole(s.roleName("orders"), "/", trustOf("ec2.amazonaws.com"), nil)
			s.attach(s.roleName("orders"), administrator)
		}, reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "all tags and the trust are spoofed, in another path", bring: planted("/", (*stage).trust, all), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "... in a path below ours", bring: func(s *stage) {
			s.makeRole(s.roleName("orders"), s.path()+"x/", s.trust(), s.ownerTags("orders"))
		}, reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "the name in capitals", bring: func(s *stage) {
			s.makeRole(strings.ToUpper(s.roleName("orders")), s.path(), s.trust(), s.ownerTags("orders"))
		}, reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path, and no tags", bring: func(s *stage) { s.makeRole(s.roleName("orders"), s.path(), s.trust(), nil) }, reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path, another TaskRole's tags", bring: ours((*stage).trust, map[string]string{"ecs.taskrole.dev/name": "bank"}), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path, another family's tags", bring: ours((*stage).trust, map[string]string{"ecs.taskrole.dev/family": "bank"}), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path, another cluster id's tags", bring: ours((*stage).trust, map[string]string{"ecs.taskrole.dev/cluster-id": "other"}), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path and tags, trust without a guard", bring: ours(unguarded, nil), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "our path and tags, trust of another service", bring: ours(stranger, nil), reason: v1alpha1.ReasonConflict, never: writes, whole: true},
		{name: "another cluster of our id made it", bring: ours((*stage).trust, map[string]string{"ecs.taskrole.dev/cluster-uid": "6f6f"}),
			reason: v1alpha1.ReasonOtherCluster, never: writes, whole: true, then: has("--moved-from=6f6f")},
		{name: "our path, tags and trust: a TaskRole that was restored", bring: func(s *stage) {
			s.makeRole(s.roleName("orders"), s.path(), s.trust(), s.ownerTags("orders"))
		}, never: []string{"CreateRole", "UpdateAssumeRolePolicy"}, must: []string{"CreatePolicy"}, then: gets(ownRole)},
		{name: "a policy of the name in another path", bring: func(s *stage) { s.customPolicy(s.roleName("orders")) },
			reason: v1alpha1.ReasonConflict, never: []string{"AttachRolePolicy", "CreatePolicyVersion", "DeletePolicy", "RegisterTaskDefinition"}},
		{name: "another owner's policy in our path", bring: func(s *stage) {
			_, err := s.admin.iam.CreatePolicy(s.ctx, &iam.CreatePolicyInput{
				PolicyName: aws.String(s.roleName("orders")), Path: aws.String(s.path() + "orders/"), PolicyDocument: aws.String(anyPolicy),
				Tags: tagList(with(s.ownerTags("orders"), map[string]string{"ecs.taskrole.dev/namespace": "bank"})),
			})
			s.must(err)
		}, reason: v1alpha1.ReasonConflict, never: []string{"CreatePolicyVersion", "DeletePolicy", "TagPolicy", "AttachRolePolicy"}},
		{name: "the loser of a name is deleted", bring: planted("/", (*stage).trust, all), spec: nil,
			reason: v1alpha1.ReasonConflict, whole: true, then: func(s *stage) {
				s.remove("orders")
				s.awaitGone("orders")
				if got := s.writes(); len(got) > 0 {
					s.Errorf("it touched %v", got)
				}
			}},
	}
}

// adoptions are attempts to have a role taken over.
func adoptions() []attempt {
	const legacy = "legacy-orders"
	adoptable := func(c *v1alpha1.TaskRoleClass) {
		c.Spec.AdoptableRoles, c.Spec.AllowRoleNames = []v1alpha1.NamePattern{"legacy-*", controller}, nil
	}
	adopts := func(_ *stage, tr *v1alpha1.TaskRole) {
		tr.Spec.RoleName, tr.Spec.AdoptionPolicy = legacy, v1alpha1.AdoptionAdopt
	}
	left := func(path string, tag func(*stage) string) func(*stage) {
		return func(s *stage) {
			s.makeRole(legacy, path, trustOf("ec2.amazonaws.com"), map[string]string{"ecs.taskrole.dev/adopt": tag(s), "cost": "42"})
			s.attach(legacy, administrator)
		}
	}
	mine := func(s *stage) string { return s.namespace + "/orders" }
	refused := func(name string, bring func(*stage)) attempt {
		return attempt{name: name, class: adoptable, bring: bring, spec: adopts, reason: v1alpha1.ReasonConflict, never: []string{"writes"}, whole: true}
	}
	taken := func(s *stage) {
		s.Helper()
		r := s.role(legacy)
		if different(meaning(s, s.trust()), r.Trust) != "" || len(r.Attached) != 1 || r.Tags["cost"] != "" {
			s.Errorf("the adopted role: %+v", r)
		}
		var order []string
		for _, call := range s.calls() {
			if call.Operation == "DetachRolePolicy" || call.Operation == "UpdateAssumeRolePolicy" {
				order = append(order, call.Operation)
			}
		}
		if strings.Join(order, " ") != "DetachRolePolicy UpdateAssumeRolePolicy" {
			s.Errorf("its trust opens before what nobody declared is off: %v", order)
		}
	}
	return []attempt{
		{name: "adoption that the class does not allow", bring: left("/", mine), spec: adopts, reason: v1alpha1.ReasonNotAllowed, never: []string{"writes"}, whole: true},
		refused("adoption that the role does not ask for", func(s *stage) { s.makeRole(legacy, "/", s.trust(), nil) }),
		refused("adoption of what names another TaskRole", left("/", func(s *stage) string { return s.namespace + "/bank" })),
		refused("adoption of what names another namespace", left("/", func(*stage) string { return "bank/orders" })),
		refused("adoption of what names nobody", left("/", func(*stage) string { return "" })),
		refused("adoption of what an instance profile holds", func(s *stage) {
			left("/", mine)(s)
			s.intoProfile(legacy)
		}),
		refused("adoption of what is another TaskRole's by its tags", func(s *stage) {
			left("/", mine)(s)
			s.tagRole(legacy, "ecs.taskrole.dev/namespace", "bank")
		}),
		refused("adoption of what lies in another TaskRole's path", left("/taskrole/other/bank/", mine)),
		refused("adoption of a role that does not exist", nil),
		{name: "adoption of the controller's own role", class: adoptable, bring: func(s *stage) { s.tagRole(controller, "ecs.taskrole.dev/adopt", mine(s)) },
			spec: func(s *stage, tr *v1alpha1.TaskRole) {
				adopts(s, tr)
				tr.Spec.RoleName = controller
			}, reason: v1alpha1.ReasonConflict, never: []string{"writes"}, whole: true, then: has("the controller itself stands on it")},
		{name: "adoption in agreement", class: adoptable, bring: left("/apps/", mine), spec: adopts,
			must: []string{"UpdateAssumeRolePolicy", "RegisterTaskDefinition"}, never: []string{"CreateRole", "DeleteRole"},
			then: func(s *stage) {
				taken(s)
				gets(func(s *stage) string { return "arn:aws:iam::" + s.account + ":role/apps/" + legacy })(s)
			}},
		{name: "adoption that only observes", class: adoptable, bring: left("/", mine), spec: func(s *stage, tr *v1alpha1.TaskRole) {
			adopts(s, tr)
			tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve
		}, reason: v1alpha1.ReasonDrift, never: []string{"writes"}, whole: true, then: func(s *stage) {
			if pending := strings.Join(s.get("orders").Status.Pending, "\n"); !strings.Contains(pending, "detach policy AdministratorAccess") {
				s.Errorf("pending:\n%s", pending)
			}
		}},
		{name: "an adopted role stays when its TaskRole goes", class: adoptable, bring: left("/", mine), spec: adopts,
			act: func(s *stage) { s.remove("orders") }, reason: gone, never: []string{"writes"}, whole: true, event: "Retained"},
		{name: "... unless it is said that it goes", class: adoptable, bring: left("/", mine), spec: func(s *stage, tr *v1alpha1.TaskRole) {
			adopts(s, tr)
			tr.Spec.DeletionPolicy = v1alpha1.DeletionDelete
		}, act: func(s *stage) { s.remove("orders") }, reason: gone, must: []string{"DeleteRole"}},
	}
}
