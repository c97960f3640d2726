package desired

import (
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// source is a statement and who asks for it.
type source struct {
	statement policy.Statement
	// field of the TaskRole; each element of the statement's lists where that is
	// exact, else the whole.
	field *field.Path
	exact bool
	// name is how findings call it, such as "statement Audit"; part how messages do
	// that name its field already, such as "access Read".
	name, part string
	// instead is what its author can do besides asking for leave, where nothing of it
	// was written as it stands.
	instead string
	from    origin
	// own: the controller asks for it, and no class needs to allow it.
	own bool
}

// origin becomes the Sid of a statement that has none, letters and digits only.
type origin struct{ kind, verb string }

func (s *source) allows() bool { return s.statement.Effect == policy.Allow }

// declared are the sources of everything that the TaskRole says, in the order of
// its fields, and what is wrong with what it says.
func declared(in Input, state model.State) ([]source, *Refusal) {
	out, errs := granted(in)
	errs = append(errs, unreadable(in)...)
	out = append(out, written(in)...)
	out = append(out, execChannels(in, state)...)
	if in.TaskRole.Spec.Trust.SelfAssume {
		// The trust policy names the account, which only delegates: the role
		// needs the permission, too.
		out = append(out, source{own: true, field: spec.Child("trust", "selfAssume"), name: "trust.selfAssume", part: "it", from: origin{kind: "SelfAssume"}, statement: policy.Statement{
			Effect: policy.Allow, Action: policy.Strings{"sts:AssumeRole"}, Resource: policy.Strings{state.RoleARN()},
		}})
	}
	return out, refused(v1alpha1.ReasonInvalidSpec, errs)
}

// unblamed are the sources of which nothing is refused yet.
func unblamed(sources []source, refusal *Refusal) []source {
	if refusal == nil {
		return sources
	}
	return slices.DeleteFunc(slices.Clone(sources), func(s source) bool {
		return slices.ContainsFunc(refusal.Errors, func(e *field.Error) bool { return strings.HasPrefix(e.Field, s.field.String()) })
	})
}

// granted turns the grants into statements.
func granted(in Input) (out []source, errs field.ErrorList) {
	for i, g := range in.TaskRole.Spec.Grants {
		path := spec.Child("grants").Index(i)
		permissions, problems := grants.Expand(grants.Grant{Access: g.Access, Resources: g.Resources, Conditions: conditions(g.Conditions)})
		for _, p := range problems {
			at := path.Child(p.Field)
			if p.Index >= 0 {
				at = at.Index(p.Index)
			}
			errs = append(errs, field.Invalid(at, p.Value, p.Message))
		}
		for _, p := range permissions {
			out = append(out, source{
				statement: p.Statement, field: path, name: path.String() + " (" + p.Verb + ")", part: "access " + p.Verb,
				instead: ", or change the grant",
				from:    origin{kind: "Grant" + word(p.Service), verb: word(p.Verb)},
			})
		}
	}
	return out, errs
}

// written are the statements that the TaskRole has as they are.
func written(in Input) []source {
	list := in.TaskRole.Spec.Statements
	out := make([]source, 0, len(list))
	for i, s := range list {
		path := spec.Child("statements").Index(i)
		name, part := path.String(), "it"
		if s.SID != "" {
			name, part = "statement "+s.SID, "statement "+s.SID
		}
		out = append(out, source{
			field: path, exact: true, name: name, part: part, from: origin{kind: "Statement"},
			statement: policy.Statement{
				Sid: s.SID, Effect: string(s.Effect), Action: slices.Clone(s.Actions), Resource: slices.Clone(s.Resources),
				Condition: conditions(s.Conditions),
			},
		})
	}
	return out
}

func conditions(block v1alpha1.ConditionBlock) policy.Conditions {
	var out policy.Conditions
	for operator, keys := range block {
		if out == nil {
			out = policy.Conditions{}
		}
		out[operator] = map[string]policy.Strings{}
		for key, values := range keys {
			out[operator][key] = policy.Strings(slices.Clone(values))
		}
	}
	return out
}

// word makes letters and digits of a name, as a Sid has them: rds-db is RdsDb.
func word(name string) string {
	var out strings.Builder
	start := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			start = true
			continue
		case start:
			r = unicode.ToUpper(r)
		}
		start = false
		out.WriteRune(r)
	}
	return out.String()
}
