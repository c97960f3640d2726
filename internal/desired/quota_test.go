package desired

import (
	"fmt"
	"slices"
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

// unlike are as many texts that differ behind the first wildcard only.
func unlike(n int, format string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return out
}

// spread puts the lists into as many statements as they need.
func spread(actions, resources []string) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.Statements = nil
		for len(actions) > 0 || len(resources) > 0 {
			s := v1alpha1.Statement{Effect: v1alpha1.EffectDeny, Actions: []string{"s3:GetObject"}, Resources: []string{object}}
			if n := min(100, len(actions)); n > 0 {
				s.Actions, actions = actions[:n], actions[n:]
			}
			if n := min(50, len(resources)); n > 0 {
				s.Resources, resources = resources[:n], resources[n:]
			}
			in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, s)
		}
	}
}

// Whoever writes a TaskRole must not keep the controller busy with it.
func TestWhatTakesLongToCompareIsRefusedBeforeItIsCompared(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Input)
		reason string
		field  string
		says   []string
	}{
		"wildcards of a resource": {
			spread(nil, []string{object, "arn:aws:s3:::b/" + strings.Repeat("a*", 17)}), v1alpha1.ReasonInvalidSpec,
			"spec.statements[0].resources[1]", []string{"17 wildcards", "16 are taken"},
		},
		"wildcards of an action": {
			spread([]string{"s3:Get*", "s3:" + strings.Repeat("a?", 17)}, nil), v1alpha1.ReasonInvalidSpec,
			"spec.statements[0].actions[1]", []string{"17 wildcards", "16 are taken"},
		},
		"resources that begin alike": {
			spread(nil, unlike(501, "arn:aws:s3:::*%d")), v1alpha1.ReasonQuotaExceeded, "spec", []string{"resources", "251001 comparisons", "250000", "by one pattern"},
		},
		"actions that begin alike": {
			spread(unlike(501, "s3:*%d"), nil), v1alpha1.ReasonQuotaExceeded, "spec", []string{"actions", "251001 comparisons"},
		},
		"... in other capitals": {
			spread(append(unlike(251, "s3:*a%d"), unlike(250, "S3:*B%d")...), nil), v1alpha1.ReasonQuotaExceeded, "spec", []string{"251001 comparisons"},
		},
		"actions of more characters than policies hold": {
			spread(unlike(620, "s3:"+strings.Repeat("A", 96)+"%03d"), nil), v1alpha1.ReasonQuotaExceeded, "spec", []string{"63256 characters", "the 10 policies", "hold 61440"},
		},
		"resources of more characters than policies hold": {
			spread(nil, unlike(70, "arn:aws:s3:::"+strings.Repeat("a", 900)+"%02d")), v1alpha1.ReasonQuotaExceeded, "spec", []string{"characters together"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, input(c.change))
			if r.Reason != c.reason || len(r.Errors) != 1 || r.Errors[0].Field != c.field {
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

func TestManyPatternsWithNamesOfTheirOwnAreNoBurden(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"a thousand prefixes":        spread(nil, unlike(1000, "arn:aws:s3:::b%03d/*")),
		"as many wildcards as taken": spread([]string{"s3:" + strings.Repeat("a*", 16)}, []string{"arn:aws:s3:::b/" + strings.Repeat("a*", 16)}),
		"as many alike as taken":     spread(nil, unlike(500, "arn:aws:s3:::*%d")),
		"the same again and again":   spread(slices.Repeat([]string{"s3:*Object"}, 3000), nil),
	} {
		t.Run(name, func(t *testing.T) { build(t, input(change)) })
	}
}
