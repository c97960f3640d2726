package survey

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Survey keeps a snapshot that is not older than it should be. It reads while nobody
// waits, and only as long as somebody asks. It is safe for concurrent use.
type Survey struct {
	api       aws.ECS
	selection Selection
	age       time.Duration
	// changed is told the families of which something else runs than before, or none
	// where all should look.
	changed func(families []string)

	mu      sync.Mutex
	latest  *Snapshot
	err     error
	failed  int // readings in a row
	next    time.Time
	reading bool
}

// New makes a survey of what is selected, that is read again after age at the
// earliest. Changed is called after each reading of which families must hear.
func New(api aws.ECS, selection Selection, age time.Duration, changed func([]string)) *Survey {
	return &Survey{api: api, selection: selection, age: age, changed: changed}
}

// ErrNotYet says that the first reading has not ended.
var ErrNotYet = errors.New("what runs in the clusters is being read")

const (
	// share of the time is spent on reading at most: one part in so many. An account in
	// which a reading takes a minute is read every ten.
	share = 10
	// mostAges is how much older than asked for a snapshot becomes by that, and how old
	// one may be that cannot be renewed.
	mostAges = 30
	// jitter keeps accounts apart.
	jitter = 0.1
)

// Latest is what was read last, at once; where it is old, a reading begins, which
// ends with ctx. The error says why there is none, or why it could not be renewed
// for too long: ErrNotYet, or what AWS answered.
func (s *Survey) Latest(ctx context.Context) (*Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.reading && !now.Before(s.next) {
		s.reading = true
		go s.read(ctx, s.latest)
	}
	switch {
	case s.latest == nil && s.err == nil:
		return nil, ErrNotYet
	case s.latest == nil || s.err != nil && now.Sub(s.latest.Taken) > mostAges*s.age:
		return nil, s.err
	default:
		return s.latest, nil
	}
}

func (s *Survey) read(ctx context.Context, before *Snapshot) {
	now, err := Read(ctx, s.api, s.selection, before)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	families, tell := s.keep(before, now, err)
	if tell && ctx.Err() == nil {
		s.changed(families)
	}
}

// keep notes how a reading ended, and says whether anybody must hear of it.
func (s *Survey) keep(before, now *Snapshot, err error) (families []string, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	first := s.latest == nil && s.err == nil
	mended := s.err != nil && err == nil
	s.err = err
	if err != nil {
		s.failed++
		s.next = time.Now().Add(wait.Jitter(min(s.age<<min(s.failed-1, 10), mostAges*s.age), jitter))
		return nil, first // those who wait must not wait for ever
	}
	s.failed, s.latest = 0, now
	s.next = time.Now().Add(wait.Jitter(min(max(s.age, share*now.Took), mostAges*s.age), jitter))
	if first || mended || before == nil {
		return nil, true
	}
	families = differing(before, now)
	return families, len(families) > 0
}

// differing are the families of which something else runs.
func differing(before, now *Snapshot) (out []string) {
	for _, name := range slices.Concat(before.Families(), now.Families()) {
		if !slices.Contains(out, name) && !reflect.DeepEqual(gist(before.families[name]), gist(now.families[name])) {
			out = append(out, name)
		}
	}
	return out
}

// gist is what matters to a TaskRole of what runs: no counts, which change all the
// time.
func gist(u *use) *use {
	if u == nil {
		return nil
	}
	out := &use{tasks: u.tasks}
	for _, s := range u.services {
		s.Deployments = slices.Clone(s.Deployments)
		for i := range s.Deployments {
			d := &s.Deployments[i]
			*d = model.Deployment{Definition: d.Definition, Primary: d.Primary, State: d.State}
		}
		out.services = append(out.services, s)
	}
	return out
}
