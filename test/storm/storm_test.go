package storm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
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
	m := begin(t)
	var failed, acts atomic.Int32
	t.Run("interleaving", func(t *testing.T) {
		for n := range *interleavings {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				f := newFlow(t, n)
				defer func() {
					acts.Add(int32(len(f.told)))
					if t.Failed() {
						failed.Add(1)
						t.Logf("what its pipelines did:\n%s\n%s", strings.Join(f.told, "\n"), m.Tail(f.family))
					}
				}()
				f.try()
			})
		}
	})
	if err := stopped(m); err != nil {
		t.Error(err)
	}
	registered, lost, extra := registrations()
	if extra > 0 {
		t.Errorf("%d registrations are explained by nothing that others registered or took back, nor by an answer that was lost", extra)
	}
	world.summary = fmt.Sprintf("storm: %d interleavings of %d acts tried, %d failed; the controller registered %d revisions, of which %d without hearing of it; weather: %s",
		*interleavings, acts.Load(), failed.Load(), registered, lost, world.weather.Tally())
}

// begin makes the accounts, and starts the manager.
func begin(t *testing.T) *ground.Manager {
	t.Helper()
	ctx := context.Background()
	for n := range accounts {
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
		T: t, ctx: context.Background(), account: world.accounts[n%accounts],
		family: fmt.Sprintf("family-%d", n), random: rand.New(rand.NewPCG(*seed, uint64(n))),
	}
	world.flows.add(f)
	return f
}

// try declares a TaskRole somewhere in the script, and judges what is left.
func (f *flow) try() {
	if f.random.IntN(8) > 0 { // else the TaskRole comes first
		must(f.T, f.ship(f.fresh(), "", true))
	}
	f.declare()
	f.act()
	f.eventually("what others registered last has the role", f.judge)
	f.eventually("the TaskRole says so", f.says)
	f.staysSo()
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

// staysSo judges once more after the looks of a few resyncs.
func (f *flow) staysSo() {
	f.Helper()
	var last error
	err := wait.PollUntilContextTimeout(f.ctx, 50*time.Millisecond, 2*time.Second+2**stale, true, func(context.Context) (bool, error) {
		last = f.judge()
		return false, nil
	})
	if last != nil && !errors.Is(err, context.Canceled) {
		f.Errorf("it does not stay so: %v", last)
	}
}

func (f *flow) eventually(what string, check func() error) {
	f.Helper()
	var last error
	err := wait.PollUntilContextTimeout(f.ctx, 50*time.Millisecond, 2*ground.Deadline, true, func(context.Context) (bool, error) {
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

// registrations counts those of the controller that took effect, those of which it
// did not hear, and those for which there is no reason at all: by family, more than
// what others registered or took back, and what was lost, can explain.
func registrations() (made, lost, extra int) {
	byFamily := map[string]int{}
	for _, call := range world.AWS.Calls() {
		if !ours(call) || call.Operation != "RegisterTaskDefinition" || call.Code != "" {
			continue
		}
		made++
		if call.Lost {
			lost++
			continue
		}
		byFamily[call.Caller.Account+"/"+familyOf(call)]++
	}
	for name, n := range byFamily {
		f := world.flows.of[name]
		extra += max(0, n-len(f.shipped)-f.taken)
	}
	return made, lost, extra
}
