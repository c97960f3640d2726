package crashpoints

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const (
	controller = ground.Controller
	declared   = "orders" // name of the TaskRole, and of its family
)

// stage is where one point is tried: an AWS account, a namespace and a class
// that nobody else uses.
type stage struct {
	*testing.T
	ctx       context.Context
	lane      *lane
	calls     *calls
	account   string
	namespace string
	className string
	place     *ground.Account
	admin     *iam.Client
	pipeline  *ground.Caller
	deleted   bool
	adopted   string // the id of the role that is to be adopted; empty: none is
	// shipping guards registered: a racing pipeline ships when a call arrives.
	shipping sync.Mutex
	// registered are the pipeline's ACTIVE revisions, the oldest first.
	registered []ground.Revision
	images     int // how many it has ever registered
	// neighbours are what others have in the account.
	neighbours neighbours
}

// stages numbers the stages of a run.
var stages atomic.Int64

// newStage takes a lane, until the test is over, and makes sure that a manager
// runs in it.
func newStage(t *testing.T, free chan *lane) *stage {
	t.Helper()
	l := <-free
	t.Cleanup(func() { free <- l })
	n := stages.Add(1)
	account := fmt.Sprintf("2%011d", n)
	s := &stage{
		T: t, ctx: context.Background(), lane: l, calls: &calls{}, account: account,
		namespace: fmt.Sprintf("stage-%d", n), className: fmt.Sprintf("class-%d", n),
	}
	var err error
	s.place, err = world.Admit(s.ctx, account, l.home)
	s.must(err)
	s.admin, s.pipeline = s.place.Admin.IAM, s.place.Pipeline
	world.calls.connect(s.calls, account, l.home)
	s.must(l.run())
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})
	t.Cleanup(s.clear)
	s.settle()
	return s
}

// class is one that allows what the scenarios declare.
func (s *stage) class() *v1alpha1.TaskRoleClass {
	return s.place.Class(s.className, func(class *v1alpha1.TaskRoleClass) {
		class.Spec.AllowedTagKeys = []string{"team", "stage"}
		class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{s.policyARN("managed-1"), s.policyARN("managed-2")}
		class.Spec.AdoptableRoles = []v1alpha1.NamePattern{legacy}
	})
}

// policyARN is that of a policy of others.
func (s *stage) policyARN(name string) v1alpha1.PolicyARN {
	return v1alpha1.PolicyARN("arn:aws:iam::" + s.account + ":policy/" + name)
}

// roleName is the name that the controller gives to the role, or that of the one
// which is to be adopted.
func (s *stage) roleName() string {
	if s.adopted != "" {
		return legacy
	}
	return s.lane.name + "." + s.namespace + "." + declared
}

// A role that is to be adopted, and where it is.
const (
	legacy     = "orders-of-old"
	legacyPath = "/apps/"
)

// path is where the controller puts the role; its policies lie one level below.
func (s *stage) path() string { return "/taskrole/" + s.lane.name + "/" + s.namespace + "/" }

func (s *stage) roleARN() string {
	if s.adopted != "" {
		return s.place.RoleARN(legacyPath, legacy)
	}
	return s.place.RoleARN(s.path(), s.roleName())
}

// shippedByNow are the pipeline's ACTIVE revisions, the oldest first.
func (s *stage) shippedByNow() []ground.Revision {
	s.shipping.Lock()
	defer s.shipping.Unlock()
	return slices.Clone(s.registered)
}

// must ends the test at an error that it did not ask for.
func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// create creates an object that the lane's manager sees.
func (s *stage) create(o client.Object) {
	s.Helper()
	o.SetLabels(map[string]string{laneLabel: s.lane.name})
	s.must(world.Kube.Create(s.ctx, o))
}

func (s *stage) get() (*v1alpha1.TaskRole, error) {
	var tr v1alpha1.TaskRole
	err := world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: declared}, &tr)
	return &tr, err
}

func (s *stage) edit(change func(*v1alpha1.TaskRole)) {
	s.Helper()
	tr, err := s.get()
	s.must(err)
	base := tr.DeepCopy()
	change(tr)
	s.must(world.Kube.Patch(s.ctx, tr, client.MergeFrom(base)))
}

// nudge asks the manager for a look.
func (s *stage) nudge() {
	s.Helper()
	s.edit(func(tr *v1alpha1.TaskRole) {
		metav1.SetMetaDataAnnotation(&tr.ObjectMeta, v1alpha1.AnnotationReconcile, time.Now().Format(time.RFC3339Nano))
	})
}

// poll calls check until it has no complaint, and returns the last one after the
// deadline.
func (s *stage) poll(check func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(s.ctx, 100*time.Millisecond, ground.Deadline, true, func(context.Context) (bool, error) {
		last = check()
		return last == nil, nil
	})
	if err != nil {
		return errors.Join(last, err)
	}
	return nil
}

func (s *stage) eventually(what string, check func() error) {
	s.Helper()
	if err := s.poll(check); err != nil {
		s.Fatalf("%s: %v\n%s", what, err, s.lane.manager.Tail(s.namespace))
	}
}

// classReady complains until the manager has reached the class's account.
func (s *stage) classReady() error {
	var class v1alpha1.TaskRoleClass
	if err := world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &class); err != nil {
		return err
	}
	if !meta.IsStatusConditionTrue(class.Status.Conditions, v1alpha1.ConditionReady) {
		return errors.New("the class is not Ready")
	}
	return nil
}

// converged complains until the TaskRole says that what is declared is carried
// out, or is gone where that was asked for.
func (s *stage) converged() error {
	tr, err := s.get()
	switch {
	case s.deleted && apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	c := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	if s.deleted || c == nil || c.Status != metav1.ConditionTrue || c.ObservedGeneration != tr.Generation {
		return fmt.Errorf("the TaskRole is there, of generation %d, and says: %s", tr.Generation, said(tr.Status.Conditions))
	}
	return nil
}

func said(conditions []metav1.Condition) string {
	lines := make([]string, 0, len(conditions))
	for _, c := range conditions {
		lines = append(lines, fmt.Sprintf("%s=%s (generation %d) %s: %s", c.Type, c.Status, c.ObservedGeneration, c.Reason, c.Message))
	}
	return strings.Join(lines, "\n\t")
}

// clear takes the stage's objects out of the next manager's way, whatever state
// they are in.
func (s *stage) clear() {
	for _, o := range []client.Object{
		&v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: declared, Namespace: s.namespace}},
		&v1alpha1.TaskRoleClass{ObjectMeta: metav1.ObjectMeta{Name: s.className}},
	} {
		if err := s.poll(func() error { return drop(s.ctx, o) }); err != nil {
			s.Error(err)
		}
	}
	s.calls.begin(nil, nil)
	if err := s.lane.healthy(); err != nil {
		s.Error(err)
	}
}

// drop deletes an object with no regard for finalizers, and complains until it
// is gone.
func drop(ctx context.Context, o client.Object) error {
	if err := client.IgnoreNotFound(world.Kube.Delete(ctx, o)); err != nil {
		return err
	}
	err := world.Kube.Patch(ctx, o, client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`)))
	if apierrors.IsNotFound(err) {
		return nil
	}
	return errors.Join(err, fmt.Errorf("%s is still there", o.GetName()))
}
