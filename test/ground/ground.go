package ground

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// Ground is what all tests of a run share.
type Ground struct {
	Plane      *controlplane.Plane
	Kube       client.Client // an administrator's, uncached
	ClusterUID string        // of the namespace kube-system
	AWS        *awssim.Server
	Folder     string // of what lives as long as the run
	binary     string // the manager's
}

// Start starts everything but a manager. On an error nothing is left behind.
func Start(name string, o awssim.Options) (_ *Ground, err error) {
	ctrl.SetLogger(logr.Discard())
	g := &Ground{}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Stop())
		}
	}()
	if g.Folder, err = os.MkdirTemp("", name+"-"); err != nil {
		return nil, err
	}
	if err := g.build(); err != nil {
		return nil, err
	}
	if g.AWS, err = awssim.Start(o); err != nil {
		return nil, err
	}
	if g.Plane, err = controlplane.Start("config/crd/bases"); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return nil, err
	}
	if g.Kube, err = client.New(g.Plane.Config(), client.Options{Scheme: scheme.Scheme}); err != nil {
		return nil, err
	}
	if err := g.identify(); err != nil {
		return nil, err
	}
	return g, nil
}

// Stop ends what Start began. Managers are ended before by whoever launched them.
func (g *Ground) Stop() (err error) {
	if g.Plane != nil {
		err = errors.Join(err, g.Plane.Stop())
	}
	if g.AWS != nil {
		err = errors.Join(err, g.AWS.Close())
	}
	if g.Folder != "" {
		err = errors.Join(err, os.RemoveAll(g.Folder))
	}
	return err
}

// build builds what is shipped, with the race detector where the tests have it.
func (g *Ground) build() error {
	root, err := controlplane.Root()
	if err != nil {
		return err
	}
	g.binary = filepath.Join(g.Folder, "manager")
	args := append([]string{"build", "-buildvcs=false", "-o", g.binary}, raceFlags...)
	build := exec.Command("go", append(args, "./cmd/manager")...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the manager: %w\n%s", err, out)
	}
	return nil
}

// identify waits for the namespace that tells clusters apart: the API server makes
// it when it has started.
func (g *Ground) identify() error {
	return wait.PollUntilContextTimeout(context.Background(), poll, Deadline, true, func(ctx context.Context) (bool, error) {
		var namespace corev1.Namespace
		err := g.Kube.Get(ctx, client.ObjectKey{Name: metav1.NamespaceSystem}, &namespace)
		g.ClusterUID = string(namespace.UID)
		return err == nil, client.IgnoreNotFound(err)
	})
}

// Kubeconfig writes one for a way to the API server, and returns its path.
func (g *Ground) Kubeconfig(name string, config *rest.Config) (string, error) {
	kubeconfig, err := clientcmd.Write(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {Server: config.Host, CertificateAuthorityData: config.CAData}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{name: {
			Token: config.BearerToken, ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
		}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	})
	if err != nil {
		return "", err
	}
	path := filepath.Join(g.Folder, name+".kubeconfig")
	return path, os.WriteFile(path, kubeconfig, 0o600)
}
