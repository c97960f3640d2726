package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// state is that of the TaskRole of a life.
type state string

const (
	unborn   state = "unborn"
	alive    state = "alive"
	leaving  state = "leaving"  // asked to go, with its role
	letting  state = "letting"  // asked to go, and to let go of its role
	gone     state = "gone"     // with its role
	retained state = "retained" // its role is left behind
)

// life is that of the TaskRoles of one name, and of their family: one follows the
// other. One goroutine alone leads it.
type life struct {
	*account
	number          int
	namespace, name string
	random          *rand.Rand // of this life alone: how others fare changes nothing
	state           state
	spec            v1alpha1.TaskRoleSpec // what is declared, where alive
	shipped         []ground.Revision     // the pipeline's, all ACTIVE, the oldest first
	statements      int                   // numbered so far
	deletions       int                   // with the role
	letGo           bool                  // of a role, once
	diary           []string              // what was done with it
}

func newLife(a *account, n int) *life {
	return &life{
		account: a, number: n, namespace: a.spaces[n%len(a.spaces)], name: fmt.Sprintf("api-%d", n),
		random: rand.New(rand.NewPCG(a.seed, uint64(n))), state: unborn,
	}
}

func (l *life) family() string { return l.name }

// role is the name that the controller gives to the role.
func (l *life) role() string { return clusterID + "." + l.namespace + "." + l.name }

// path is where the controller puts the role; its policies lie one level below.
func (l *life) path() string { return "/taskrole/" + clusterID + "/" + l.namespace + "/" }

func (l *life) arn() string { return "arn:aws:iam::" + l.ID + ":role" + l.path() + l.role() }

func (l *life) policyARN() string {
	return "arn:aws:iam::" + l.ID + ":policy" + l.path() + l.name + "/" + l.role()
}

// keeps says whether the role may be let go of and found again. By its record
// alone a TaskRole knows its role whatever was done to it, and letting go
// forgets the record: on these lives nobody edits trust and owner by hand, and
// on the others nothing lets go.
func (l *life) keeps() bool { return l.number%3 == 0 }

func (l *life) key() client.ObjectKey { return client.ObjectKey{Namespace: l.namespace, Name: l.name} }

func (l *life) get() (*v1alpha1.TaskRole, error) {
	var tr v1alpha1.TaskRole
	err := l.world.Kube.Get(l.ctx, l.key(), &tr)
	return &tr, err
}

// settle notes that what was asked to go has gone.
func (l *life) settle() error {
	if l.state != leaving && l.state != letting {
		return nil
	}
	_, err := l.get()
	if !apierrors.IsNotFound(err) {
		return err
	}
	if l.state == leaving {
		l.state = gone
	} else {
		l.state = retained
	}
	l.diarise("seen to be gone")
	return nil
}

// born declares the TaskRole.
func (l *life) born() error {
	l.state, l.spec = alive, l.someSpec()
	l.diarise("declared")
	l.count(&l.tally.creations)
	return l.world.Kube.Create(l.ctx, &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: l.name, Namespace: l.namespace}, Spec: *l.spec.DeepCopy()})
}

// write puts the declaration into the cluster.
func (l *life) write() error {
	tr, err := l.get()
	if err != nil {
		return err
	}
	base := tr.DeepCopy()
	tr.Spec = *l.spec.DeepCopy()
	l.count(&l.tally.edits)
	return l.world.Kube.Patch(l.ctx, tr, client.MergeFrom(base))
}

// die asks for the deletion. A role that was let go of before is nobody's until the
// manager has looked at the TaskRole: only its finalizer says that.
func (l *life) die() error {
	letGo := l.spec.DeletionPolicy == v1alpha1.DeletionRetain || l.spec.ManagementPolicy == v1alpha1.ManagementObserve
	if l.letGo && !letGo {
		tr, err := l.get()
		if err != nil || len(tr.Finalizers) == 0 {
			return err
		}
	}
	l.letGo = l.letGo || letGo
	if letGo {
		l.state = letting
	} else {
		l.state = leaving
		l.deletions++
	}
	l.count(&l.tally.deletions)
	return l.world.Kube.Delete(l.ctx, &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: l.name, Namespace: l.namespace}})
}

// ship has the pipeline register a revision that there was not before, with the
// role or none.
func (l *life) ship(role string) error {
	taskRole := ""
	if role != "" {
		taskRole = fmt.Sprintf(`"taskRoleArn":%q,`, role)
	}
	n := len(l.shipped) + 1
	r, err := l.register(fmt.Sprintf(`{"family":%q,%s"networkMode":"awsvpc","runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},
		"containerDefinitions":[{"name":"app","image":"app:%d","memory":64,"environment":[{"name":"ORDER","value":"b<a&c>"}]}],
		"tags":[{"key":"build","value":"%d"}]}`, l.family(), taskRole, n, n))
	if err != nil {
		return err
	}
	l.shipped = append(l.shipped, r)
	l.count(&l.tally.registrations)
	return nil
}

// recorded says whether the status knows the role.
func (l *life) recorded() (bool, error) {
	if l.state != alive {
		return false, nil
	}
	tr, err := l.get()
	return err == nil && tr.Status.Role.ID != "", err
}

// converged complains until the TaskRole says that what is declared is carried
// out, or is gone where that was asked for.
func (l *life) converged() error {
	if err := l.settle(); err != nil {
		return err
	}
	if l.state == gone || l.state == retained || l.state == unborn {
		return nil
	}
	tr, err := l.get()
	if err != nil {
		return err
	}
	want := string(metav1.ConditionTrue) + "/" + v1alpha1.ReasonSynced
	if len(l.shipped) == 0 {
		want = string(metav1.ConditionFalse) + "/" + v1alpha1.ReasonWaitingForFamily
	}
	c := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	if l.state != alive || c == nil || c.ObservedGeneration != tr.Generation || string(c.Status)+"/"+c.Reason != want {
		return fmt.Errorf("%s/%s (life %d, %s, generation %d) says:\n\t%s", l.namespace, l.name, l.number, l.state, tr.Generation, said(tr.Status.Conditions))
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
