package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
)

// codeMore counts what the status has no room for: hosts may be among it.
const codeMore = "MORE_FINDINGS"

// hostCodes are those of findings about hosts.
var hostCodes = []string{
	hosts.CodeAgentDisconnected, hosts.CodeAgentTooOld, hosts.CodeAgentVersionUnknown, hosts.CodeTaskRoleDisabled,
	hosts.CodeTaskRoleHostDisabled, hosts.CodeAWSVPCDisabled, hosts.CodeMissingAttributes, hosts.CodeExecUnsupported,
	hosts.CodeEFSAuthUnsupported, hosts.CodeNetworkModeUnsupported, hosts.CodeNetworkModeNone, hosts.CodeCredentialsPort,
	hosts.CodeCredentialsPortFree, hosts.CodeWindowsTaskRoleDisabled, hosts.CodeWindowsPort80, hosts.CodeWindowsPort80Free,
	hosts.CodeWindowsExternal, hosts.CodeWindowsRoutes, hosts.CodeWindowsReboot, hosts.CodeIMDSNotBlocked, hosts.CodeIMDSUnknown,
	hosts.CodeHostModeIsolation, hosts.CodeInstanceRoleWide, hosts.CodeNotECSOptimized, hosts.CodeNoInstances, hosts.CodeClusterUnread,
	hosts.CodeCutoff,
}

// gravity are the severities, the gravest first.
var gravity = []v1alpha1.Severity{v1alpha1.SeverityError, v1alpha1.SeverityWarning, v1alpha1.SeverityInfo}

// aboutHosts are the findings about hosts, the gravest first, and the message that
// counts those which the status left out; empty: none.
func aboutHosts(all []v1alpha1.Finding) (found []v1alpha1.Finding, more string) {
	for _, f := range all {
		switch {
		case slices.Contains(hostCodes, f.Code):
			found = append(found, f)
		case f.Code == codeMore:
			more = f.Message
		}
	}
	slices.SortStableFunc(found, func(a, b v1alpha1.Finding) int {
		return slices.Index(gravity, a.Severity) - slices.Index(gravity, b.Severity)
	})
	return found, more
}

// explain is all that is printed.
func explain(tr *v1alpha1.TaskRole, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "TaskRole %s/%s, family %s\n\n", tr.Namespace, tr.Name, tr.Spec.Family)
	explainCondition(&b, tr, now)
	found, more := aboutHosts(tr.Status.Findings)
	if len(found) > 0 {
		b.WriteString("\nFindings\n")
	}
	for i := range found {
		f := &found[i]
		fmt.Fprintf(&b, "%-8s %s: %s\n", strings.ToUpper(string(f.Severity)), f.Code, f.Message)
		if len(f.Instances) > 0 {
			fmt.Fprintf(&b, "%8s instances: %s\n", "", strings.Join(f.Instances, ", "))
		}
	}
	if more != "" {
		fmt.Fprintf(&b, "%-8s %s\n", "", more)
	}
	explainHosts(&b, found)
	return printable(b.String())
}

func explainCondition(b *strings.Builder, tr *v1alpha1.TaskRole, now time.Time) {
	c := hostsReady(tr)
	if c == nil {
		fmt.Fprintf(b, "%s is absent\n  %s\n", v1alpha1.ConditionHostsReady, absent(tr))
		return
	}
	fmt.Fprintf(b, "%s is %s: %s, for %s\n", c.Type, c.Status, c.Reason, duration.HumanDuration(now.Sub(c.LastTransitionTime.Time)))
	for _, line := range []string{c.Message, meaning(c)} {
		if line != "" {
			fmt.Fprintf(b, "  %s\n", line)
		}
	}
	if c.ObservedGeneration < tr.Generation {
		b.WriteString("  This was before the last change of the spec, at which the controller has not looked yet.\n")
	}
}

// absent says why there may be no condition.
func absent(tr *v1alpha1.TaskRole) string {
	ready := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	switch {
	case ready == nil:
		return "The controller has not looked at this TaskRole yet. Ask again in a minute; if nothing changes, see whether it runs."
	case ready.Status == metav1.ConditionTrue:
		return "The controller that keeps this TaskRole does not look at hosts: update it."
	default:
		return "The controller has not come to the hosts. " + v1alpha1.ConditionReady + " is " + string(ready.Status) + ": " +
			ready.Reason + ": " + ready.Message
	}
}

// meanings say what to do about a condition whose message does not.
var meanings = map[string]string{
	v1alpha1.ReasonSurveying:   "The controller has not read the clusters yet. It does so within minutes of its start: ask again then.",
	v1alpha1.ReasonTransient:   "AWS did not answer as it should. The controller tries again by itself.",
	hosts.ReasonNothingToCheck: "AWS keeps the machines and serves the role there: there is nothing for you to set up.",
	hosts.ReasonNoDefinition:   "Nobody has registered a task definition of the family, or none that the controller trusts: register one.",
	hosts.ReasonNoInstances:    "The family is to run on container instances, and there are none to judge: start one, or let the capacity provider do so.",
	hosts.ReasonUnread:         "Clusters that matter were not read: what to allow or to name stands with " + hosts.CodeClusterUnread + ".",
	hosts.ReasonUnproven:       "Nothing is wrong as far as AWS tells, and it does not tell all: look at the hosts themselves, as the findings say.",
	hosts.ReasonNotReady:       "Mend the hosts below, or keep the family from them; the controller sees it at its next look.",
	hosts.ReasonExposed:        "The role works; what is left to do is to keep tasks from the credentials of the instance.",
}

// surveyed is what the controller needs to look at hosts.
const surveyed = "ecs:ListClusters, ecs:DescribeClusters, ecs:DescribeCapacityProviders, ecs:ListContainerInstances and ecs:DescribeContainerInstances"

// denied is how AWS names what it did not allow (IAM User Guide: Troubleshoot
// access denied error messages).
var denied = regexp.MustCompile(`not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)`)

func meaning(c *metav1.Condition) string {
	if c.Reason != v1alpha1.ReasonAccessDenied {
		return meanings[c.Reason]
	}
	missing := surveyed
	if found := denied.FindStringSubmatch(c.Message); found != nil {
		missing = found[1]
	}
	return "AWS does not let the controller look. Allow its role " + missing + "; the whole policy is made as docs/iam-policy.md says."
}

// printable keeps what others wrote into a status from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
