package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// wide are n statements that fill about 1,000 characters each.
func wide(n int) []v1alpha1.Statement {
	var statements []v1alpha1.Statement
	for i := range n {
		statements = append(statements, v1alpha1.Statement{
			SID: fmt.Sprintf("Wide%d", i), Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"},
			Resources: []string{"arn:aws:s3:::bucket/" + fmt.Sprint(i) + strings.Repeat("x", 900)},
		})
	}
	return statements
}

func TestWhatIsTooLongForOnePolicyFillsSeveralAndComesBackToOne(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Statements = wide(14) })
	tr := s.awaitReady("orders")
	first := s.policyARN("orders", s.roleName("orders"))
	want := []string{first, first + "_2", first + "_3"}
	if diff := different(want, s.role(s.roleName("orders")).Attached); diff != "" {
		t.Errorf("attached (-want +got):\n%s", diff)
	}
	if len(tr.Status.Policies) != len(want) {
		t.Errorf("status.policies = %+v", tr.Status.Policies)
	}

	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Statements = wide(1) })
	s.awaitReady("orders")
	if diff := different([]string{first, s.roleARN("orders")}, s.inventory()); diff != "" {
		t.Errorf("roles and policies (-want +got):\n%s", diff)
	}
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Statements = nil })
	s.awaitReady("orders")
	if diff := different([]string{s.roleARN("orders")}, s.inventory()); diff != "" {
		t.Errorf("roles and policies (-want +got):\n%s", diff)
	}
}

func TestManyEditsLeaveNoMoreVersionsThanIAMTakes(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	for i := range 7 {
		s.edit("orders", func(tr *v1alpha1.TaskRole) {
			tr.Spec.Statements[0].Resources = []string{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i)}
		})
		s.awaitReady("orders")
	}
	p := s.policy(s.policyARN("orders", s.roleName("orders")))
	statement, _ := p.Document.(map[string]any)["Statement"].(map[string]any)
	if p.Versions > 5 || statement["Resource"] != "arn:aws:s3:::bucket-6/*" {
		t.Errorf("%d versions, the default one says %v", p.Versions, p.Document)
	}
	if got := s.active("orders"); len(got) != 2 {
		t.Errorf("an edited policy needs no new revision: %v", got)
	}
}

func TestManagedPoliciesTrustAndBoundaryFollowTheSpec(t *testing.T) {
	t.Parallel()
	var allowed []v1alpha1.PolicyARN
	for _, name := range []string{"a", "b", "c", "boundary"} {
		allowed = append(allowed, v1alpha1.PolicyARN("arn:aws:iam::ACCOUNT:policy/"+name))
	}
	s := shared(t, func(c *v1alpha1.TaskRoleClass) {
		for i := range allowed {
			allowed[i] = v1alpha1.PolicyARN(strings.ReplaceAll(string(allowed[i]), "ACCOUNT", c.Spec.AccountID))
		}
		c.Spec.AllowedManagedPolicyARNs = allowed
	})
	for _, name := range []string{"a", "b", "c", "boundary"} {
		s.customPolicy(name)
	}
	s.register("orders", "orders:1")
	s.declare("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.ManagedPolicyARNs = allowed[:3]
		tr.Spec.PermissionsBoundaryARN = allowed[3]
		tr.Spec.Trust.SelfAssume = true
	})
	s.awaitReady("orders")
	role := s.role(s.roleName("orders"))
	want := []string{string(allowed[0]), string(allowed[1]), string(allowed[2]), s.policyARN("orders", s.roleName("orders"))}
	slices.Sort(want)
	if diff := different(want, role.Attached); diff != "" || role.Boundary != string(allowed[3]) {
		t.Errorf("boundary %q, attached (-want +got):\n%s", role.Boundary, diff)
	}
	self := fmt.Sprintf(`,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":%q}}}]}`,
		s.account, s.roleARN("orders"))
	if diff := different(meaning(t, strings.TrimSuffix(s.trust(), " ] }")+self), role.Trust); diff != "" {
		t.Errorf("the role may not assume itself (-want +got):\n%s", diff)
	}

	s.edit("orders", func(tr *v1alpha1.TaskRole) {
		tr.Spec.ManagedPolicyARNs = allowed[1:2]
		tr.Spec.PermissionsBoundaryARN = ""
		tr.Spec.Trust.SelfAssume = false
	})
	s.awaitReady("orders")
	role = s.role(s.roleName("orders"))
	want = []string{string(allowed[1]), s.policyARN("orders", s.roleName("orders"))}
	if diff := different(want, role.Attached); diff != "" || role.Boundary != "" {
		t.Errorf("boundary %q, attached (-want +got):\n%s", role.Boundary, diff)
	}
	if diff := different(meaning(t, s.trust()), role.Trust); diff != "" {
		t.Errorf("trust (-guide +got):\n%s", diff)
	}
}

func TestEachOfSeveralChangesIsToldByAnEventOfItsOwn(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReady("orders")
	role := s.roleName("orders")
	for _, name := range []string{"backdoor-1", "backdoor-2"} {
		s.attach(role, s.customPolicy(name))
	}
	for _, name := range []string{"backdoor-1", "backdoor-2"} {
		s.awaitEvent("orders", "DetachPolicy", name)
	}
}

func TestWhatChangesInTheClusterIsSeenAtOnce(t *testing.T) {
	s := alone(t, "--resync-period=1h")
	s.editClass(func(c *v1alpha1.TaskRoleClass) {
		c.Spec.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"tenant": "yes"}}
	})
	s.register("orders", "orders:1")
	s.declare("orders")
	s.awaitReason("orders", v1alpha1.ReasonNotAllowed)

	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}
	s.update(namespace, func() { namespace.Labels = map[string]string{"tenant": "yes"} })
	s.awaitReady("orders")

	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.Tags = v1alpha1.Tags{"environment": "test"} })
	s.awaitEvent("orders", "TagRole", "environment")

	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = v1alpha1.Tags{"team": "shop"} })
	s.awaitReady("orders")
	if tags := s.role(s.roleName("orders")).Tags; tags["team"] != "shop" || tags["environment"] != "test" {
		t.Errorf("tags: %v", tags)
	}
	s.register("orders", "orders:2")
	s.lookAt("orders")
	s.awaitRole("orders", s.roleARN("orders"), "orders:2")
	s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.Families = nil })
	s.awaitReason("orders", v1alpha1.ReasonNotAllowed)
}
