package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// clusterFlags say which cluster is asked, as those of kubectl do.
type clusterFlags struct{ kubeconfig, context, namespace string }

// roleARN is the ARN of the role that a TaskRole's status tells.
func (f *clusterFlags) roleARN(ctx context.Context, name string) (string, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: f.context})
	namespace := f.namespace
	if namespace == "" {
		var err error
		if namespace, _, err = config.Namespace(); err != nil {
			return "", fmt.Errorf("reading the kubeconfig: %w", err)
		}
	}
	rest, err := config.ClientConfig()
	if err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w; without a cluster, write --role-arn ARN", err)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return "", err
	}
	kube, err := client.New(rest, client.Options{Scheme: scheme})
	if err != nil {
		return "", err
	}
	var tr v1alpha1.TaskRole
	if err := kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &tr); err != nil {
		return "", err
	}
	return statusARN(&tr)
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
