package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// maxNote is what events.k8s.io takes as a note, in bytes; a longer one would be
// refused, and nobody would hear of it.
const maxNote = 1024

func (r *TaskRoleReconciler) event(p *pass, kind, reason, action, note string) {
	r.Recorder.Eventf(p.taskRole, nil, kind, reason, conditions.Cut(action, maxAction), "%s", conditions.Cut(note, maxNote))
}

func (r *TaskRoleReconciler) warn(p *pass, reason, note string) {
	r.event(p, corev1.EventTypeWarning, reason, "Reconcile", note)
}

// maxAction is what events.k8s.io takes as an action, in bytes.
const maxAction = 128

// tell tells a change that was made. Events that differ in their note alone are
// merged into one, so the action names what was acted on.
func (r *TaskRoleReconciler) tell(p *pass, a plan.Action) {
	action := string(a.Kind) + " " + a.Subject
	r.event(p, corev1.EventTypeNormal, string(a.Kind), action, a.String())
}

// tellNotes tells the notes of a plan that no plan before it had in this look.
func (r *TaskRoleReconciler) tellNotes(p *pass) {
	for _, n := range p.outcome.Plan.Notes {
		if !slices.Contains(p.told, n) {
			p.told = append(p.told, n)
			r.warn(p, n.Code, n.Message)
		}
	}
}
