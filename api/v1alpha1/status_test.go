package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

func TestTheStatusIsWrittenByItsSubresourceOnly(t *testing.T) {
	for _, k := range []kind{taskRoleKind, classKind} {
		stored := k.create(t)
		patch := []byte(`{"status": {"observedGeneration": 1}}`)
		for want, subresources := range [][]string{0: nil, 1: {"status"}} {
			got, err := k.client().Patch(t.Context(), stored.GetName(), types.MergePatchType, patch, metav1.PatchOptions{}, subresources...)
			if err != nil {
				t.Fatal(err)
			}
			if observed, _, _ := unstructured.NestedInt64(got.Object, "status", "observedGeneration"); observed != int64(want) {
				t.Errorf("%s: a patch of %q leaves observedGeneration at %d", k.name, subresources, observed)
			}
			if got.GetGeneration() != 1 {
				t.Errorf("%s: a patch of the status makes generation %d", k.name, got.GetGeneration())
			}
		}
	}
}

func TestAStatusHoldsAllThatTheControllerTells(t *testing.T) {
	const finding = `{"severity": "Error", "code": "SourceArn", "message": "m", "subject": "s"}`
	for name, status := range map[string]string{
		"20 findings and a count": `{"findings": [` + strings.TrimSuffix(strings.Repeat(finding+",", 21), ",") + `]}`,
		"long pending":            `{"pending": ["` + strings.Repeat("x", 4000) + `"]}`,
		"everything": `{"observedGeneration": 3, "role": {"name": "n", "arn": "a", "id": "AROA"}, "policies": [{"arn": "a", "version": "v2", "digest": "d"}],
			"taskDefinition": {"revision": 42, "arn": "a", "previousRoleARN": "p"}, "effective": {"className": "c", "accountID": "1", "managementPolicy": "Observe", "deletionPolicy": "Retain"}}`,
	} {
		if err := patchStatus(t, status); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStatusThatNobodyCouldReadIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ status, says string }{
		"too many findings":        {`{"findings": [` + strings.TrimSuffix(strings.Repeat(`{"severity": "Info", "code": "c", "message": "m"},`, 22), ",") + `]}`, "Too many"},
		"unknown severity":         {`{"findings": [{"severity": "Fatal", "code": "c", "message": "m"}]}`, "Unsupported value"},
		"finding without message":  {`{"findings": [{"severity": "Info", "code": "c"}]}`, "Required value"},
		"condition twice":          {fmt.Sprintf(`{"conditions": [%[1]s, %[1]s]}`, ready), "Duplicate value"},
		"condition without reason": {`{"conditions": [` + strings.Replace(ready, `"Synced"`, `""`, 1) + `]}`, "at least 1 chars"},
		"unknown adoptionPolicy":   {`{"effective": {"adoptionPolicy": "x"}}`, "Unsupported value"},
		"unknown managementPolicy": {`{"effective": {"managementPolicy": "x"}}`, "Unsupported value"},
	} {
		if err := patchStatus(t, c.status); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: want %q, got %v", name, c.says, err)
		}
	}
}

const ready = `{"type": "Ready", "status": "True", "reason": "Synced", "message": "m", "lastTransitionTime": "2026-01-02T03:04:05Z"}`

func patchStatus(t *testing.T, status string) error {
	t.Helper()
	stored := taskRoleKind.create(t)
	_, err := taskRoleKind.client().Patch(t.Context(), stored.GetName(), types.MergePatchType,
		[]byte(`{"status": `+status+`}`), metav1.PatchOptions{FieldValidation: metav1.FieldValidationStrict}, "status")
	return err
}

// A name may have 253 characters, of which path, tags and description of a role
// have room for every one.
func TestTheLongestNameIsAccepted(t *testing.T) {
	object := taskRoleKind.object(t)
	object.SetGenerateName("")
	object.SetName(strings.Repeat("n", 253))
	if _, err := taskRoleKind.client().Create(t.Context(), object, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
		t.Error(err)
	}
}
