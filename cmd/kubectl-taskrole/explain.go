package main

import (
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func newExplain(s streams) *cobra.Command {
	var cluster clusterFlags
	c := &cobra.Command{
		Use:   "explain TASKROLE",
		Short: "Say what the controller found of a TaskRole's hosts, and how to mend each",
		Long: `Reads the TaskRole from the cluster of the kubeconfig; it asks AWS nothing, and
changes nothing. It prints the condition HostsReady, the findings about hosts, the
gravest first, and for each host that a finding names which ones it has, with the
command that prints the script for it. A finding names five hosts at most.

What an operator must know of a code stands in docs/hosts-readiness.md.

Exit codes: 0 the hosts are ready, 1 they are not, or the TaskRole could not be read,
2 the command line is at fault, 3 nobody knows yet.`,
		Example: `  kubectl taskrole hosts explain -n shop orders-api
  kubectl taskrole hosts explain -n shop orders-api --context prod && echo ready`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New("which? Write `kubectl taskrole hosts explain -n NAMESPACE TASKROLE`, with one TaskRole"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			tr, err := cluster.taskRole(c.Context(), args[0])
			if err != nil {
				return err
			}
			if _, err := io.WriteString(s.out, explain(tr, time.Now())); err != nil {
				return err
			}
			return readiness(hostsReady(tr))
		},
	}
	cluster.register(c.Flags())
	c.Flags().SortFlags = false
	return c
}

// hostsReady is nil where the TaskRole does not say.
func hostsReady(tr *v1alpha1.TaskRole) *metav1.Condition {
	return meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionHostsReady)
}

// readiness is the exit code of a condition.
func readiness(c *metav1.Condition) error {
	switch {
	case c == nil || c.Status == metav1.ConditionUnknown:
		return &exit{code: exitUnknown}
	case c.Status == metav1.ConditionFalse:
		return &exit{code: exitFailed}
	default:
		return nil
	}
}
