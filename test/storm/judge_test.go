package storm

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// judge holds what ECS has of the family against what the pipeline did, by nothing
// of the controller's.
func (f *flow) judge() error {
	all, err := f.active()
	if err != nil {
		return err
	}
	return errors.Join(f.foreignIsWhole(all), f.carries(all), f.oneCopyOfEach(all), f.serviceIsAtRest())
}

// active are the ACTIVE revisions, the newest first.
func (f *flow) active() ([]ground.Revision, error) {
	arns, err := f.account.Pipeline.Active(f.ctx, f.family)
	if err != nil {
		return nil, err
	}
	var out []ground.Revision
	for _, arn := range arns {
		r, err := f.account.Pipeline.Describe(f.ctx, arn)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ground.Revision) int { return b.Number() - a.Number() })
	return out, nil
}

// foreignIsWhole: what others registered is ACTIVE, but for what they took back
// themselves; and the controller never asked for anything else.
func (f *flow) foreignIsWhole(all []ground.Revision) error {
	var want, got []int
	for _, s := range f.shipped {
		if s.active {
			want = append(want, s.number)
		}
	}
	for _, r := range all {
		if !r.By(ground.Controller) {
			got = append(got, r.Number())
		}
	}
	slices.Sort(got)
	if !slices.Equal(want, got) {
		return fmt.Errorf("of others %v is ACTIVE, not %v", got, want)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, arn := range f.withdrawn {
		if f.isShipped(arn) {
			return fmt.Errorf("the controller deregistered %s, which others registered", arn)
		}
	}
	return nil
}

// carries: the newest revision has the role and the content that others registered
// last; what strangers registered never has it.
func (f *flow) carries(all []ground.Revision) error {
	if len(all) == 0 {
		return nil
	}
	newest, last := all[0], slices.IndexFunc(all, func(r ground.Revision) bool { return !r.By(ground.Controller) })
	for _, r := range all {
		if r.By(ground.Controller) && r.Text("taskRoleArn") == f.roleARN() && strings.Contains(r.Content(), `{"key":"by","value":"false"}`) {
			return fmt.Errorf("revision %d gives the role to a stranger's content", r.Number())
		}
	}
	if last >= 0 && f.byStranger(all[last]) {
		return nil // nobody is to have the role by it; what the controller did before may stand above it
	}
	if got := newest.Text("taskRoleArn"); got != f.roleARN() {
		return fmt.Errorf("the newest revision, %d, carries %q", newest.Number(), got)
	}
	if last >= 0 && newest.Content() != all[last].Content() {
		return fmt.Errorf("revision %d is not what others registered last, revision %d:\n%s\n%s", newest.Number(), all[last].Number(), newest.Content(), all[last].Content())
	}
	return nil
}

func (f *flow) byStranger(r ground.Revision) bool { return r.By("stranger") }

// oneCopyOfEach: between two revisions of others, and above the last, stands one of
// the controller's at most.
func (f *flow) oneCopyOfEach(all []ground.Revision) error {
	copies := 0
	for _, r := range all {
		if !r.By(ground.Controller) {
			copies = 0
			continue
		}
		copies++
		if copies > 1 {
			return fmt.Errorf("revision %d is a second copy", r.Number())
		}
	}
	return nil
}

// serviceIsAtRest: nobody but its pipeline moved the service.
func (f *flow) serviceIsAtRest() error {
	if f.deployed == "" {
		return nil
	}
	out, err := f.account.Pipeline.ECS.DescribeServices(f.ctx, &ecs.DescribeServicesInput{Cluster: aws.String("main"), Services: []string{f.family}})
	if err != nil {
		return err
	}
	if len(out.Services) != 1 || aws.ToString(out.Services[0].TaskDefinition) != f.deployed {
		return fmt.Errorf("the service is not at %s", f.deployed)
	}
	return nil
}

// says complains until the TaskRole says of this state what is true.
func (f *flow) says() error {
	var tr v1alpha1.TaskRole
	if err := world.Kube.Get(f.ctx, client.ObjectKey{Namespace: namespaceOf(f.account), Name: f.family}, &tr); err != nil {
		return err
	}
	all, err := f.active()
	if err != nil {
		return err
	}
	last := slices.IndexFunc(all, func(r ground.Revision) bool { return !r.By(ground.Controller) })
	want := metav1.ConditionTrue
	if len(all) == 0 || last >= 0 && f.byStranger(all[last]) && all[last].Text("taskRoleArn") != f.roleARN() {
		want = metav1.ConditionFalse
	}
	c := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	if c == nil || c.Status != want {
		return fmt.Errorf("the TaskRole should say Ready=%s, and says %+v", want, c)
	}
	return nil
}
