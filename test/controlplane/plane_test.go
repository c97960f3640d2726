package controlplane_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

var plane *controlplane.Plane

// childEnv makes this test binary a process that starts a control plane and
// waits to be killed.
const childEnv = "CONTROLPLANE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(startAndWait())
	}
	os.Exit(controlplane.Main(m, &plane))
}

func startAndWait() int {
	if _, err := controlplane.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stderr, "started")
	select {}
}

func TestAUserMayDoWhatRBACGrantsAndNothingElse(t *testing.T) {
	admin := kubernetes.NewForConfigOrDie(plane.Config())
	grantPods(t, admin, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "developers"})

	config, kubeconfig, err := plane.AddUser("dora", "developers")
	if err != nil {
		t.Fatal(err)
	}
	mayListOnlyPods(t, config)
	mayListOnlyPods(t, parse(t, kubeconfig))
}

func TestAServiceAccountMayDoWhatRBACGrantsAndNothingElse(t *testing.T) {
	admin := kubernetes.NewForConfigOrDie(plane.Config())
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "manager"}}
	if _, err := admin.CoreV1().ServiceAccounts("default").Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	grantPods(t, admin, rbacv1.Subject{Kind: "ServiceAccount", Name: "manager", Namespace: "default"})

	config, kubeconfig, err := plane.ServiceAccount(t.Context(), "default", "manager")
	if err != nil {
		t.Fatal(err)
	}
	mayListOnlyPods(t, config)
	mayListOnlyPods(t, parse(t, kubeconfig))
}

func TestTheAdministratorsKubeconfigServesKubectl(t *testing.T) {
	kubectl, err := controlplane.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, plane.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), kubectl, "--kubeconfig", file, "get", "namespace", "default", "-o", "name").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "namespace/default" {
		t.Fatalf("kubectl: %v: %s", err, out)
	}
}

func TestTheAPIServerListensOnLoopback(t *testing.T) {
	if host := plane.Config().Host; !strings.HasPrefix(host, "https://127.0.0.1:") {
		t.Errorf("API server at %s, want https://127.0.0.1", host)
	}
}

func TestAMissingBinaryIsAnErrorThatSaysWhatToRun(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", t.TempDir())
	if _, err := controlplane.Start(); err == nil || !strings.Contains(err.Error(), "KUBEBUILDER_ASSETS") {
		t.Errorf("with an empty KUBEBUILDER_ASSETS: got %v", err)
	}

	t.Setenv("KUBEBUILDER_ASSETS", "")
	checkout := t.TempDir()
	goMod := []byte("module github.com/taskrole/ecs-taskrole-controller\n")
	if err := os.WriteFile(filepath.Join(checkout, "go.mod"), goMod, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(checkout)
	if _, err := controlplane.Start(); err == nil || !strings.Contains(err.Error(), "run `make controlplane`") {
		t.Errorf("in a fresh checkout: got %v", err)
	}
}

func TestAFailedStartLeavesNothingBehind(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	refused := filepath.Join(t.TempDir(), "crd.yaml")
	crd := "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: not-the-plural}\n" +
		"spec: {group: example.com, names: {kind: Thing, plural: things}, scope: Cluster, versions: []}\n"
	if err := os.WriteFile(refused, []byte(crd), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{refused, "no/such/folder"} {
		if left, err := controlplane.Start(path); err == nil {
			t.Errorf("started with %s", path)
			_ = left.Stop()
		}
		nothingLeft(t, temp)
	}
}

func TestTheControlPlaneEndsWithAProcessThatIsKilled(t *testing.T) {
	temp := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childEnv+"=1", "TMPDIR="+temp)
	stderr, err := child.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() || lines.Text() != "started" {
		t.Fatalf("the child did not start: %s", lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // It was killed, and says so.
	nothingLeft(t, temp)
}

// nothingLeft waits until no process names a file under temp and no file is
// there. Whatever was started under it has its paths among its arguments.
func nothingLeft(t *testing.T, temp string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		processes, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "pid,args").Output()
		if err != nil {
			t.Skip("no ps on this machine")
		}
		files, err := filepath.Glob(filepath.Join(temp, "*"))
		if err != nil {
			t.Fatal(err)
		}
		left := files
		for line := range strings.Lines(string(processes)) {
			if strings.Contains(line, temp) {
				left = append(left, line)
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %q", left)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func grantPods(t *testing.T, admin kubernetes.Interface, subject rbacv1.Subject) {
	t.Helper()
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "pods-for-" + subject.Name},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}}},
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: role.ObjectMeta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{subject},
	}
	if _, err := admin.RbacV1().ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.RbacV1().ClusterRoleBindings().Create(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, kubeconfig []byte) *rest.Config {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// mayListOnlyPods allows the authorizer, which reads RBAC from a watch, a moment
// to see a binding that was just made.
func mayListOnlyPods(t *testing.T, config *rest.Config) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	client := kubernetes.NewForConfigOrDie(config)
	for {
		_, err := client.CoreV1().Pods("default").List(ctx, metav1.ListOptions{})
		if err == nil {
			break
		}
		if !apierrors.IsForbidden(err) || ctx.Err() != nil {
			t.Fatalf("list pods: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if _, err := client.CoreV1().Secrets("default").List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("list secrets: got %v, want it forbidden", err)
	}
}
