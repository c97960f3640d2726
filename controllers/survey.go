package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs/survey"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// surveyed says that something else runs of families of an account; of none: that
// all of its TaskRoles should look.
type surveyed struct {
	target   aws.Target
	families []string
}

// selection is which clusters a class has looked at.
func selection(class *v1alpha1.TaskRoleClass) survey.Selection {
	c := class.Spec.Clusters
	if c == nil {
		return survey.Selection{All: true}
	}
	out := survey.Selection{Filter: c.InstanceFilter}
	for _, pattern := range c.Names {
		out.Names = append(out.Names, string(pattern))
	}
	slices.Sort(out.Names)
	return out
}

// survey takes what is known of what runs. Before anything is known of an account,
// nothing is judged in it: the first reading wakes everybody.
func (r *TaskRoleReconciler) survey(_ context.Context, p *pass) error {
	snapshot, err := p.account.survey(selection(p.class)).Latest(r.Accounts.background) //nolint:contextcheck // it goes on when this look has ended
	switch {
	case errors.Is(err, survey.ErrNotYet) && len(p.taskRole.Status.Conditions) > 0:
		return &notNow{r.Options.Resync}
	case errors.Is(err, survey.ErrNotYet):
		return &failed{Failure: conditions.Failure{Reason: v1alpha1.ReasonSurveying,
			Message: "the clusters of account " + p.class.Spec.AccountID + " in " + p.class.Spec.Region + " are looked at for the first time since the controller was started"}}
	case err != nil:
		var why *failed
		if errors.As(awsFailure(plan.AreaServices, "look at what runs", err), &why) {
			p.outcome.Unsurveyed = &why.Failure
		}
	}
	p.snapshot, p.unsurveyed = snapshot, err
	if snapshot != nil {
		p.use = snapshot.Family(p.taskRole.Spec.Family)
	}
	return nil
}

// surveyedAll refuses to go on where what runs decides on what the role permits, and
// is not known: tasks could lose what they need.
func (p *pass) surveyedAll() error {
	effective := p.taskRole.Status.Effective
	if effective.Inference != v1alpha1.InferenceGrant && effective.ExecuteCommand != v1alpha1.ExecuteCommandAuto {
		return nil
	}
	doing := "look at what runs, on which inference Grant and executeCommand Auto rest"
	if p.unsurveyed != nil {
		return awsFailure(plan.AreaPolicy, doing, p.unsurveyed)
	}
	if unread := p.snapshot.Unread(); unread != "" {
		return &failed{Failure: conditions.Failure{
			Area: plan.AreaPolicy, Reason: v1alpha1.ReasonAccessDenied, Terminal: true,
			Message: doing + ": " + unread + ": allow it, or have the class leave the cluster out",
		}}
	}
	return nil
}

// observeServices reads the services of the family, again where they may be moved,
// and the revisions that something runs or may return to. Services that cannot be read
// again are not moved, which is told when all else is done.
func (r *TaskRoleReconciler) observeServices(ctx context.Context, p *pass) error {
	p.observed.Services = p.use.Services
	if p.options.MoveServices && len(p.use.Services) > 0 {
		services, err := p.account.ecs.Services(ctx, p.use.Services, p.rolloutTarget())
		if err != nil {
			p.unmoved = awsFailure(plan.AreaServices, "look at services of family "+p.taskRole.Spec.Family, err)
			p.options.MoveServices = false
		} else {
			p.observed.Services = services
		}
	}
	return r.observeUsed(ctx, p)
}

// observeServicesAgain follows a change: where services may be moved, another
// revision may be where they are to go.
func (r *TaskRoleReconciler) observeServicesAgain(ctx context.Context, p *pass) error {
	if !p.options.MoveServices || len(p.use.Services) == 0 {
		return nil
	}
	return r.observeServices(ctx, p)
}

// rolloutTarget is the copy that services are to be moved onto, if there is one.
func (p *pass) rolloutTarget() model.Revision {
	newest, found := p.observed.Family.Newest()
	if !found || !p.outcome.Deleting && !p.observed.Family.Ours(newest, p.desired.RoleARN()) {
		return model.Revision{}
	}
	return newest
}

// observeUsed reads the revisions of the family that something runs or may return
// to, and what copies of ours among them are copies of. They never change, so that
// each is read once.
func (r *TaskRoleReconciler) observeUsed(ctx context.Context, p *pass) error {
	p.observed.Used = map[string]model.Revision{}
	for _, arn := range used(p.observed.Services, p.use.Tasks) {
		if survey.FamilyOf(arn) != p.taskRole.Spec.Family {
			continue
		}
		revisions, err := p.account.ecs.Origin(ctx, arn)
		if err != nil {
			return awsFailure(plan.AreaTaskDefinition, "look at revision "+arn, err)
		}
		for _, revision := range revisions {
			p.observed.Used[revision.ARN] = revision
		}
	}
	return nil
}

func used(services []model.Service, tasks []model.Task) (arns []string) {
	for _, s := range services {
		arns = append(arns, s.Revisions()...)
	}
	for _, t := range tasks {
		if t.RoleARN == "" { // else the definition's role is not the task's
			arns = append(arns, t.Definition)
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

// definitions are what the role is for: the newest revision that is trusted, and
// every other trusted one that carries the role and that something runs or may return
// to.
func (p *pass) definitions() []desired.Definition {
	registrants := p.desired.TrustedRegistrants
	var out []desired.Definition
	newest, found := p.observed.Family.NewestTrusted(registrants)
	if found {
		out = append(out, desired.Definition{Number: newest.Number, Registration: newest.Registration})
	}
	var older []model.Revision
	for _, revision := range p.observed.Used {
		if revision.RoleARN == p.desired.RoleARN() && revision.Body != newest.Body && p.vouchedFor(revision, registrants) {
			older = append(older, revision)
		}
	}
	slices.SortFunc(older, func(a, b model.Revision) int { return int(b.Number - a.Number) })
	for _, revision := range older {
		out = append(out, desired.Definition{Number: revision.Number, Registration: revision.Registration, UsedBy: p.usedBy(revision.ARN)})
	}
	return out
}

// vouchedFor says whether the content of a revision that is used is somebody's who
// is trusted.
func (p *pass) vouchedFor(r model.Revision, registrants []string) bool {
	family := p.observed.Family
	family.Revisions = slices.Clone(family.Revisions)
	for _, other := range p.observed.Used {
		family.Revisions = append(family.Revisions, other)
	}
	return family.Trusted(r, registrants)
}

// usedBy names what runs a revision.
func (p *pass) usedBy(arn string) string {
	var out []string
	for _, s := range p.observed.Services {
		if slices.Contains(s.Revisions(), arn) {
			out = append(out, s.String())
		}
	}
	for _, t := range p.use.Tasks {
		if t.Definition == arn {
			out = append(out, t.String())
		}
	}
	slices.Sort(out)
	if n := len(out); n > 1 {
		return fmt.Sprintf("%s and %d more", out[0], n-1)
	}
	return strings.Join(out, "")
}

// judgeHosts says whether the hosts of the family can serve the role.
func (r *TaskRoleReconciler) judgeHosts(ctx context.Context, p *pass) {
	if p.snapshot == nil {
		return
	}
	newest, _ := p.observed.Family.Newest()
	var roles []model.InstanceRole
	if c := p.class.Spec.Clusters; c != nil {
		for _, name := range c.InstanceRoles {
			roles = append(roles, p.account.iam.InstanceRole(ctx, name))
		}
	}
	clusters := p.snapshot.Clusters()
	family := hosts.FamilyOf(newest, p.use, roles)
	readiness := hosts.Judge(family, clusters)
	if p.cutsOff() && family.OnHosts(clusters) {
		readiness.Findings = append(readiness.Findings, hosts.Cutoff(&family))
	}
	p.outcome.Hosts = &readiness
}

// cutsOff says whether this is the first role of the family, and nobody accepted yet
// what that takes from its tasks.
func (p *pass) cutsOff() bool {
	foreign, found := p.observed.Family.NewestForeign(p.desired.RoleARN())
	return found && foreign.RoleARN == "" && !p.options.CutoffAccepted
}

// ofSurvey finds those for whom something else runs.
func (r *TaskRoleReconciler) ofSurvey(ctx context.Context, s surveyed) []reconcile.Request {
	var classes v1alpha1.TaskRoleClassList
	if err := r.List(ctx, &classes); err != nil {
		return nil // of the cache alone; the periodic look makes up for it
	}
	concerned := map[string]bool{}
	for i := range classes.Items {
		if target(&classes.Items[i]) == s.target {
			concerned[classes.Items[i].Name] = true
		}
	}
	return r.requests(ctx, func(tr *v1alpha1.TaskRole) bool {
		class := tr.Spec.ClassName
		if class == "" {
			class = tr.Status.Effective.ClassName
		}
		return (class == "" || concerned[class]) && (len(s.families) == 0 || slices.Contains(s.families, tr.Spec.Family))
	})
}

// surveyEvent is how a survey's end reaches the work queue.
type surveyEvent = event.TypedGenericEvent[surveyed]
