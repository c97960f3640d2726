package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ManagementPolicy says whether the controller acts or only tells.
// +kubebuilder:validation:Enum=Enforce;Observe
type ManagementPolicy string

// Management policies.
const (
	// ManagementEnforce converges AWS onto the declaration.
	ManagementEnforce ManagementPolicy = "Enforce"
	// ManagementObserve writes the plan into the status and touches nothing.
	ManagementObserve ManagementPolicy = "Observe"
)

// DeletionPolicy says what becomes of the role when the TaskRole is deleted.
// +kubebuilder:validation:Enum=Delete;Retain
type DeletionPolicy string

// Deletion policies.
const (
	// DeletionDelete takes the role off the family and deletes it.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionRetain only lets go.
	DeletionRetain DeletionPolicy = "Retain"
)

// AdoptionPolicy says whether a role that others made may be taken over.
// +kubebuilder:validation:Enum=Never;Adopt
type AdoptionPolicy string

// Adoption policies.
const (
	// AdoptionNever leaves what exists under the role's name alone.
	AdoptionNever AdoptionPolicy = "Never"
	// AdoptionAdopt takes the role over, where the class allows it and a tag on the
	// role names this TaskRole.
	AdoptionAdopt AdoptionPolicy = "Adopt"
)

// ExecuteCommand says whether ECS Exec gets the permissions that it needs of the
// task role.
// +kubebuilder:validation:Enum=Disabled;Enabled;Auto
type ExecuteCommand string

// Modes of ECS Exec.
const (
	// ExecuteCommandDisabled permits nothing for it.
	ExecuteCommandDisabled ExecuteCommand = "Disabled"
	// ExecuteCommandEnabled permits the channels of Session Manager, and what the
	// clusters where the family runs ask of a session: key, log group, bucket.
	ExecuteCommandEnabled ExecuteCommand = "Enabled"
	// ExecuteCommandAuto does so while a service of the family, or a task of it
	// that runs by itself, has ECS Exec enabled.
	ExecuteCommandAuto ExecuteCommand = "Auto"
)

// ServicesRollout says what becomes of ECS services whose task definition is a
// copy's source.
// +kubebuilder:validation:Enum=None;Update
type ServicesRollout string

// Rollouts of services.
const (
	// RolloutNone tells which services lag behind.
	RolloutNone ServicesRollout = "None"
	// RolloutUpdate moves services from a revision to the copy of it that carries
	// the role, one after the other.
	RolloutUpdate ServicesRollout = "Update"
)

// Rollout says what becomes of what runs already.
type Rollout struct {
	// services: Update moves ECS services from the revision that a pipeline
	// registered to our copy of it, which differs by the role alone; None only tells
	// which lag behind. Default: the class's, else None.
	// +optional
	Services ServicesRollout `json:"services,omitempty"`
}

// Acknowledgement names a consequence that somebody has read and accepts.
// +kubebuilder:validation:Enum=InstanceProfileCutoff
type Acknowledgement string

// AcknowledgeInstanceProfileCutoff accepts that tasks on EC2 or external instances that get
// their first role no longer get what the role of the instance gave them.
const AcknowledgeInstanceProfileCutoff Acknowledgement = "InstanceProfileCutoff"

// Inference says what becomes of permissions that the task definition implies,
// such as the mount of an EFS volume.
// +kubebuilder:validation:Enum=Report;Grant
type Inference string

// Modes of inference.
const (
	// InferenceReport tells what is missing as findings.
	InferenceReport Inference = "Report"
	// InferenceGrant permits it, within what the class allows.
	InferenceGrant Inference = "Grant"
)

// Tags are AWS tags, value by key.
// +kubebuilder:validation:MaxProperties=40
// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) >= 1 && size(k) <= 128)",message="a tag's key has 1 to 128 characters",messageExpression="'tag key ' + self.filter(k, size(k) < 1 || size(k) > 128)[0] + ': a key has 1 to 128 characters'"
// +kubebuilder:validation:XValidation:rule="self.all(k, k.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$') && self[k].matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$'))",message="key and value of a tag have letters, digits, spaces and _.:/=+@- only",messageExpression="'tag ' + self.filter(k, !k.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$') || !self[k].matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$'))[0] + ': key and value have letters, digits, spaces and _.:/=+@- only'"
// +kubebuilder:validation:XValidation:rule="self.all(k, !k.matches('^(?i:aws:)'))",message="tag keys that start with aws: are reserved by AWS: choose another",messageExpression="'tag key ' + self.filter(k, k.matches('^(?i:aws:)'))[0] + ': keys that start with aws: are reserved by AWS: choose another'"
// +kubebuilder:validation:XValidation:rule="self.all(k, !k.matches('^(?i:ecs[.]taskrole[.]dev/)'))",message="tag keys that start with ecs.taskrole.dev/ are reserved by the controller: choose another",messageExpression="'tag key ' + self.filter(k, k.matches('^(?i:ecs[.]taskrole[.]dev/)'))[0] + ': keys that start with ecs.taskrole.dev/ are reserved by the controller: choose another'"
// +kubebuilder:validation:XValidation:rule="self.all(k, self.exists_one(other, other.lowerAscii() == k.lowerAscii()))",message="IAM compares tag keys without regard to case, and two keys differ only in their capitals: keep one of them"
type Tags map[string]TagValue

// TagValue is the value of a tag.
// +kubebuilder:validation:MaxLength=256
type TagValue string

// Trust says who may assume the role besides ECS tasks.
type Trust struct {
	// selfAssume lets the role assume itself. Tasks seldom need it: their
	// credentials already are the role's.
	// +optional
	SelfAssume bool `json:"selfAssume,omitempty"`
}

// TaskRoleSpec declares the IAM role of one task definition family.
// +kubebuilder:validation:XValidation:rule="has(self.className) == has(oldSelf.className)",message="className cannot be added or removed later: delete the TaskRole and create another"
// +kubebuilder:validation:XValidation:rule="has(self.roleName) == has(oldSelf.roleName)",message="roleName cannot be added or removed later: delete the TaskRole and create another"
// +kubebuilder:validation:XValidation:rule="!has(self.adoptionPolicy) || self.adoptionPolicy != 'Adopt' || has(self.roleName)",message="adoptionPolicy Adopt takes over the role that roleName names: write roleName, or leave adoptionPolicy out"
// +kubebuilder:validation:XValidation:rule="!has(self.statements) || self.statements.all(s, !has(s.sid) || size(s.sid) == 0 || self.statements.exists_one(t, has(t.sid) && t.sid == s.sid))",message="two statements have the same sid: rename one, or leave it out"
type TaskRoleSpec struct {
	// className names the TaskRoleClass. Absent, the default class is resolved
	// once and then kept. Immutable.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="className is immutable: delete the TaskRole and create another"
	ClassName string `json:"className,omitempty"`

	// family is the registered task definition family that carries the role.
	// Letters, digits, hyphens and underscores; no revision. Immutable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_-]+$')",message="family is the bare name of a task definition family, letters, digits, hyphens and underscores: write orders-api, not orders-api:42 or an ARN"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="family is immutable: delete the TaskRole and create another"
	Family string `json:"family,omitempty"`

	// roleName names the IAM role, where the class allows that. Absent, it is
	// <clusterID>.<namespace>.<name>, cut to 64 characters with a hash. Immutable.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_+=,.@-]+$')",message="roleName has letters, digits and _+=,.@- only: write the bare name, without path and not as an ARN"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="roleName is immutable: delete the TaskRole and create another"
	RoleName string `json:"roleName,omitempty"`

	// grants are what the task may do with which resources; they become the fewest
	// actions that do the job.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Grants []Grant `json:"grants,omitempty"`

	// statements are IAM statements as they are, for what grants do not offer.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Statements []Statement `json:"statements,omitempty"`

	// managedPolicyARNs are AWS-managed or existing customer-managed policies,
	// attached as they are. The class must list each of them.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	ManagedPolicyARNs []PolicyARN `json:"managedPolicyARNs,omitempty"`

	// executeCommand: Enabled permits what ECS Exec needs of the task role; Auto does
	// while a service of the family enables it, where the class allows Auto.
	// Default: the class's, else Disabled.
	// +optional
	ExecuteCommand ExecuteCommand `json:"executeCommand,omitempty"`

	// inference: Report tells as findings what the task definition implies and the
	// role lacks; Grant permits it, as far as the class allows. The newest revision
	// counts, and every other that tasks still run, or a deployment may return to.
	// Default: the class's, else Report.
	// +optional
	Inference Inference `json:"inference,omitempty"`

	// trust says who may assume the role besides ECS tasks.
	// +optional
	Trust Trust `json:"trust,omitzero"`

	// permissionsBoundaryARN names the boundary of the role. Where the class
	// forces one, it must be the same.
	// +optional
	// +kubebuilder:validation:MinLength=1
	PermissionsBoundaryARN PolicyARN `json:"permissionsBoundaryARN,omitempty"`

	// tags are tags of the role, and so aws:PrincipalTag of its sessions. The
	// class must allow each key.
	// +optional
	Tags Tags `json:"tags,omitempty"`

	// rollout says what becomes of ECS services that run already.
	// +optional
	Rollout Rollout `json:"rollout,omitzero"`

	// managementPolicy: Enforce converges AWS; Observe writes the plan into the
	// status and touches nothing. Default: the class's, else Enforce.
	// +optional
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`

	// adoptionPolicy: Adopt takes over the existing role named roleName, wherever its
	// path, once the class lists it in adoptableRoles and the role's tag
	// ecs.taskrole.dev/adopt says NAMESPACE/NAME of this TaskRole. What nobody
	// declared is then taken off it. Default: Never.
	// +optional
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`

	// deletionPolicy: Delete takes the role off the family and deletes it; Retain
	// only lets go of it. Default: the class's, else Delete, and Retain where
	// adoptionPolicy is Adopt.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// acknowledge lists consequences that are accepted. InstanceProfileCutoff: tasks
	// on EC2 or external instances, which so far had what the instance's own role
	// gives, get their first role, and only what it permits.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=8
	Acknowledge []Acknowledgement `json:"acknowledge,omitempty"`
}

// EffectiveSpec is what holds after the class and the defaults.
type EffectiveSpec struct {
	// className is the class that was resolved, once.
	ClassName string `json:"className,omitempty"`
	// accountID is the AWS account of the role.
	AccountID string `json:"accountID,omitempty"`
	// region is the region of the task definition.
	Region string `json:"region,omitempty"`
	// partition is the AWS partition.
	Partition string `json:"partition,omitempty"`
	// permissionsBoundaryARN is the boundary of the role, if any.
	PermissionsBoundaryARN string `json:"permissionsBoundaryARN,omitempty"`
	// executeCommand after class and defaults.
	ExecuteCommand ExecuteCommand `json:"executeCommand,omitempty"`
	// inference after class and defaults.
	Inference Inference `json:"inference,omitempty"`
	// rollout is rollout.services after class and defaults.
	Rollout ServicesRollout `json:"rollout,omitempty"`
	// adoptionPolicy after the defaults.
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`
	// managementPolicy after class and defaults.
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`
	// deletionPolicy after class and defaults.
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// RoleStatus tells the IAM role.
type RoleStatus struct {
	// name of the role.
	Name string `json:"name,omitempty"`
	// arn of the role.
	ARN string `json:"arn,omitempty"`
	// id is the unique id (AROA...) that tells a recreated role from this one.
	ID string `json:"id,omitempty"`
}

// PolicyStatus tells one customer-managed policy of the role.
type PolicyStatus struct {
	// arn of the policy.
	ARN string `json:"arn,omitempty"`
	// version that is the default one, such as v3.
	Version string `json:"version,omitempty"`
	// digest of the document's canonical form.
	Digest string `json:"digest,omitempty"`
}

// TaskDefinitionStatus tells the revision that carries the role.
type TaskDefinitionStatus struct {
	// revision is its number.
	Revision int32 `json:"revision,omitempty"`
	// arn of the revision.
	ARN string `json:"arn,omitempty"`
	// previousRoleARN is the role that the family carried before, if any.
	PreviousRoleARN string `json:"previousRoleARN,omitempty"`
}

// Severity ranks a finding.
// +kubebuilder:validation:Enum=Error;Warning;Info
type Severity string

// Severities.
const (
	SeverityError   Severity = "Error"
	SeverityWarning Severity = "Warning"
	SeverityInfo    Severity = "Info"
)

// Finding is something that the declaration or the definition should be told.
type Finding struct {
	// severity is Error, Warning or Info.
	Severity Severity `json:"severity"`
	// code names the kind of finding.
	Code string `json:"code"`
	// message says what is wrong and what to write instead.
	Message string `json:"message"`
	// subject is what the finding is about, such as a statement.
	// +optional
	Subject string `json:"subject,omitempty"`
	// instances are up to five of the container instances that it is about, as
	// CLUSTER/ID.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	Instances []string `json:"instances,omitempty"`
}

// ServiceState says where a service is on its way to the role.
type ServiceState string

// States of services.
const (
	// ServiceSynced: it runs the newest revision, which carries the role.
	ServiceSynced ServiceState = "Synced"
	// ServiceMoving: its deployment onto that revision is in progress.
	ServiceMoving ServiceState = "Moving"
	// ServiceWaiting: it will be moved, and something comes before that.
	ServiceWaiting ServiceState = "Waiting"
	// ServiceBehind: it runs another revision, and the controller does not move it.
	ServiceBehind ServiceState = "Behind"
	// ServiceFailed: its deployment onto that revision failed, and is not retried.
	ServiceFailed ServiceState = "Failed"
)

// ServiceStatus tells one ECS service of the family.
type ServiceStatus struct {
	// cluster is the cluster's short name.
	Cluster string `json:"cluster"`
	// name of the service.
	Name string `json:"name"`
	// revision that the service is to run.
	// +optional
	Revision int32 `json:"revision,omitempty"`
	// controller of its deployments: ECS, CODE_DEPLOY or EXTERNAL.
	// +optional
	Controller string `json:"controller,omitempty"`
	// state is Synced, Moving, Waiting, Behind or Failed.
	State ServiceState `json:"state"`
	// message says why, and what to do.
	// +optional
	Message string `json:"message,omitempty"`
}

// TaskRoleStatus tells what was found and done.
type TaskRoleStatus struct {
	// observedGeneration is the generation of the spec that was judged.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready sums up the others. Stalled=True: no retry helps until
	// the spec, the class or AWS changes.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// effective is what holds after the class and the defaults.
	// +optional
	Effective EffectiveSpec `json:"effective,omitzero"`

	// role is the IAM role.
	// +optional
	Role RoleStatus `json:"role,omitzero"`

	// policies are the customer-managed policies that were compiled.
	// +optional
	// +listType=atomic
	Policies []PolicyStatus `json:"policies,omitempty"`

	// taskDefinition is the newest revision that carries the role.
	// +optional
	TaskDefinition TaskDefinitionStatus `json:"taskDefinition,omitzero"`

	// services of the family, those that need somebody first; at most 20.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	Services []ServiceStatus `json:"services,omitempty"`

	// pending is the plan, in words, under Observe or while something holds it up.
	// +optional
	// +listType=atomic
	Pending []string `json:"pending,omitempty"`

	// findings, the gravest first; at most 20, then a count.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=21
	Findings []Finding `json:"findings,omitempty"`
}

// TaskRole is the IAM role of one ECS task definition family.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=tr,categories={aws,ecs}
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Family",type=string,JSONPath=`.spec.family`
// +kubebuilder:printcolumn:name="Revision",type=integer,JSONPath=`.status.taskDefinition.revision`
// +kubebuilder:printcolumn:name="Role",type=string,JSONPath=`.status.role.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Class",type=string,priority=1,JSONPath=`.status.effective.className`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type TaskRole struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec declares the role.
	// +required
	Spec TaskRoleSpec `json:"spec"`

	// status tells what was found and done.
	// +optional
	Status TaskRoleStatus `json:"status,omitzero"`
}

// TaskRoleList is a list of TaskRoles.
// +kubebuilder:object:root=true
type TaskRoleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []TaskRole `json:"items"`
}
