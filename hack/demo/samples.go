package main

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// samples are what config/samples declares: what the pipeline registers and what
// is waited for follows them.
type samples struct {
	class     v1alpha1.TaskRoleClass
	taskRoles []v1alpha1.TaskRole
}

// readSamples has kubectl render config/samples as it applies it.
func (d *demo) readSamples(ctx context.Context) error {
	text, err := d.kubectl.run(ctx, "kustomize", "config/samples")
	if err != nil {
		return err
	}
	d.samples, err = parseSamples(text)
	return err
}

func parseSamples(text string) (samples, error) {
	var s samples
	for document := range strings.SplitSeq(text, "\n---\n") {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
			return s, err
		}
		switch kind.Kind {
		case "TaskRoleClass":
			if err := yaml.UnmarshalStrict([]byte(document), &s.class); err != nil {
				return s, err
			}
		case "TaskRole":
			var tr v1alpha1.TaskRole
			if err := yaml.UnmarshalStrict([]byte(document), &tr); err != nil {
				return s, err
			}
			s.taskRoles = append(s.taskRoles, tr)
		}
	}
	if s.class.Name == "" || len(s.taskRoles) == 0 {
		return s, fmt.Errorf("config/samples: no TaskRoleClass or no TaskRole in it")
	}
	return s, nil
}

// enforced are the TaskRoles that change something.
func (s samples) enforced() []v1alpha1.TaskRole {
	var out []v1alpha1.TaskRole
	for _, tr := range s.taskRoles {
		if tr.Spec.ManagementPolicy != v1alpha1.ManagementObserve {
			out = append(out, tr)
		}
	}
	return out
}

// guide is the TaskRole that declares the example of AWS's guide.
func (s samples) guide() (v1alpha1.TaskRole, error) {
	for _, tr := range s.taskRoles {
		if tr.Spec.RoleName == guideRoleName {
			return tr, nil
		}
	}
	return v1alpha1.TaskRole{}, fmt.Errorf("config/samples: no TaskRole has roleName %s", guideRoleName)
}

// named is a TaskRole of the samples.
func (s samples) named(name string) (v1alpha1.TaskRole, error) {
	for _, tr := range s.taskRoles {
		if tr.Name == name {
			return tr, nil
		}
	}
	return v1alpha1.TaskRole{}, fmt.Errorf("config/samples: no TaskRole %s", name)
}
