package storm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

func TestStormLeavesWhatOthersRegisteredLastWithTheRole(t *testing.T) {
	t.Logf("-storm.interleavings=%d -storm.seed=%d -storm.at-once=%d -storm.stale=%s, the manager with %s",
		*interleavings, *seed, *atOnce, *stale, strings.Join(flags(), " "))
	w := world.weather
	t.Logf("of its calls are throttled %g, errors %g, reset %g, silent %g, conflicts %g; and after the effect errors %g, reset %g, silent %g; slow %g by %s",
		w.Throttle, w.Error, w.Reset, w.Timeout, w.Conflict, w.AmbiguousError, w.AmbiguousReset, w.AmbiguousTimeout, w.Slow, w.SlowBy)
	m := begin(t)
	flows := make([]*flow, *interleavings)
	t.Run("interleaving", func(t *testing.T) {
		for n := range flows {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				flows[n] = newFlow(t, n)
				defer flows[n].tell(m)
				flows[n].try()
			})
		}
	})
	if err := stopped(m); err != nil {
		t.Error(err)
	}
	calls := world.AWS.Calls()
	done := deedsOf(calls)
	for _, f := range flows {
		d := cmp.Or(done[f], &deeds{})
		d.count()
		err := f.audit(d)
		if err != nil && !f.Failed() {
			world.summary.failed.Add(1)
		}
		if err != nil {
			t.Errorf("interleaving %d: %v\nwhat there was of it:\n%swhat its pipelines did:\n%s", f.n, err, f.story(calls), strings.Join(f.told, "\n"))
		}
	}
	if d := done[strayed]; d != nil {
		t.Errorf("the controller wrote to ECS, but to no family: %v", d.others)
	}
	if never := world.moments.never(); len(never) > 0 {
		t.Errorf("waited for in vain, each time: %v", never)
	}
}

// tell counts what was tried, and tells of a failure what led to it.
func (f *flow) tell(m *ground.Manager) {
	world.summary.tried.Add(1)
	world.summary.acts.Add(int32(f.acts))
	if f.Failed() {
		world.summary.failed.Add(1)
		err := f.remember()
		f.Logf("what there was:\n%s%v\nwhat its pipelines did:\n%s\n%s", f.story(world.AWS.Calls()), err, strings.Join(f.told, "\n"), m.Tail(f.family))
	}
}

// begin makes the accounts, and starts the manager.
func begin(t *testing.T) *ground.Manager {
	t.Helper()
	ctx := context.Background()
	for n := range max(accounts, *interleavings/25) { // what an account holds slows down looks at it
		a, err := world.Admit(ctx, fmt.Sprintf("2%011d", n), home)
		must(t, err)
		world.accounts = append(world.accounts, a)
		must(t, world.Kube.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespaceOf(a)}}))
		must(t, world.Kube.Create(ctx, a.Class(namespaceOf(a))))
		_, err = a.Admin.ECS.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String("main")})
		must(t, err)
		_, err = a.Admin.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("legacy"), AssumeRolePolicyDocument: aws.String(taskTrust)})
		must(t, err)
	}
	kubeconfig, err := world.Kubeconfig("admin", world.Plane.Config())
	must(t, err)
	m, err := world.Launch(ground.Launch{
		Name: "manager", ClusterID: cluster, Kubeconfig: kubeconfig, Region: ground.Region,
		Identity: world.AWS.Session(home, ground.Controller, "pod"), Flags: flags(),
	})
	must(t, err)
	return m
}

// taskTrust lets ECS assume a role.
const taskTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newFlow(t *testing.T, n int) *flow {
	f := &flow{
		T: t, n: n, ctx: context.Background(), account: world.accounts[n%len(world.accounts)],
		family: fmt.Sprintf("family-%d", n), random: rand.New(rand.NewPCG(*seed, uint64(n))),
		known: map[string]revision{},
	}
	world.flows.add(f)
	return f
}

// try declares a TaskRole somewhere in the script, and judges what is left.
func (f *flow) try() {
	if f.random.IntN(8) > 0 { // else the TaskRole comes first
		must(f.T, f.ship(f.fresh(), "", deployer))
	}
	f.declare()
	if f.random.IntN(4) > 0 { // else the script begins while there is no role yet
		f.eventually("the role exists", f.judge)
	}
	f.act()
	f.eventually("what others registered last has the role", f.judge)
	f.eventually("the TaskRole says so", f.says)
	f.calm.Store(true)
	f.staysSo()
	must(f.T, f.remember())
	f.drop()
}

func (f *flow) declare() {
	f.Helper()
	must(f.T, world.Kube.Create(f.ctx, &v1alpha1.TaskRole{
		ObjectMeta: metav1.ObjectMeta{Name: f.family, Namespace: namespaceOf(f.account)},
		Spec: v1alpha1.TaskRoleSpec{ClassName: namespaceOf(f.account), Family: f.family, Statements: []v1alpha1.Statement{{
			Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::bucket/*"},
		}}},
	}))
}

// staysSo: once reads have caught up the controller looks again and again, and
// writes nothing.
func (f *flow) staysSo() {
	f.Helper()
	f.awaitLooks(1 + int((*stale+resync-1)/resync))
	f.eventually("when reads have caught up", func() error { return errors.Join(f.judge(), f.says()) })
	_, before := f.seen()
	f.awaitLooks(2)
	if _, after := f.seen(); after != before {
		f.Errorf("%d writes, where nothing was to be written", after-before)
	}
	must(f.T, errors.Join(f.judge(), f.says()))
}

// awaitLooks waits until the controller has looked at the family a few times more.
func (f *flow) awaitLooks(times int) {
	f.Helper()
	before, _ := f.seen()
	f.eventually(fmt.Sprintf("the controller looks %d times", times), func() error {
		if looks, _ := f.seen(); looks < before+times {
			return fmt.Errorf("it looked %d times", looks-before)
		}
		return nil
	})
}

func (f *flow) eventually(what string, check func() error) {
	f.Helper()
	var last error
	err := wait.PollUntilContextTimeout(f.ctx, 100*time.Millisecond, 2*ground.Deadline, true, func(context.Context) (bool, error) {
		last = check()
		return last == nil, nil
	})
	if err != nil {
		f.Fatalf("%s: %v", what, last)
	}
}

// drop takes the TaskRole out of the manager's way: its deletion is another test's.
func (f *flow) drop() {
	tr := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: f.family, Namespace: namespaceOf(f.account)}}
	must(f.T, world.Kube.Patch(f.ctx, tr, client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"deletionPolicy":"Retain"}}`))))
	must(f.T, client.IgnoreNotFound(world.Kube.Delete(f.ctx, tr)))
	f.eventually("the TaskRole is gone", func() error {
		err := world.Kube.Get(f.ctx, client.ObjectKeyFromObject(tr), tr)
		if apierrors.IsNotFound(err) {
			return nil
		}
		return errors.Join(err, errors.New("it is there"))
	})
}
