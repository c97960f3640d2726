package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	// maxRoleName is IAM's limit on a role's name (IAM and STS quotas).
	maxRoleName = 64
	// hashLength digits tell 4 billion names apart: enough for those that share
	// their first 55 characters, which begin with cluster and namespace.
	hashLength = 8
)

// roleName is the declared name, or a generated one: the prefix of the class and
// CLUSTER.NAMESPACE.NAME. Neither a cluster id nor a namespace holds a dot, so
// the first two dots after the prefix end them, whatever dots a TaskRole's name
// has: two TaskRoles never share a name. What is too long ends with a hash of all
// of it.
//
// That names of roles cannot meet by design is a convenience. Where they do meet
// (a name that the user chose, another class's prefix), the path settles whose a
// role is: it begins with the namespace's own part, and no field of a TaskRole
// changes it.
func roleName(in Input) string {
	if in.TaskRole.Spec.RoleName != "" {
		return in.TaskRole.Spec.RoleName
	}
	full := generated(in, in.TaskRole.Namespace) + in.TaskRole.Name
	if len(full) <= maxRoleName {
		return full
	}
	sum := sha256.Sum256([]byte(full))
	return full[:maxRoleName-hashLength-1] + "-" + hex.EncodeToString(sum[:])[:hashLength]
}

// generated is how the names of a namespace's roles begin before they are cut. Of
// no namespace: those of all namespaces.
func generated(in Input, namespace string) string {
	start := in.Class.Spec.NamePrefix + in.ClusterID + "."
	if namespace == "" {
		return start
	}
	return start + namespace + "."
}

// name gives the parts of the compiled document their names: the role's own for
// the first, _2 and so on for the others: names of Kubernetes objects hold no
// underscore, so no other TaskRole's policy has such a name.
func name(parts []policy.Document, state model.State) []model.Policy {
	policies := make([]model.Policy, 0, len(parts))
	for i, document := range parts {
		name := state.RoleName
		if i > 0 {
			name += "_" + strconv.Itoa(i+1)
		}
		policies = append(policies, model.Policy{Name: name, Document: document, Tags: state.Owner.Tags()})
	}
	return policies
}
