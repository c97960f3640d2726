package hosts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// scripts writes every script of an operating system into a folder, one file for all
// options that give the same.
func scripts(t *testing.T, of setup.OS, suffix string, outputs ...setup.Output) []string {
	t.Helper()
	folder := t.TempDir()
	known := map[string]string{}
	var paths []string
	for _, o := range setup.Possible(outputs...) {
		if o.OS != of {
			continue
		}
		text, err := setup.Generate(o)
		if err != nil {
			t.Fatal(err)
		}
		// The command by which it was printed is all that may differ.
		same := strings.ReplaceAll(text, o.Command(), "")
		if known[same] != "" {
			continue
		}
		path := filepath.Join(folder, fmt.Sprintf("%d%s", len(known), suffix))
		known[same] = path
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestShellcheckHasNothingToSay(t *testing.T) {
	required(t)
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Fatalf("%v: make test-hosts installs it", err)
	}
	paths := scripts(t, setup.Linux, ".sh", setup.Shell, setup.UserData)
	t.Logf("%d scripts", len(paths))
	if out, err := exec.Command(shellcheck, paths...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// It can find something.
	if err := os.WriteFile(paths[0], []byte("#!/bin/bash\ncd $1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(shellcheck, paths[0]).Run(); err == nil {
		t.Error("shellcheck takes anything")
	}
}

func TestPowerShellParsesItsScripts(t *testing.T) {
	required(t)
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("SKIPPED: there is no pwsh, so no PowerShell script was parsed")
	}
	for _, path := range scripts(t, setup.Windows, ".ps1", setup.PowerShell, setup.ContainerPowerShell) {
		parse := `$faults = $null; [void][System.Management.Automation.Language.Parser]::ParseFile('` + path + `', [ref]$null, [ref]$faults); $faults; exit $faults.Count`
		if out, err := exec.Command(pwsh, "-NoProfile", "-NonInteractive", "-Command", parse).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
	}
}
