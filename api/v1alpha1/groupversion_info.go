// Package v1alpha1 is the API of the ECS TaskRole controller: TaskRole, the IAM
// role of one ECS task definition family, and TaskRoleClass, what the platform
// allows of it.
//
// +kubebuilder:object:generate=true
// +groupName=ecs.taskrole.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion names the API group and version of this package.
var GroupVersion = schema.GroupVersion{Group: "ecs.taskrole.dev", Version: "v1alpha1"}

var (
	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme registers the types of this package.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &TaskRole{}, &TaskRoleList{}, &TaskRoleClass{}, &TaskRoleClassList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
