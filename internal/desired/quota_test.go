package desired

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func attaching(n int) func(*Input) {
	return func(in *Input) {
		for i := range n {
			arn := v1alpha1.PolicyARN(fmt.Sprintf("arn:aws:iam::aws:policy/P%d", i))
			in.TaskRole.Spec.ManagedPolicyARNs = append(in.TaskRole.Spec.ManagedPolicyARNs, arn)
			in.Class.Spec.AllowedManagedPolicyARNs = append(in.Class.Spec.AllowedManagedPolicyARNs, arn)
		}
	}
}

func tagging(n int) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.Tags = v1alpha1.Tags{}
		for i := range n {
			key := fmt.Sprintf("k%d", i)
			in.TaskRole.Spec.Tags[key] = "v"
			in.Class.Spec.AllowedTagKeys = append(in.Class.Spec.AllowedTagKeys, key)
		}
	}
}

func TestWhatAQuotaHoldsIsBuiltAndOneMoreIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		holds, exceeds func(*Input)
		field          string
		says           []string
	}{
		"managed policies": {attaching(9), attaching(10), "spec.managedPolicyARNs", []string{"takes 10", "would have 11", "10 of managedPolicyARNs", "1 that", "--max-attached-policies"}},
		"tags":             {tagging(44), tagging(45), "spec.tags", []string{"takes 50", "would have 51", "have fewer"}},
		"a statement": {
			func(in *Input) { in.TaskRole.Spec.Statements[0].Resources = resources(50, 500) },
			func(in *Input) {
				s := &in.TaskRole.Spec.Statements[0]
				s.SID, s.Conditions = "Wide", v1alpha1.ConditionBlock{"StringEquals": {"aws:ResourceTag/a": resources(7, 1000)}}
			}, "spec.statements[0]", []string{"statement Wide", "6144", "characters"},
		},
		"a path": {
			func(in *Input) { in.TaskRole.Name = strings.Repeat("a", 253) },
			func(in *Input) { in.TaskRole.Name, in.ClusterID = strings.Repeat("a", 253), strings.Repeat("c", 250) },
			"metadata.name", []string{"512", "--cluster-id"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Build(input(c.holds)); err != nil {
				t.Errorf("refused: %v", err)
			}
			r := refusal(t, input(c.exceeds))
			if r.Reason != v1alpha1.ReasonQuotaExceeded || len(r.Errors) != 1 || r.Errors[0].Field != c.field {
				t.Fatalf("%s: %s", r.Reason, r)
			}
			for _, text := range c.says {
				if !strings.Contains(r.Error(), text) {
					t.Errorf("it does not say %q: %s", text, r)
				}
			}
		})
	}
}

func resources(n, length int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("arn:aws:s3:::%s/%d", strings.Repeat("x", length), i))
	}
	return list
}

func TestTheTrustOfTheLongestNamesFits(t *testing.T) {
	build(t, input(func(in *Input) {
		in.ClusterID, in.TaskRole.Namespace = strings.Repeat("c", 32), strings.Repeat("n", 63)
		in.TaskRole.Name = strings.Repeat("t", 253)
		in.TaskRole.Spec.Trust.SelfAssume = true
		in.TaskRole.Spec.Family = strings.Repeat("n", 63) + "-x"
	}))
}
