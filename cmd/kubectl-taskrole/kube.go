package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// clusterFlags say which cluster is asked, as those of kubectl do.
type clusterFlags struct{ kubeconfig, context, namespace string }

func (f *clusterFlags) register(flags *pflag.FlagSet) {
	flags.StringVarP(&f.namespace, "namespace", "n", "", "namespace of the TaskRole (default: that of the context)")
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "path of the kubeconfig")
	flags.StringVar(&f.context, "context", "", "context of the kubeconfig")
}

// roleARN is the ARN of the role that a TaskRole's status tells.
func (f *clusterFlags) roleARN(ctx context.Context, name string) (string, error) {
	kube, namespace, err := f.connect()
	if err != nil {
		return "", fmt.Errorf("%w; without a cluster, write --role-arn ARN", err)
	}
	tr, err := read(ctx, kube, client.ObjectKey{Namespace: namespace, Name: name})
	if err != nil {
		return "", err
	}
	return statusARN(tr)
}

// taskRole is the TaskRole of that name as the API server has it.
func (f *clusterFlags) taskRole(ctx context.Context, name string) (*v1alpha1.TaskRole, error) {
	kube, namespace, err := f.connect()
	if err != nil {
		return nil, err
	}
	return read(ctx, kube, client.ObjectKey{Namespace: namespace, Name: name})
}

// connect reads the kubeconfig, and says which namespace is meant.
func (f *clusterFlags) connect() (kube client.Reader, namespace string, err error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: f.context})
	namespace = f.namespace
	if namespace == "" {
		if namespace, _, err = config.Namespace(); err != nil {
			return nil, "", fmt.Errorf("reading the kubeconfig: %w", err)
		}
	}
	rest, err := config.ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, "", err
	}
	kube, err = client.New(rest, client.Options{Scheme: scheme})
	return kube, namespace, err
}

// read says of the usual failures what to do.
func read(ctx context.Context, kube client.Reader, key client.ObjectKey) (*v1alpha1.TaskRole, error) {
	var tr v1alpha1.TaskRole
	switch err := kube.Get(ctx, key, &tr); {
	case err == nil:
		return &tr, nil
	case meta.IsNoMatchError(err) || apierrors.IsNotFound(err) && !of(err, key.Name):
		return nil, fmt.Errorf("the cluster knows no TaskRoles: is it the right one (--context), with the CRDs installed? %w", err)
	case apierrors.IsNotFound(err):
		return nil, fmt.Errorf("there is no TaskRole %s; which there are: kubectl get taskroles -n %s", key, key.Namespace)
	case apierrors.IsForbidden(err):
		return nil, fmt.Errorf("you may not read TaskRole %s; it takes the verb get on taskroles.%s in the namespace: %w",
			key, v1alpha1.GroupVersion.Group, err)
	default:
		return nil, fmt.Errorf("reading TaskRole %s: %w", key, err)
	}
}

// of says whether an error of the API server is about the object: an API server
// without the kind also says that something was not found.
func of(err error, name string) bool {
	status, is := errors.AsType[*apierrors.StatusError](err)
	return is && status.ErrStatus.Details != nil && status.ErrStatus.Details.Name == name
}

// statusARN fails where there is no role yet, with what the TaskRole says of it.
func statusARN(tr *v1alpha1.TaskRole) (string, error) {
	switch arn := tr.Status.Role.ARN; {
	case arn == "":
		says := "it was not looked at yet"
		if ready := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
			says = ready.Reason + ": " + ready.Message
		}
		return "", fmt.Errorf("TaskRole %s/%s has no role yet (%s)", tr.Namespace, tr.Name, says)
	case !roleARN.MatchString(arn):
		return "", fmt.Errorf("TaskRole %s/%s tells a role that cannot be quoted: %q", tr.Namespace, tr.Name, arn)
	default:
		return arn, nil
	}
}
