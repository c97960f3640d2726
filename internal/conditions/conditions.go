// Package conditions turns what a reconcile found and did into the conditions
// of a TaskRole and the time of the next look. It is pure: the one place where
// plans and failures become what people and tools read.
package conditions

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Failure is what ended a reconcile before its time.
type Failure struct {
	// Area is the part that failed; empty: before any part was looked at.
	Area    plan.Area
	Reason  string // of v1alpha1's reasons
	Message string
	// Terminal: no retry helps until the TaskRole, its class or AWS changes.
	Terminal bool
}

// Outcome is what a reconcile came to.
type Outcome struct {
	Generation int64
	Plan       plan.Plan
	Failure    *Failure
	// Observing: the plan's actions were not applied, and will not be.
	Observing bool
	// Deleting: the plan takes away, and what is in sync is on its way out.
	Deleting bool
	// Synced says, in words, what holds when all is well.
	Synced string
	// Findings are against what is permitted, and decide on LeastPrivilege;
	// Implied tells what the definition needs beyond.
	Findings, Implied []policy.Finding
	// Hosts is what is known of the hosts of the family; nil: nothing was judged.
	Hosts *hosts.Readiness
	// Unsurveyed says why it is not known what runs; nil: it is.
	Unsurveyed *Failure
}

// order is how the areas converge: what failed in one was not tried in the next.
var order = []struct {
	area      plan.Area
	condition string
	synced    string
}{
	{plan.AreaRole, v1alpha1.ConditionRoleSynced, "trust policy, boundary and tags of the role are as declared"},
	{plan.AreaPolicy, v1alpha1.ConditionPolicySynced, "policies and attachments of the role are as declared"},
	{plan.AreaTaskDefinition, v1alpha1.ConditionTaskDefinitionSynced, "the newest ACTIVE revision carries the role"},
	{plan.AreaServices, v1alpha1.ConditionServicesSynced, "the services of the family run revisions that carry the role"},
}

// maxMessage is far below the 32,768 bytes that the API server takes: a status
// that it refuses would tell nobody anything.
const maxMessage = 2048

// Cut shortens a text to so many bytes at most, at the end of a character.
func Cut(text string, most int) string {
	const more = "..."
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len(more)], "") + more
}

// Set writes the conditions. Times of transition stay where a status does.
func Set(conditions *[]metav1.Condition, o Outcome) {
	set := func(c metav1.Condition) {
		c.ObservedGeneration = o.Generation
		c.Message = Cut(c.Message, maxMessage)
		meta.SetStatusCondition(conditions, c)
	}
	set(ready(o))
	for _, c := range areas(o) {
		set(c)
	}
	if !o.Deleting && (o.Failure == nil || o.Failure.Area != "") {
		set(leastPrivilege(o))
	}
	if c, known := hostsReady(o); known {
		set(c)
	} else if before := meta.FindStatusCondition(*conditions, v1alpha1.ConditionHostsReady); before != nil {
		set(*before) // what was found on hosts holds whatever the spec says by now
	}
	if reason, message, stalled := Stalled(o); stalled {
		set(metav1.Condition{Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue, Reason: reason, Message: message})
	} else {
		meta.RemoveStatusCondition(conditions, v1alpha1.ConditionStalled)
	}
}

// Stalled says whether no retry helps until something changes, and why.
func Stalled(o Outcome) (reason, message string, stalled bool) {
	if o.Failure != nil {
		return o.Failure.Reason, o.Failure.Message, o.Failure.Terminal
	}
	if len(o.Plan.Holds) > 0 && o.Plan.Holds[0].Terminal {
		return string(o.Plan.Holds[0].Code), o.Plan.Holds[0].Message, true
	}
	return "", "", false
}

// Troubled says whether it takes more than time until all is well.
func Troubled(o Outcome) bool {
	return o.Failure != nil && o.Failure.Reason != v1alpha1.ReasonSurveying || len(o.Plan.Holds) > 0 && (o.Plan.Holds[0].Terminal || o.Plan.Holds[0].Code == plan.HoldInUse)
}

// pending says whether something would be done but for the policy to observe.
func pending(o Outcome) bool { return o.Observing && len(o.Plan.Actions) > 0 }

func ready(o Outcome) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse}
	switch {
	case o.Failure != nil:
		c.Reason, c.Message = o.Failure.Reason, o.Failure.Message
	case Troubled(o) || len(o.Plan.Holds) > 0 && !pending(o):
		c.Reason, c.Message = string(o.Plan.Holds[0].Code), o.Plan.Holds[0].Message
	case pending(o):
		c.Reason, c.Message = v1alpha1.ReasonDrift, fmt.Sprintf(
			"%d changes are pending, which managementPolicy Observe leaves undone: see status.pending", len(o.Plan.Actions)+len(o.Plan.Pending))
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonSynced, o.Synced
		remark(&c, o)
	}
	return c
}

func areas(o Outcome) []metav1.Condition {
	out := make([]metav1.Condition, 0, len(order))
	stop := "" // the reason why nothing further was looked at
	var why string
	if o.Failure != nil && o.Failure.Area == "" {
		stop, why = o.Failure.Reason, o.Failure.Message
	}
	for _, part := range order {
		c := metav1.Condition{Type: part.condition, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonSynced, Message: part.synced}
		switch {
		case stop != "":
			c.Status, c.Reason, c.Message = metav1.ConditionUnknown, stop, "not looked at: "+why
		case o.Failure != nil && o.Failure.Area == part.area:
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, o.Failure.Reason, o.Failure.Message
			stop, why = c.Reason, c.Message
		case looked(&c, o, part.area):
			stop, why = c.Reason, c.Message
		}
		out = append(out, c)
	}
	return out
}

// looked turns the condition of an area into what a plan says of it, and says
// whether that keeps the areas after it from being looked at.
func looked(c *metav1.Condition, o Outcome, area plan.Area) (stops bool) {
	code := held(c, o, area)
	if c.Status != metav1.ConditionTrue {
		return code == plan.HoldConflict || code == plan.HoldOtherCluster
	}
	switch advice := o.Plan.Advice; {
	case area == plan.AreaServices:
		services(c, o)
	case o.Deleting:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonDeleting, "it is taken away with the TaskRole"
	case advice != nil && area == plan.AreaTaskDefinition:
		c.Reason, c.Message = advice.Code, advice.Message
	}
	return false
}

// held turns the condition of an area false when a hold or a pending change
// concerns it, and says which hold.
func held(c *metav1.Condition, o Outcome, area plan.Area) plan.HoldCode {
	for _, h := range o.Plan.Holds {
		if h.Area == area {
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, string(h.Code), h.Message
			return h.Code
		}
	}
	if !o.Observing {
		return ""
	}
	for _, a := range o.Plan.Actions {
		if a.Kind.Area() == area {
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonDrift, "pending: "+a.String()
			return ""
		}
	}
	return ""
}

func leastPrivilege(o Outcome) metav1.Condition {
	c := metav1.Condition{
		Type: v1alpha1.ConditionLeastPrivilege, Status: metav1.ConditionTrue,
		Reason: v1alpha1.ReasonNoFindings, Message: "nothing found against the policies",
	}
	for _, f := range ranked(o.Findings) {
		if f.Severity == policy.Error || f.Severity == policy.Warning {
			c.Status, c.Reason = metav1.ConditionFalse, v1alpha1.ReasonFindings
			c.Message = fmt.Sprintf("%s: %s: %s", f.Subject, f.Code, f.Message)
			return c
		}
	}
	return c
}
