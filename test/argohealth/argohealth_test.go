package argohealth_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/test/argohealth"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// example is a file of testdata: an object, and what Argo CD should say of it.
type example struct {
	Object  map[string]any `json:"object"`
	Status  string         `json:"status"`
	Message string         `json:"message"`
}

func TestHealthFollowsTheStatusOfThisGeneration(t *testing.T) {
	for _, kind := range []string{"taskrole", "taskroleclass"} {
		files, err := filepath.Glob(filepath.Join("testdata", kind, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no examples of %s: %v", kind, err)
		}
		for _, file := range files {
			t.Run(kind+"/"+strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				var want example
				if err := yaml.UnmarshalStrict(content, &want); err != nil {
					t.Fatal(err)
				}
				status, message, err := argohealth.Judge(want.Object, script(t, kind))
				if err != nil {
					t.Fatal(err)
				}
				if status != want.Status || message != want.Message {
					t.Errorf("got  %s: %s\nwant %s: %s", status, message, want.Status, want.Message)
				}
			})
		}
	}
}

func TestWhatArgoCDWouldPassOverInSilenceIsAnError(t *testing.T) {
	for name, lua := range map[string]string{
		"unknown status":        `return {status = "Ready", message = "x"}`,
		"status in small print": `return {status = "healthy"}`,
		"no status":             `return {message = "x"}`,
		"no table":              `return "Healthy"`,
		"nothing returned":      `local x = 1`,
		"string library":        `return {status = string.upper("healthy")}`,
		"method of a string":    `return {status = ("healthy"):upper()}`,
		"syntax":                `return {`,
		"endless":               `while true do end`,
	} {
		t.Run(name, func(t *testing.T) {
			if status, _, err := argohealth.Judge(map[string]any{}, lua); err == nil {
				t.Errorf("no error, but status %q", status)
			}
		})
	}
}

func script(t *testing.T, kind string) string {
	t.Helper()
	root, err := controlplane.Root()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "config", "argocd", kind+"-health.lua"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
