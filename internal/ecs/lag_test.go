package ecs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// lagging is an AWS whose every read shows what was ten seconds ago, by a clock
// that the test moves.
func lagging(t *testing.T) (*bench, func()) {
	t.Helper()
	const behind = 10 * time.Second
	var moved atomic.Int64
	b := start(t, awssim.Options{
		Now:   func() time.Time { return time.Now().Add(time.Duration(moved.Load())) },
		Stale: awssim.Staleness{For: behind, Share: 1},
	})
	return b, func() { moved.Add(int64(behind + time.Second)) }
}

func (b *bench) observeKnowing(arn string) model.Family {
	b.t.Helper()
	f, err := b.service.Observe(context.Background(), family, ecs.Known{Registered: arn})
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

func TestACopyThatListsDoNotShowYetIsSeen(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	if diff := cmp.Diff([]int32{2, 1}, numbers(after)); diff != "" {
		t.Errorf("right after it (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{1}, numbers(b.observeBy(b.controller()))); diff != "" {
		t.Fatalf("the list does not lag, so that this proves nothing (-want +got):\n%s", diff)
	}
	copied, _ := after.Newest()
	if diff := cmp.Diff([]int32{2, 1}, numbers(b.observeKnowing(copied.ARN))); diff != "" {
		t.Errorf("at the next look (-want +got):\n%s", diff)
	}
}

func TestWhatOurCopyIsACopyOfIsSeenThoughListsDoNotShowIt(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	b.pushes("")
	seen, err := b.service.Observe(context.Background(), family, ecs.Known{
		Registered: "arn:aws:ecs:us-west-2:111122223333:task-definition/" + family + ":3", Source: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{1}, numbers(seen)); diff != "" {
		t.Errorf("described as not there, it is not (-want +got):\n%s", diff)
	}
	catchUp()
	f := b.observe()
	b.mustCopy(f, f.Revisions[0], ours)
	b.pushes("")
	catchUp()
	source, _ := b.observe().Newest()
	after := b.mustCopy(b.observe(), source, ours)
	copied, _ := after.Newest()
	if diff := cmp.Diff([]int32{5, 4}, numbers(b.observeKnowing(copied.ARN))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestACopyThatOthersWithdrewIsSeenToBeGone(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	copied, _ := after.Newest()
	b.post(b.pipeline, "DeregisterTaskDefinition", `{"taskDefinition":"`+copied.ARN+`"}`)
	restarted := b.controller() // which remembers nothing, as one that is older than reads lag
	seen, err := restarted.Observe(context.Background(), family, ecs.Known{Registered: copied.ARN})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{1}, numbers(seen)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if other := b.observeKnowing("arn:aws:ecs:us-west-2:111122223333:task-definition/other:7"); len(other.Revisions) == 0 {
		t.Errorf("a revision of another family hides this one's: %v", numbers(other))
	}
}

func TestWhatWeWithdrewIsGoneThoughListsShowIt(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	f := b.observe()
	after := b.mustCopy(f, f.Revisions[0], ours)
	catchUp()
	copied, _ := after.Newest()
	if _, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.Deregister, ARN: copied.ARN}, observed(after)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{2, 1}, numbers(b.observeBy(b.controller()))); diff != "" {
		t.Fatalf("the list does not lag, so that this proves nothing (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{1}, numbers(b.observeKnowing(copied.ARN))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestALookFindsWhatWasRegisteredTwiceOnlyWhereItIsAskedTo(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	f := b.observe()
	once := b.mustCopy(f, f.Revisions[0], ours)
	b.mustCopy(once, f.Revisions[0], ours) // as after an answer that was lost
	b.pushes("")
	b.pushes("")
	if seen := b.observe(); len(seen.Revisions) != 1 || len(seen.Beneath) != 0 {
		t.Errorf("not asked: %v and %d beneath", numbers(seen), len(seen.Beneath))
	}
	seen, err := b.service.Observe(context.Background(), family, ecs.Known{Beneath: true, Above: 1})
	if err != nil {
		t.Fatal(err)
	}
	beneath := numbers(model.Family{Revisions: seen.Beneath})
	if diff := cmp.Diff([][]int32{{5}, {4, 3, 2, 1}}, [][]int32{numbers(seen), beneath}); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	o := observed(seen)
	after, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.Deregister, ARN: seen.Beneath[2].ARN}, o)
	if err != nil || len(after.Family.Beneath) != 3 {
		t.Errorf("after one was withdrawn: %d beneath, %v", len(after.Family.Beneath), err)
	}
}

func TestARegistrationWhoseListFailedIsSeenThoughListsDoNotShowIt(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	f := b.observe()
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "ListTaskDefinitions" {
			return awssim.Fault{}
		}
		return awssim.Fault{Refuse: wire.Refuse(403, "AccessDeniedException", "not now")}
	})
	if _, err := b.copies(f, f.Revisions[0], ours); err == nil {
		t.Fatal("the list did not fail")
	}
	b.sim.Intercept(nil)
	if diff := cmp.Diff([]int32{1}, numbers(b.observeBy(b.controller()))); diff != "" {
		t.Fatalf("the list does not lag, so that this proves nothing (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{2, 1}, numbers(b.observe())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARevisionThatIsCountedButNotSeenYetIsTold(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	f := b.observe()
	b.pushes(`,"cpu":"1024"`)
	after := b.mustCopy(f, f.Revisions[0], ours)
	if diff := cmp.Diff([]int32{3, 1}, numbers(after)); diff != "" || after.Unseen.IsZero() {
		t.Errorf("right after it: unseen until %s (-want +got):\n%s", after.Unseen, diff)
	}
	if seen := b.observe(); seen.Unseen.IsZero() {
		t.Errorf("at the next look nothing is said of revision 2: %v", numbers(seen))
	}
	catchUp()
	seen := b.observe()
	if diff := cmp.Diff([]int32{3, 2}, numbers(seen)); diff != "" || !seen.Unseen.IsZero() {
		t.Errorf("when it is seen: unseen until %s (-want +got):\n%s", seen.Unseen, diff)
	}
}

func TestARestorationThatMayHideWhatIsNotSeenYetIsNotTheEnd(t *testing.T) {
	b, catchUp := lagging(t)
	b.pushes("")
	catchUp()
	f := b.observe()
	b.pushes(`,"cpu":"1024"`)
	restore := plan.Action{Kind: plan.RegisterCopy, Source: &f.Revisions[0], ARN: before}
	if _, err := b.service.Apply(context.Background(), restore, observed(f)); !errors.Is(err, ecs.ErrChanged) {
		t.Fatalf("got %v", err)
	}
	if seen := b.observe(); seen.Unseen.IsZero() {
		t.Errorf("at the next look nothing is said of revision 2: %v", numbers(seen))
	}
}

func TestWhatIsGoneForGoodIsNotWaitedFor(t *testing.T) {
	b := start(t, awssim.Options{})
	b.pushes("")
	seen, err := b.service.Observe(context.Background(), family, ecs.Known{
		Registered: "arn:aws:ecs:us-west-2:111122223333:task-definition/" + family + ":3", Source: 2,
	})
	if err != nil || !seen.Unseen.IsZero() {
		t.Errorf("unseen until %s, %v", seen.Unseen, err)
	}
}
