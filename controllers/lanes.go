package controllers

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
)

// lanes share the workers out among accounts: one whose endpoint hangs, or whose
// rate budget is spent, must not hold up the TaskRoles of another.
type lanes struct {
	workers int

	mu sync.Mutex
	of map[aws.Target]*lane
}

// lane is the share of one account and region.
type lane struct {
	busy    int // looks at this moment
	waiting map[types.NamespacedName]bool
	// silent counts the looks in a row that hung because AWS did not answer, and
	// until again no further one begins.
	silent int
	again  time.Time
}

// notNow ends a look before it began: the share of its account is in use.
type notNow struct{ wait time.Duration }

func (n *notNow) Error() string { return "the account's share of workers is in use" }

func newLanes(workers int) *lanes { return &lanes{workers: workers, of: map[aws.Target]*lane{}} }

// enter begins a look, which ends with leave. Where the share is in use, it is
// *notNow; where the account does not answer, silent.
func (l *lanes) enter(t aws.Target, who types.NamespacedName, now time.Time) (leave func(error), silent bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.of[t]
	if own == nil {
		own = &lane{waiting: map[types.NamespacedName]bool{}}
		l.of[t] = own
	}
	switch {
	case now.Before(own.again):
		return nil, true, nil
	case own.busy >= l.share(own):
		own.waiting[who] = true
		return nil, false, &notNow{wait.Jitter(turn*time.Duration(1+len(own.waiting)/perTurn), backoffJitter)}
	}
	delete(own.waiting, who)
	own.busy++
	return func(err error) { l.leave(own, time.Since(now), err) }, false, nil
}

// Who waits asks again after a turn, and the later the more wait with him: an
// account with thousands of TaskRoles and a spent budget drains at a few a second.
const (
	turn    = time.Second
	perTurn = 50
)

// share is how many looks one account may take at once: all where there is no
// other, half of them beside others, and one where the last had no answer.
func (l *lanes) share(own *lane) int {
	switch {
	case own.silent > 0:
		return 1
	case len(l.of) > 1:
		return max(1, l.workers/2)
	default:
		return l.workers
	}
}

// How long an account rests that did not answer: as long as one attempt of a call
// may take by default, then longer.
const (
	firstRest = 30 * time.Second
	mostRest  = 5 * time.Minute
)

// sure is how many looks in a row must have hung until the account rests: one is a
// connection that was lost, of which nobody else needs to hear.
const sure = 2

// hangs is how long a look without an answer must have held a worker until the
// account rests: a connection that is cut at once holds up nobody.
const hangs = 10 * time.Second

func (l *lanes) leave(own *lane, took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own.busy--
	if !noAnswer(err) {
		own.silent, own.again = 0, time.Time{}
		return
	}
	if took < hangs {
		return
	}
	own.silent++
	if own.silent < sure {
		return
	}
	rest := min(firstRest<<min(own.silent-sure, 4), mostRest)
	own.again = time.Now().Add(wait.Jitter(rest, resyncJitter))
}

func noAnswer(err error) bool {
	why := aws.Explain(err)
	return why.Class == aws.Unavailable && why.Code == ""
}

// enter waits for the share of the class's account, without holding a worker.
func (r *TaskRoleReconciler) enter(_ context.Context, p *pass) error {
	who := types.NamespacedName{Namespace: p.taskRole.Namespace, Name: p.taskRole.Name}
	leave, silent, err := r.lanes.enter(target(p.class), who, time.Now())
	if silent {
		return &failed{Failure: conditions.Failure{Reason: v1alpha1.ReasonTransient,
			Message: "account " + p.class.Spec.AccountID + " in " + p.class.Spec.Region + " does not answer: trying again later, one TaskRole at a time"}}
	}
	p.leave = leave
	return err
}

// turnedAway is how long a look waits that was not begun; 0: it was.
func turnedAway(err error) time.Duration {
	var later *notNow
	if errors.As(err, &later) {
		return later.wait
	}
	return 0
}
