package aws_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// throttle refuses the first n calls of an operation.
func throttle(operation string, n int32) func(awssim.Call) awssim.Fault {
	var seen atomic.Int32
	return func(call awssim.Call) awssim.Fault {
		if call.Operation == operation && seen.Add(1) <= n {
			return awssim.Fault{Refuse: wire.Refuse(400, "Throttling", "Rate exceeded")}
		}
		return awssim.Fault{}
	}
}

func TestAThrottledReadIsTriedAgainAndEachAttemptCounted(t *testing.T) {
	sim := start(t)
	registry := prometheus.NewRegistry()
	clients := connect(t, connector(t, aws.Options{Registerer: registry}), here())
	sim.ForgetCalls()
	sim.Intercept(throttle("GetRole", 2))
	if err := getRole(context.Background(), clients); aws.Explain(err).Class != aws.NotFound {
		t.Fatalf("error is %v, want the answer to the third attempt", err)
	}
	if diff := cmp.Diff([]string{"GetRole", "GetRole", "GetRole"}, made(sim)); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	want := map[string]float64{
		"taskrole_aws_requests_total GetCallerIdentity OK STS":        1,
		"taskrole_aws_requests_total GetRole Throttling IAM":          2,
		"taskrole_aws_requests_total GetRole NoSuchEntity IAM":        1,
		"taskrole_aws_throttles_total IAM":                            2,
		"taskrole_aws_request_duration_seconds GetCallerIdentity STS": 1,
		"taskrole_aws_request_duration_seconds GetRole IAM":           3,
	}
	if diff := cmp.Diff(want, gathered(t, registry)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// gathered are counters, and the counts of histograms, by name and labels.
func gathered(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			for _, key := range []string{"operation", "code", "service"} {
				if value, found := labels[key]; found {
					name += " " + value
				}
			}
			out[name] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return out
}

func TestTheBudgetOfAnAccountCountsAttemptsNotCalls(t *testing.T) {
	sim := start(t)
	// A rate that gives nothing back while the test runs: the burst is all there is.
	c := connector(t, aws.Options{IAMRate: 1e-6, IAMBurst: 4})
	clients := connect(t, c, here())
	sim.Intercept(throttle("GetRole", 2))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for range 2 { // three attempts, then one
		if err := getRole(ctx, clients); aws.Explain(err).Class != aws.NotFound {
			t.Fatal(err)
		}
	}
	sim.ForgetCalls()
	f := aws.Explain(getRole(ctx, clients))
	if f.Class != aws.Throttled || f.Class.Terminal() || f.Operation != "GetRole" {
		t.Errorf("the fifth attempt: %+v", f)
	}
	if _, err := clients.IAM.ListPolicies(ctx, nil); aws.Explain(err).Class != aws.Throttled {
		t.Errorf("another operation has a budget of its own: %v", err)
	}
	if calls := made(sim); len(calls) > 0 {
		t.Errorf("calls beyond the budget: %v", calls)
	}
	elsewhere := here()
	elsewhere.Region = "eu-west-1"
	if f := aws.Explain(getRole(ctx, connect(t, c, elsewhere))); f.Class != aws.Throttled {
		t.Errorf("another region of the account has a budget of its own: %+v", f)
	}
	if _, err := clients.ECS.ListClusters(ctx, nil); err != nil {
		t.Errorf("IAM's budget holds ECS up: %v", err)
	}
}

func TestAnAccountsBudgetIsNotAnothers(t *testing.T) {
	sim := start(t)
	there := roleIn(t, sim, "xyzzy")
	c := connector(t, aws.Options{IAMRate: 1e-6, IAMBurst: 1})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, target := range []aws.Target{here(), there} {
		clients := connect(t, c, target)
		if f := aws.Explain(getRole(ctx, clients)); f.Class != aws.NotFound {
			t.Errorf("the first attempt in account %s: %+v", target.Account, f)
		}
		if f := aws.Explain(getRole(ctx, clients)); f.Class != aws.Throttled {
			t.Errorf("the second attempt in account %s: %+v", target.Account, f)
		}
	}
}

func TestAHungEndpointHoldsUpOneAttemptForItsTimeoutAndNobodyElse(t *testing.T) {
	sim := start(t)
	clients := connect(t, connector(t, aws.Options{CallTimeout: 3 * time.Second}), here())
	entered := make(chan struct{}, 8)
	sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "GetRole" {
			return awssim.Fault{}
		}
		entered <- struct{}{}
		return awssim.Fault{Delay: time.Hour}
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	hung := make(chan error)
	go func() { hung <- getRole(ctx, clients) }()
	<-entered
	if _, err := clients.ECS.ListClusters(context.Background(), nil); err != nil {
		t.Errorf("a call beside the hung one: %v", err)
	}
	if f := aws.Explain(<-hung); f.Class != aws.Unavailable || f.Operation != "GetRole" {
		t.Errorf("the hung call: %+v", f)
	}
	if ctx.Err() != nil {
		t.Error("the call ended with its caller's patience, not with its own timeout")
	}
	if len(entered) != 0 {
		t.Error("a call that timed out was tried again at once")
	}
}

func TestACallGivenUpByItsCallerIsCanceled(t *testing.T) {
	sim := start(t)
	clients := connect(t, connector(t, aws.Options{}), here())
	ctx, cancel := context.WithCancel(context.Background())
	sim.Intercept(func(awssim.Call) awssim.Fault {
		cancel()
		return awssim.Fault{Delay: time.Hour}
	})
	if f := aws.Explain(getRole(ctx, clients)); f.Class != aws.Canceled || f.Class.Terminal() {
		t.Errorf("explained as %+v", f)
	}
}

func TestMetricsThatCannotBeRegisteredAreAnError(t *testing.T) {
	start(t)
	registry := prometheus.NewRegistry()
	connector(t, aws.Options{Registerer: registry})
	if _, err := aws.NewConnector(context.Background(), aws.Options{Registerer: registry}); err == nil {
		t.Error("two connectors count into the same metrics")
	}
}

func TestTheUserAgentNamesTheController(t *testing.T) {
	start(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	agents := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents <- r.UserAgent()
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	_, err := connector(t, aws.Options{UserAgent: "ecs-taskrole-controller/1.2.3"}).Connect(context.Background(), here())
	if f := aws.Explain(err); f.Class != aws.Unavailable {
		t.Errorf("a bare 500 is explained as %+v", f)
	}
	if agent := <-agents; !strings.Contains(agent, "ecs-taskrole-controller/1.2.3") {
		t.Errorf("user agent is %q", agent)
	}
}
