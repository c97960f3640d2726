package controllers

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// report writes the status, if it changed, and tells a refusal that is new.
func (r *TaskRoleReconciler) report(ctx context.Context, found *v1alpha1.TaskRole, p *pass) error {
	status := &p.taskRole.Status
	judged := p.looked || p.outcome.Generation != found.Status.ObservedGeneration
	status.ObservedGeneration = found.Generation
	p.describe(status, judged)
	p.outcome.Synced = synced(status)
	before := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionLeastPrivilege)
	conditions.Set(&status.Conditions, p.outcome)
	if !judged && before != nil {
		meta.SetStatusCondition(&status.Conditions, *before)
	}
	r.tellRefusal(found, p)
	r.tellServices(found, p)
	if equality.Semantic.DeepEqual(found.Status, *status) {
		return nil
	}
	base := found.DeepCopy()
	changed := found.DeepCopy()
	changed.Status = *status
	return client.IgnoreNotFound(r.Status().Patch(ctx, changed, client.MergeFrom(base)))
}

// describe tells what is known of AWS after this look. Where AWS was not reached,
// what was known before stays, and so do the findings on what was declared then:
// managed policies and the task definition were judged there, too, and a call that
// fails must not clear them.
func (p *pass) describe(status *v1alpha1.TaskRoleStatus, judged bool) {
	status.Pending = pending(p.outcome)
	if p.desired.Role != nil && judged {
		status.Findings = conditions.Findings(slices.Concat(p.outcome.Findings, p.outcome.Implied, p.pinned()), p.hostFindings()...)
	}
	if !p.looked {
		return
	}
	switch role := p.observed.Role; {
	case role == nil && time.Now().Before(p.options.Settled):
		// Reads may only not show it yet, and by its record we know our role again.
	case role == nil || conflicting(p.outcome.Plan):
		status.Role, status.Policies = v1alpha1.RoleStatus{}, nil
	default:
		status.Role = v1alpha1.RoleStatus{Name: role.Name, ARN: role.ARN, ID: role.ID}
		status.Policies = policies(p.desired, p.observed)
	}
	status.TaskDefinition = taskDefinition(p.observed, p.desired.RoleARN())
	status.Services = services(p.outcome.Plan)
}

func (p *pass) hostFindings() []hosts.Finding {
	if p.outcome.Hosts == nil {
		return nil
	}
	return p.outcome.Hosts.Findings
}

// maxServices keeps a status readable; the condition counts all.
const maxServices = 20

func services(p plan.Plan) (out []v1alpha1.ServiceStatus) {
	for _, v := range p.Services {
		if len(out) == maxServices {
			break
		}
		out = append(out, v1alpha1.ServiceStatus{
			Cluster: v.Service.Cluster, Name: v.Service.Name, Revision: v.Revision, Controller: v.Service.Controller,
			State: v1alpha1.ServiceState(v.State), Message: v.Message,
		})
	}
	return out
}

// tellServices tells which services have arrived since the status was written.
func (r *TaskRoleReconciler) tellServices(found *v1alpha1.TaskRole, p *pass) {
	for _, now := range p.taskRole.Status.Services {
		for _, before := range found.Status.Services {
			if now.Cluster == before.Cluster && now.Name == before.Name && before.State == v1alpha1.ServiceMoving && now.State == v1alpha1.ServiceSynced {
				r.event(p, corev1.EventTypeNormal, "ServiceMoved", "MoveService "+now.Cluster+"/"+now.Name,
					fmt.Sprintf("service %s/%s: %s, and its deployment has ended", now.Cluster, now.Name, now.Message))
			}
		}
	}
}

// conflicting says whether the role is somebody else's, and so no part of this
// status.
func conflicting(p plan.Plan) bool {
	return slices.ContainsFunc(p.Holds, func(h plan.Hold) bool {
		return (h.Code == plan.HoldConflict || h.Code == plan.HoldOtherCluster) && h.Area == plan.AreaRole
	})
}

func policies(want model.State, observed model.Observed) []v1alpha1.PolicyStatus {
	var out []v1alpha1.PolicyStatus
	for _, p := range want.Policies {
		if has, found := observed.PolicyNamed(p.Name); found {
			out = append(out, v1alpha1.PolicyStatus{ARN: has.ARN, Version: has.Version, Digest: policy.Digest(p.Document)})
		}
	}
	return out
}

// taskDefinition tells the newest revision, if it carries the role.
func taskDefinition(observed model.Observed, roleARN string) v1alpha1.TaskDefinitionStatus {
	newest, found := observed.Family.Newest()
	if !found || newest.RoleARN != roleARN {
		return v1alpha1.TaskDefinitionStatus{}
	}
	status := v1alpha1.TaskDefinitionStatus{Revision: newest.Number, ARN: newest.ARN}
	if observed.Role != nil {
		if previous := observed.Role.Tags[model.TagPreviousRole]; previous != plan.NoPreviousRole {
			status.PreviousRoleARN = previous
		}
	}
	return status
}

// pending is what is planned but not done: everything under Observe, else what
// a hold keeps back.
func pending(o conditions.Outcome) []string {
	var out []string
	if o.Observing {
		for _, a := range o.Plan.Actions {
			out = append(out, a.String())
		}
	}
	for _, a := range o.Plan.Pending {
		out = append(out, a.String())
	}
	return out
}

func synced(status *v1alpha1.TaskRoleStatus) string {
	return fmt.Sprintf("revision %d carries the role", status.TaskDefinition.Revision)
}

// tellRefusal tells why it is not ready when the reason or the message is new: a
// warning, unless it is only a matter of time.
func (r *TaskRoleReconciler) tellRefusal(found *v1alpha1.TaskRole, p *pass) {
	now := meta.FindStatusCondition(p.taskRole.Status.Conditions, v1alpha1.ConditionReady)
	before := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady)
	if advice := p.outcome.Plan.Advice; advice != nil && !advised(found, advice.Code) {
		r.warn(p, advice.Code, advice.Message)
	}
	if p.outcome.Failure == nil && len(p.outcome.Plan.Holds) == 0 {
		return
	}
	if before != nil && before.Reason == now.Reason && before.Message == now.Message {
		return
	}
	kind := corev1.EventTypeNormal
	if conditions.Troubled(p.outcome) {
		kind = corev1.EventTypeWarning
	}
	r.event(p, kind, now.Reason, "Reconcile", now.Message)
}

// advised says whether the status gives the advice already.
func advised(found *v1alpha1.TaskRole, code string) bool {
	c := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionTaskDefinitionSynced)
	return c != nil && c.Reason == code
}
