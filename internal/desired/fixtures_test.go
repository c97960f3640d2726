package desired

import (
	"errors"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	boundary = "arn:aws:iam::111122223333:policy/task-boundary"
	readOnly = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
)

// input is TaskRole shop/orders-api under a class that allows what it says; each
// test changes what it is about.
func input(change ...func(*Input)) Input {
	in := Input{
		ClusterID: "prod", MaxAttached: 10, NamespaceLabels: map[string]string{"team": "shop"},
		TaskRole: &v1alpha1.TaskRole{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders-api"},
			Spec: v1alpha1.TaskRoleSpec{
				Family:     "shop-orders",
				Statements: []v1alpha1.Statement{{Effect: "Allow", Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"}}},
			},
		},
		Class: &v1alpha1.TaskRoleClass{
			ObjectMeta: metav1.ObjectMeta{Name: "production"},
			Spec: v1alpha1.TaskRoleClassSpec{
				AccountID: "111122223333", Region: "us-west-2", PermissionsBoundaryARN: boundary,
				TrustedRegistrants: []string{"*"}, NamespaceSelector: &metav1.LabelSelector{},
				Families: []v1alpha1.NamePattern{"{{namespace}}-*"}, AllowStatements: true,
				AllowedActions: []v1alpha1.ActionPattern{"*"}, AllowedResources: []v1alpha1.ResourcePattern{"*"},
			},
		},
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func build(t testing.TB, in Input) model.State {
	t.Helper()
	state, err := Build(in)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return state
}

func refusal(t testing.TB, in Input) *Refusal {
	t.Helper()
	_, err := Build(in)
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not refused: %v", err)
	}
	return r
}

func document(t testing.TB, text string) policy.Document {
	t.Helper()
	d, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(t testing.TB, want string, got policy.Document) {
	t.Helper()
	if !policy.Equivalent(document(t, want), got) {
		t.Errorf("got  %s\nwant %s", got.JSON(), want)
	}
}
