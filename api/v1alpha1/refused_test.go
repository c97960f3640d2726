package v1alpha1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// refusal is an object that must not pass.
type refusal struct {
	name string
	// before is the spec that the object has; empty: there is no object yet.
	before string
	spec   string
	field  string // that the refusal names
	says   string // in the refusal: what is wrong, or what to write instead
}

func TestWhatIsRefusedNamesTheFieldAndSaysWhatToWrite(t *testing.T) {
	for _, k := range []kind{taskRoleKind, classKind} {
		for _, r := range refusals(k) {
			t.Run(k.name+"/"+r.name, func(t *testing.T) {
				err := k.try(t, r.before, r.spec)
				if err == nil {
					t.Fatal("accepted")
				}
				for _, cause := range causes(t, err) {
					if cause.Field == r.field && strings.Contains(cause.Message, r.says) {
						return
					}
				}
				t.Errorf("want %s refused with %q, got:\n%s", r.field, r.says, strings.ReplaceAll(err.Error(), ", spec.", ",\nspec."))
			})
		}
	}
}

func refusals(k kind) []refusal {
	if k.name == classKind.name {
		return slices.Concat(classRefusals(), railRefusals(), clusterRefusals(), tagRefusals())
	}
	return slices.Concat(taskRoleRefusals(), grantRefusals(), rolloutRefusals(), statementRefusals(), tagRefusals())
}

func TestAFieldThatDoesNotExistIsRefused(t *testing.T) {
	for k, spec := range map[kind]string{
		taskRoleKind: "permissions: []",
		classKind:    "allowedClusters: []",
	} {
		err := k.try(t, "", spec)
		if err == nil || !strings.Contains(err.Error(), "unknown field") {
			t.Errorf("%s with %s: got %v", k.name, spec, err)
		}
	}
}

func taskRoleRefusals() []refusal {
	const familyCure = "write orders-api, not orders-api:42 or an ARN"
	const arnForm = "is written arn:aws:iam::111122223333:policy/NAME"
	return []refusal{
		{name: "no family", spec: "family: null", field: "spec.family", says: "Required value"},
		{name: "empty family", spec: `family: ""`, field: "spec.family", says: "at least 1 chars"},
		{name: "family with revision", spec: `family: "orders-api:42"`, field: "spec.family", says: familyCure},
		{name: "family as ARN", spec: "family: arn:aws:ecs:us-west-2:111122223333:task-definition/orders-api", field: "spec.family", says: familyCure},
		{name: "family with a dot", spec: "family: orders.api", field: "spec.family", says: familyCure},
		{name: "family with a line end", spec: `family: "orders-api\n"`, field: "spec.family", says: familyCure},
		{name: "family with a letter that ECS does not take", spec: "family: bestell-übersicht", field: "spec.family", says: familyCure},
		{name: "long family", spec: "family: " + strings.Repeat("a", 256), field: "spec.family", says: "Too long"},
		{name: "other family", before: "family: orders-api", spec: "family: orders-web", field: "spec.family", says: "family is immutable: delete the TaskRole and create another"},

		{name: "empty className", spec: `className: ""`, field: "spec.className", says: "at least 1 chars"},
		{name: "long className", spec: "className: " + strings.Repeat("a", 254), field: "spec.className", says: "Too long"},
		{name: "other className", before: "className: production", spec: "className: staging", field: "spec.className", says: "className is immutable"},
		{name: "className added", before: "{}", spec: "className: production", field: "spec", says: "className cannot be added or removed later"},
		{name: "className removed", before: "className: production", spec: "{}", field: "spec", says: "className cannot be added or removed later"},

		{name: "empty roleName", spec: `roleName: ""`, field: "spec.roleName", says: "at least 1 chars"},
		{name: "long roleName", spec: "roleName: " + strings.Repeat("a", 65), field: "spec.roleName", says: "Too long"},
		{name: "roleName with a path", spec: "roleName: /apps/orders", field: "spec.roleName", says: "write the bare name, without path and not as an ARN"},
		{name: "roleName as ARN", spec: "roleName: arn:aws:iam::111122223333:role/orders", field: "spec.roleName", says: "write the bare name"},
		{name: "roleName with a space", spec: "roleName: orders role", field: "spec.roleName", says: "letters, digits and _+=,.@- only"},
		{name: "other roleName", before: "roleName: one", spec: "roleName: two", field: "spec.roleName", says: "roleName is immutable"},
		{name: "roleName added", before: "{}", spec: "roleName: one", field: "spec", says: "roleName cannot be added or removed later"},
		{name: "roleName removed", before: "roleName: one", spec: "{}", field: "spec", says: "roleName cannot be added or removed later"},

		{name: "policy ARN as the guide misprints it", spec: "managedPolicyARNs: [arn:aws:iam:111122223333:aws:policy/taskRolePolicy]", field: "spec.managedPolicyARNs[0]", says: "the account stands in the fifth, arn:aws:iam::111122223333:policy/NAME (AWS's guide misprints it)"},
		{name: "policy ARN with the literal region", spec: "managedPolicyARNs: [arn:aws:iam:region:111122223333:policy/p]", field: "spec.managedPolicyARNs[0]", says: "has no region"},
		{name: "policy name instead of ARN", spec: "managedPolicyARNs: [taskRolePolicy]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "policy ARN without account", spec: "managedPolicyARNs: [arn:aws:iam:::policy/p]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "policy ARN with a short account", spec: "managedPolicyARNs: [arn:aws:iam::1111:policy/p]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "policy ARN of an unknown partition", spec: "managedPolicyARNs: [arn:amazon:iam::111122223333:policy/p]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "role's ARN as policy", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:role/p]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "policy ARN of another service", spec: "managedPolicyARNs: [arn:aws:s3:::policy/p]", field: "spec.managedPolicyARNs[0]", says: arnForm},
		{name: "policy ARN with a wildcard", spec: "managedPolicyARNs: [arn:aws:iam::aws:policy/*]", field: "spec.managedPolicyARNs[0]", says: "a managed policy's name has letters"},
		{name: "policy ARN without name", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:policy/path/]", field: "spec.managedPolicyARNs[0]", says: "a managed policy's name has letters"},
		{name: "policy with a long name", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:policy/" + strings.Repeat("p", 129) + "]", field: "spec.managedPolicyARNs[0]", says: "128 at most"},
		{name: "long policy ARN", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:policy/" + strings.Repeat("p", 1000) + "]", field: "spec.managedPolicyARNs[0]", says: "Too long"},
		{name: "same policy twice", spec: "managedPolicyARNs: [arn:aws:iam::aws:policy/p, arn:aws:iam::aws:policy/q, arn:aws:iam::aws:policy/p]", field: "spec.managedPolicyARNs[2]", says: "Duplicate value"},
		{name: "too many policies", spec: "managedPolicyARNs: " + list(21, func(i int) string { return fmt.Sprintf("arn:aws:iam::aws:policy/p%d", i) }), field: "spec.managedPolicyARNs", says: "Too many"},

		{name: "empty boundary", spec: `permissionsBoundaryARN: ""`, field: "spec.permissionsBoundaryARN", says: "at least 1 chars"},
		{name: "boundary as the guide misprints policies", spec: "permissionsBoundaryARN: arn:aws:iam:111122223333:aws:policy/b", field: "spec.permissionsBoundaryARN", says: "has no region"},
		{name: "boundary by name", spec: "permissionsBoundaryARN: b", field: "spec.permissionsBoundaryARN", says: arnForm},
		{name: "boundary with a wildcard", spec: `permissionsBoundaryARN: "arn:aws:iam::111122223333:policy/b*"`, field: "spec.permissionsBoundaryARN", says: "a managed policy's name has letters"},
		{name: "long boundary", spec: "permissionsBoundaryARN: arn:aws:iam::111122223333:policy/" + strings.Repeat("b", 1000), field: "spec.permissionsBoundaryARN", says: "Too long"},

		{name: "adoption of no role", spec: "adoptionPolicy: Adopt", field: "spec", says: "adoptionPolicy Adopt takes over the role that roleName names"},
		{name: "unknown adoptionPolicy", spec: "adoptionPolicy: Always", field: "spec.adoptionPolicy", says: `supported values: "Never", "Adopt"`},
		{name: "unknown managementPolicy", spec: "managementPolicy: Manage", field: "spec.managementPolicy", says: `supported values: "Enforce", "Observe"`},
		{name: "managementPolicy in small letters", spec: "managementPolicy: observe", field: "spec.managementPolicy", says: `supported values: "Enforce", "Observe"`},
		{name: "unknown deletionPolicy", spec: "deletionPolicy: Orphan", field: "spec.deletionPolicy", says: `supported values: "Delete", "Retain"`},
	}
}

// list makes a YAML list of n quoted texts.
func list(n int, text func(int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%q, ", text(i))
	}
	return "[" + strings.TrimSuffix(b.String(), ", ") + "]"
}
