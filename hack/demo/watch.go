package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// awaitSamples waits until every TaskRole of the samples has come to where it
// should be.
func (d *demo) awaitSamples(ctx context.Context) error {
	if err := d.await(ctx, settled); err != nil {
		return err
	}
	d.screen.check("every TaskRole is Ready, but for those that only observe")
	return nil
}

// settled says that the last word is spoken on a TaskRole: Ready, or, where it
// only observes, a plan in its status.
func settled(tr *v1alpha1.TaskRole) bool {
	if tr.Status.ObservedGeneration != tr.Generation {
		return false
	}
	if tr.Status.Effective.ManagementPolicy == v1alpha1.ManagementObserve {
		return len(tr.Status.Pending) > 0
	}
	return meta.IsStatusConditionTrue(tr.Status.Conditions, v1alpha1.ConditionReady)
}

// await watches the TaskRoles of the samples, tells what changes, and returns
// when all of them are done. That it did not come to this in time is an error
// which says what did not.
func (d *demo) await(ctx context.Context, done func(*v1alpha1.TaskRole) bool) error {
	ctx, cancel := context.WithTimeout(ctx, d.settings.timeout)
	defer cancel()
	now := map[string]string{}
	open := map[string]bool{}
	for _, tr := range d.samples.taskRoles {
		open[key(&tr)], now[key(&tr)] = true, "no status at all"
	}
	_, err := watchtools.UntilWithSync(ctx, d.taskRoles(ctx), &v1alpha1.TaskRole{}, nil, func(e watch.Event) (bool, error) {
		tr, ok := e.Object.(*v1alpha1.TaskRole)
		if _, known := open[key(tr)]; !ok || !known {
			return false, nil
		}
		if text := progress(tr); text != now[key(tr)] {
			now[key(tr)] = text
			d.screen.step("%s: %s", key(tr), text)
		}
		open[key(tr)] = !done(tr)
		return !anyOpen(open), nil
	})
	if err == nil {
		return nil
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	return errors.Join(fmt.Errorf("not done within %s: %s", d.settings.timeout, unfinished(open, now)), err, d.lastWords())
}

func (d *demo) taskRoles(ctx context.Context) cache.ListerWatcher {
	return &cache.ListWatch{
		ListWithContextFunc: func(_ context.Context, o metav1.ListOptions) (runtime.Object, error) {
			var list v1alpha1.TaskRoleList
			return &list, d.kube.List(ctx, &list, &client.ListOptions{Raw: &o})
		},
		WatchFuncWithContext: func(_ context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return d.kube.Watch(ctx, &v1alpha1.TaskRoleList{}, &client.ListOptions{Raw: &o})
		},
	}
}

func key(tr *v1alpha1.TaskRole) string { return tr.Namespace + "/" + tr.Name }

// progress is what Ready says.
func progress(tr *v1alpha1.TaskRole) string {
	ready := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "no status at all"
	}
	return fmt.Sprintf("Ready=%s, %s: %s", ready.Status, ready.Reason, ready.Message)
}

func anyOpen(open map[string]bool) bool {
	for _, is := range open {
		if is {
			return true
		}
	}
	return false
}

func unfinished(open map[string]bool, now map[string]string) string {
	var out []string
	for name, is := range open {
		if is {
			out = append(out, "TaskRole "+name+": "+now[name])
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}
