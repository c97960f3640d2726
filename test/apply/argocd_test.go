package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
)

// scripts are the keys under which Argo CD looks for the health of our kinds, and
// the file that each holds.
var scripts = map[string]string{
	"resource.customizations.health.ecs.taskrole.dev_TaskRole":      "taskrole-health.lua",
	"resource.customizations.health.ecs.taskrole.dev_TaskRoleClass": "taskroleclass-health.lua",
}

func TestTheHealthScriptsJoinArgoCDsOtherSettings(t *testing.T) {
	const theirs = `apiVersion: v1
kind: Namespace
metadata: {name: argocd}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: argocd}
data: {url: "https://argocd.example.com"}
`
	if out, err := tryKubectl(t, theirs, "apply", "-f", "-"); err != nil {
		t.Fatal(out)
	}
	patch := kubectl(t, "kustomize", base(t, "argocd"))
	if out, err := tryKubectl(t, patch, "patch", "configmap", "argocd-cm", "--namespace=argocd", "--type=merge", "--patch-file=/dev/stdin"); err != nil {
		t.Fatal(out)
	}

	settings, err := kubernetes.NewForConfigOrDie(plane.Config()).CoreV1().ConfigMaps("argocd").Get(t.Context(), "argocd-cm", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if settings.Data["url"] != "https://argocd.example.com" || len(settings.Data) != 1+len(scripts) {
		t.Errorf("settings are now %v", settings.Data)
	}
	for key, file := range scripts {
		content, err := os.ReadFile(filepath.Join(base(t, "argocd"), file))
		if err != nil {
			t.Fatal(err)
		}
		if settings.Data[key] != string(content) {
			t.Errorf("%s is not what %s says:\n%s", key, file, settings.Data[key])
		}
	}
	if settings.Labels["app.kubernetes.io/part-of"] != "argocd" {
		t.Error("without its label part-of, Argo CD does not see its settings")
	}
}

func TestTheHealthOfBothKindsIsJudgedAlike(t *testing.T) {
	settings := one(t, render(t, base(t, "argocd")), "ConfigMap")
	data, _, err := unstructured.NestedStringMap(settings.Object, "data")
	if err != nil {
		t.Fatal(err)
	}
	var code []string
	for key := range scripts {
		_, rest, _ := strings.Cut(data[key], "local health")
		code = append(code, rest)
	}
	if code[0] == "" || code[0] != code[1] {
		t.Error("the two scripts differ in more than the comment on top")
	}
}
