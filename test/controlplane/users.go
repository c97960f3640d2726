package controlplane

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// tokenSeconds is how long a service account's token is valid: longer than any
// test run, and far above the 600 s that the API server takes at least.
const tokenSeconds = 24 * 60 * 60

// AddUser makes a user known to the API server, in the given groups besides
// system:authenticated, and returns how to connect as that user. Without
// RoleBindings it may do next to nothing.
func (p *Plane) AddUser(name string, groups ...string) (*rest.Config, []byte, error) {
	p.users.Lock()
	defer p.users.Unlock()
	user, err := p.env.AddUser(envtest.User{Name: name, Groups: groups}, p.unlimited())
	if err != nil {
		return nil, nil, fmt.Errorf("add user %s: %w", name, err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		return nil, nil, fmt.Errorf("kubeconfig of user %s: %w", name, err)
	}
	return user.Config(), kubeconfig, nil
}

// ServiceAccount returns how to connect as a ServiceAccount, which must exist,
// with a token that is valid for a day: what a pod that runs under it may do.
func (p *Plane) ServiceAccount(ctx context.Context, namespace, name string) (*rest.Config, []byte, error) {
	admin, err := kubernetes.NewForConfig(p.Config())
	if err != nil {
		return nil, nil, err
	}
	seconds := int64(tokenSeconds)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	token, err := admin.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return nil, nil, fmt.Errorf("token of service account %s/%s: %w", namespace, name, err)
	}
	config := p.unlimited()
	config.Host, config.CAData = p.env.Config.Host, p.env.Config.CAData
	config.BearerToken = token.Status.Token
	kubeconfig, err := tokenKubeconfig(config, namespace)
	return config, kubeconfig, err
}

// unlimited carries the administrator's rate limit and nothing that would make
// somebody an administrator.
func (p *Plane) unlimited() *rest.Config {
	return &rest.Config{QPS: p.env.Config.QPS, Burst: p.env.Config.Burst}
}

func tokenKubeconfig(config *rest.Config, namespace string) ([]byte, error) {
	const name = "controlplane"
	return clientcmd.Write(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{
			name: {Server: config.Host, CertificateAuthorityData: config.CAData},
		},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {Token: config.BearerToken}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name, Namespace: namespace}},
		CurrentContext: name,
	})
}
