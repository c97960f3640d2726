package survey

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// kept is a survey, and what it told.
type kept struct {
	*bench
	*Survey
	told chan []string
}

func keep(t *testing.T) *kept {
	t.Helper()
	b := start(t, awssim.Options{})
	k := &kept{bench: b, told: make(chan []string, 10)}
	k.Survey = New(b.ours, all, time.Millisecond, func(families []string) { k.told <- families })
	return k
}

// awaitTold waits for the end of a reading of which somebody must hear, asking all
// the while as those do who want to know.
func (k *kept) awaitTold() []string {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), patience)
	defer cancel()
	for {
		_, _ = k.Latest(k.Context()) // what it answers is not what is waited for
		select {
		case families := <-k.told:
			return families
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			k.Fatal("nothing was told")
		}
	}
}

func TestNobodyWaitsForASurveyAndAllHearOfTheFirst(t *testing.T) {
	k := keep(t)
	k.cluster("shop")
	k.service("shop", "web", k.family("orders"))
	if _, err := k.Latest(t.Context()); !errors.Is(err, ErrNotYet) {
		t.Errorf("%v before anything was read", err)
	}
	if families := k.awaitTold(); families != nil {
		t.Errorf("only %v hear of it", families)
	}
	if s, err := k.Latest(t.Context()); err != nil || len(s.Family("orders").Services) != 1 {
		t.Errorf("%v", err)
	}
}

func TestOnlyThoseHearOfWhomSomethingElseRuns(t *testing.T) {
	k := keep(t)
	k.cluster("shop")
	orders := k.family("orders")
	k.service("shop", "web", orders)
	k.service("shop", "other", k.family("other"))
	k.awaitTold()
	k.service("shop", "more", orders)
	if families := k.awaitTold(); !slices.Equal(families, []string{"orders"}) {
		t.Errorf("%v", families)
	}
	// How many tasks run is nothing to hear of.
	_, err := k.pipeline.UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: awssdk.String("shop"), Service: awssdk.String("web"), DesiredCount: awssdk.Int32(3),
	})
	k.must(err)
	k.service("shop", "late", k.family("late"))
	if families := k.awaitTold(); !slices.Equal(families, []string{"late"}) {
		t.Errorf("%v", families)
	}
}

func TestWhoWaitsHearsThatNothingCanBeRead(t *testing.T) {
	k := keep(t)
	k.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "ListClusters" {
			return awssim.Fault{Refuse: wire.Refuse(http.StatusBadRequest, "AccessDeniedException", "not authorized to perform: ecs:ListClusters")}
		}
		return awssim.Fault{}
	})
	k.awaitTold()
	if _, err := k.Latest(t.Context()); err == nil || errors.Is(err, ErrNotYet) {
		t.Errorf("%v", err)
	}
	k.sim.Intercept(nil)
	if families := k.awaitTold(); families != nil { // all look again once it can
		t.Errorf("%v", families)
	}
}
