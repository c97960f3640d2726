package controllers

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

func claimant(uid string, age time.Duration, change func(*v1alpha1.TaskRole)) *v1alpha1.TaskRole {
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(-age)
	tr := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid), CreationTimestamp: metav1.NewTime(created)}}
	if change != nil {
		change(tr)
	}
	return tr
}

func TestOfTwoClaimsOneAlwaysStandsFirst(t *testing.T) {
	watches := func(tr *v1alpha1.TaskRole) { tr.Spec.ManagementPolicy = v1alpha1.ManagementObserve }
	watchesByClass := func(tr *v1alpha1.TaskRole) {
		tr.Status.Effective.ManagementPolicy = v1alpha1.ManagementObserve
	}
	serving := func(tr *v1alpha1.TaskRole) { tr.Status.TaskDefinition.Revision = 2 }
	for name, c := range map[string]struct{ first, second *v1alpha1.TaskRole }{
		"the elder":                         {claimant("z", time.Hour, nil), claimant("a", 0, nil)},
		"who acts, before who watches":      {claimant("z", 0, nil), claimant("a", time.Hour, watches)},
		"... or watches by its class":       {claimant("z", 0, nil), claimant("a", time.Hour, watchesByClass)},
		"who serves the family":             {claimant("z", 0, serving), claimant("a", time.Hour, nil)},
		"of those that serve it, the elder": {claimant("z", time.Hour, serving), claimant("a", 0, serving)},
		"of one age, the lesser uid":        {claimant("a", 0, nil), claimant("z", 0, nil)},
	} {
		if !before(c.first, c.second) || before(c.second, c.first) {
			t.Errorf("%s does not stand first", name)
		}
	}
}
