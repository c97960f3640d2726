// Package desired turns a TaskRole and its class into the state that AWS should
// have. It is pure: what it is given decides what it returns.
package desired

import (
	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Input is what a state is made from.
type Input struct {
	TaskRole  *v1alpha1.TaskRole
	Class     *v1alpha1.TaskRoleClass
	ClusterID string
	// NamespaceLabels are the labels of the TaskRole's namespace.
	NamespaceLabels map[string]string
	// MaxAttached is the account's quota of managed policies on a role.
	MaxAttached int
}

// Build returns the declared state. What the class does not allow, and what IAM
// could never take, is a *Refusal that names every field concerned; nothing may
// be done to AWS then. The cluster id is part of names and paths: letters, digits
// and hyphens, as the manager's flag takes it.
func Build(in Input) (model.State, error) {
	if refusal := guard(in); refusal != nil {
		return model.State{}, refusal
	}
	if refusal := unreadable(in); refusal != nil {
		return model.State{}, refusal
	}
	state := Nothing(in)
	document := compile(in, state)
	state.Findings = policy.Lint(document)
	state.Role = &model.Role{
		Description: "Role of an ECS task definition, kept by " + state.Owner.String(),
		Trust:       trust(in, state),
		BoundaryARN: Effective(in.TaskRole, in.Class).PermissionsBoundaryARN,
		Tags:        tags(in, state),
	}
	parts, err := policy.Split(document, policy.MaxManagedSize)
	if err != nil {
		return model.State{}, tooLong(err)
	}
	state.Policies = name(parts, state)
	state.ManagedPolicyARNs = managed(in)
	if refusal := quotas(in, state); refusal != nil {
		return model.State{}, refusal
	}
	return state, nil
}

// Nothing returns the state of a TaskRole of which nothing shall be left: it
// says where to look for what was there.
func Nothing(in Input) model.State {
	place := model.Place{
		Partition: partition(in.Class), Account: in.Class.Spec.AccountID, Region: in.Class.Spec.Region,
	}
	owner := model.Owner{
		ClusterID: in.ClusterID, Namespace: in.TaskRole.Namespace, Name: in.TaskRole.Name, Family: in.TaskRole.Spec.Family,
	}
	state := model.State{
		Owner: owner, Place: place, RoleName: roleName(in),
		TrustedRegistrants: in.Class.Spec.TrustedRegistrants,
	}
	state.Trusts = []policy.Document{serviceTrust(place), selfTrust(state)}
	return state
}

// Effective is what holds after the class and the built-in defaults.
// Precedence: forced by the class, spec, default of the class, built in.
func Effective(tr *v1alpha1.TaskRole, class *v1alpha1.TaskRoleClass) v1alpha1.EffectiveSpec {
	effective := v1alpha1.EffectiveSpec{
		ClassName: class.Name, AccountID: class.Spec.AccountID, Region: class.Spec.Region, Partition: partition(class),
		PermissionsBoundaryARN: string(first(class.Spec.PermissionsBoundaryARN, tr.Spec.PermissionsBoundaryARN)),
	}
	effective.ManagementPolicy = first(tr.Spec.ManagementPolicy, class.Spec.Defaults.ManagementPolicy, v1alpha1.ManagementEnforce)
	effective.DeletionPolicy = first(tr.Spec.DeletionPolicy, class.Spec.Defaults.DeletionPolicy, v1alpha1.DeletionDelete)
	return effective
}

func partition(class *v1alpha1.TaskRoleClass) string {
	return first(class.Spec.Partition, "aws")
}

// first returns the first text that is not empty.
func first[T ~string](texts ...T) T {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
