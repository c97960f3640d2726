package desired

import (
	"maps"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// tags are the tenant's, over them the class's, over all the owner's.
func tags(in Input, state model.State) map[string]string {
	out := map[string]string{}
	for key, value := range in.TaskRole.Spec.Tags {
		if !hasKey(in.Class.Spec.Tags, key) {
			out[key] = string(value)
		}
	}
	for key, value := range in.Class.Spec.Tags {
		out[key] = string(value)
	}
	maps.Copy(out, state.Owner.Tags())
	out[model.TagClass] = in.Class.Name
	return out
}
