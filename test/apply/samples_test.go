package apply_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func TestEverySampleSaysWhatItShows(t *testing.T) {
	for _, file := range samples(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(content), "# ") {
			t.Errorf("%s does not begin with a comment", filepath.Base(file))
		}
	}
}

// A GitOps tool applies the same again and again: neither the API server nor the
// controller may leave anything on an object that looks like a change.
func TestApplyingASampleAgainChangesNothing(t *testing.T) {
	for _, server := range []string{"--server-side=false", "--server-side=true"} {
		t.Run("apply "+server, func(t *testing.T) {
			install(t)
			apply := func() { kubectl(t, "apply", server, "-k", base(t, "samples")) }
			apply()
			before := versions(t)
			apply()
			same(t, before, versions(t))

			for _, sample := range render(t, base(t, "samples")) {
				if sample.GetKind() != "Namespace" {
					asTheManagerLeavesIt(t, sample)
				}
			}
			before = versions(t)
			apply()
			same(t, before, versions(t))
			if diff, err := tryKubectl(t, "", "diff", server, "-k", base(t, "samples")); err != nil {
				t.Errorf("kubectl diff: %v\n%s", err, diff)
			}
			asWritten(t)
			remove(t)
		})
	}
}

// asWritten finds what anybody added to or changed in the specs of the samples.
func asWritten(t *testing.T) {
	t.Helper()
	for _, sample := range render(t, base(t, "samples")) {
		if sample.GetKind() == "Namespace" {
			continue
		}
		stored, err := of(t, sample).Get(t.Context(), sample.GetName(), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sample.Object["spec"], stored.Object["spec"]); diff != "" {
			t.Errorf("%s %s is not as written (-written +stored):\n%s", sample.GetKind(), sample.GetName(), diff)
		}
	}
}

// asTheManagerLeavesIt gives an object a finalizer and a status, as merge
// patches of another field manager.
func asTheManagerLeavesIt(t *testing.T, sample *unstructured.Unstructured) {
	t.Helper()
	options := metav1.PatchOptions{FieldManager: "manager"}
	finalizer := `{"metadata":{"finalizers":["` + v1alpha1.FinalizerTaskRole + `"]}}`
	if _, err := of(t, sample).Patch(t.Context(), sample.GetName(), types.MergePatchType, []byte(finalizer), options); err != nil {
		t.Fatal(err)
	}
	status := fmt.Sprintf(`{"status":{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True",
		"reason":"Synced","message":"revision 42 carries the role","observedGeneration":1,"lastTransitionTime":%q}]}}`, time.Now().UTC().Format(time.RFC3339))
	got, err := of(t, sample).Patch(t.Context(), sample.GetName(), types.MergePatchType, []byte(status), options, "status")
	if err != nil {
		t.Fatal(err)
	}
	if got.GetGeneration() != 1 {
		t.Errorf("%s %s: finalizer and status made it generation %d", sample.GetKind(), sample.GetName(), got.GetGeneration())
	}
}

// remove deletes the samples. Their namespace stays: no controller empties it.
func remove(t *testing.T) {
	t.Helper()
	for _, sample := range render(t, base(t, "samples")) {
		if sample.GetKind() == "Namespace" {
			continue
		}
		resource := sample.GetKind() + ".ecs.taskrole.dev"
		name := []string{resource, sample.GetName(), "--namespace=" + sample.GetNamespace()}
		kubectl(t, append([]string{"patch", "--type=merge", `--patch={"metadata":{"finalizers":null}}`}, name...)...)
		kubectl(t, append([]string{"delete"}, name...)...)
	}
}

// versions are the resource versions of the samples as they are stored.
func versions(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, sample := range render(t, base(t, "samples")) {
		stored, err := of(t, sample).Get(t.Context(), sample.GetName(), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out[sample.GetKind()+" "+sample.GetName()] = stored.GetResourceVersion()
	}
	return out
}

func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, version := range before {
		if after[name] != version {
			t.Errorf("%s was changed", name)
		}
	}
}

func of(t *testing.T, object *unstructured.Unstructured) dynamic.ResourceInterface {
	t.Helper()
	gvr, _ := meta.UnsafeGuessKindToResource(object.GroupVersionKind())
	if object.GetKind() == "TaskRoleClass" {
		gvr.Resource = "taskroleclasses"
	}
	resource := dynamic.NewForConfigOrDie(plane.Config()).Resource(gvr)
	if object.GetNamespace() == "" {
		return resource
	}
	return resource.Namespace(object.GetNamespace())
}

func samples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(base(t, "samples"), "*_*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	return files
}

func TestTheGuidesExampleIsAmongTheSamplesAsPrinted(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(base(t, "samples"), "taskrole_s3-reader.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	role := v1alpha1.TaskRole{}
	if err := yaml.UnmarshalStrict(content, &role); err != nil {
		t.Fatal(err)
	}
	s := role.Spec.Statements[0]
	got := strings.TrimSpace(fmt.Sprintln(role.Spec.RoleName, s.Effect, s.Actions, s.Resources, s.Conditions))
	const want = "AmazonECSTaskS3BucketRole Allow [s3:GetObject] [arn:aws:s3:::my-task-secrets-bucket/*] " +
		"map[ArnLike:map[aws:SourceArn:[arn:aws:ecs:region:123456789012:*]] StringEquals:map[aws:SourceAccount:[123456789012]]]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
