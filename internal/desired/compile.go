package desired

import (
	"maps"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// compile makes the one document of the role's own policies; without statements
// there is nothing to permit.
func compile(in Input, state model.State) policy.Document {
	document := policy.Document{Version: policy.Version}
	for _, s := range in.TaskRole.Spec.Statements {
		document.Statement = append(document.Statement, statement(s))
	}
	if in.TaskRole.Spec.Trust.SelfAssume {
		// The trust policy names the account, which only delegates: the role
		// needs the permission, too.
		document.Statement = append(document.Statement, policy.Statement{
			Sid: selfAssumeSid(in.TaskRole.Spec.Statements), Effect: "Allow",
			Action: policy.Strings{"sts:AssumeRole"}, Resource: policy.Strings{state.RoleARN()},
		})
	}
	return document
}

// selfAssumeSid avoids the Sids that the TaskRole uses itself.
func selfAssumeSid(statements []v1alpha1.Statement) string {
	sid := "SelfAssume"
	for slices.ContainsFunc(statements, func(s v1alpha1.Statement) bool { return s.SID == sid }) {
		sid += "X"
	}
	return sid
}

// managed are the declared managed policies, sorted, each once.
func managed(in Input) []string {
	var arns []string
	for _, arn := range in.TaskRole.Spec.ManagedPolicyARNs {
		arns = append(arns, string(arn))
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

func statement(s v1alpha1.Statement) policy.Statement {
	out := policy.Statement{
		Sid: s.SID, Effect: string(s.Effect),
		Action: slices.Clone(s.Actions), Resource: slices.Clone(s.Resources),
	}
	for operator, keys := range s.Conditions {
		if out.Condition == nil {
			out.Condition = policy.Conditions{}
		}
		out.Condition[operator] = map[string]policy.Strings{}
		for key, values := range keys {
			out.Condition[operator][key] = policy.Strings(slices.Clone(values))
		}
	}
	return out
}

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
