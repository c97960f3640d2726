package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// order is how the bases are applied one by one. Only prometheus is not: the
// CRDs of the Prometheus operator are not ours to install.
var order = []string{"crd", "manager", "rbac", "network-policy", "default", "samples"}

func TestEveryBaseIsAppliedByTheAPIServer(t *testing.T) {
	for _, name := range order {
		for _, server := range []string{"--server-side=false", "--server-side=true"} {
			out := kubectl(t, "apply", server, "--validate=strict", "-k", base(t, name))
			if strings.Contains(strings.ToLower(out), "warning") {
				t.Errorf("apply %s -k config/%s warns:\n%s", server, name, out)
			}
		}
		if name == "crd" {
			established(t)
		}
	}
}

func TestEveryFolderOfConfigIsRendered(t *testing.T) {
	entries, err := os.ReadDir(base(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "aws" { // IAM policies, for no cluster
			continue
		}
		render(t, base(t, entry.Name()))
		unused(t, entry.Name())
	}
}

// unused finds files that no Kustomization names.
func unused(t *testing.T, name string) {
	t.Helper()
	kustomization, err := os.ReadFile(filepath.Join(base(t, name), "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(base(t, name), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file := filepath.Base(file); file != "kustomization.yaml" && !strings.Contains(string(kustomization), file) {
			t.Errorf("config/%s: kustomization.yaml does not name %s", name, file)
		}
	}
}

func TestAnOverlayMayMoveTheInstallationToAnotherNamespace(t *testing.T) {
	overlay := t.TempDir()
	relative, err := filepath.Rel(overlay, base(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	kustomization := "namespace: elsewhere\nresources:\n- " + relative + "\n"
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	bindings := 0
	for _, object := range render(t, overlay) {
		subjects, found, err := unstructured.NestedSlice(object.Object, "subjects")
		if err != nil {
			t.Fatal(err)
		}
		if found {
			bindings++
		}
		for _, subject := range subjects {
			if namespace := subject.(map[string]any)["namespace"]; namespace != "elsewhere" {
				t.Errorf("%s %s still binds an account of namespace %v", object.GetKind(), object.GetName(), namespace)
			}
		}
	}
	if bindings != 3 {
		t.Errorf("%d bindings, want 3", bindings)
	}
}

func TestTheDefaultNamesAreThoseThatReferToThem(t *testing.T) {
	objects := render(t, base(t, "default"))
	service, deployment := one(t, objects, "Service"), one(t, objects, "Deployment")
	account := one(t, objects, "ServiceAccount")
	policy := one(t, render(t, base(t, "network-policy")), "NetworkPolicy")
	monitor := one(t, render(t, base(t, "prometheus")), "ServiceMonitor")

	name, _, _ := unstructured.NestedString(deployment.Object, "spec", "template", "spec", "serviceAccountName")
	if name != account.GetName() {
		t.Errorf("the Deployment runs as %q, the ServiceAccount is %q", name, account.GetName())
	}
	pod, _, _ := unstructured.NestedStringMap(deployment.Object, "spec", "template", "metadata", "labels")
	selector, _, _ := unstructured.NestedStringMap(service.Object, "spec", "selector")
	selects(t, "Service", selector, pod)
	selector, _, _ = unstructured.NestedStringMap(policy.Object, "spec", "podSelector", "matchLabels")
	selects(t, "NetworkPolicy", selector, pod)
	selector, _, _ = unstructured.NestedStringMap(monitor.Object, "spec", "selector", "matchLabels")
	selects(t, "ServiceMonitor", selector, service.GetLabels())

	for _, object := range []*unstructured.Unstructured{service, account, policy, monitor} {
		if object.GetNamespace() != deployment.GetNamespace() {
			t.Errorf("%s is in namespace %q, the Deployment in %q", object.GetKind(), object.GetNamespace(), deployment.GetNamespace())
		}
	}
}

func selects(t *testing.T, what string, selector, labels map[string]string) {
	t.Helper()
	if len(selector) == 0 {
		t.Errorf("%s selects everything", what)
	}
	for key, value := range selector {
		if labels[key] != value {
			t.Errorf("%s selects %s=%s, which is not among %v", what, key, value, labels)
		}
	}
}
