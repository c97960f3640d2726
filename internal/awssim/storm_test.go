package awssim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestAStormStrikesTheSameCallsForTheSameSeedWhateverTheirOrder(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	fates := func(seed uint64, names []string) map[string]string {
		storm := &awssim.Storm{Seed: seed, Throttle: 0.2, Error: 0.1, Conflict: 0.1}
		server.Intercept(storm.Decide)
		server.ForgetCalls()
		for range 4 {
			for _, name := range names {
				_, _ = client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &name})
			}
		}
		seen, out := map[string]int{}, map[string]string{}
		for _, call := range server.Calls() {
			role := call.Asked[0].Resource
			seen[role]++
			out[fmt.Sprint(role, seen[role])] = call.Code
		}
		return out
	}
	forth, back := []string{"a", "b", "c", "d", "e"}, []string{"e", "d", "c", "b", "a"}
	first := fates(7, forth)
	if diff := cmp.Diff(first, fates(7, back)); diff != "" {
		t.Errorf("another order, another weather:\n%s", diff)
	}
	if cmp.Equal(first, fates(8, forth)) {
		t.Error("another seed, the same weather")
	}
}

func TestAStormStrikesAsOftenAsItSaysAndCountsWhatItDid(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	storm := &awssim.Storm{
		Seed: 1, Throttle: 0.2, Error: 0.1, Conflict: 0.1, AmbiguousError: 0.1,
		Only: func(call awssim.Call) bool { return call.Operation == "TagRole" },
	}
	server.Intercept(storm.Decide)
	mustCreateRole(t, client, "orders")
	const calls = 1000
	for range calls {
		_, _ = client.TagRole(t.Context(), &iam.TagRoleInput{
			RoleName: aws.String("orders"), Tags: []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		})
	}
	got := map[string]int{}
	for _, call := range server.Calls() {
		switch {
		case call.Lost:
			got[awssim.AmbiguousError]++
		case call.Code == "Throttling":
			got[awssim.Throttled]++
		case call.Code == "ConcurrentModification":
			got[awssim.Conflicted]++
		case call.Code != "":
			got[awssim.Errored]++
		}
	}
	tally := storm.Tally()
	if diff := cmp.Diff(got, tally.ByKind); diff != "" || tally.Calls != calls {
		t.Errorf("counted %s, but the log says otherwise:\n%s", tally, diff)
	}
	for kind, want := range map[string]int{awssim.Throttled: 200, awssim.Errored: 100, awssim.Conflicted: 100, awssim.AmbiguousError: 100} {
		if n := tally.ByKind[kind]; n < want*3/4 || n > want*5/4 {
			t.Errorf("%d %s of %d calls, want about %d", n, kind, calls, want)
		}
	}
}

// impatient is a client that gives up with its context, which one whose exchanges
// are inspected does not.
func impatient(t *testing.T, server *awssim.Server) *iam.Client {
	t.Helper()
	cfg := configuration(t, server, server.User(account, "admin"), region)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg.HTTPClient = &http.Client{Transport: transport}
	return iam.NewFromConfig(cfg)
}

func TestEveryKindOfAStormIsWhatItIsCalled(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	cases := []struct {
		name   string
		storm  *awssim.Storm
		code   string // of AWS's refusal
		err    error  // below it
		exists bool
	}{
		{awssim.Throttled, &awssim.Storm{Throttle: 1}, "Throttling", nil, false},
		{awssim.Errored, &awssim.Storm{Error: 1}, "5xx", nil, false},
		{awssim.WasReset, &awssim.Storm{Reset: 1}, "", syscall.ECONNRESET, false},
		{awssim.TimedOut, &awssim.Storm{Timeout: 1, Hang: time.Hour}, "", context.DeadlineExceeded, false},
		{awssim.Conflicted, &awssim.Storm{Conflict: 1}, "ConcurrentModification", nil, false},
		{awssim.AmbiguousError, &awssim.Storm{AmbiguousError: 1}, "5xx", nil, true},
		{awssim.AmbiguousReset, &awssim.Storm{AmbiguousReset: 1}, "", syscall.ECONNRESET, true},
		{awssim.AmbiguousTimeout, &awssim.Storm{AmbiguousTimeout: 1, Hang: time.Hour}, "", context.DeadlineExceeded, true},
		{awssim.Slowed, &awssim.Storm{Slow: 1, SlowBy: time.Millisecond}, "none", nil, true},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			name := fmt.Sprintf("role-%d", i)
			server.Intercept(c.storm.Decide)
			server.ForgetCalls()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.storm.Hang > 0 {
				// Short, but only one of two ends is right: the other waits for an hour.
				ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
			}
			_, err := impatient(t, server).CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ecsTrust)})
			switch {
			case c.code == "none":
				if err != nil {
					t.Error(err)
				}
			case c.err != nil:
				if !errors.Is(err, c.err) {
					t.Errorf("got %v, want %v", err, c.err)
				}
			case c.code == "5xx":
				if code := refusalCode(err); code != "ServiceFailure" && code != "ServiceUnavailable" {
					t.Errorf("got %v", err)
				}
			default:
				wantRefusal(t, err, c.code, "")
			}
			if got := c.storm.Tally(); got.Calls != 1 || got.ByKind[c.name] != 1 {
				t.Errorf("counted %s", got)
			}
			c.storm.Calm()
			_, err = client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name})
			if (err == nil) != c.exists {
				t.Errorf("the role: %v", err)
			}
			if got := c.storm.Tally(); got.Calls != 1 {
				t.Errorf("after the storm, counted %s", got)
			}
		})
	}
}

func TestACallerCanBeKilledBetweenTheEffectAndItsAnswer(t *testing.T) {
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	ctx, kill := context.WithCancel(t.Context())
	server.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation != "CreateRole" {
			return awssim.Fault{}
		}
		return awssim.Fault{After: kill, DropAfter: true, Hang: time.Hour}
	})
	_, err := impatient(t, server).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("orders"), AssumeRolePolicyDocument: aws.String(ecsTrust)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the killed caller got %v", err)
	}
	if _, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")}); err != nil {
		t.Errorf("no effect: %v", err)
	}
	if call := server.Calls()[0]; call.Code != "" || !call.Lost {
		t.Errorf("the log is %+v", call)
	}
}

func TestOfTwoOverlappingWritesTheLaterFails(t *testing.T) {
	server := start(t, awssim.Options{Conflicts: true})
	client, _ := admin(t, server)
	definitions := ecs.NewFromConfig(configuration(t, server, server.User(account, "admin"), region))
	mustCreateRole(t, client, "orders")
	mustCreateRole(t, client, "others")
	register := func(family string) error {
		_, err := definitions.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family:               &family,
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1"), Memory: aws.Int32(128)}},
		})
		return err
	}
	tag := func(role string) error {
		_, err := client.TagRole(t.Context(), &iam.TagRoleInput{RoleName: &role, Tags: []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
		return err
	}
	put := func(role string) error {
		_, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &role, PolicyName: aws.String("p"), PolicyDocument: aws.String(everything)})
		return err
	}
	cases := []struct {
		write      func(string) error
		operation  string
		code, says string // empty where AWS's model knows no such error
	}{
		{register, "RegisterTaskDefinition", "ClientException", "Too many concurrent attempts to create a new revision of the specified family."},
		{tag, "TagRole", "ConcurrentModification", ""},
		{put, "PutRolePolicy", "", ""},
	}
	for _, c := range cases {
		held, release := make(chan struct{}), make(chan struct{})
		var first sync.Once
		server.Intercept(func(call awssim.Call) awssim.Fault {
			if call.Operation == c.operation {
				first.Do(func() { close(held); <-release })
			}
			return awssim.Fault{}
		})
		done := make(chan error)
		go func() { done <- c.write("orders") }()
		<-held
		// Whoever comes while the first is held must not wait for it.
		server.Intercept(nil)
		if err := c.write("orders"); c.code != "" {
			wantRefusal(t, err, c.code, c.says)
		} else if err != nil {
			t.Errorf("%s: %v", c.operation, err)
		}
		if err := c.write("others"); err != nil {
			t.Errorf("%s of another thing: %v", c.operation, err)
		}
		close(release)
		if err := <-done; err != nil {
			t.Errorf("%s: the first failed: %v", c.operation, err)
		}
		if err := c.write("orders"); err != nil {
			t.Errorf("%s afterwards: %v", c.operation, err)
		}
	}
}

func TestRatesOfSingleOperationsAreToldApart(t *testing.T) {
	now := time.Now()
	server := start(t, awssim.Options{
		Throttle: true, Now: func() time.Time { return now },
		IAMRates: map[string]wire.Rate{"ListRoles": {PerSecond: 1, Burst: 1}},
	})
	client, _ := admin(t, server)
	list := func() error { _, err := client.ListRoles(t.Context(), &iam.ListRolesInput{}); return err }
	if err := list(); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, list(), "Throttling", "Rate exceeded")
	if _, err := client.ListPolicies(t.Context(), &iam.ListPoliciesInput{Scope: "Local"}); err != nil {
		t.Error(err)
	}
	clusters := func(in string) error {
		_, err := ecs.NewFromConfig(configuration(t, server, server.User(account, "admin"), in)).ListClusters(t.Context(), &ecs.ListClustersInput{})
		return err
	}
	for range 50 {
		if err := clusters(region); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, clusters(region), "ThrottlingException", "Rate exceeded")
	if err := clusters("eu-central-1"); err != nil {
		t.Errorf("another region: %v", err)
	}
	now = now.Add(time.Second)
	for range 20 {
		if err := clusters(region); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, clusters(region), "ThrottlingException", "Rate exceeded")
}

// contextWithin is short. It is for calls that would wait for an hour, so that
// how short changes nothing.
func contextWithin(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), 200*time.Millisecond)
}
