package soak

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// soak is a run.
type soak struct {
	*testing.T
	ctx      context.Context
	seed     uint64
	world    *ground.Ground
	launch   ground.Launch
	manager  *ground.Manager
	accounts []*account
	lives    []*life
	samples  []sample
	kills    int
	starts   []string // when managers were started
	tally    tally
	settled  time.Duration // from the end of the storm to what is declared
}

// tally counts what was tried.
type tally struct {
	edits, creations, deletions, drifts, registrations atomic.Int64

	mu   sync.Mutex
	kind map[string]int
}

func (s *soak) count(what *atomic.Int64) { what.Add(1) }

func (s *soak) did(edit string) {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	if s.tally.kind == nil {
		s.tally.kind = map[string]int{}
	}
	s.tally.kind[edit]++
}

// must ends the test at an error that it did not ask for.
func (s *soak) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// of are the lives of an account.
func (s *soak) of(a *account) []*life {
	return slices.DeleteFunc(slices.Clone(s.lives), func(l *life) bool { return l.account != a })
}

// perAccount is how many TaskRoles share an account, and its rates.
const perAccount = 50

func TestSoak(t *testing.T) {
	s := &soak{T: t, ctx: context.Background(), seed: *seed, world: world.Ground}
	t.Logf("-soak.seed=%d: %d TaskRoles, %s of 20 %% throttles, 5 %% errors, 2 %% ambiguous timeouts; AWS lags by %s, roles propagate in %s, calls hang for %s; an edit of each TaskRole every %s; manager: %s",
		s.seed, *roles, *duration, world.pace.stale, world.pace.propagation, world.pace.hang, world.pace.between, strings.Join(world.pace.flags(), " "))
	s.open()
	defer s.close()
	s.storm()
	if *duration < watched {
		t.Logf("memory is not judged in a storm of less than %s: the process that is watched has only just begun to lead", watched)
	} else if err := flat(s.samples); err != nil {
		t.Error(err)
	}
	s.calm()
	s.farewell()
}

// open makes the accounts and starts the manager.
func (s *soak) open() {
	s.Helper()
	for n := range max(2, *roles/perAccount) {
		s.accounts = append(s.accounts, newAccount(s, n))
	}
	for n := range *roles {
		s.lives = append(s.lives, newLife(s.accounts[n%len(s.accounts)], n))
	}
	kubeconfig, err := s.world.Kubeconfig("soak", s.world.Plane.Config())
	s.must(err)
	s.launch = ground.Launch{
		Name: "soak", ClusterID: clusterID, Kubeconfig: kubeconfig, Region: ground.Region,
		Identity: s.world.AWS.Session(home, ground.Controller, "pod"), Flags: world.pace.flags(),
	}
	s.manager, err = s.start()
	s.must(err)
}

func (s *soak) start() (*ground.Manager, error) {
	s.starts = append(s.starts, time.Now().UTC().Format(clock))
	return s.world.Launch(s.launch)
}

// close ends the manager, whose log must not tell of a panic or a data race, and
// counts.
func (s *soak) close() {
	s.Helper()
	s.manager.Kill()
	if err := s.manager.Healthy(); err != nil {
		s.Error(err)
	}
	s.reckon()
}

// kill ends the manager by SIGKILL, and starts the next one.
func (s *soak) kill() error {
	s.manager.Kill()
	if err := s.manager.Healthy(); err != nil {
		return err
	}
	s.kills++
	next, err := s.start()
	if err == nil {
		s.manager = next
	}
	return err
}

// leaders is how many goroutines lead lives.
const leaders = 8

// storm has things happen for a time. The manager is killed in the first fifth of
// it: then one process is left whose memory can be watched.
func (s *soak) storm() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, *duration)
	defer cancel()
	var leading sync.WaitGroup
	errs := make([]error, leaders)
	for n := range leaders {
		leading.Go(func() {
			if errs[n] = s.lead(ctx, n); errs[n] != nil {
				cancel()
			}
		})
	}
	begun := time.Now()
	var err error
	for _, share := range []float64{.07, .14, .20, .25, .50, .75, 1} {
		after := time.NewTimer(time.Until(begun.Add(time.Duration(share*float64(*duration)) - 10*time.Millisecond)))
		select {
		case <-after.C:
		case <-ctx.Done():
		}
		after.Stop()
		if share < .25 {
			err = errors.Join(err, s.kill())
			continue
		}
		one, failure := weigh(s.manager, fmt.Sprintf("%.0f%%", 100*share))
		s.samples, err = append(s.samples, one), errors.Join(err, failure)
	}
	leading.Wait()
	s.must(errors.Join(err, errors.Join(errs...)))
	if !s.manager.Alive() {
		s.Fatalf("the manager ended: %v\n%s", s.manager.Exit, s.manager.Tail(""))
	}
}

// lead leads every so many-th life until the time is over.
func (s *soak) lead(ctx context.Context, first int) error {
	var own []*life
	for n := first; n < len(s.lives); n += leaders {
		own = append(own, s.lives[n])
	}
	if len(own) == 0 {
		return nil
	}
	ticks := time.NewTicker(world.pace.between / time.Duration(len(own)))
	defer ticks.Stop()
	for _, l := range own {
		// Most families are there before their TaskRole.
		if l.random.IntN(5) > 0 {
			if err := l.ship([]string{"", l.legacy}[l.random.IntN(2)]); err != nil {
				return err
			}
		}
		if err := l.born(); err != nil {
			return err
		}
	}
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
			if err := own[n%len(own)].live(); err != nil {
				return err
			}
		}
	}
}

// patience is how long what is declared may take, when the weather is fine: some
// of the longest waits of the manager, one after the other.
func patience() time.Duration {
	p := world.pace
	return ground.Patience * (ground.Deadline + 4*p.resync + 4*p.retryMost + 4*p.readLag + p.propagation)
}

// calm ends the storm, has everything acted on again, and judges.
func (s *soak) calm() {
	s.Helper()
	s.endOfStorm()
	begun := time.Now()
	for _, a := range s.accounts {
		for _, namespace := range a.spaces {
			s.must(a.label(namespace, "yes"))
		}
	}
	for _, l := range s.lives {
		s.must(l.settle())
		if l.state == alive && l.spec.ManagementPolicy == v1alpha1.ManagementObserve {
			l.spec.ManagementPolicy = v1alpha1.ManagementEnforce
			s.must(l.write())
		}
	}
	s.settle("what is declared")
	s.settled = world.watch.wrote().Sub(begun)
	s.Logf("as declared %s after the storm, Ready and judged after %s", s.settled.Round(100*time.Millisecond), time.Since(begun).Round(100*time.Millisecond))
}

func (s *soak) endOfStorm() {
	world.watch.storm.Calm()
	s.Logf("storm: %s", world.watch.storm.Tally())
}

// settle waits until every TaskRole says that it is carried out, nothing is
// written any more and what was written can be read, and AWS is as declared.
func (s *soak) settle(what string) {
	s.Helper()
	var last error
	err := wait.PollUntilContextTimeout(s.ctx, 250*time.Millisecond, patience(), true, func(context.Context) (bool, error) {
		last = s.judgedInPeace()
		return last == nil, nil
	})
	if err != nil {
		s.Fatalf("%s: %v: %v\n%s", what, err, last, s.stories())
	}
}

// judgedInPeace complains until all is as declared, and has been for so long that
// it can be read.
func (s *soak) judgedInPeace() error {
	if err := s.converged(); err != nil {
		return err
	}
	if quiet := time.Since(world.watch.wrote()); quiet < world.pace.stale+world.pace.stale/10 {
		return fmt.Errorf("the manager wrote %s ago", quiet)
	}
	return s.judgeAll()
}

func (s *soak) converged() error {
	if !s.manager.Alive() {
		return fmt.Errorf("the manager ended: %w", s.manager.Exit)
	}
	for _, a := range s.accounts {
		if err := a.ready(); err != nil {
			return err
		}
	}
	var errs []error
	for _, l := range s.lives {
		errs = append(errs, l.converged())
	}
	return errors.Join(errs...)
}

// farewell deletes every TaskRole with its role, those that were let go of too,
// which are declared once more for that.
func (s *soak) farewell() {
	s.Helper()
	for _, l := range s.lives {
		if l.state == retained {
			s.must(l.born())
		}
	}
	s.settle("roles that were let go of are found again")
	for _, l := range s.lives {
		if l.state != alive {
			continue
		}
		if l.spec.DeletionPolicy == v1alpha1.DeletionRetain {
			l.spec.DeletionPolicy = v1alpha1.DeletionDelete
			s.must(l.write())
		}
		s.must(l.die())
	}
	s.settle("nothing is left")
}

// reckon accounts for all calls, and says what was tried.
func (s *soak) reckon() {
	s.Helper()
	b := newBill(s.world.AWS.Calls())
	for _, l := range s.lives {
		if made, allowed := b.created[l.role()], 1+l.deletions; made > allowed {
			s.Errorf("role %s was made %d times, and its TaskRole %d times deleted with it", l.role(), made, l.deletions)
		}
		if b.deleted[l.role()] > l.deletions {
			s.Errorf("role %s was deleted %d times, its TaskRole %d times", l.role(), b.deleted[l.role()], l.deletions)
		}
	}
	for _, one := range b.superfluous[:min(len(b.superfluous), 20)] {
		s.Errorf("written again, though nobody had changed it: %s; calls on it since then:\n\t%s\nand what was done with the TaskRole; managers were started at %s:\n\t%s",
			one.what, strings.Join(one.since, "\n\t"), strings.Join(s.starts, ", "), s.diaryFor(one.call))
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(s.tally.kind)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, s.tally.kind[kind]))
	}
	s.Logf("happened: %s", strings.Join(kinds, ", "))
	for _, one := range s.samples {
		s.Logf("memory at %s", one)
	}
	failed := 0
	if s.Failed() {
		failed = 1
	}
	t, struck := &s.tally, world.watch.storm.Tally().Calls
	world.summary = fmt.Sprintf("soak: %d TaskRoles in %s: %d edits, %d creations, %d deletions, %d drifts by hand, %d registrations, %d kills; "+
		"%d AWS calls, %d in the storm, of which %d (%.1f %%) refused by throttling, %d reads made again for it, %d lost or failed otherwise; %d writes, %d superfluous; "+
		"as declared %.1f s after the storm; resident %s MB; %d failed (-soak.seed=%d)",
		len(s.lives), *duration, t.edits.Load(), t.creations.Load(), t.deletions.Load(), t.drifts.Load(), t.registrations.Load(), s.kills,
		b.calls, struck, b.throttled, 100*float64(b.throttled)/float64(max(1, struck)), b.again, b.failed, b.writes, len(b.superfluous),
		s.settled.Seconds(), residents(s.samples), failed, s.seed)
}

func residents(samples []sample) string {
	var out []string
	for _, one := range samples {
		out = append(out, fmt.Sprint(one.resident>>20))
	}
	return strings.Join(out, ", ")
}
