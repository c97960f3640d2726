package controlplane

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modulePath tells our go.mod from those of the modules under hack/.
const modulePath = "github.com/taskrole/ecs-taskrole-controller"

// Root returns the folder of this module, found from the working directory
// upwards: `go test` runs in the folder of the package.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && declares(string(content), modulePath) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod of %s in %s or above: run this inside the checkout", modulePath, start)
		}
	}
}

func declares(goMod, module string) bool {
	for line := range strings.Lines(goMod) {
		if strings.TrimSpace(line) == "module "+module {
			return true
		}
	}
	return false
}

// Kubectl returns the path of a kubectl: the one on the PATH, else one beside
// the control plane's binaries.
func Kubectl() (string, error) {
	path, err := exec.LookPath("kubectl")
	if err == nil || errors.Is(err, exec.ErrDot) {
		return path, err
	}
	folder, err := Assets()
	if err != nil {
		return "", err
	}
	path, err = exec.LookPath(filepath.Join(folder, "kubectl"))
	if err != nil {
		return "", fmt.Errorf("no kubectl on the PATH or in %s: run `make kubectl`", folder)
	}
	return path, nil
}

// absolute makes paths that are relative to the root of the module absolute.
func absolute(paths []string) ([]string, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(paths))
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, path)
		}
		out = append(out, path)
	}
	return out, nil
}
