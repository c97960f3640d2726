package desired

import (
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// servicePrincipal is the same in every partition (AWS: Task IAM role).
const servicePrincipal = "ecs-tasks.amazonaws.com"

func trust(in Input, state model.State) policy.Document {
	if in.TaskRole.Spec.Trust.SelfAssume {
		return selfTrust(state)
	}
	return serviceTrust(state.Place)
}

// serviceTrust lets ECS assume the role for tasks of one account and region and
// nobody else, so that no other customer's task can make ECS a confused deputy.
// ECS supports no narrower aws:SourceArn than all clusters (AWS: Task IAM role).
func serviceTrust(place model.Place) policy.Document {
	return policy.Document{Version: policy.Version, Statement: []policy.Statement{{
		Effect:    "Allow",
		Principal: policy.Principal{"Service": {servicePrincipal}},
		Action:    policy.Strings{"sts:AssumeRole"},
		Condition: policy.Conditions{
			"ArnLike": {"aws:SourceArn": {
				"arn:" + place.Partition + ":ecs:" + place.Region + ":" + place.Account + ":*",
			}},
			"StringEquals": {"aws:SourceAccount": {place.Account}},
		},
	}}}
}

// selfTrust also lets the role assume itself. The principal is the account with
// a condition on the role's ARN, because IAM refuses the ARN of a role that does
// not exist yet as a principal.
func selfTrust(state model.State) policy.Document {
	document := serviceTrust(state.Place)
	document.Statement = append(document.Statement, policy.Statement{
		Effect:    "Allow",
		Principal: policy.Principal{"AWS": {state.Place.ARN("root")}},
		Action:    policy.Strings{"sts:AssumeRole"},
		Condition: policy.Conditions{"ArnEquals": {"aws:PrincipalArn": {state.RoleARN()}}},
	})
	return document
}
