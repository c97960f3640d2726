package desired

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Refusal says why a declaration cannot be carried out, whatever AWS has.
type Refusal struct {
	Reason string // of the condition
	Errors field.ErrorList
}

// maxTold is how many mistakes a person mends at once; a message is no place for
// hundreds.
const maxTold = 5

func (r *Refusal) Error() string {
	texts := make([]string, 0, maxTold)
	for i, e := range r.Errors {
		if i == maxTold {
			texts = append(texts, fmt.Sprintf("and %d more", len(r.Errors)-maxTold))
			break
		}
		texts = append(texts, e.Field+": "+e.Detail)
	}
	return strings.Join(texts, "; ")
}

var spec = field.NewPath("spec")

// guard holds the declaration against the class. What the class does not name
// is not allowed.
func guard(in Input) *Refusal {
	var errs field.ErrorList
	for _, check := range []func(Input) field.ErrorList{
		guardNamespace, guardFamily, guardRoleName, guardAdoption, guardStatements, guardManagedPolicies, guardTags, guardBoundary, guardExec,
	} {
		errs = append(errs, check(in)...)
	}
	return refused(v1alpha1.ReasonNotAllowed, errs)
}

// refused is nil where there is no mistake.
func refused(reason string, errs field.ErrorList) *Refusal {
	if len(errs) == 0 {
		return nil
	}
	return &Refusal{Reason: reason, Errors: errs}
}

// both puts two refusals into one, so that a person mends everything at once. The
// first gives the reason.
func both(first, second *Refusal) *Refusal {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	default:
		return &Refusal{Reason: first.Reason, Errors: slices.Concat(first.Errors, second.Errors)}
	}
}

func forbidden(path *field.Path, format string, args ...any) field.ErrorList {
	return field.ErrorList{field.Forbidden(path, fmt.Sprintf(format, args...))}
}

func guardNamespace(in Input) field.ErrorList {
	path := field.NewPath("metadata", "namespace")
	selector, err := metav1.LabelSelectorAsSelector(in.Class.Spec.NamespaceSelector)
	if err != nil {
		return forbidden(path, "namespaceSelector of class %s cannot be read: %v", in.Class.Name, err)
	}
	if selector.Matches(labels.Set(in.NamespaceLabels)) {
		return nil
	}
	if in.Class.Spec.NamespaceSelector == nil {
		return forbidden(path, "class %s has no namespaceSelector and so serves no namespace, whatever its labels: ask the platform team for one that selects namespace %s, or use another class",
			in.Class.Name, in.TaskRole.Namespace)
	}
	return forbidden(path, "class %s does not serve namespace %s: its namespaceSelector is %s; ask the platform team for a label on the namespace, or use another class",
		in.Class.Name, in.TaskRole.Namespace, selector)
}

func guardFamily(in Input) field.ErrorList {
	family := in.TaskRole.Spec.Family
	if matches(in.Class.Spec.Families, family, in.TaskRole.Namespace) {
		return nil
	}
	return forbidden(spec.Child("family"), "class %s does not allow family %s in namespace %s: it allows %s; name one of those, or ask the platform team to add it to the class's families",
		in.Class.Name, family, in.TaskRole.Namespace, patterns(in.Class.Spec.Families, in.TaskRole.Namespace))
}

func guardRoleName(in Input) field.ErrorList {
	name, namespace := in.TaskRole.Spec.RoleName, in.TaskRole.Namespace
	if name == "" {
		return nil
	}
	path := spec.Child("roleName")
	adopts := in.TaskRole.Spec.AdoptionPolicy == v1alpha1.AdoptionAdopt // guardAdoption has the say
	if !adopts && !matches(in.Class.Spec.AllowRoleNames, name, namespace) {
		return forbidden(path, "class %s does not allow role name %s: it allows %s; leave roleName out to get a name of the controller's",
			in.Class.Name, name, patterns(in.Class.Spec.AllowRoleNames, namespace))
	}
	// Whoever takes a name before its owner does blocks him: whatever a pattern of
	// the class allows, generated names of other namespaces are none to choose.
	if begins(name, generated(in, "")) && !begins(name, generated(in, namespace)) {
		return forbidden(path, "role name %s begins as the generated names of another namespace do: choose one that does not begin with %s, or leave roleName out",
			name, generated(in, ""))
	}
	return nil
}

// begins compares as IAM compares names: without regard to case.
func begins(name, start string) bool {
	return len(name) >= len(start) && strings.EqualFold(name[:len(start)], start)
}

// guardStatements refuses statements that allow. One that denies only takes away.
func guardStatements(in Input) field.ErrorList {
	if in.Class.Spec.AllowStatements {
		return nil
	}
	var errs field.ErrorList
	for i, s := range in.TaskRole.Spec.Statements {
		if s.Effect == v1alpha1.EffectAllow {
			errs = append(errs, forbidden(spec.Child("statements").Index(i), "class %s does not allow IAM statements with effect Allow: use spec.grants, or managedPolicyARNs that it allows, or another class", in.Class.Name)...)
		}
	}
	return errs
}

func guardManagedPolicies(in Input) field.ErrorList {
	var errs field.ErrorList
	for i, arn := range in.TaskRole.Spec.ManagedPolicyARNs {
		path := spec.Child("managedPolicyARNs").Index(i)
		if !slices.Contains(in.Class.Spec.AllowedManagedPolicyARNs, arn) {
			errs = append(errs, forbidden(path,
				"class %s does not allow policy %s: its allowedManagedPolicyARNs must list it exactly; leave it out, or ask the platform team to add it", in.Class.Name, arn)...)
			continue
		}
		errs = append(errs, guardPolicyARN(in, path, arn)...)
	}
	return errs
}

// guardPolicyARN refuses a policy that IAM would not take on a role of the
// class: one of another partition, or of another customer's account.
func guardPolicyARN(in Input, path *field.Path, arn v1alpha1.PolicyARN) field.ErrorList {
	want := "arn:" + partition(in.Class) + ":iam::"
	account, found := strings.CutPrefix(string(arn), want)
	account, _, _ = strings.Cut(account, ":")
	if found && (account == in.Class.Spec.AccountID || account == "aws") {
		return nil
	}
	return forbidden(path, "policy %s is of another account or partition than class %s: write %s%s:policy/..., or %saws:policy/... for one of AWS's own",
		arn, in.Class.Name, want, in.Class.Spec.AccountID, want)
}

func guardTags(in Input) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(in.TaskRole.Spec.Tags) {
		switch {
		case hasKey(in.Class.Spec.Tags, key):
			errs = append(errs, forbidden(spec.Child("tags").Key(key), "class %s sets tag %s itself: remove it", in.Class.Name, key)...)
		case !slices.Contains(in.Class.Spec.AllowedTagKeys, key):
			errs = append(errs, forbidden(spec.Child("tags").Key(key), "class %s does not allow tag key %s: it allows %s; remove the tag, or ask the platform team to add its key to the class's allowedTagKeys",
				in.Class.Name, key, orNone(in.Class.Spec.AllowedTagKeys))...)
		}
	}
	return errs
}

func guardBoundary(in Input) field.ErrorList {
	want, forced := in.TaskRole.Spec.PermissionsBoundaryARN, in.Class.Spec.PermissionsBoundaryARN
	path := spec.Child("permissionsBoundaryARN")
	switch {
	case want == "" || want == forced:
		return nil
	case forced != "":
		return forbidden(path, "class %s forces boundary %s, not %s: write the same, or leave it out", in.Class.Name, forced, want)
	default:
		return guardPolicyARN(in, path, want)
	}
}

// matches says whether one of the patterns matches, {{namespace}} filled in.
func matches(list []v1alpha1.NamePattern, name, namespace string) bool {
	return slices.ContainsFunc(list, func(p v1alpha1.NamePattern) bool {
		return policy.Match(fill(p, namespace), name)
	})
}

func fill(pattern v1alpha1.NamePattern, namespace string) string {
	return strings.ReplaceAll(string(pattern), namespaceVariable, namespace)
}

// namespaceVariable stands in a class's patterns for the TaskRole's namespace.
const namespaceVariable = "{{namespace}}"

func patterns(list []v1alpha1.NamePattern, namespace string) string {
	texts := make([]string, 0, len(list))
	for _, p := range list {
		texts = append(texts, fill(p, namespace))
	}
	return orNone(texts)
}

func orNone(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}

// guardExec: Auto leaves it to whoever may change a service, and a default of the
// class allows what it says.
func guardExec(in Input) field.ErrorList {
	if in.TaskRole.Spec.ExecuteCommand != v1alpha1.ExecuteCommandAuto || in.Class.Spec.AllowAutoExecuteCommand ||
		in.Class.Spec.Defaults.ExecuteCommand == v1alpha1.ExecuteCommandAuto {
		return nil
	}
	return forbidden(spec.Child("executeCommand"), "class %s does not allow Auto: write Enabled or Disabled, or ask the platform team for allowAutoExecuteCommand", in.Class.Name)
}
