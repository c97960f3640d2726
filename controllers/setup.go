package controllers

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// SetupWithManager says what wakes the reconciler: a TaskRole's spec, its
// annotations that ask for something, its class, its namespace's labels, the deletion
// of another TaskRole of the family, and another thing that runs of its family.
func (r *TaskRoleReconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	r.memory, r.lanes, r.began = newMemory(), newLanes(r.Options.MaxConcurrent), sync.OnceValue(time.Now)
	r.Accounts.background = ctx
	if err := mgr.GetFieldIndexer().IndexField(ctx, &v1alpha1.TaskRole{}, indexFamily, func(o client.Object) []string {
		return []string{o.(*v1alpha1.TaskRole).Spec.Family}
	}); err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(mgr).
		Named("taskrole").
		For(&v1alpha1.TaskRole{}, builder.WithPredicates(predicate.Or(
			predicate.GenerationChangedPredicate{}, asked(v1alpha1.AnnotationReconcile), asked(v1alpha1.AnnotationForceDelete)))).
		Watches(&v1alpha1.TaskRole{}, handler.EnqueueRequestsFromMapFunc(r.sameFamily), builder.WithPredicates(claimChanged())).
		Watches(&v1alpha1.TaskRoleClass{}, handler.EnqueueRequestsFromMapFunc(r.ofClass), builder.WithPredicates(
			predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(r.inNamespace), builder.WithPredicates(predicate.LabelChangedPredicate{})).
		WatchesRawSource(source.TypedChannel(r.Accounts.surveyed, handler.TypedEnqueueRequestsFromMapFunc(r.ofSurvey))).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: r.Options.MaxConcurrent,
			RateLimiter:             backoff(r.Options.RetryFirst, r.Options.RetryMost),
		}).
		Complete(r)
}

// asked passes a change of an annotation.
func asked(annotation string) predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return e.ObjectOld.GetAnnotations()[annotation] != e.ObjectNew.GetAnnotations()[annotation]
	}}
}

// claimChanged passes what may give a family to another TaskRole: the beginning
// and the end of a deletion, and a spec that changed.
func claimChanged() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc:  func(event.CreateEvent) bool { return false },
		GenericFunc: func(event.GenericEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration()
		},
	}
}

func (r *TaskRoleReconciler) sameFamily(ctx context.Context, o client.Object) []reconcile.Request {
	tr := o.(*v1alpha1.TaskRole)
	return r.requests(ctx, func(other *v1alpha1.TaskRole) bool { return other.UID != tr.UID },
		client.MatchingFields{indexFamily: tr.Spec.Family})
}

// ofClass finds those whom a change of the class may concern: those of the class
// and, because it may have become the default one, those without any.
func (r *TaskRoleReconciler) ofClass(ctx context.Context, o client.Object) []reconcile.Request {
	return r.requests(ctx, func(tr *v1alpha1.TaskRole) bool {
		name := tr.Spec.ClassName
		if name == "" {
			name = tr.Status.Effective.ClassName
		}
		return name == "" || name == o.GetName()
	})
}

func (r *TaskRoleReconciler) inNamespace(ctx context.Context, o client.Object) []reconcile.Request {
	return r.requests(ctx, func(*v1alpha1.TaskRole) bool { return true }, client.InNamespace(o.GetName()))
}

func (r *TaskRoleReconciler) requests(
	ctx context.Context, concerned func(*v1alpha1.TaskRole) bool, options ...client.ListOption,
) []reconcile.Request {
	var list v1alpha1.TaskRoleList
	if err := r.List(ctx, &list, options...); err != nil {
		// The cache alone is asked; the periodic look makes up for it.
		ctrl.LoggerFrom(ctx).Error(err, "list TaskRoles to wake")
		return nil
	}
	var out []reconcile.Request
	for i := range list.Items {
		if tr := &list.Items[i]; concerned(tr) {
			out = append(out, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: tr.Namespace, Name: tr.Name}})
		}
	}
	return out
}

// backoff grows from first to most, with jitter, so that what a throttled
// account held up does not come back all at once.
func backoff(first, most time.Duration) workqueue.TypedRateLimiter[reconcile.Request] {
	return jittered{workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](first, most)}
}

type jittered struct {
	workqueue.TypedRateLimiter[reconcile.Request]
}

// When is the time to wait before the next try.
func (j jittered) When(r reconcile.Request) time.Duration {
	return wait.Jitter(j.TypedRateLimiter.When(r), backoffJitter)
}

const backoffJitter = 0.5
