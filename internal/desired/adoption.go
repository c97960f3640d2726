package desired

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// adoption says how a role that others made may become this TaskRole's.
func adoption(in Input) model.Adoption {
	name, namespace := in.TaskRole.Spec.RoleName, in.TaskRole.Namespace
	if in.TaskRole.Spec.AdoptionPolicy != v1alpha1.AdoptionAdopt || !matches(in.Class.Spec.AdoptableRoles, name, namespace) {
		return model.Adoption{}
	}
	return model.Adoption{
		Wanted: true, Opt: namespace + "/" + in.TaskRole.Name, Protected: in.Protected,
		Only: !matches(in.Class.Spec.AllowRoleNames, name, namespace),
	}
}

// guardAdoption refuses to take over what the class does not list.
func guardAdoption(in Input) field.ErrorList {
	name, namespace := in.TaskRole.Spec.RoleName, in.TaskRole.Namespace
	if in.TaskRole.Spec.AdoptionPolicy != v1alpha1.AdoptionAdopt || matches(in.Class.Spec.AdoptableRoles, name, namespace) {
		return nil
	}
	return forbidden(spec.Child("adoptionPolicy"), "class %s does not allow role %s to be adopted in namespace %s: it allows %s; leave adoptionPolicy out, or ask the platform team to add the role to the class's adoptableRoles",
		in.Class.Name, name, namespace, patterns(in.Class.Spec.AdoptableRoles, namespace))
}
