package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const family = "orders"

// scene is one account, namespace and TaskRole, of which services run.
type scene struct {
	*testing.T
	ctx       context.Context
	account   *ground.Account
	namespace string
}

var scenes atomic.Int32

// newScene has a pipeline's first revision, without a role.
func newScene(t *testing.T, class ...func(*v1alpha1.TaskRoleClass)) *scene {
	t.Helper()
	t.Parallel()
	n := scenes.Add(1)
	s := &scene{T: t, ctx: context.Background(), namespace: fmt.Sprintf("scene-%d", n)}
	var err error
	s.account, err = world.Admit(s.ctx, fmt.Sprintf("2%011d", n), home)
	s.must(err)
	s.must(world.Kube.Create(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}))
	s.must(world.Kube.Create(s.ctx, s.account.Class(s.namespace, class...)))
	s.pipeline("CreateCluster", `{"clusterName":"shop"}`)
	s.register("FARGATE", "awsvpc", "orders:1")
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) pipeline(operation, body string) {
	s.Helper()
	_, err := s.account.Pipeline.Raw(s.ctx, operation, body)
	s.must(err)
}

func (s *scene) register(launch, mode, image string) int {
	s.Helper()
	n, err := s.account.Pipeline.Register(s.ctx, fmt.Sprintf(`{"family":%q,"cpu":"256","memory":"512","networkMode":%q,"requiresCompatibilities":[%q],
		"containerDefinitions":[{"name":"app","image":%q,"essential":true}]}`, family, mode, launch, image))
	s.must(err)
	return n
}

// service makes one that has been deployed; more are further members of the request.
func (s *scene) service(name string, revision int, more ...string) {
	s.Helper()
	s.create(name, strings.Join(append(more, fmt.Sprintf(`"taskDefinition":"%s:%d"`, family, revision)), ","))
	s.must(world.AWS.ECS().CompleteDeployment(s.cluster(), name))
}

func (s *scene) create(name, members string) {
	s.Helper()
	if !strings.Contains(members, "capacityProviderStrategy") && !strings.Contains(members, "launchType") {
		members += `,"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}`
	}
	if !strings.Contains(members, "desiredCount") {
		members += `,"desiredCount":2`
	}
	s.pipeline("CreateService", fmt.Sprintf(`{"cluster":"shop","serviceName":%q,%s}`, name, members))
}

func (s *scene) cluster() ecs.Cluster {
	return ecs.Cluster{Account: s.account.ID, Region: ground.Region, Name: "shop"}
}

// declare makes the TaskRole, which moves services.
func (s *scene) declare(change ...func(*v1alpha1.TaskRole)) {
	s.Helper()
	tr := &v1alpha1.TaskRole{
		ObjectMeta: metav1.ObjectMeta{Name: family, Namespace: s.namespace},
		Spec:       v1alpha1.TaskRoleSpec{ClassName: s.namespace, Family: family, Rollout: v1alpha1.Rollout{Services: v1alpha1.RolloutUpdate}},
	}
	for _, c := range change {
		c(tr)
	}
	s.must(world.Kube.Create(s.ctx, tr))
}

func (s *scene) get() *v1alpha1.TaskRole {
	s.Helper()
	tr := &v1alpha1.TaskRole{}
	s.must(world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: family}, tr))
	return tr
}

// await waits until a condition has the status and reason, and returns its message.
func (s *scene) await(condition, want string) string {
	s.Helper()
	var found metav1.Condition
	s.eventually(condition+" is "+want, func() error {
		tr := s.get()
		c := meta.FindStatusCondition(tr.Status.Conditions, condition)
		if c == nil || string(c.Status)+" "+c.Reason != want {
			return fmt.Errorf("%+v; services %+v", c, tr.Status.Services)
		}
		found = *c
		return nil
	})
	return found.Message
}

func (s *scene) eventually(what string, check func() error) {
	s.Helper()
	var last error
	err := wait.PollUntilContextTimeout(s.ctx, 50*time.Millisecond, ground.Patience*ground.Deadline, true, func(context.Context) (bool, error) {
		last = check()
		return last == nil, nil
	})
	if err != nil {
		s.Fatalf("%s: %v\n%s", what, last, world.manager.Tail(s.namespace))
	}
}

// moves are the calls of the manager that changed a service, as SERVICE:REVISION.
func (s *scene) moves() []string {
	s.Helper()
	var out []string
	for _, call := range world.AWS.Calls() {
		if call.Caller.Account != s.account.ID || call.Operation != "UpdateService" || call.Code != "" || !strings.Contains(call.Caller.ARN, "/"+ground.Controller+"/") {
			continue
		}
		var in map[string]any
		s.must(json.Unmarshal([]byte(call.Parameters), &in))
		if len(in) != 3 || !strings.HasPrefix(fmt.Sprint(in["taskDefinition"]), "arn:") || in["cluster"] == nil {
			s.Errorf("it names more than cluster, service and taskDefinition, or not by ARN: %s", call.Parameters)
		}
		name, revision := fmt.Sprint(in["service"]), fmt.Sprint(in["taskDefinition"])
		out = append(out, name[strings.LastIndex(name, "/")+1:]+revision[strings.LastIndex(revision, ":"):])
	}
	return out
}

func (s *scene) wantMoves(want ...string) {
	s.Helper()
	if got := s.moves(); !slices.Equal(got, want) {
		s.Errorf("moves (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// settled waits for some looks after which nothing more may have been moved.
func (s *scene) settled(want ...string) {
	s.Helper()
	before := s.looks()
	s.eventually("three further looks", func() error {
		if n := s.looks() - before; n < 3 {
			return fmt.Errorf("%d", n)
		}
		return nil
	})
	s.wantMoves(want...)
}

func (s *scene) looks() (n int) {
	for _, call := range world.AWS.Calls() {
		if call.Caller.Account == s.account.ID && call.Operation == "ListTaskDefinitions" {
			n++
		}
	}
	return n
}

func (s *scene) awaitMove(want ...string) {
	s.Helper()
	s.eventually("moves", func() error {
		if got := s.moves(); !slices.Equal(got, want) {
			return fmt.Errorf("%v, not %v", got, want)
		}
		return nil
	})
}

// intercept decides on the manager's calls in the account of the scene; nil: nobody does.
func (s *scene) intercept(decide func(awssim.Call) awssim.Fault) {
	world.mu.Lock()
	defer world.mu.Unlock()
	world.faults[s.account.ID] = decide
}

// awaitRevision waits until that revision is the newest, and carries the role.
func (s *scene) awaitRevision(want int32) {
	s.Helper()
	s.eventually(fmt.Sprintf("revision %d carries the role", want), func() error {
		if n := s.get().Status.TaskDefinition.Revision; n != want {
			return fmt.Errorf("revision %d", n)
		}
		return nil
	})
}

func (s *scene) complete(name string) {
	s.Helper()
	s.must(world.AWS.ECS().CompleteDeployment(s.cluster(), name))
}

func (s *scene) update(change func(*v1alpha1.TaskRole)) {
	s.Helper()
	tr := s.get()
	base := tr.DeepCopy()
	change(tr)
	s.must(world.Kube.Patch(s.ctx, tr, client.MergeFrom(base)))
}

// gone complains as long as the TaskRole exists.
func gone(s *scene) error {
	err := world.Kube.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: family}, &v1alpha1.TaskRole{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return errors.Join(errors.New("it is still there"), err)
}

// state is what the status says of a service.
func (s *scene) state(name string) v1alpha1.ServiceStatus {
	s.Helper()
	for _, one := range s.get().Status.Services {
		if one.Name == name {
			return one
		}
	}
	return v1alpha1.ServiceStatus{}
}

func (s *scene) awaitState(name string, want v1alpha1.ServiceState) v1alpha1.ServiceStatus {
	s.Helper()
	s.eventually("service "+name+" is "+string(want), func() error {
		if got := s.state(name); got.State != want {
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
	return s.state(name)
}

func (s *scene) wantEvent(reason, text string) {
	s.Helper()
	s.eventually("event "+reason, func() error {
		events := &corev1.EventList{}
		if err := world.Kube.List(s.ctx, events, client.InNamespace(s.namespace)); err != nil {
			return err
		}
		for i := range events.Items {
			if e := &events.Items[i]; e.Reason == reason && strings.Contains(e.Message, text) {
				return nil
			}
		}
		return fmt.Errorf("none with %q", text)
	})
}
