package ecs

import (
	"fmt"
	"slices"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// kept is how long a stopped task can still be described ("Stopped tasks only
// appear in the returned results for at least one hour": DescribeTasks), and how
// long a deleted revision that nobody uses stays DELETE_IN_PROGRESS here.
const kept = time.Hour

const (
	statusActive           = "ACTIVE"
	statusInactive         = "INACTIVE"
	statusDraining         = "DRAINING"
	statusPending          = "PENDING"
	statusDeleteInProgress = "DELETE_IN_PROGRESS"
	statusRunning          = "RUNNING"
	statusStopped          = "STOPPED"
)

// region is what an account has in a region.
type region struct {
	prefix   string // of every ARN, up to the resource: arn:aws:ecs:us-west-2:111122223333:
	families map[string]*family
	clusters map[string]*cluster
	tags     map[string][]tag // by the resource's ARN
	ids      int              // handed out so far to tasks and deployments
	changed  time.Time        // by the latest write

	providers  map[string]*CapacityProvider // by name
	providerOf map[string]string            // the cluster's ARN, by the name of one of managed instances
}

// family is all that was ever registered under one name. It outlives its
// revisions, because their numbers are never given twice.
type family struct {
	last      int         // number given last
	revisions []*revision // by rising number
	changed   time.Time
}

type revision struct {
	family       string
	number       int
	arn          string
	status       string
	registered   time.Time
	deregistered time.Time
	deletion     time.Time // when it was asked for
	definition   object    // as DescribeTaskDefinition answers it, without tags
}

// newest is the newest ACTIVE revision, which stands for the bare family.
func (f *family) newest() *revision {
	for _, r := range slices.Backward(f.revisions) {
		if r.status == statusActive {
			return r
		}
	}
	return nil
}

func (f *family) numbered(n int) *revision {
	for _, r := range f.revisions {
		if r.number == n {
			return r
		}
	}
	return nil
}

// forget drops what time has run out for: tasks stopped long ago, and revisions
// whose deletion nothing holds up ("will stay in DELETE_IN_PROGRESS status until
// all the associated tasks and services have been terminated":
// DeleteTaskDefinitions).
func (r *region) forget(now time.Time) {
	used := map[*revision]bool{}
	for _, c := range r.clusters {
		c.tasks = slices.DeleteFunc(c.tasks, func(t *task) bool {
			return t.stopped() && now.Sub(t.stoppedAt) >= kept
		})
		for _, t := range c.tasks {
			used[t.revision] = used[t.revision] || !t.stopped()
		}
		for _, s := range c.services {
			used[s.revision] = used[s.revision] || s.status != statusInactive
			if s.ongoing() != nil {
				if d := s.lastCompleted(); d != nil {
					used[d.revision] = true // a rollback needs it
				}
			}
		}
	}
	for _, f := range r.families {
		f.revisions = slices.DeleteFunc(f.revisions, func(v *revision) bool {
			gone := v.status == statusDeleteInProgress && !used[v] && now.Sub(v.deletion) >= kept
			if gone {
				delete(r.tags, v.arn)
			}
			return gone
		})
	}
}

// id is a new number, the same in every run.
func (r *region) id() int { r.ids++; return r.ids }

func arnPrefix(c wire.Caller) string {
	return fmt.Sprintf("arn:%s:ecs:%s:%s:", c.Partition, c.Region, c.Account)
}
