package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/argohealth"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// health is what Argo CD makes of an object, with the script of config/argocd.
func (s *stage) health(kind string, o client.Object) (status, message string) {
	s.Helper()
	root, err := controlplane.Root()
	s.must(err)
	script, err := os.ReadFile(filepath.Join(root, "config", "argocd", kind+"-health.lua"))
	s.must(err)
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	s.must(err)
	status, message, err = argohealth.Judge(object, string(script))
	s.must(err)
	return status, message
}

// wantHealth fails the test unless Argo CD takes the TaskRole for that, in words
// which contain the text.
func (s *stage) wantHealth(tr *v1alpha1.TaskRole, want, text string) {
	s.Helper()
	if status, message := s.health("taskrole", tr); status != want || !strings.Contains(message, text) {
		s.Errorf("Argo CD calls %s %s: %q; want %s: %q", tr.Name, status, message, want, text)
	}
}

// wantCurrent holds the status against kstatus's convention: all of it is of the
// present generation. LeastPrivilege alone keeps its own where a declaration was
// refused before its policies were judged.
func (s *stage) wantCurrent(tr *v1alpha1.TaskRole) {
	s.Helper()
	if tr.Status.ObservedGeneration != tr.Generation {
		s.Errorf("observedGeneration is %d of %d", tr.Status.ObservedGeneration, tr.Generation)
	}
	for _, c := range tr.Status.Conditions {
		if c.ObservedGeneration != tr.Generation && c.Type != v1alpha1.ConditionLeastPrivilege {
			s.Errorf("%s is of generation %d, not %d", c.Type, c.ObservedGeneration, tr.Generation)
		}
		if c.Message == "" || c.Reason == "" {
			s.Errorf("%s says nothing: %+v", c.Type, c)
		}
	}
}

func TestArgoCDSeesATaskRoleThroughItsLife(t *testing.T) {
	t.Parallel()
	s := shared(t)
	s.wantHealth(s.declare("orders"), "Progressing", "first look")
	waiting := s.awaitReason("orders", v1alpha1.ReasonWaitingForFamily)
	s.wantHealth(waiting, "Progressing", "WaitingForFamily")
	s.wantCurrent(waiting)

	s.register("orders", "orders:1")
	ready := s.awaitReady("orders")
	s.wantHealth(ready, "Healthy", "revision 2 carries the role")
	s.wantCurrent(ready)

	// What the API server returns of an edit that nobody has looked at yet.
	edited := s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = v1alpha1.Tags{"admin": "true"} })
	s.wantHealth(edited, "Progressing", "last change")
	refused := s.awaitReason("orders", v1alpha1.ReasonNotAllowed)
	s.wantHealth(refused, "Degraded", "spec.tags[admin]")
	s.wantCurrent(refused)
	s.edit("orders", func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = nil })
	s.wantHealth(s.awaitReady("orders"), "Healthy", "")

	_, err := s.pipeline.ecs.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)
	s.service(ready.Status.TaskDefinition.ARN)
	s.remove("orders")
	held := s.awaitReason("orders", v1alpha1.ReasonRoleInUse)
	s.wantHealth(held, "Progressing", "service shop/web")
	s.wantCurrent(held)
}

func TestArgoCDSeesWhetherAClassCanBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*v1alpha1.TaskRoleClass)
		want   string
	}{
		"one that can":                     {func(*v1alpha1.TaskRoleClass) {}, "Healthy"},
		"one whose account is not reached": {func(c *v1alpha1.TaskRoleClass) { c.Spec.ExternalID = "guessed" }, "Degraded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t, c.change)
			s.eventually("Argo CD calls the class "+c.want, func() error {
				var class v1alpha1.TaskRoleClass
				if err := world.Kube.Get(s.ctx, client.ObjectKey{Name: s.className}, &class); err != nil {
					return err
				}
				if status, message := s.health("taskroleclass", &class); status != c.want {
					return fmt.Errorf("%s: %s", status, message)
				}
				return nil
			})
		})
	}
}
