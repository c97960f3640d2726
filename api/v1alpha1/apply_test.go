package v1alpha1_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// kind is one of the two kinds, with the least that the API server takes.
type kind struct {
	name, resource, namespace string
	least                     string // spec in YAML
}

var (
	taskRoleKind = kind{
		name: "TaskRole", resource: "taskroles", namespace: "default",
		least: "family: orders-api",
	}
	classKind = kind{
		name: "TaskRoleClass", resource: "taskroleclasses",
		least: `{accountID: "111122223333", region: us-west-2, unbounded: true, trustedRegistrants: ["*"]}`,
	}
)

// object makes an object whose spec is the least one with the keys of each
// fragment put over it. A key that is null is taken away.
func (k kind) object(t testing.TB, fragments ...string) *unstructured.Unstructured {
	t.Helper()
	spec := map[string]any{}
	for _, fragment := range append([]string{k.least}, fragments...) {
		over := map[string]any{}
		if err := yaml.Unmarshal([]byte(fragment), &over); err != nil {
			t.Fatalf("%v in\n%s", err, fragment)
		}
		maps.Copy(spec, over)
	}
	maps.DeleteFunc(spec, func(_ string, value any) bool { return value == nil })
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(k.name))
	object.SetNamespace(k.namespace)
	object.SetGenerateName("test-")
	return object
}

func (k kind) client() dynamic.ResourceInterface {
	resource := dynamic.NewForConfigOrDie(plane.Config()).Resource(v1alpha1.GroupVersion.WithResource(k.resource))
	if k.namespace == "" {
		return resource
	}
	return resource.Namespace(k.namespace)
}

// create stores the object and removes it after the test.
func (k kind) create(t testing.TB, fragments ...string) *unstructured.Unstructured {
	t.Helper()
	stored, err := k.client().Create(t.Context(), k.object(t, fragments...), metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.client().Delete(context.Background(), stored.GetName(), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Error(err)
		}
	})
	return stored
}

// try asks the API server what it would say to an object whose spec is after,
// new or, unless before is empty, in the place of one whose spec is before.
func (k kind) try(t testing.TB, before, after string) error {
	t.Helper()
	object := k.object(t, after)
	if before == "" {
		_, err := k.client().Create(t.Context(), object, metav1.CreateOptions{
			DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
		})
		return err
	}
	stored := k.create(t, before)
	object.SetName(stored.GetName())
	object.SetResourceVersion(stored.GetResourceVersion())
	_, err := k.client().Update(t.Context(), object, metav1.UpdateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
	return err
}

// causes are what the API server has against an object, field by field.
func causes(t testing.TB, err error) []metav1.StatusCause {
	t.Helper()
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) || !apierrors.IsInvalid(err) {
		t.Fatalf("not refused for what is in it: %v", err)
	}
	var found []metav1.StatusCause
	for _, cause := range status.Status().Details.Causes {
		if strings.Contains(cause.Message, "some validation rules were not checked") {
			continue
		}
		found = append(found, cause)
	}
	return found
}
