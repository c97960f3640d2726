package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

func (d *demo) startControlPlane(ctx context.Context) (err error) {
	d.screen.step("starting etcd and kube-apiserver")
	if d.plane, err = controlplane.Start(); err != nil {
		return err
	}
	d.undo = append(d.undo, d.plane.Stop)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	if d.kubectl, err = newKubectl(d.folder, d.plane.Kubeconfig()); err != nil {
		return err
	}
	d.kube, err = client.NewWithWatch(d.plane.Config(), client.Options{Scheme: scheme})
	if err != nil {
		return err
	}
	d.screen.step("the API server answers at %s", d.plane.Config().Host)
	return nil
}

// install applies what an installation consists of, but for the Deployment: no
// node runs here, so the manager is started as a process.
func (d *demo) install(ctx context.Context) error {
	for _, args := range [][]string{
		{"apply", "-k", "config/crd"},
		{"wait", "--for=condition=Established", "--timeout=60s", "crd", "taskroles.ecs.taskrole.dev", "taskroleclasses.ecs.taskrole.dev"},
		{"apply", "-f", "config/manager/namespace.yaml"},
		{"apply", "-k", "config/rbac"},
	} {
		if _, err := d.kubectl.run(ctx, args...); err != nil {
			return err
		}
		if args[0] == "apply" {
			d.screen.step("kubectl %s", strings.Join(args, " "))
		}
	}
	return nil
}

func (d *demo) applySamples(ctx context.Context) error {
	out, err := d.kubectl.run(ctx, "apply", "-k", "config/samples")
	if err != nil {
		return err
	}
	d.screen.step("kubectl apply -k config/samples")
	for line := range strings.Lines(out) {
		d.screen.step("  %s", strings.TrimSpace(line))
	}
	return nil
}

// kubectl runs the real one, as an administrator.
type kubectl struct{ binary, root, home, kubeconfig string }

// newKubectl writes a kubeconfig into folder, which is also where kubectl keeps
// its cache: none of the user's own files is read or written.
func newKubectl(folder string, kubeconfig []byte) (kubectl, error) {
	k := kubectl{home: folder, kubeconfig: filepath.Join(folder, "kubeconfig")}
	var err error
	if k.binary, err = controlplane.Kubectl(); err != nil {
		return k, err
	}
	if k.root, err = controlplane.Root(); err != nil {
		return k, err
	}
	return k, os.WriteFile(k.kubeconfig, kubeconfig, 0o600)
}

// run runs kubectl in the root of the checkout, and returns its output.
func (k kubectl) run(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, k.binary, args...)
	command.Dir = k.root
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + k.home, "KUBECONFIG=" + k.kubeconfig}
	command.WaitDelay = time.Second
	// A Ctrl-C in the terminal is for the demo alone, which then ends kubectl.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String(), nil
}
