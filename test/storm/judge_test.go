package storm

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
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

// active are the ACTIVE revisions, the newest first. What one holds never changes, so
// it is read once.
func (f *flow) active() ([]revision, error) {
	arns, err := f.account.Pipeline.Active(f.ctx, f.family)
	if err != nil {
		return nil, err
	}
	var out []revision
	for _, arn := range arns {
		r, known := f.known[arn]
		if !known {
			if r, err = f.describe(arn); err != nil {
				return nil, err
			}
			f.known[arn] = r
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b revision) int { return b.Number() - a.Number() })
	return out, nil
}

// foreignIsWhole: what others registered is ACTIVE, but for what they took back
// themselves.
func (f *flow) foreignIsWhole(all []revision) error {
	var want, got []int
	for _, s := range f.shipped {
		if s.active {
			want = append(want, s.number)
		}
	}
	for _, r := range all {
		if !r.ours() {
			got = append(got, r.Number())
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(want, got) {
		return fmt.Errorf("of others %v is ACTIVE, not %v", got, want)
	}
	return nil
}

// carries: the newest revision has the role and the content that others registered
// last. Where a stranger registered that, nobody is to have the role by it, and what
// the controller did before may stand above it.
func (f *flow) carries(all []revision) error {
	last := slices.IndexFunc(all, func(r revision) bool { return !r.ours() })
	if len(all) == 0 || last >= 0 && all[last].By(stranger) {
		return nil
	}
	newest := all[0]
	if got := newest.Text("taskRoleArn"); got != f.roleARN() {
		return fmt.Errorf("the newest revision, %d, carries %q", newest.Number(), got)
	}
	if last >= 0 && newest.content != all[last].content {
		return fmt.Errorf("revision %d is not what others registered last, revision %d:\n%s\n%s",
			newest.Number(), all[last].Number(), newest.content, all[last].content)
	}
	if last > 1 {
		return fmt.Errorf("%d revisions of the controller's stand above revision %d", last, all[last].Number())
	}
	return nil
}

// oneCopyOfEach: a content has no more ACTIVE copies than others registered it.
func (f *flow) oneCopyOfEach(all []revision) error {
	copies := map[int]int{}
	for _, r := range all {
		if r.ours() {
			copies[r.image]++
		}
	}
	for image, n := range copies {
		registered := 0
		for _, s := range f.shipped {
			if s.image == image {
				registered++
			}
		}
		if n > registered {
			return fmt.Errorf("%d copies of content %d are ACTIVE, which others registered %d times", n, image, registered)
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
	last := slices.IndexFunc(all, func(r revision) bool { return !r.ours() })
	want := metav1.ConditionTrue
	if len(all) == 0 || last >= 0 && all[last].By(stranger) && all[last].Text("taskRoleArn") != f.roleARN() {
		want = metav1.ConditionFalse
	}
	c := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	if c == nil || c.Status != want {
		return fmt.Errorf("the TaskRole should say Ready=%s, and says %+v", want, c)
	}
	return nil
}

// by says who registered a revision, for whoever reads of a failure.
func by(r revision) string {
	switch {
	case r.ours():
		return "the controller"
	case r.By(stranger):
		return stranger
	default:
		return deployer
	}
}
