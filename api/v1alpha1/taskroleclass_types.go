package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NamePattern is a pattern in which an asterisk matches any run of characters
// and {{namespace}} the namespace of the TaskRole.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=255
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9_+=,.@*-]|[{][{]namespace[}][}])+$')",message="a pattern has letters, digits and _+=,.@- only, besides * and {{namespace}}: write {{namespace}}-*"
type NamePattern string

// ActionPattern is a pattern over IAM actions. Actions have no case.
// +kubebuilder:validation:MaxLength=128
// +kubebuilder:validation:XValidation:rule="self == '*' || self.matches('^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$')",message="an action is written service:Name, such as s3:GetObject or s3:Get*; * alone is every action but those of iam, organizations and account, and sts:AssumeRole, which are named to be allowed"
type ActionPattern string

// ResourcePattern is a pattern over ARNs in which an asterisk matches any run of
// characters and {{namespace}} the namespace of the TaskRole.
// +kubebuilder:validation:MaxLength=512
// +kubebuilder:validation:XValidation:rule="self == '*' || self.matches('^arn:([^:{}$]+:){2}([^:{}$]*:){2}([^{}$]|[{][{]namespace[}][}])+$')",message="a pattern of resources is * or has the six parts of an ARN, such as arn:aws:s3:::{{namespace}}-*, without policy variables"
type ResourcePattern string

// TaskRoleDefaults hold where a TaskRole says nothing.
type TaskRoleDefaults struct {
	// executeCommand of TaskRoles that say none.
	// +optional
	ExecuteCommand ExecuteCommand `json:"executeCommand,omitempty"`
	// inference of TaskRoles that say none.
	// +optional
	Inference Inference `json:"inference,omitempty"`
	// rollout of TaskRoles that say none.
	// +optional
	Rollout Rollout `json:"rollout,omitzero"`
	// managementPolicy of TaskRoles that say none.
	// +optional
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`
	// deletionPolicy of TaskRoles that say none.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// ClusterPattern is a pattern over the names of ECS clusters in which an asterisk
// matches any run of characters.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=255
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_*-]+$')",message="a pattern of clusters has letters, digits, hyphens, underscores and * only: write the bare name, without an ARN"
type ClusterPattern string

// ClusterSelection says which ECS clusters are looked at.
type ClusterSelection struct {
	// names are patterns of the clusters' names. Empty: none is looked at.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	Names []ClusterPattern `json:"names,omitempty"`

	// instanceFilter is an expression of ECS's cluster query language that container
	// instances must meet to be looked at, such as attribute:stack == prod.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	InstanceFilter string `json:"instanceFilter,omitempty"`

	// instanceRoles are names of the IAM roles that container instances themselves
	// have. What their policies give is read, and told where tasks lose it by getting
	// their first role, or can reach it beside their own.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[A-Za-z0-9_+=,.@-]+$')",message="instanceRoles has letters, digits and _+=,.@- only: write the bare name of the role, without path and not as an ARN"
	InstanceRoles []string `json:"instanceRoles,omitempty"`
}

// TaskRoleClassSpec says where roles are made and what tenants may ask for.
// An empty or absent list of what is allowed allows nothing.
// +kubebuilder:validation:XValidation:rule="has(self.permissionsBoundaryARN) != (has(self.unbounded) && self.unbounded)",message="name permissionsBoundaryARN, or say unbounded: true for roles without a boundary, not both"
// +kubebuilder:validation:XValidation:rule="!has(self.externalID) || has(self.assumeRoleARN)",message="externalID goes with assumeRoleARN: name the role, or remove externalID"
// +kubebuilder:validation:XValidation:rule="!has(self.assumeRoleARN) || self.assumeRoleARN.matches('^arn:[^:]+:iam::' + self.accountID + ':')",message="assumeRoleARN is a role of another account than accountID: name a role of that account"
// +kubebuilder:validation:XValidation:rule="!has(self.assumeRoleARN) || self.assumeRoleARN.startsWith('arn:' + (has(self.partition) ? self.partition : 'aws') + ':')",message="assumeRoleARN is of another partition than the class: set partition, or correct the ARN"
// +kubebuilder:validation:XValidation:rule="!has(self.permissionsBoundaryARN) || self.permissionsBoundaryARN.startsWith('arn:' + (has(self.partition) ? self.partition : 'aws') + ':iam::' + self.accountID + ':') || self.permissionsBoundaryARN.startsWith('arn:' + (has(self.partition) ? self.partition : 'aws') + ':iam::aws:')",message="permissionsBoundaryARN is of another account or partition than the class: IAM takes a policy of accountID or one of AWS's own"
// +kubebuilder:validation:XValidation:rule="(self.region.startsWith('cn-') ? 'aws-cn' : self.region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws') == (has(self.partition) ? self.partition : 'aws')",message="region belongs to another partition: partition is aws-cn for cn-..., aws-us-gov for us-gov-..., else aws"
// +kubebuilder:validation:XValidation:rule="has(self.partition) == has(oldSelf.partition)",message="partition cannot be added or removed later: delete the TaskRoleClass and create another"
// +kubebuilder:validation:XValidation:rule="has(self.namePrefix) == has(oldSelf.namePrefix)",message="namePrefix cannot be added or removed later: delete the TaskRoleClass and create another"
type TaskRoleClassSpec struct {
	// accountID is the AWS account, 12 digits. Immutable.
	// +required
	// +kubebuilder:validation:MaxLength=12
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{12}$')",message="accountID has 12 digits: write it in quotes"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="accountID is immutable: delete the TaskRoleClass and create another"
	AccountID string `json:"accountID,omitempty"`

	// region of the task definitions, such as us-west-2. Immutable.
	// +required
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]{2,}(-[a-z]+)+-[0-9]+$')",message="region is written such as us-west-2"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="region is immutable: delete the TaskRoleClass and create another"
	Region string `json:"region,omitempty"`

	// partition is aws, aws-cn or aws-us-gov; absent: aws. Immutable.
	// +optional
	// +kubebuilder:validation:Enum=aws;aws-cn;aws-us-gov
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="partition is immutable: delete the TaskRoleClass and create another"
	Partition string `json:"partition,omitempty"`

	// assumeRoleARN is a role that the controller assumes for this class.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.matches('^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$')",message="assumeRoleARN is a role's ARN, arn:aws:iam::111122223333:role/NAME"
	AssumeRoleARN string `json:"assumeRoleARN,omitempty"`

	// externalID is handed over when the role is assumed. Required where the
	// role belongs to another account than the controller.
	// +optional
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=1224
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_+=,.@:/-]+$')",message="externalID has letters, digits and _+=,.@:/- only: choose another"
	ExternalID string `json:"externalID,omitempty"`

	// namePrefix stands before the generated names of roles. Immutable.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_+=,.@-]+$')",message="namePrefix has letters, digits and _+=,.@- only: write it without slashes"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="namePrefix is immutable: delete the TaskRoleClass and create another"
	NamePrefix string `json:"namePrefix,omitempty"`

	// permissionsBoundaryARN is the boundary of every role. Required unless
	// unbounded. Its policy stands outside the path of the roles.
	// +optional
	// +kubebuilder:validation:MinLength=1
	PermissionsBoundaryARN PolicyARN `json:"permissionsBoundaryARN,omitempty"`

	// unbounded: true makes roles without a boundary.
	// +optional
	Unbounded bool `json:"unbounded,omitempty"`

	// tags are on every role, whatever the TaskRole says.
	// +optional
	Tags Tags `json:"tags,omitempty"`

	// defaults hold where a TaskRole says nothing.
	// +optional
	Defaults TaskRoleDefaults `json:"defaults,omitzero"`

	// trustedRegistrants are patterns over the ARN of whoever may register a
	// revision that is then given the role, such as
	// arn:aws:sts::111122223333:assumed-role/deployer/*. "*" alone takes any, and
	// is the only one that also takes a revision which names no registrant.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	// +kubebuilder:validation:items:XValidation:rule="self == '*' || self.matches('^arn:(aws|aws-cn|aws-us-gov|[*]):(sts|iam)::[0-9*?]+:.+$')",message="a trusted registrant is * or a pattern over an ARN with an account, such as arn:aws:sts::111122223333:assumed-role/deployer/*"
	// +kubebuilder:validation:items:XValidation:rule="!self.matches('^arn:[^:]*:iam:[^:]*:[^:]*:role/')",message="revisions are registered by sessions of a role, never by the role: write arn:aws:sts::111122223333:assumed-role/NAME/*, without the role's path"
	// +kubebuilder:validation:items:XValidation:rule="!self.matches('^arn:[^:]*:sts:[^:]*:[^:]*:assumed-role/[^/*]*$')",message="the session is missing after the role's name: write arn:aws:sts::111122223333:assumed-role/NAME/*"
	TrustedRegistrants []string `json:"trustedRegistrants,omitempty"`

	// clusters says which ECS clusters of the account and region are looked at for
	// services, tasks and hosts. Absent: all of them.
	// +optional
	Clusters *ClusterSelection `json:"clusters,omitempty"`

	// allowAutoExecuteCommand lets TaskRoles say executeCommand Auto: whoever may
	// change a service then decides whether its tasks have ECS Exec.
	// +optional
	AllowAutoExecuteCommand bool `json:"allowAutoExecuteCommand,omitempty"`

	// namespaceSelector chooses the namespaces that may use the class. Absent:
	// none; {}: all.
	// +optional
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector,omitempty"`

	// families are patterns of the families that may be named.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	Families []NamePattern `json:"families,omitempty"`

	// allowRoleNames are patterns of the role names that a TaskRole may choose.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	AllowRoleNames []NamePattern `json:"allowRoleNames,omitempty"`

	// adoptableRoles are patterns of the names of existing roles that a TaskRole may
	// take over by adoptionPolicy Adopt, each in agreement with the role's own tag
	// ecs.taskrole.dev/adopt. Whoever may tag such a role can hand it over.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	AdoptableRoles []NamePattern `json:"adoptableRoles,omitempty"`

	// allowedTagKeys are the tag keys that a TaskRole may set, exactly.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=40
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	AllowedTagKeys []string `json:"allowedTagKeys,omitempty"`

	// allowedManagedPolicyARNs are the policies that a TaskRole may attach, exactly.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=128
	AllowedManagedPolicyARNs []PolicyARN `json:"allowedManagedPolicyARNs,omitempty"`

	// allowStatements lets TaskRoles write IAM statements that allow. Those that
	// deny need no leave.
	// +optional
	AllowStatements bool `json:"allowStatements,omitempty"`

	// allowedActions are patterns of the actions that grants, statements, ECS Exec
	// and inference may come to. Each action must lie within one pattern as a
	// whole. Actions of iam, organizations and account, and sts:AssumeRole, are
	// allowed only by patterns that name them: iam:PassRole, or iam:*.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=128
	AllowedActions []ActionPattern `json:"allowedActions,omitempty"`

	// deniedActions are patterns of actions that are never allowed, even in part.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=128
	DeniedActions []ActionPattern `json:"deniedActions,omitempty"`

	// allowedResources are patterns of the resources that may be named. Each
	// resource must lie within one pattern as a whole. Actions that know no
	// resource pass with *, whatever stands here.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=128
	AllowedResources []ResourcePattern `json:"allowedResources,omitempty"`

	// sameAccountOnly refuses resources of other accounts. S3's ARNs name no
	// account: what is permitted on them is bound to the class's account by a
	// condition on aws:ResourceAccount.
	// +optional
	SameAccountOnly bool `json:"sameAccountOnly,omitempty"`
}

// TaskRoleClassStatus tells whether the class can be used.
type TaskRoleClassStatus struct {
	// observedGeneration is the generation of the spec that was judged.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready says whether the class can be used.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// TaskRoleClass says where roles are made and what tenants may ask for. The
// platform owns it, TaskRoles name it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=trc,categories={aws,ecs}
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountID`
// +kubebuilder:printcolumn:name="Region",type=string,JSONPath=`.spec.region`
// +kubebuilder:printcolumn:name="Default",type=string,JSONPath=`.metadata.annotations.ecs\.taskrole\.dev/is-default-class`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type TaskRoleClass struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec says where and what.
	// +required
	Spec TaskRoleClassSpec `json:"spec"`

	// status tells whether the class can be used.
	// +optional
	Status TaskRoleClassStatus `json:"status,omitzero"`
}

// TaskRoleClassList is a list of TaskRoleClasses.
// +kubebuilder:object:root=true
type TaskRoleClassList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []TaskRoleClass `json:"items"`
}
