// Package controllers reconciles TaskRoles: desired and observed state become a
// plan, the plan is applied, and the outcome goes into the status.
package controllers

// What the manager may do in the cluster. `make manifests` turns these markers
// into config/rbac/role.yaml.
//
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroles,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroles/status,verbs=get;patch
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroles/finalizers,verbs=update
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroleclasses,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroleclasses/status,verbs=get;patch
// +kubebuilder:rbac:groups=ecs.taskrole.dev,resources=taskroleclasses/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
