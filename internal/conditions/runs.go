package conditions

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// services says which services run the role, where nothing holds them up that the
// controller itself would do.
func services(c *metav1.Condition, o Outcome) {
	if o.Unsurveyed != nil {
		c.Status, c.Reason, c.Message = metav1.ConditionUnknown, o.Unsurveyed.Reason, o.Unsurveyed.Message
		return
	}
	behind := lagging(o)
	switch {
	case len(o.Plan.Services) == 0:
		c.Reason, c.Message = v1alpha1.ReasonNoServices, "no service of the family was found in the clusters that are looked at"
	case len(behind) == 0:
		c.Message = fmt.Sprintf("%d of %d services of the family run revisions that carry the role", len(o.Plan.Services), len(o.Plan.Services))
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonServicesBehind, told(o, behind)
	}
}

func lagging(o Outcome) (out []plan.ServiceView) {
	for _, v := range o.Plan.Services {
		if v.State != plan.ServiceSynced {
			out = append(out, v)
		}
	}
	return out
}

func told(o Outcome, behind []plan.ServiceView) string {
	return fmt.Sprintf("%d of %d services do not run the role: %s: %s", len(behind), len(o.Plan.Services), behind[0].Service, behind[0].Message)
}

// remark adds to a TaskRole that is Ready what is not the controller's to do, and
// without which the role is of no use: hosts that cannot serve it, services that run
// something else.
func remark(c *metav1.Condition, o Outcome) {
	if o.Deleting || o.Unsurveyed != nil {
		return
	}
	if h := o.Hosts; h != nil && h.Reason == hosts.ReasonNotReady {
		c.Reason, c.Message = v1alpha1.ReasonHostsNotReady, o.Synced+"; "+h.Message
		return
	}
	if behind := lagging(o); len(behind) > 0 {
		c.Reason, c.Message = v1alpha1.ReasonServicesBehind, o.Synced+"; "+told(o, behind)
	}
}

// hostsReady is known where the hosts were judged, or could not be.
func hostsReady(o Outcome) (metav1.Condition, bool) {
	c := metav1.Condition{Type: v1alpha1.ConditionHostsReady}
	switch {
	case o.Deleting:
		return c, false
	case o.Unsurveyed != nil:
		c.Status, c.Reason, c.Message = metav1.ConditionUnknown, o.Unsurveyed.Reason, o.Unsurveyed.Message
	case o.Hosts != nil:
		c.Status, c.Reason, c.Message = metav1.ConditionStatus(o.Hosts.Verdict), o.Hosts.Reason, o.Hosts.Message
	default:
		return c, false
	}
	return c, true
}
