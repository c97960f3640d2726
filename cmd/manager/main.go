// Command manager runs the ECS TaskRole controller.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/controllers"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
)

// version is set by the linker.
var version = "dev"

// name is how the controller calls itself in events, leases and user agents.
const name = "ecs-taskrole-controller"

func main() {
	s, err := parse(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case s.version:
		fmt.Println(version)
		return
	}
	if err := run(ctrl.SetupSignalHandler(), s); err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
	}
}

// run returns when ctx is done and all work has ended, or when something failed.
func run(ctx context.Context, s settings) error {
	log, err := newLogger(s.log)
	if err != nil {
		return err
	}
	ctrl.SetLogger(log)
	klog.SetLogger(log)
	log.Info("starting", "version", version, "clusterID", s.controller.ClusterID)

	mgr, err := newManager(s)
	if err != nil {
		return err
	}
	if s.controller.ClusterUID, err = clusterUID(ctx, mgr.GetAPIReader()); err != nil {
		return err
	}
	s.aws.Registerer, s.aws.UserAgent = metrics.Registry, name+"/"+version
	connector, err := aws.NewConnector(ctx, s.aws)
	if err != nil {
		return fmt.Errorf("AWS configuration: %w", err)
	}
	if err := addControllers(ctx, mgr, controllers.NewAccounts(connector, s.controller), s.controller); err != nil {
		return err
	}
	return mgr.Start(ctx)
}

func newManager(s settings) (ctrl.Manager, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return nil, fmt.Errorf("how to reach the API server: %w", err)
	}
	m := s.manager
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme,
		Client: client.Options{Cache: &client.CacheOptions{
			// A look that follows our own write must see it.
			EnableReadYourWritesConsistency: ptr.To(true),
		}},
		Metrics:                 metricsOptions(m),
		HealthProbeBindAddress:  m.probeAddress,
		LeaderElection:          m.elect,
		LeaderElectionID:        name + ".taskrole.dev",
		LeaderElectionNamespace: m.electNamespace,
		// Nothing runs after the manager has stopped: the next may start at once.
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &m.lease,
		RenewDeadline:                 &m.renew,
		RetryPeriod:                   &m.retry,
		GracefulShutdownTimeout:       &m.shutdown,
	})
	if err != nil {
		return nil, err
	}
	return mgr, errors.Join(mgr.AddHealthzCheck("ping", healthz.Ping), mgr.AddReadyzCheck("ping", healthz.Ping))
}

// clusterUID is what tells this cluster from every other one, whatever it is
// called: the UID of the namespace that each has and none deletes.
func clusterUID(ctx context.Context, api client.Reader) (string, error) {
	var namespace corev1.Namespace
	if err := api.Get(ctx, client.ObjectKey{Name: metav1.NamespaceSystem}, &namespace); err != nil {
		return "", fmt.Errorf("which cluster this is, by the UID of namespace %s: %w", metav1.NamespaceSystem, err)
	}
	return string(namespace.UID), nil
}

func metricsOptions(m managerSettings) metricsserver.Options {
	o := metricsserver.Options{BindAddress: m.metricsAddress, SecureServing: m.metricsSecure, CertDir: m.metricsCerts}
	if m.metricsSecure {
		o.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	return o
}

func addControllers(ctx context.Context, mgr ctrl.Manager, accounts *controllers.Accounts, o controllers.Options) error {
	roles := &controllers.TaskRoleReconciler{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder(name), Accounts: accounts, Options: o,
	}
	classes := &controllers.TaskRoleClassReconciler{Client: mgr.GetClient(), Accounts: accounts, Resync: o.Resync, MaxConcurrent: o.MaxConcurrent}
	return errors.Join(roles.SetupWithManager(ctx, mgr), classes.SetupWithManager(mgr))
}
