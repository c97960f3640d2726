package desired

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func selector(key, value string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}

// breach is a declaration that a guard rail refuses: which field, and what the
// refusal says.
type breach struct {
	change func(*Input)
	field  string
	says   []string
}

// Each guard rail is tried from both sides: what it allows, and what it refuses
// with the field, what was found there and what to write instead.
var guards = map[string]struct {
	allowed []func(*Input)
	refused map[string]breach
}{
	"namespaceSelector": {
		allowed: []func(*Input){
			func(in *Input) { in.Class.Spec.NamespaceSelector = &metav1.LabelSelector{} },
			func(in *Input) { in.Class.Spec.NamespaceSelector, in.NamespaceLabels = &metav1.LabelSelector{}, nil },
			func(in *Input) { in.Class.Spec.NamespaceSelector = selector("team", "shop") },
		},
		refused: map[string]breach{
			"absent": {func(in *Input) { in.Class.Spec.NamespaceSelector = nil }, "metadata.namespace",
				[]string{"has no namespaceSelector", "namespace shop", "another class"}},
			"other labels": {func(in *Input) { in.Class.Spec.NamespaceSelector = selector("team", "bank") }, "metadata.namespace",
				[]string{"namespace shop", "team=bank", "label"}},
			"no labels": {func(in *Input) { in.Class.Spec.NamespaceSelector, in.NamespaceLabels = selector("team", "shop"), nil }, "metadata.namespace",
				[]string{"team=shop"}},
			"unreadable": {func(in *Input) {
				in.Class.Spec.NamespaceSelector = &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Like"}}}
			}, "metadata.namespace", []string{"cannot be read"}},
		},
	},
	"families": {
		allowed: []func(*Input){
			func(in *Input) { in.Class.Spec.Families = []v1alpha1.NamePattern{"x", "shop-orders"} },
			func(in *Input) { in.Class.Spec.Families = []v1alpha1.NamePattern{"*"} },
		},
		refused: map[string]breach{
			"empty list":   {func(in *Input) { in.Class.Spec.Families = nil }, "spec.family", []string{"shop-orders", "allows none", "platform team"}},
			"of another":   {func(in *Input) { in.TaskRole.Namespace = "bank" }, "spec.family", []string{"shop-orders", "bank-*"}},
			"only a part":  {func(in *Input) { in.TaskRole.Spec.Family = "my-shop-orders" }, "spec.family", []string{"my-shop-orders", "shop-*"}},
			"other spells": {func(in *Input) { in.TaskRole.Spec.Family = "Shop-orders" }, "spec.family", []string{"Shop-orders"}},
		},
	},
	"allowRoleNames": {
		allowed: []func(*Input){
			func(in *Input) {
				in.TaskRole.Spec.RoleName, in.Class.Spec.AllowRoleNames = "legacy", []v1alpha1.NamePattern{"legacy*"}
			},
			func(in *Input) {
				in.TaskRole.Spec.RoleName, in.Class.Spec.AllowRoleNames = "prod.shop.other", []v1alpha1.NamePattern{"*"}
			},
		},
		refused: map[string]breach{
			"empty list": {func(in *Input) { in.TaskRole.Spec.RoleName = "legacy" }, "spec.roleName", []string{"legacy", "allows none", "leave roleName out"}},
			"of another": {func(in *Input) {
				in.TaskRole.Spec.RoleName, in.Class.Spec.AllowRoleNames = "bank-api", []v1alpha1.NamePattern{"{{namespace}}-*"}
			}, "spec.roleName", []string{"bank-api", "shop-*"}},
			"a generated name of another namespace": {func(in *Input) {
				in.TaskRole.Spec.RoleName, in.Class.Spec.AllowRoleNames = "Prod.bank.api", []v1alpha1.NamePattern{"*"}
			}, "spec.roleName", []string{"Prod.bank.api", "another namespace", "prod."}},
		},
	},
	"allowStatements": {
		allowed: []func(*Input){
			func(in *Input) { in.Class.Spec.AllowStatements, in.TaskRole.Spec.Statements = false, nil },
			func(in *Input) {
				in.Class.Spec.AllowStatements = false
				in.TaskRole.Spec.Statements[0].Effect = v1alpha1.EffectDeny
			},
			func(in *Input) {
				in.Class.Spec.AllowStatements, in.TaskRole.Spec.Statements = false, nil
				in.TaskRole.Spec.Grants = []v1alpha1.Grant{{Access: []string{"Read"}, Resources: []string{"arn:aws:s3:::b/*"}}}
			},
		},
		refused: map[string]breach{
			"not allowed": {func(in *Input) { in.Class.Spec.AllowStatements = false }, "spec.statements[0]", []string{"production", "spec.grants", "managedPolicyARNs"}},
		},
	},
	"partition of resources": {
		allowed: []func(*Input){
			func(in *Input) {
				in.TaskRole.Spec.Statements[0].Resources = []string{"*", "arn:*:s3:::b", "arn:aws:s3:::b"}
			},
		},
		refused: map[string]breach{
			"of China": {func(in *Input) {
				in.TaskRole.Spec.Statements[0].Resources = []string{"*", "arn:aws-cn:s3:::b"}
			}, "spec.statements[0].resources[1]", []string{"arn:aws-cn:s3:::b", "aws-cn", "write arn:aws:"}},
		},
	},
	"allowedManagedPolicyARNs": {
		allowed: []func(*Input){
			func(in *Input) {
				in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly, boundary}
				in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{boundary, readOnly}
			},
		},
		refused: map[string]breach{
			"empty list": {func(in *Input) { in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly} },
				"spec.managedPolicyARNs[0]", []string{readOnly, "allowedManagedPolicyARNs", "exactly"}},
			"a pattern": {func(in *Input) {
				in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
				in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{"arn:aws:iam::aws:policy/*"}
			}, "spec.managedPolicyARNs[0]", []string{readOnly}},
			"of another account": {func(in *Input) {
				list := []v1alpha1.PolicyARN{readOnly, "arn:aws:iam::999999999999:policy/p"}
				in.TaskRole.Spec.ManagedPolicyARNs, in.Class.Spec.AllowedManagedPolicyARNs = list, list
			}, "spec.managedPolicyARNs[1]", []string{"999999999999", "arn:aws:iam::111122223333:policy/", "arn:aws:iam::aws:policy/"}},
			"of another partition": {func(in *Input) {
				list := []v1alpha1.PolicyARN{"arn:aws-cn:iam::111122223333:policy/p"}
				in.TaskRole.Spec.ManagedPolicyARNs, in.Class.Spec.AllowedManagedPolicyARNs = list, list
			}, "spec.managedPolicyARNs[0]", []string{"another account or partition"}},
		},
	},
	"allowedTagKeys": {
		allowed: []func(*Input){
			func(in *Input) {
				in.TaskRole.Spec.Tags, in.Class.Spec.AllowedTagKeys = v1alpha1.Tags{"team": "shop"}, []string{"team"}
			},
		},
		refused: map[string]breach{
			"empty list": {func(in *Input) { in.TaskRole.Spec.Tags = v1alpha1.Tags{"team": "shop"} }, "spec.tags[team]", []string{"team", "allows none", "remove the tag"}},
			"other capitals": {func(in *Input) {
				in.TaskRole.Spec.Tags, in.Class.Spec.AllowedTagKeys = v1alpha1.Tags{"Team": "shop"}, []string{"team"}
			}, "spec.tags[Team]", []string{"allows team"}},
			"set by the class": {func(in *Input) {
				in.TaskRole.Spec.Tags, in.Class.Spec.AllowedTagKeys = v1alpha1.Tags{"Team": "shop"}, []string{"Team"}
				in.Class.Spec.Tags = v1alpha1.Tags{"team": "platform"}
			}, "spec.tags[Team]", []string{"sets tag Team itself", "remove it"}},
		},
	},
	"permissionsBoundaryARN": {
		allowed: []func(*Input){
			func(in *Input) { in.TaskRole.Spec.PermissionsBoundaryARN = boundary },
			func(in *Input) {
				in.TaskRole.Spec.PermissionsBoundaryARN, in.Class.Spec.PermissionsBoundaryARN, in.Class.Spec.Unbounded = boundary, "", true
			},
		},
		refused: map[string]breach{
			"another than forced": {func(in *Input) { in.TaskRole.Spec.PermissionsBoundaryARN = readOnly }, "spec.permissionsBoundaryARN",
				[]string{boundary, readOnly, "leave it out"}},
			"of another account": {func(in *Input) {
				in.TaskRole.Spec.PermissionsBoundaryARN = "arn:aws:iam::999999999999:policy/b"
				in.Class.Spec.PermissionsBoundaryARN, in.Class.Spec.Unbounded = "", true
			}, "spec.permissionsBoundaryARN", []string{"999999999999", "arn:aws:iam::111122223333:policy/"}},
		},
	},
}

func TestWhatTheClassAllowsIsBuilt(t *testing.T) {
	for name, g := range guards {
		t.Run(name, func(t *testing.T) {
			for i, change := range g.allowed {
				if _, err := Build(input(change)); err != nil {
					t.Errorf("number %d: %v", i+1, err)
				}
			}
		})
	}
}

func TestWhatTheClassDoesNotAllowIsRefusedWithFieldValueAndCure(t *testing.T) {
	for name, g := range guards {
		for kind, c := range g.refused {
			t.Run(name+", "+kind, func(t *testing.T) {
				r := refusal(t, input(c.change))
				if r.Reason != v1alpha1.ReasonNotAllowed || len(r.Errors) != 1 || r.Errors[0].Field != c.field {
					t.Fatalf("%s: %s", r.Reason, r)
				}
				for _, text := range append(c.says, c.field) {
					if !strings.Contains(r.Error(), text) {
						t.Errorf("it does not say %q: %s", text, r)
					}
				}
			})
		}
	}
}

func TestAClassThatSaysNothingAllowsNothing(t *testing.T) {
	r := refusal(t, input(func(in *Input) {
		in.Class.Spec = v1alpha1.TaskRoleClassSpec{AccountID: "111122223333", Region: "us-west-2", Unbounded: true}
		in.TaskRole.Spec.RoleName = "x"
		in.TaskRole.Spec.Tags = v1alpha1.Tags{"team": "shop"}
		in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
	}))
	fields := map[string]bool{}
	for _, e := range r.Errors {
		fields[e.Field] = true
	}
	for _, want := range []string{"metadata.namespace", "spec.family", "spec.roleName", "spec.statements[0]", "spec.managedPolicyARNs[0]", "spec.tags[team]"} {
		if !fields[want] {
			t.Errorf("%s is not refused: %s", want, r)
		}
	}
}
