package apply_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, &plane))
}

// kubectl runs kubectl as the administrator and returns what it prints.
func kubectl(t testing.TB, args ...string) string {
	t.Helper()
	out, err := tryKubectl(t, "", args...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// tryKubectl is kubectl with text on its standard input, and may fail.
func tryKubectl(t testing.TB, input string, args ...string) (string, error) {
	t.Helper()
	path, err := controlplane.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, plane.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), path, args...)
	// Its own cache of what the API server knows is of another server, else.
	command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "KUBECACHEDIR="+t.TempDir())
	command.Stdin = strings.NewReader(input)
	out, err := command.CombinedOutput()
	return string(out), err
}

// base returns the path of a base under config/.
func base(t testing.TB, name string) string {
	t.Helper()
	root, err := controlplane.Root()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "config", name)
}

// render returns the objects that Kustomize makes of a folder.
func render(t testing.TB, folder string) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for _, document := range bytes.Split([]byte(kubectl(t, "kustomize", folder)), []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	if len(objects) == 0 {
		t.Fatalf("%s renders nothing", folder)
	}
	return objects
}

// one returns the only object of its kind.
func one(t testing.TB, objects []*unstructured.Unstructured, kind string) *unstructured.Unstructured {
	t.Helper()
	var found *unstructured.Unstructured
	for _, object := range objects {
		if object.GetKind() != kind {
			continue
		}
		if found != nil {
			t.Fatalf("more than one %s", kind)
		}
		found = object
	}
	if found == nil {
		t.Fatalf("no %s", kind)
	}
	return found
}

var installed sync.Once

// install applies the whole of config/default, once for all tests.
func install(t testing.TB) {
	t.Helper()
	installed.Do(func() {
		kubectl(t, "apply", "--server-side", "-k", base(t, "default"))
		established(t)
	})
}

// established waits until the API server serves our kinds.
func established(t testing.TB) {
	t.Helper()
	kubectl(t, "wait", "--for=condition=Established", "--timeout=60s",
		"crd/taskroles.ecs.taskrole.dev", "crd/taskroleclasses.ecs.taskrole.dev")
}
