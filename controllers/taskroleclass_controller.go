package controllers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// TaskRoleClassReconciler says whether a class can be used, and keeps one that
// is in use from going away: without it, nobody could delete its roles.
type TaskRoleClassReconciler struct {
	client.Client
	Accounts *Accounts
	// Resync is the time between two looks at whether the account can be reached.
	Resync time.Duration
	// MaxConcurrent is how many classes are looked at together: one whose account does
	// not answer must not hold up another.
	MaxConcurrent int
}

// Reconcile looks at one class.
func (r *TaskRoleClassReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var class v1alpha1.TaskRoleClass
	if err := r.Get(ctx, req.NamespacedName, &class); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	users, err := r.users(ctx, &class)
	if err != nil {
		return ctrl.Result{}, err
	}
	if err := r.guard(ctx, &class, users > 0); err != nil {
		return ctrl.Result{}, err
	}
	if !class.DeletionTimestamp.IsZero() && users == 0 {
		return ctrl.Result{}, nil
	}
	condition, failure := r.judge(ctx, &class, users)
	if ctx.Err() != nil {
		return ctrl.Result{}, ctx.Err() // the manager stops: nothing was judged
	}
	if err := r.report(ctx, &class, condition, failure != nil && failure.Terminal); err != nil {
		return ctrl.Result{}, err
	}
	if failure != nil && !failure.Terminal {
		return ctrl.Result{}, failure
	}
	return ctrl.Result{RequeueAfter: wait.Jitter(r.Resync, resyncJitter)}, nil
}

// users counts the TaskRoles that were given the class and hold something of it.
func (r *TaskRoleClassReconciler) users(ctx context.Context, class *v1alpha1.TaskRoleClass) (int, error) {
	var all v1alpha1.TaskRoleList
	if err := r.List(ctx, &all); err != nil {
		return 0, err
	}
	users := 0
	for i := range all.Items {
		tr := &all.Items[i]
		if classNameOf(tr) == class.Name && (tr.Status.Role.ARN != "" || controllerutil.ContainsFinalizer(tr, v1alpha1.FinalizerTaskRole)) {
			users++
		}
	}
	return users, nil
}

func classNameOf(tr *v1alpha1.TaskRole) string {
	if tr.Spec.ClassName != "" {
		return tr.Spec.ClassName
	}
	return tr.Status.Effective.ClassName
}

// guard sets the finalizer while the class is in use, and removes it after.
func (r *TaskRoleClassReconciler) guard(ctx context.Context, class *v1alpha1.TaskRoleClass, used bool) error {
	base := client.MergeFromWithOptions(class.DeepCopy(), client.MergeFromWithOptimisticLock{})
	change := controllerutil.RemoveFinalizer
	if used && class.DeletionTimestamp.IsZero() {
		change = controllerutil.AddFinalizer
	}
	if used && !class.DeletionTimestamp.IsZero() || !change(class, v1alpha1.FinalizerClassInUse) {
		return nil
	}
	return client.IgnoreNotFound(r.Patch(ctx, class, base))
}

func (r *TaskRoleClassReconciler) judge(ctx context.Context, class *v1alpha1.TaskRoleClass, users int) (metav1.Condition, *failed) {
	c := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, ObservedGeneration: class.Generation}
	if !class.DeletionTimestamp.IsZero() {
		c.Reason = v1alpha1.ReasonDeleting
		c.Message = fmt.Sprintf("%d TaskRoles still use this class: delete them first", users)
		return c, nil
	}
	account, err := r.Accounts.of(ctx, class)
	var failure *failed
	if errors.As(err, &failure) {
		c.Reason, c.Message = failure.Reason, failure.Message
		return c, failure
	}
	c.Status, c.Reason = metav1.ConditionTrue, v1alpha1.ReasonSynced
	c.Message = "account " + account.identity.Account + " is reached as " + account.identity.ARN
	return c, nil
}

func (r *TaskRoleClassReconciler) report(ctx context.Context, class *v1alpha1.TaskRoleClass, c metav1.Condition, stalled bool) error {
	base := class.DeepCopy()
	class.Status.ObservedGeneration = class.Generation
	meta.SetStatusCondition(&class.Status.Conditions, c)
	if stalled {
		c.Type, c.Status = v1alpha1.ConditionStalled, metav1.ConditionTrue
		meta.SetStatusCondition(&class.Status.Conditions, c)
	} else {
		meta.RemoveStatusCondition(&class.Status.Conditions, v1alpha1.ConditionStalled)
	}
	if equality.Semantic.DeepEqual(base.Status, class.Status) {
		return nil
	}
	return client.IgnoreNotFound(r.Status().Patch(ctx, class, client.MergeFrom(base)))
}

// SetupWithManager wakes the reconciler when a class changes, and when a
// TaskRole begins or ceases to use it.
func (r *TaskRoleClassReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		Named("taskroleclass").
		For(&v1alpha1.TaskRoleClass{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.TaskRole{}, handler.EnqueueRequestsFromMapFunc(func(_ context.Context, o client.Object) []reconcile.Request {
			name := classNameOf(o.(*v1alpha1.TaskRole))
			if name == "" {
				return nil
			}
			return []reconcile.Request{{NamespacedName: client.ObjectKey{Name: name}}}
		})).
		WithOptions(controller.Options{MaxConcurrentReconciles: r.MaxConcurrent}).
		Complete(r)
}
