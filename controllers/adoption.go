package controllers

import (
	"context"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// adoptedBefore is the path of the role that the status knows, where the TaskRole
// adopts one; else empty.
func adoptedBefore(tr *v1alpha1.TaskRole) string {
	_, resource, found := strings.Cut(tr.Status.Role.ARN, ":role/")
	if !found || tr.Spec.AdoptionPolicy != v1alpha1.AdoptionAdopt {
		return ""
	}
	return "/" + resource[:strings.LastIndex(resource, "/")+1]
}

// candidate looks closer at a role that may have to be adopted.
func (r *TaskRoleReconciler) candidate(ctx context.Context, p *pass) (err error) {
	role := p.observed.Role
	p.desired.RolePath = ""
	if role == nil || !p.desired.Adoption.Wanted || role.Path == p.desired.Owner.Path() {
		return nil
	}
	p.desired.RolePath = role.Path
	if role.ID == p.taskRole.Status.Role.ID {
		return nil
	}
	if p.desired.Adoption.Protected, err = r.protected(ctx, p); err != nil {
		return err
	}
	role.InstanceProfiles, err = p.account.iam.InstanceProfiles(ctx, role.Name)
	if err != nil {
		return awsFailure(plan.AreaRole, "look for instance profiles of role "+role.Name, err)
	}
	return nil
}

// protected are the names of the roles of the account that the controller itself
// stands on: its own, and those that it assumes.
func (r *TaskRoleReconciler) protected(ctx context.Context, p *pass) ([]string, error) {
	self, err := r.Accounts.self(ctx)
	if err != nil {
		return nil, awsFailure(plan.AreaRole, "ask who the controller itself is", err)
	}
	var classes v1alpha1.TaskRoleClassList
	if err := r.List(ctx, &classes); err != nil {
		return nil, err
	}
	arns := []string{self.ARN, p.account.identity.ARN}
	for _, class := range classes.Items {
		arns = append(arns, class.Spec.AssumeRoleARN)
	}
	var names []string
	for _, arn := range arns {
		if name, found := roleNameOf(arn, p.class.Spec.AccountID); found {
			names = append(names, name)
		}
	}
	return names, nil
}

// roleNameOf is NAME of arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION and of
// arn:PARTITION:iam::ACCOUNT:role/PATH/NAME, where the account is the given one.
func roleNameOf(arn, account string) (string, bool) {
	_, resource, found := strings.Cut(arn, "::"+account+":")
	if !found {
		return "", false
	}
	if name, assumed := strings.CutPrefix(resource, "assumed-role/"); assumed {
		name, _, _ = strings.Cut(name, "/")
		return name, true
	}
	return resource[strings.LastIndex(resource, "/")+1:], strings.HasPrefix(resource, "role/")
}
