package apply_test

import (
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientv1 "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
)

const (
	system  = "ecs-taskrole-system"
	account = "ecs-taskrole-controller"
)

// access is something that somebody may or may not do.
type access struct {
	verb, group, resource, subresource, namespace string
	path                                          string // instead of all but verb
	may                                           bool
}

func TestTheManagerMayDoWhatItDoesAndNothingElse(t *testing.T) {
	install(t)
	config, _, err := plane.ServiceAccount(t.Context(), system, account)
	if err != nil {
		t.Fatal(err)
	}
	const group = "ecs.taskrole.dev"
	judge(t, config, []access{
		{verb: "list", group: group, resource: "taskroles", may: true},
		{verb: "watch", group: group, resource: "taskroleclasses", may: true},
		{verb: "patch", group: group, resource: "taskroles", namespace: "shop", may: true},
		{verb: "patch", group: group, resource: "taskroles", subresource: "status", namespace: "shop", may: true},
		{verb: "patch", group: group, resource: "taskroleclasses", subresource: "status", may: true},
		{verb: "list", resource: "namespaces", may: true},
		{verb: "create", group: "events.k8s.io", resource: "events", namespace: "shop", may: true},
		{verb: "create", group: "authentication.k8s.io", resource: "tokenreviews", may: true},
		{verb: "create", group: "authorization.k8s.io", resource: "subjectaccessreviews", may: true},
		{verb: "create", group: "coordination.k8s.io", resource: "leases", namespace: system, may: true},
		{verb: "get", group: "coordination.k8s.io", resource: "leases", namespace: system, may: true},
		{verb: "update", group: "coordination.k8s.io", resource: "leases", namespace: system, may: true},
		{verb: "create", resource: "events", namespace: system, may: true},

		{verb: "create", group: group, resource: "taskroles", namespace: "shop"},
		{verb: "delete", group: group, resource: "taskroles", namespace: "shop"},
		{verb: "update", group: group, resource: "taskroles", namespace: "shop"},
		{verb: "create", group: group, resource: "taskroleclasses"},
		{verb: "delete", group: group, resource: "taskroleclasses"},
		{verb: "get", resource: "secrets", namespace: system},
		{verb: "list", resource: "secrets"},
		{verb: "get", resource: "configmaps", namespace: "shop"},
		{verb: "create", resource: "pods", namespace: system},
		{verb: "patch", resource: "namespaces"},
		{verb: "update", group: "coordination.k8s.io", resource: "leases", namespace: "kube-system"},
		{verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings"},
		{verb: "impersonate", resource: "users"},
		{verb: "get", path: "/metrics"},
	})
}

func TestPeopleMayDoWhatTheirRoleSays(t *testing.T) {
	install(t)
	const group = "ecs.taskrole.dev"
	for role, table := range map[string][]access{
		"ecs-taskrole-taskrole-viewer-role": {
			{verb: "get", group: group, resource: "taskroles", may: true},
			{verb: "get", group: group, resource: "taskroles", subresource: "status", may: true},
			{verb: "create", group: group, resource: "taskroles"},
			{verb: "get", group: group, resource: "taskroleclasses"},
		},
		"ecs-taskrole-taskrole-editor-role": {
			{verb: "create", group: group, resource: "taskroles", may: true},
			{verb: "delete", group: group, resource: "taskroles", may: true},
			{verb: "patch", group: group, resource: "taskroles", subresource: "status"},
			{verb: "get", group: group, resource: "taskroleclasses"},
		},
		"ecs-taskrole-taskrole-admin-role": {
			{verb: "deletecollection", group: group, resource: "taskroles", may: true},
			{verb: "patch", group: group, resource: "taskroles", subresource: "status"},
			{verb: "patch", group: group, resource: "taskroleclasses"},
		},
		"ecs-taskrole-taskroleclass-viewer-role": {
			{verb: "list", group: group, resource: "taskroleclasses", may: true},
			{verb: "patch", group: group, resource: "taskroleclasses"},
			{verb: "list", group: group, resource: "taskroles"},
		},
		"ecs-taskrole-taskroleclass-editor-role": {
			{verb: "patch", group: group, resource: "taskroleclasses", may: true},
			{verb: "patch", group: group, resource: "taskroleclasses", subresource: "status"},
		},
		"ecs-taskrole-taskroleclass-admin-role": {
			{verb: "delete", group: group, resource: "taskroleclasses", may: true},
			{verb: "list", group: group, resource: "taskroles"},
		},
		"ecs-taskrole-metrics-reader": {
			{verb: "get", path: "/metrics", may: true},
			{verb: "get", group: group, resource: "taskroles"},
		},
	} {
		t.Run(role, func(t *testing.T) { judge(t, bound(t, role), table) })
	}
}

// bound makes a user whom a ClusterRole is bound to in the whole cluster.
func bound(t *testing.T, role string) *rest.Config {
	t.Helper()
	config, _, err := plane.AddUser("user-of-" + role)
	if err != nil {
		t.Fatal(err)
	}
	_, err = kubernetes.NewForConfigOrDie(plane.Config()).RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "test-" + role},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "user-of-" + role}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestNobodyGetsToWriteTaskRolesByAnAggregatedRole(t *testing.T) {
	roles := 0
	for _, object := range render(t, base(t, "default")) {
		if object.GetKind() != "ClusterRole" {
			continue
		}
		roles++
		for label := range object.GetLabels() {
			if strings.HasPrefix(label, "rbac.authorization.k8s.io/aggregate-to-") {
				t.Errorf("%s is aggregated: %s", object.GetName(), label)
			}
		}
	}
	if roles != 9 {
		t.Errorf("%d ClusterRoles, want 9", roles)
	}
}

// judge asks the API server. It reads RBAC from a watch, so what was just
// applied may take a moment.
func judge(t *testing.T, config *rest.Config, table []access) {
	t.Helper()
	client := kubernetes.NewForConfigOrDie(config).AuthorizationV1().SelfSubjectAccessReviews()
	for _, a := range table {
		review := &authorizationv1.SelfSubjectAccessReview{}
		if a.path != "" {
			review.Spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Verb: a.verb, Path: a.path}
		} else {
			review.Spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
				Verb: a.verb, Group: a.group, Resource: a.resource, Subresource: a.subresource, Namespace: a.namespace,
			}
		}
		if allowed := ask(t, client, review, a.may); allowed != a.may {
			t.Errorf("%+v: allowed is %v", a, allowed)
		}
	}
}

// ask returns the API server's answer, once it is yes where that is wanted.
func ask(t *testing.T, client clientv1.SelfSubjectAccessReviewInterface, review *authorizationv1.SelfSubjectAccessReview, wanted bool) bool {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		answer, err := client.Create(t.Context(), review, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Status.Allowed || !wanted || time.Now().After(deadline) {
			return answer.Status.Allowed
		}
	}
}
