package e2e

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// onTheFamily are attempts on the family, by its name or its revisions.
func onTheFamily() []attempt {
	ofFamily := func(tr *v1alpha1.TaskRole) { tr.Spec.Family = "orders" }
	later := func(s *stage) {
		s.younger(s.get("orders"))
		s.declare("rival", ofFamily)
		s.awaitReason("rival", v1alpha1.ReasonFamilyClaimed)
	}
	still := []string{"writes"}
	return []attempt{
		{name: "another TaskRole claims the family", act: later, never: still, whole: true},
		{name: "... and is deleted", act: func(s *stage) {
			later(s)
			s.remove("rival")
			s.awaitGone("rival")
		}, never: still, whole: true},
		{name: "one that the class refuses squats on the family", bring: func(s *stage) {
			s.declare("squatter", ofFamily, func(tr *v1alpha1.TaskRole) {
				tr.Spec.RoleName, tr.Spec.AdoptionPolicy = "taken", v1alpha1.AdoptionAdopt
			})
			s.younger(s.awaitReason("squatter", v1alpha1.ReasonNotAllowed))
		}, must: []string{"CreateRole", "RegisterTaskDefinition"}, then: gets(ownRole)},
		{name: "one that only observes squats on the family", bring: func(s *stage) {
			s.declare("squatter", ofFamily, func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
			s.younger(s.awaitReason("squatter", v1alpha1.ReasonDrift))
		}, must: []string{"CreateRole", "RegisterTaskDefinition"}, then: gets(ownRole)},
		{name: "both lose their status, and the other is the elder", bring: func(s *stage) {
			s.declare("rival", ofFamily, func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
			s.younger(s.awaitReason("rival", v1alpha1.ReasonDrift))
		}, act: func(s *stage) {
			s.away(func() {
				s.edit("rival", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementEnforce })
				s.wipe("rival", v1alpha1.TaskRoleStatus{})
				s.wipe("orders", v1alpha1.TaskRoleStatus{})
			})
			s.awaitReason("rival", v1alpha1.ReasonFamilyClaimed)
		}, never: []string{"CreateRole", "RegisterTaskDefinition", "DeregisterTaskDefinition"}, whole: true, then: gets(ownRole)},
		{name: "the family moves to another TaskRole", act: func(s *stage) {
			later(s)
			s.remove("orders")
		}, reason: gone, must: []string{"DeleteRole", "CreateRole"}, then: func(s *stage) {
			s.awaitReady("rival")
			gets(func(s *stage) string { return s.roleARN("rival") })(s)
		}},
		{name: "one that is being deleted holds no claim", act: func(s *stage) {
			s.standOn(s.get("orders").Status.TaskDefinition.ARN)
			later(s)
			s.remove("orders")
			s.awaitReady("rival")
		}, reason: v1alpha1.ReasonRoleInUse, never: []string{"DeleteRole"}, whole: true, then: func(s *stage) {
			gets(func(s *stage) string { return s.roleARN("rival") })(s)
			s.stopTasks()
			s.awaitGone("orders")
		}},
		{name: "a stranger registers a revision", act: func(s *stage) { s.registerBy(s.admin, "orders", "evil:1") },
			reason: v1alpha1.ReasonUntrusted, never: []string{"RegisterTaskDefinition", "DeregisterTaskDefinition"}, whole: true},
		{name: "a stranger registers one that names the role", act: func(s *stage) { s.registerBy(s.admin, "orders", "evil:1", carrying(s.roleARN("orders"))) },
			never: still, whole: true},
		{name: "a revision carries the role of another cluster", act: func(s *stage) {
			s.makeRole("other.shop.orders", "/taskrole/other/shop/", s.trust(), nil)
			s.register("orders", "orders:2", carrying("arn:aws:iam::"+s.account+":role/taskrole/other/shop/other.shop.orders"))
		}, reason: v1alpha1.ReasonConflict, never: still, whole: true},
		{name: "a revision carries a role that another cluster adopted", act: func(s *stage) {
			s.makeRole("adopted", "/", s.trust(), with(s.ownerTags("orders"), map[string]string{"ecs.taskrole.dev/cluster-id": "other"}))
			s.register("orders", "orders:2", carrying("arn:aws:iam::"+s.account+":role/adopted"))
		}, reason: v1alpha1.ReasonConflict, never: still, whole: true},
		{name: "our copy is deregistered", act: func(s *stage) { s.deregister("orders", 2) }, must: []string{"RegisterTaskDefinition"},
			never: []string{"DeregisterTaskDefinition"}, whole: true, then: gets(ownRole)},
		{name: "everything of the pipeline's is deregistered", act: func(s *stage) { s.deregister("orders", 1) }, never: still, whole: true, then: gets(ownRole)},
		{name: "the pipeline drops the role again and again", act: func(s *stage) {
			for n := 2; n < 6; n++ {
				s.register("orders", "orders:"+strings.Repeat("x", n))
				gets(ownRole)(s)
			}
		}, must: []string{"RegisterTaskDefinition"}, never: []string{"DeregisterTaskDefinition"}, event: v1alpha1.ReasonPipelineDrops, whole: true},
	}
}

// onTheCluster are attempts on what stands in the cluster: the class, the
// namespace, the status, the object itself.
func onTheCluster() []attempt {
	still := []string{"writes"}
	return []attempt{
		{name: "the class allows no longer what is declared", act: func(s *stage) {
			s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowedActions = []v1alpha1.ActionPattern{"sqs:*"} })
		}, reason: v1alpha1.ReasonNotAllowed, never: still, whole: true},
		{name: "the class serves the namespace no longer", act: func(s *stage) {
			s.editClass(func(c *v1alpha1.TaskRoleClass) { c.Spec.NamespaceSelector = nil })
		}, reason: v1alpha1.ReasonNotAllowed, never: still, whole: true},
		{name: "the class trusts the pipeline no longer", act: func(s *stage) {
			s.editClass(func(c *v1alpha1.TaskRoleClass) {
				c.Spec.TrustedRegistrants = []string{"arn:aws:iam::" + s.account + ":user/nobody"}
			})
		}, reason: v1alpha1.ReasonUntrusted, never: still, whole: true},
		{name: "the class gets a boundary", bring: func(s *stage) { s.customPolicy("boundary") }, act: func(s *stage) {
			s.editClass(func(c *v1alpha1.TaskRoleClass) {
				c.Spec.Unbounded, c.Spec.PermissionsBoundaryARN = false, v1alpha1.PolicyARN("arn:aws:iam::"+s.account+":policy/boundary")
			})
		}, must: []string{"PutRolePermissionsBoundary"}, never: []string{"CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary"}},
		{name: "the class is deleted", act: func(s *stage) {
			s.must(world.Kube.Delete(s.ctx, &v1alpha1.TaskRoleClass{ObjectMeta: metav1.ObjectMeta{Name: s.className}}))
		}, never: still, whole: true, then: func(s *stage) {
			s.must(world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &v1alpha1.TaskRoleClass{}))
		}},
		{name: "the status is lost", act: func(s *stage) { s.wipe("orders", v1alpha1.TaskRoleStatus{}) }, never: still, whole: true},
		{name: "etcd is restored from an hour ago", act: func(s *stage) {
			before := s.get("orders")
			s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Statements[0].Actions = []string{"s3:GetObject", "s3:PutObject"} })
			s.awaitReady("orders")
			s.register("orders", "orders:2")
			gets(ownRole)(s)
			s.away(func() {
				s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec = before.Spec })
				s.wipe("orders", before.Status)
			})
		}, must: []string{"CreatePolicyVersion"}, never: []string{"CreateRole", "DeleteRole", "DeregisterTaskDefinition"}, whole: true, then: gets(ownRole)},
		{name: "etcd is restored from before the role was made anew", act: func(s *stage) {
			before := s.get("orders")
			s.raze()
			s.eventually("another role", func() error {
				return s.differs(before.Status.Role.ID)
			})
			s.awaitReady("orders")
			s.away(func() { s.wipe("orders", before.Status) })
		}, event: "RoleRecreated", never: []string{"DeleteRole"}},
		{name: "the finalizer is stripped, and the object made again", act: func(s *stage) {
			tr := s.get("orders")
			s.must(world.Kube.Patch(s.ctx, tr, client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`))))
			s.must(world.Kube.Delete(s.ctx, tr))
			s.awaitGone("orders")
			s.declare("orders")
		}, never: []string{"CreateRole", "CreatePolicy", "RegisterTaskDefinition", "DeleteRole"}, whole: true},
		{name: "it is retained, and made again", spec: func(_ *stage, tr *v1alpha1.TaskRole) { tr.Spec.DeletionPolicy = v1alpha1.DeletionRetain }, act: func(s *stage) {
			s.remove("orders")
			s.awaitGone("orders")
			s.declare("orders")
		}, never: still, whole: true},
		{name: "it is no longer to be retained, and deleted before anybody looked", spec: func(_ *stage, tr *v1alpha1.TaskRole) { tr.Spec.DeletionPolicy = v1alpha1.DeletionRetain }, act: func(s *stage) {
			s.away(func() {
				s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.DeletionPolicy = "" })
				s.remove("orders")
			})
		}, reason: gone, must: []string{"DeleteRole"}},
		{name: "the namespace's TaskRoles are turned to Observe, then drift", act: func(s *stage) {
			s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve })
			s.awaitReady("orders")
			s.attach(s.roleName("orders"), administrator)
		}, reason: v1alpha1.ReasonDrift, never: still, whole: true},
	}
}
