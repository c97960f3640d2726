// Package controlplane runs a real Kubernetes control plane, etcd and
// kube-apiserver, for tests and the demo. No controllers run in it: a deleted
// namespace stays Terminating, and nothing collects dependents. Everything
// listens on loopback only.
//
// One control plane serves one test package:
//
//	var plane *controlplane.Plane
//
//	func TestMain(m *testing.M) {
//		os.Exit(controlplane.Main(m, &plane, "config/crd/bases"))
//	}
package controlplane

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const (
	// startTimeout is for each of the two processes. Either is up in 3 s on an
	// idle machine; the rest is for packages that start at the same time on a
	// busy one, under the race detector.
	startTimeout = 2 * time.Minute
	// stopTimeout is how long a process may take to end by itself before it is
	// killed. kube-apiserver ends at once unless watches are still open.
	stopTimeout = 30 * time.Second
)

// Plane is a running control plane. Its methods may be called from several
// goroutines.
type Plane struct {
	env   *envtest.Environment
	leash *leash
	stop  sync.Once
	// users guards envtest's certificate authority, which does not count its
	// serial numbers safely.
	users sync.Mutex
}

// Start starts a control plane, and installs the CRDs in crdPaths: files, or
// folders which are not descended into, relative to the root of the module
// unless absolute. It takes about 3 s.
//
// It fails when a binary is missing (the error says what to run), when a path
// does not exist, and when a CRD is refused; nothing is left running then.
// Whoever starts one must stop it. Should its process end without, however
// hard, the control plane ends too.
func Start(crdPaths ...string) (_ *Plane, err error) {
	assets, err := Assets()
	if err != nil {
		return nil, err
	}
	crds, err := absolute(crdPaths)
	if err != nil {
		return nil, err
	}
	leash, err := newLeash(assets, "etcd", "kube-apiserver")
	if err != nil {
		return nil, err
	}
	p := &Plane{env: environment(leash, crds), leash: leash}
	// Before anything can fail: envtest leaves processes behind if, for
	// instance, a CRD is refused.
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Stop())
		}
	}()
	if _, err := p.env.Start(); err != nil {
		return nil, fmt.Errorf("start control plane: %w\n%s", err, leash.logs())
	}
	// The one thing that envtest keeps outside the leash's folder. There are no
	// webhooks to serve.
	if err := p.env.WebhookInstallOptions.Cleanup(); err != nil {
		return nil, err
	}
	return p, nil
}

func environment(leash *leash, crds []string) *envtest.Environment {
	// Never a cluster that the environment happens to point at.
	existing := false
	env := &envtest.Environment{
		UseExistingCluster:       &existing,
		CRDDirectoryPaths:        crds,
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: startTimeout,
		ControlPlaneStopTimeout:  stopTimeout,
	}
	env.ControlPlane.Etcd = &envtest.Etcd{
		Path: leash.path("etcd"), DataDir: leash.path("etcd-data"), Err: leash.log("etcd"),
	}
	server := env.ControlPlane.GetAPIServer()
	server.Path = leash.path("kube-apiserver")
	server.CertDir = leash.path("kube-apiserver-certs")
	server.Err = leash.log("kube-apiserver")
	// Else the server looks for an interface with a default route, and does not
	// start on a machine without one.
	server.Configure().
		Set("advertise-address", "127.0.0.1").
		// Which in turn no Endpoints object may name.
		Set("endpoint-reconciler-type", "none")
	return env
}

// Stop ends the processes, waits for them, and removes their files. Stopping
// what is stopped already is no error.
func (p *Plane) Stop() error {
	var err error
	p.stop.Do(func() { err = errors.Join(p.env.Stop(), p.leash.release()) })
	return err
}

// Config returns how to connect as an administrator (system:masters), without a
// client-side rate limit to speak of. Each call returns a copy of its own.
func (p *Plane) Config() *rest.Config {
	return rest.CopyConfig(p.env.Config)
}

// Kubeconfig returns the administrator's kubeconfig.
func (p *Plane) Kubeconfig() []byte {
	return p.env.KubeConfig
}

// Assets returns the folder which holds etcd and kube-apiserver:
// KUBEBUILDER_ASSETS, else bin/controlplane of this module. It is an error if
// one of them is not there.
func Assets() (string, error) {
	folder, cure := os.Getenv("KUBEBUILDER_ASSETS"), "correct or unset KUBEBUILDER_ASSETS"
	if folder == "" {
		root, err := Root()
		if err != nil {
			return "", err
		}
		folder, cure = filepath.Join(root, "bin", "controlplane"), "run `make controlplane`"
	}
	for _, name := range []string{"etcd", "kube-apiserver"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("no control plane to start: %w: %s", err, cure)
		}
	}
	return filepath.Abs(folder)
}
