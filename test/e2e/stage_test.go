package e2e

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const (
	region     = "us-west-2"
	externalID = "e2e-external-id"
	deployer   = "deployer"
)

// stage is what one test plays on: an AWS account, a namespace and a class that
// nobody else uses.
type stage struct {
	testing.TB
	ctx       context.Context
	manager   *ground.Manager
	account   string
	namespace string
	className string
	// pipeline registers task definitions; admin meddles by hand.
	pipeline, admin *cloud
	mark            int // where in the log of calls the stage's begin
}

// stages numbers the stages of a run.
var stages atomic.Int64

// shared is a stage beside the manager that parallel tests share. The class is
// open in every way that change does not close.
func shared(t testing.TB, change ...func(*v1alpha1.TaskRoleClass)) *stage {
	t.Helper()
	return newStage(t, world.shared.use(t), "", change...)
}

// alone is a stage with a manager of its own, which is stopped after the test.
func alone(t testing.TB, flags ...string) *stage {
	t.Helper()
	return newStage(t, launched(t, flags...), "")
}

// launched is a manager that is stopped, and must have been well, at the end of
// the test.
func launched(t testing.TB, flags ...string) *ground.Manager {
	t.Helper()
	if err := world.shared.stop(); err != nil {
		t.Error(err)
	}
	m, err := launch(flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-m.Ended: // as the test wanted it
			if err := m.Healthy(unheard); err != nil {
				t.Error(err)
			}
		default:
			if err := m.Stop(unheard); err != nil {
				t.Error(err)
			}
		}
	})
	return m
}

// newStage makes a stage in the given account, or a new one where it is empty.
func newStage(t testing.TB, m *ground.Manager, account string, change ...func(*v1alpha1.TaskRoleClass)) *stage {
	t.Helper()
	n := stages.Add(1)
	if account == "" {
		account = fmt.Sprintf("2%011d", n)
	}
	s := &stage{
		TB: t, ctx: context.Background(), manager: m, account: account,
		namespace: fmt.Sprintf("stage-%d", n), className: fmt.Sprintf("class-%d", n),
		pipeline: newCloud(account, world.AWS.Session(account, deployer, "run-1")),
		admin:    newCloud(account, world.AWS.User(account, "admin")),
	}
	s.forget()
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})
	s.admitController()
	s.create(s.class(change...))
	t.Cleanup(s.clear)
	t.Cleanup(func() {
		if t.Failed() {
			s.tell()
		}
	})
	return s
}

// admitController makes the role by which the manager comes into the account.
func (s *stage) admitController() {
	s.Helper()
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},`+
		`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":%q}}}]}`, home, externalID)
	_, err := s.admin.iam.CreateRole(s.ctx, &iam.CreateRoleInput{RoleName: aws.String(controller), AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil && code(err) != "EntityAlreadyExists" {
		s.Fatal(err)
	}
}

// class is one that allows everything, but for what change forbids.
func (s *stage) class(change ...func(*v1alpha1.TaskRoleClass)) *v1alpha1.TaskRoleClass {
	class := &v1alpha1.TaskRoleClass{
		ObjectMeta: metav1.ObjectMeta{Name: s.className},
		Spec: v1alpha1.TaskRoleClassSpec{
			AccountID: s.account, Region: region,
			AssumeRoleARN: "arn:aws:iam::" + s.account + ":role/" + controller, ExternalID: externalID,
			Unbounded:          true,
			TrustedRegistrants: []string{"arn:aws:sts::" + s.account + ":assumed-role/" + deployer + "/*"},
			NamespaceSelector:  &metav1.LabelSelector{},
			Families:           []v1alpha1.NamePattern{"*"},
			AllowRoleNames:     []v1alpha1.NamePattern{"*"},
			AllowedTagKeys:     []string{"team"},
			AllowStatements:    true,
			AllowedActions:     []v1alpha1.ActionPattern{"*"},
			AllowedResources:   []v1alpha1.ResourcePattern{"*"},
		},
	}
	for _, c := range change {
		c(class)
	}
	return class
}

// declare creates a TaskRole of the stage's class, for a family of its own name
// unless change says otherwise.
func (s *stage) declare(name string, change ...func(*v1alpha1.TaskRole)) *v1alpha1.TaskRole {
	s.Helper()
	tr := s.taskRole(name, change...)
	s.create(tr)
	return tr
}

func (s *stage) taskRole(name string, change ...func(*v1alpha1.TaskRole)) *v1alpha1.TaskRole {
	tr := &v1alpha1.TaskRole{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: s.namespace},
		Spec: v1alpha1.TaskRoleSpec{
			ClassName: s.className, Family: name,
			Statements: []v1alpha1.Statement{{
				SID: "ReadSecrets", Effect: v1alpha1.EffectAllow,
				Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::my-task-secrets-bucket/*"},
			}},
		},
	}
	for _, c := range change {
		c(tr)
	}
	return tr
}

func (s *stage) create(o client.Object) {
	s.Helper()
	if err := world.Kube.Create(s.ctx, o); err != nil {
		s.Fatal(err)
	}
	world.licences.note(s.Name(), o)
}

// edit changes a TaskRole, and returns it as it was right after.
func (s *stage) edit(name string, change func(*v1alpha1.TaskRole)) *v1alpha1.TaskRole {
	s.Helper()
	tr := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: s.namespace}}
	s.update(tr, func() { change(tr) })
	return tr
}

// editClass changes the stage's class.
func (s *stage) editClass(change func(*v1alpha1.TaskRoleClass)) {
	s.Helper()
	class := &v1alpha1.TaskRoleClass{ObjectMeta: metav1.ObjectMeta{Name: s.className}}
	s.update(class, func() { change(class) })
}

func (s *stage) update(o client.Object, change func()) {
	s.Helper()
	if err := world.Kube.Get(s.ctx, client.ObjectKeyFromObject(o), o); err != nil {
		s.Fatal(err)
	}
	base := o.DeepCopyObject().(client.Object)
	change()
	if err := world.Kube.Patch(s.ctx, o, client.MergeFrom(base)); err != nil {
		s.Fatal(err)
	}
	world.licences.note(s.Name(), o)
}

// annotate sets an annotation of a TaskRole.
func (s *stage) annotate(name, key, value string) *v1alpha1.TaskRole {
	s.Helper()
	return s.edit(name, func(tr *v1alpha1.TaskRole) { metav1.SetMetaDataAnnotation(&tr.ObjectMeta, key, value) })
}

// lookAt asks the manager for a look at once.
func (s *stage) lookAt(name string) *v1alpha1.TaskRole {
	s.Helper()
	return s.annotate(name, v1alpha1.AnnotationReconcile, time.Now().Format(time.RFC3339Nano))
}

// remove asks for the deletion of a TaskRole.
func (s *stage) remove(name string) {
	s.Helper()
	tr := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: s.namespace}}
	if err := world.Kube.Delete(s.ctx, tr); err != nil {
		s.Fatal(err)
	}
}

// clear takes the stage's objects out of the next test's way, whatever state
// they are in.
func (s *stage) clear() {
	s.intercept(nil)
	var list v1alpha1.TaskRoleList
	if err := world.Kube.List(s.ctx, &list, client.InNamespace(s.namespace)); err != nil {
		s.Error(err)
	}
	for i := range list.Items {
		s.drop(&list.Items[i])
	}
	s.drop(&v1alpha1.TaskRoleClass{ObjectMeta: metav1.ObjectMeta{Name: s.className}})
}

// drop deletes an object and strips its finalizers until it is gone.
func (s *stage) drop(o client.Object) {
	if err := client.IgnoreNotFound(world.Kube.Delete(s.ctx, o)); err != nil {
		s.Error(err)
	}
	err := s.poll(func() error {
		err := world.Kube.Patch(s.ctx, o, client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`)))
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err == nil {
			return fmt.Errorf("%s is still there", o.GetName())
		}
		return err
	})
	if err != nil {
		s.Error(err)
	}
}
