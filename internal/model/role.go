package model

import (
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Place is where an account's resources live.
type Place struct {
	Partition string // aws, aws-cn or aws-us-gov
	Account   string // 12 digits
	Region    string // such as us-west-2
}

// ARN makes the ARN of an IAM resource, such as role/path/name: IAM has no region.
func (p Place) ARN(resource string) string {
	return "arn:" + p.Partition + ":iam::" + p.Account + ":" + resource
}

// State is what a TaskRole declares, ready to be compared with AWS. A State
// whose Role is nil declares that nothing of the owner's is left.
type State struct {
	Owner Owner
	Place Place
	// RoleName is set even where nothing is left: it says what to look for.
	RoleName string
	// RolePath is where an adopted role is; empty: in the owner's path.
	RolePath string
	Role     *Role
	Policies []Policy
	// ManagedPolicyARNs are attached besides Policies; sorted.
	ManagedPolicyARNs []string
	// TrustedRegistrants are patterns over registeredBy; "*" alone takes all.
	TrustedRegistrants []string
	// Trusts are all the trust policies that the controller would write for
	// this owner, whatever the options: by them it recognises its own.
	Trusts []policy.Document
	// Adoption says how a role outside the owner's path may become the owner's.
	Adoption Adoption
	// Findings are against what is permitted; Implied tells what the task
	// definition needs and the role does not permit.
	Findings, Implied []policy.Finding
}

// Adoption says how a role that others made may become the owner's.
type Adoption struct {
	// Wanted: the TaskRole asks for it and its class allows it.
	Wanted bool
	// Opt is the value that the tag TagAdopt of the role must have.
	Opt string
	// Only: where there is no such role, none is made.
	Only bool
	// Protected are names of roles that are never adopted, because the controller
	// itself stands on them.
	Protected []string
}

// RoleARN is the ARN that the role has, or will have.
func (s State) RoleARN() string {
	path := s.RolePath
	if path == "" {
		path = s.Owner.Path()
	}
	return s.Place.ARN("role" + path + s.RoleName)
}

// PolicyARN is the ARN that a policy of the owner has, or will have.
func (s State) PolicyARN(name string) string {
	return s.Place.ARN("policy" + s.Owner.PolicyPath() + name)
}

// Attachments are the ARNs of all policies that the role has, own ones first.
func (s State) Attachments() []string {
	arns := make([]string, 0, len(s.Policies)+len(s.ManagedPolicyARNs))
	for _, p := range s.Policies {
		arns = append(arns, s.PolicyARN(p.Name))
	}
	return append(arns, s.ManagedPolicyARNs...)
}

// Role is an IAM role as declared.
type Role struct {
	Description string
	Trust       policy.Document
	BoundaryARN string // empty: none
	Tags        map[string]string
}

// Policy is a customer-managed policy as declared.
type Policy struct {
	Name     string
	Document policy.Document
	Tags     map[string]string
}

// ObservedRole is an IAM role as AWS has it.
type ObservedRole struct {
	Name, Path, ARN string
	ID              string // AROA...
	Created         time.Time
	Trust           string // as JSON
	BoundaryARN     string
	Tags            map[string]string
	Attached        []string // policy ARNs
	Inline          []string // names of inline policies
	// InstanceProfiles are names of those that hold the role; looked for only where
	// the role may be adopted.
	InstanceProfiles []string
}

// ObservedPolicy is a customer-managed policy of the owner's path as AWS has it.
type ObservedPolicy struct {
	Name, ARN string
	ID        string // ANPA...
	Version   string // the default one, such as v3
	Document  string // of the default version, as JSON
	Tags      map[string]string
}

// Observed is what AWS has of one owner.
type Observed struct {
	// Role is nil where no role of that name exists, in any path.
	Role *ObservedRole
	// Policies are those in the owner's path, sorted by name.
	Policies []ObservedPolicy
	Family   Family
	// Services are those of the family in the clusters that are looked at, sorted.
	Services []Service
	// Used are the revisions that services run or may return to, by ARN, whether
	// ACTIVE or not.
	Used map[string]Revision
	// Carried is the owner, by its tags, of the role that the newest revision
	// carries, where that is neither ours nor in a path of controllers of this kind;
	// none else: a role that was adopted stays in its path.
	Carried Owner
	// Managed are documents of declared managed policies by ARN, as JSON: those
	// that could be read, and empty of what does not exist. Nil: nobody tried.
	Managed map[string]string
}

// PolicyNamed finds a policy by its name.
func (o Observed) PolicyNamed(name string) (ObservedPolicy, bool) {
	for _, p := range o.Policies {
		if p.Name == name {
			return p, true
		}
	}
	return ObservedPolicy{}, false
}

// Usage is what still stands on a role. It is looked for at deletion only.
type Usage struct {
	Services         []string // such as "service CLUSTER/NAME"
	Tasks            []string // such as "task CLUSTER/ID"
	InstanceProfiles []string // names
}
