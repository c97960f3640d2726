// Package desired turns a TaskRole and its class into the state that AWS should
// have. It is pure: what it is given decides what it returns.
package desired

import (
	"encoding/json"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Input is what a state is made from.
type Input struct {
	TaskRole  *v1alpha1.TaskRole
	Class     *v1alpha1.TaskRoleClass
	ClusterID string
	// ClusterUID is the UID of the cluster's namespace kube-system.
	ClusterUID string
	// RolePath is where the role was found to be; empty: in the owner's path.
	RolePath string
	// Protected are names of roles that the controller itself stands on.
	Protected []string
	// NamespaceLabels are the labels of the TaskRole's namespace.
	NamespaceLabels map[string]string
	// MaxAttached is the account's quota of managed policies on a role.
	MaxAttached int
	// Definitions are what the role is for: the newest revision first, then those that
	// something still runs or may return to. Empty: none is known, and nothing is
	// implied.
	Definitions []Definition
	// Use is what runs of the family.
	Use model.Use
	// ManagedDocuments are documents of managed policies by ARN, as JSON, as far
	// as they could be read; empty of what does not exist.
	ManagedDocuments map[string]string
}

// Definition is a revision whose tasks have the role.
type Definition struct {
	Number int32
	// Registration has its raw members by name.
	Registration map[string]json.RawMessage
	// UsedBy says what runs it still, such as "service blue/api"; empty of the newest.
	UsedBy string
}

// Build returns the declared state. What the class does not allow, and what IAM
// could never take, is a *Refusal that names every field concerned; nothing may
// be done to AWS then. The cluster id is part of names and paths: letters, digits
// and hyphens, as the manager's flag takes it.
func Build(in Input) (model.State, error) {
	state, b, refusal := assemble(in)
	if refusal != nil {
		return model.State{}, refusal
	}
	state.Findings = judge(in, b.sources)
	return state, nil
}

// Allowed says whether Build would refuse, and with what, without judging what
// it would build.
func Allowed(in Input) error {
	if _, _, refusal := assemble(in); refusal != nil {
		return refusal
	}
	return nil
}

func assemble(in Input) (model.State, basis, *Refusal) {
	state := Nothing(in)
	before := guard(in)
	b, further := gather(in, state, before)
	if refusal := both(before, further); refusal != nil {
		return model.State{}, basis{}, refusal
	}
	state.Role = &model.Role{
		Description: "Role of an ECS task definition, kept by " + state.Owner.String(),
		Trust:       trust(in, state),
		BoundaryARN: Effective(in.TaskRole, in.Class).PermissionsBoundaryARN,
		Tags:        tags(in, state),
	}
	state.ManagedPolicyARNs = managed(in)
	if refusal := b.fill(in, &state); refusal != nil {
		return model.State{}, basis{}, refusal
	}
	state.Implied = b.implied
	return state, b, nil
}

// gather collects everything that is to be permitted or denied, and holds it
// against the class. What the definition implies is held against the class, too,
// but refuses nothing: whoever registers a revision must not stop what was
// declared from being kept. What was refused before is not told again in other
// words.
func gather(in Input, state model.State, before *Refusal) (basis, *Refusal) {
	sources, refusal := declared(in, state)
	if much := busy(in, sources); much != nil {
		return basis{}, both(refusal, much)
	}
	rails := railsOf(in)
	refusal = both(refusal, rails.refuse(unblamed(sources, both(before, refusal))))
	if refusal != nil {
		return basis{}, refusal
	}
	b := basis{sources: sources, declared: len(sources)}
	b.imply(in, state, rails)
	for i := range b.sources {
		bindAccount(in, &b.sources[i])
	}
	return b, nil
}

// Nothing returns the state of a TaskRole of which nothing shall be left: it
// says where to look for what was there.
func Nothing(in Input) model.State {
	place := model.Place{
		Partition: partition(in.Class), Account: in.Class.Spec.AccountID, Region: in.Class.Spec.Region,
	}
	owner := model.Owner{
		ClusterID: in.ClusterID, Namespace: in.TaskRole.Namespace, Name: in.TaskRole.Name, Family: in.TaskRole.Spec.Family,
		ClusterUID: in.ClusterUID,
	}
	state := model.State{
		Owner: owner, Place: place, RoleName: roleName(in), RolePath: in.RolePath, Adoption: adoption(in),
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
	effective.ExecuteCommand = first(tr.Spec.ExecuteCommand, class.Spec.Defaults.ExecuteCommand, v1alpha1.ExecuteCommandDisabled)
	effective.Inference = first(tr.Spec.Inference, class.Spec.Defaults.Inference, v1alpha1.InferenceReport)
	effective.Rollout = first(tr.Spec.Rollout.Services, class.Spec.Defaults.Rollout.Services, v1alpha1.RolloutNone)
	effective.ManagementPolicy = first(tr.Spec.ManagementPolicy, class.Spec.Defaults.ManagementPolicy, v1alpha1.ManagementEnforce)
	effective.AdoptionPolicy = first(tr.Spec.AdoptionPolicy, v1alpha1.AdoptionNever)
	effective.DeletionPolicy = first(tr.Spec.DeletionPolicy, class.Spec.Defaults.DeletionPolicy, builtInDeletion(effective.AdoptionPolicy))
	return effective
}

// builtInDeletion keeps a role that others made, unless somebody says otherwise.
func builtInDeletion(p v1alpha1.AdoptionPolicy) v1alpha1.DeletionPolicy {
	if p == v1alpha1.AdoptionAdopt {
		return v1alpha1.DeletionRetain
	}
	return v1alpha1.DeletionDelete
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
