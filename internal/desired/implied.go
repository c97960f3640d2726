package desired

import (
	"encoding/json"
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/inference"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// imply adds what the definition needs, or tells what of it is missing.
func (b *basis) imply(in Input, state model.State, rails rails) {
	grant := Effective(in.TaskRole, in.Class).Inference == v1alpha1.InferenceGrant
	has := policy.Policies{Identity: append(managedDocuments(in), policy.Document{Version: policy.Version})}
	own := &has.Identity[len(has.Identity)-1]
	for i := range b.sources {
		own.Statement = append(own.Statement, b.sources[i].statement)
	}
	for _, implied := range inference.Of(in.Definition, state.Place) {
		if len(implied.Statements) == 0 {
			b.tell(implied, policy.Info, implied.Why)
		}
		for _, statement := range implied.Statements {
			s := source{
				statement: statement, field: spec.Child("inference"), name: implied.Subject + " of the task definition",
				from: origin{kind: "Inferred" + implied.Label},
			}
			switch offences := rails.offences(&s); {
			case permitted(has, statement):
			case grant && len(offences) > 0:
				b.tell(implied, policy.Warning, fmt.Sprintf("%s; it is not granted: %s", implied.Why, offences[0].Detail))
			case grant:
				b.sources = append(b.sources, s)
			default:
				b.tell(implied, policy.Warning, fmt.Sprintf("%s; the role does not permit it. Set inference: Grant, or add to spec.statements: %s", implied.Why, readyMade(statement)))
			}
		}
	}
}

func (b *basis) tell(implied inference.Implied, severity policy.Severity, message string) {
	b.implied = append(b.implied, policy.Finding{Severity: severity, Code: implied.Code, Subject: implied.Subject, Message: message})
}

// permitted says whether the role may already do what the statement allows: a
// pattern is put as a request for itself, which only a pattern as wide matches.
func permitted(has policy.Policies, s policy.Statement) bool {
	context := map[string][]string{}
	for _, keys := range s.Condition {
		for key, values := range keys {
			context[key] = values
		}
	}
	for _, action := range s.Action {
		for _, resource := range s.Resource {
			if has.Evaluate(policy.Request{Action: action, Resource: resource, Context: context}) != policy.Allowed {
				return false
			}
		}
	}
	return true
}

// readyMade is the statement as a TaskRole has it, in one line; JSON is YAML.
func readyMade(s policy.Statement) string {
	out := v1alpha1.Statement{Effect: v1alpha1.Effect(s.Effect), Actions: s.Action, Resources: s.Resource}
	for operator, keys := range s.Condition {
		if out.Conditions == nil {
			out.Conditions = v1alpha1.ConditionBlock{}
		}
		out.Conditions[operator] = v1alpha1.ConditionKeys{}
		for key, values := range keys {
			out.Conditions[operator][key] = v1alpha1.ConditionValues(values)
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err.Error() // strings and maps of them cannot fail to encode
	}
	return string(text)
}
