package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// Where config/rbac puts the manager before kustomize gives it its own names.
const (
	managerNamespace = "system"
	managerAccount   = "controller"
)

// grantRights applies config/rbac as it stands there, and gets a token of the
// manager's ServiceAccount: with it the manager may what it may in a cluster.
func grantRights(ctx context.Context) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: managerNamespace}}
	if err := world.Kube.Create(ctx, namespace); err != nil {
		return err
	}
	root, err := controlplane.Root()
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(root, "config", "rbac", "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		if err := create(ctx, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	_, kubeconfig, err := world.Plane.ServiceAccount(ctx, managerNamespace, managerAccount)
	if err != nil {
		return err
	}
	world.kubeconfig = filepath.Join(world.Folder, "kubeconfig")
	return os.WriteFile(world.kubeconfig, kubeconfig, 0o600)
}

// create makes the objects of a YAML file.
func create(ctx context.Context, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, document := range bytes.Split(content, []byte("\n---\n")) {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			return err
		}
		if object.Object == nil {
			continue
		}
		if err := world.Kube.Create(ctx, &object); err != nil {
			return err
		}
	}
	return nil
}
