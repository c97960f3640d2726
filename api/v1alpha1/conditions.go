package v1alpha1

// Condition types of a TaskRole. Every one is true when all is well, but Stalled.
const (
	// ConditionReady sums up the others.
	ConditionReady = "Ready"
	// ConditionStalled is true when no retry helps until the spec, the class or
	// AWS changes. It is absent otherwise, as kstatus has it.
	ConditionStalled = "Stalled"
	// ConditionRoleSynced: the role, its trust, boundary and tags are as declared.
	ConditionRoleSynced = "RoleSynced"
	// ConditionPolicySynced: policies and attachments are as declared.
	ConditionPolicySynced = "PolicySynced"
	// ConditionTaskDefinitionSynced: the newest revision carries the role.
	ConditionTaskDefinitionSynced = "TaskDefinitionSynced"
	// ConditionServicesSynced: every ECS service of the family runs the newest
	// revision, which carries the role.
	ConditionServicesSynced = "ServicesSynced"
	// ConditionHostsReady: the container instances that the family may be placed on
	// can serve task roles. Unknown where the API does not tell.
	ConditionHostsReady = "HostsReady"
	// ConditionLeastPrivilege is false while a finding of severity Error or
	// Warning stands against a policy.
	ConditionLeastPrivilege = "LeastPrivilege"
)

// Reasons of conditions, and of the events that go with them.
const (
	ReasonSynced           = "Synced"
	ReasonWaitingForFamily = "WaitingForFamily"
	ReasonPropagating      = "Propagating"
	ReasonSettling         = "Settling"
	ReasonDrift            = "Drift"
	ReasonDeleting         = "Deleting"
	ReasonRoleInUse        = "RoleInUse"
	ReasonClassNotFound    = "ClassNotFound"
	ReasonClassNotUsable   = "ClassNotUsable"
	ReasonInvalidSpec      = "InvalidSpec"
	ReasonNotAllowed       = "NotAllowedByClass"
	ReasonFamilyClaimed    = "FamilyClaimed"
	ReasonConflict         = "Conflict"
	ReasonOtherCluster     = "OtherCluster"
	ReasonUntrusted        = "UntrustedRegistrant"
	ReasonPipelineDrops    = "PipelineDropsRole"
	ReasonServicesBehind   = "ServicesBehind"
	ReasonNoServices       = "NoServices"
	ReasonRollingOut       = "RollingOut"
	ReasonDeploymentBusy   = "DeploymentInProgress"
	ReasonRolloutFailed    = "RolloutFailed"
	ReasonCutoff           = "InstanceProfileCutoff"
	ReasonSurveying        = "Surveying"
	ReasonHostsNotReady    = "HostsNotReady"
	ReasonQuotaExceeded    = "QuotaExceeded"
	ReasonAccessDenied     = "AccessDenied"
	ReasonRefusedByAWS     = "RefusedByAWS"
	ReasonTransient        = "TransientError"
	ReasonFindings         = "Findings"
	ReasonNoFindings       = "NoFindings"
	ReasonWrongAccount     = "WrongAccount"
)

// Names that the controller reads or writes on its objects.
const (
	// AnnotationReconcile asks for a look at once: any new value will do.
	AnnotationReconcile = "ecs.taskrole.dev/reconcile"
	// AnnotationForceDelete lets a deletion pass although services or tasks
	// still stand on the role. Its value must be the role's name.
	AnnotationForceDelete = "ecs.taskrole.dev/force-delete"
	// AnnotationDefaultClass marks the class of those who name none: "true".
	AnnotationDefaultClass = "ecs.taskrole.dev/is-default-class"
	// FinalizerTaskRole holds a TaskRole until AWS is cleaned up.
	FinalizerTaskRole = "ecs.taskrole.dev/taskrole"
	// FinalizerClassInUse holds a class that a TaskRole uses.
	FinalizerClassInUse = "ecs.taskrole.dev/class-in-use"
)
