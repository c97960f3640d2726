package desired

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/inference"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// maxImplied statements are many times what the ten containers of a definition
// need. Each is held against the class and against everything that the role may.
const maxImplied = 100

// imply adds what the definitions need, or tells what of it is missing.
func (b *basis) imply(in Input, state model.State, rails rails) {
	has := policy.Policies{Identity: append(managedDocuments(in), policy.Document{Version: policy.Version})}
	own := &has.Identity[len(has.Identity)-1]
	for i := range b.sources {
		own.Statement = append(own.Statement, b.sources[i].statement)
	}
	count := 0
	for _, need := range needs(in, state) {
		need.Why = brief(need.Why)
		if len(need.Statements) == 0 {
			b.tell(need.Implied, policy.Info, need.Why)
		}
		for _, statement := range need.Statements {
			count++
			if count > maxImplied {
				b.withhold(need.Implied, fmt.Sprintf("the task definition implies more than %d statements: grant it in spec.grants or spec.statements", maxImplied))
				break
			}
			if !permitted(has, statement) {
				b.need(in, need, statement, rails)
			}
		}
	}
}

// need is something that a definition implies, or a service.
type need struct {
	inference.Implied
	// of is what implies it, such as "of the task definition".
	of string
	// granted whatever inference says: the TaskRole asks for it by another field.
	granted bool
}

// needs are what is implied, each statement once: what the newest revision needs
// stands with that, however many others need it, too.
func needs(in Input, state model.State) []need {
	out := execNeeds(in, state)
	seen := map[string]bool{}
	for _, d := range in.Definitions {
		of := "of the task definition"
		if d.UsedBy != "" {
			of = fmt.Sprintf("of revision %d, which %s still needs", d.Number, d.UsedBy)
		}
		for _, one := range inference.Of(d.Registration, state.Place) {
			told := len(one.Statements) == 0
			one.Statements = slices.DeleteFunc(slices.Clone(one.Statements), func(s policy.Statement) bool {
				key := policy.Document{Statement: policy.Statements{s}}.JSON()
				defer func() { seen[key] = true }()
				return seen[key]
			})
			if told && d.UsedBy != "" || !told && len(one.Statements) == 0 {
				continue
			}
			if d.UsedBy != "" {
				one.Subject += fmt.Sprintf(" of revision %d", d.Number)
				one.Why += ", and " + d.UsedBy + " still needs that revision"
			}
			out = append(out, need{Implied: one, of: of})
		}
	}
	return out
}

// maxWhy is enough for a sentence that quotes a name or two.
const maxWhy = 1024

// brief cuts a text that quotes a definition: a status as long as somebody can
// write there would be taken by no API server.
func brief(text string) string {
	if len(text) <= maxWhy {
		return text
	}
	return strings.ToValidUTF8(text[:maxWhy], "") + "..."
}

// need adds a statement that the role lacks, or tells why not.
func (b *basis) need(in Input, need need, statement policy.Statement, rails rails) {
	name := strings.TrimSpace(need.Subject + " " + need.of)
	s := source{
		statement: statement, field: spec.Child("inference"), name: name, part: name, from: origin{kind: "Inferred" + need.Label},
	}
	why := unwritable(statement)
	if offences := rails.offences(&s); why == "" && len(offences) > 0 {
		why = offences[0].Detail
	}
	switch grant := need.granted || Effective(in.TaskRole, in.Class).Inference == v1alpha1.InferenceGrant; {
	case why != "":
		b.withhold(need.Implied, why)
	case grant:
		b.sources, b.needs = append(b.sources, s), append(b.needs, need.Implied)
	case in.Class.Spec.AllowStatements:
		b.tell(need.Implied, policy.Warning, fmt.Sprintf("%s; the role does not permit it. Set inference: Grant, or add to spec.statements: %s%s", need.Why, readyMade(statement), grantedAs(statement, rails, "or to spec.grants")))
	default:
		b.tell(need.Implied, policy.Warning, fmt.Sprintf("%s; the role does not permit it. Set inference: Grant, which permits: %s%s", need.Why, readyMade(statement), grantedAs(statement, rails, "or add to spec.grants")))
	}
}

// unwritable says why IAM would take no policy with the statement in it, or is
// empty. Names from a definition are what somebody wrote there.
func unwritable(s policy.Statement) string {
	document := policy.Document{Version: policy.Version, Statement: policy.Statements{s}}
	if _, err := policy.Split(document, policy.MaxManagedSize); err != nil {
		return fmt.Sprintf("its names are too long for any policy, which holds %d characters: shorten them in the task definition", policy.MaxManagedSize)
	}
	texts := slices.Concat(s.Action, s.Resource)
	for _, keys := range s.Condition {
		for _, values := range keys {
			texts = append(texts, values...)
		}
	}
	if slices.ContainsFunc(texts, func(text string) bool { return strings.ContainsFunc(text, foreign) }) {
		return "IAM takes no control characters in a policy and none beyond U+00FF: write the name in the task definition without them"
	}
	return ""
}

// foreign says whether a character may stand in no policy (IAM API reference:
// CreatePolicy).
func foreign(r rune) bool {
	return r > 0xFF || r < ' ' && r != '\t' && r != '\n' && r != '\r'
}

// anything stands for a * of a request: longer than what any run of ? stands for.
var anything = strings.Repeat("anything", 16)

// permitted says whether the role may already do what the statement allows: a
// pattern is put as a request for anything in the place of its *, which only a
// pattern as wide matches.
func permitted(has policy.Policies, s policy.Statement) bool {
	context := map[string][]string{}
	for _, keys := range s.Condition {
		for key, values := range keys {
			context[key] = values
		}
	}
	for _, action := range s.Action {
		for _, resource := range s.Resource {
			resource = strings.ReplaceAll(resource, "*", anything)
			if has.Evaluate(policy.Request{Action: action, Resource: resource, Context: context}) != policy.Allowed {
				return false
			}
		}
	}
	return true
}

// grantedAs is the grant that permits the statement, as a TaskRole has it, where
// there is one that the class allows.
func grantedAs(s policy.Statement, rails rails, offer string) string {
	g, found := grants.Covering(s)
	if !found {
		return ""
	}
	permissions, _ := grants.Expand(g) // what covers has no problems
	for _, p := range permissions {
		if len(rails.offences(&source{statement: p.Statement, field: spec.Child("grants")})) > 0 {
			return ""
		}
	}
	return "; " + offer + ": " + oneLine(v1alpha1.Grant{Access: g.Access, Resources: g.Resources, Conditions: declaredConditions(g.Conditions)})
}

// readyMade is the statement as a TaskRole has it.
func readyMade(s policy.Statement) string {
	return oneLine(v1alpha1.Statement{
		Effect: v1alpha1.Effect(s.Effect), Actions: s.Action, Resources: s.Resource, Conditions: declaredConditions(s.Condition),
	})
}

func declaredConditions(conditions policy.Conditions) v1alpha1.ConditionBlock {
	var out v1alpha1.ConditionBlock
	for operator, keys := range conditions {
		if out == nil {
			out = v1alpha1.ConditionBlock{}
		}
		out[operator] = v1alpha1.ConditionKeys{}
		for key, values := range keys {
			out[operator][key] = v1alpha1.ConditionValues(values)
		}
	}
	return out
}

// oneLine is a part of a TaskRole in one line; JSON is YAML.
func oneLine(part any) string {
	text, err := json.Marshal(part)
	if err != nil {
		return err.Error() // strings and maps of them cannot fail to encode
	}
	return string(text)
}
