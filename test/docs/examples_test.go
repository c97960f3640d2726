package docs_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, &plane, "config/crd/bases"))
}

func TestEveryTaskRoleAndClassThatIsShownIsTakenByTheAPIServer(t *testing.T) {
	kubectl(t, "", "create", "namespace", "shop")
	shown := 0
	for _, b := range blocks(t, "yaml") {
		if !strings.HasPrefix(b.text, "apiVersion: ecs.taskrole.dev/") {
			continue
		}
		shown++
		out, err := kubectlOutput(t, b.text, "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")
		if err != nil {
			t.Errorf("%s: %v: %s\n%s", b.page, err, out, b.text)
		}
	}
	if shown < 2 {
		t.Errorf("%d examples found, there are a TaskRole and a class at least", shown)
	}
}

func TestEveryPolicyThatIsShownIsOne(t *testing.T) {
	for _, b := range blocks(t, "json") {
		if b.page == "findings.md" {
			continue // shows documents that are none; the test of internal/lint reads them
		}
		document, err := policy.Parse(b.text)
		if err != nil {
			t.Errorf("%s: %v\n%s", b.page, err, b.text)
			continue
		}
		if len(document.Statement) == 0 || document.Version != policy.Version {
			t.Errorf("%s: no statement, or another version than %s\n%s", b.page, policy.Version, b.text)
		}
	}
}

func TestTheKustomizationThatIsShownInstallsTheManagerUnderItsName(t *testing.T) {
	var shown string
	for _, b := range read(t, "README.md").blocks("yaml") {
		if strings.Contains(b.text, "kind: Kustomization") {
			shown = b.text
		}
	}
	folder := t.TempDir()
	base, err := filepath.Rel(folder, filepath.Join(root(t), "config", "default"))
	if err != nil {
		t.Fatal(err)
	}
	remote := "https://github.com/taskrole/ecs-taskrole-controller//config/default?ref=VERSION"
	if !strings.Contains(shown, remote) {
		t.Fatalf("it does not build on %s:\n%s", remote, shown)
	}
	shown = strings.ReplaceAll(shown, remote, base)
	shown = strings.NewReplacer("REGISTRY", "registry.example.com", "TAG", "v1").Replace(shown)
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(shown), 0o600); err != nil {
		t.Fatal(err)
	}
	rendered := kubectl(t, "", "kustomize", folder)
	for _, want := range []string{
		"--cluster-id=prod-1",
		"image: registry.example.com/ecs-taskrole-controller:v1",
		"eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/ecs-taskrole-controller",
		"name: ecs-taskrole-taskrole-editor-role",
		"name: ecs-taskrole-taskrole-viewer-role",
		"name: ecs-taskrole-taskrole-admin-role",
		"name: ecs-taskrole-metrics-reader",
	} {
		if !strings.Contains(rendered, want) {
			t.Errorf("not rendered: %s", want)
		}
	}
	if strings.Contains(rendered, "REPLACE_ME") {
		t.Error("a placeholder is left")
	}
}

// kubectl runs kubectl as an administrator, and fails the test if it fails.
func kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := kubectlOutput(t, stdin, args...)
	if err != nil {
		t.Fatalf("kubectl %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

func kubectlOutput(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	binary, err := controlplane.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	kubeconfig := filepath.Join(home, "kubeconfig")
	if err := os.WriteFile(kubeconfig, plane.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	command := exec.CommandContext(t.Context(), binary, args...)
	// Its cache goes into its home.
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "KUBECONFIG=" + kubeconfig}
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(stdin), &out, &out
	err = command.Run()
	return out.String(), err
}
