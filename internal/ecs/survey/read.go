package survey

import (
	"context"
	"slices"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Selection says what is looked at.
type Selection struct {
	// All clusters, or those whose name matches one of Names, in which an asterisk
	// stands for any run of characters.
	All   bool
	Names []string
	// Filter is an expression of the cluster query language that instances must meet;
	// empty: none.
	Filter string
	// Everything is for whoever must not miss anything that uses a role: tasks of
	// services are kept, too, and a cluster that cannot be read is an error. Instances
	// are left out.
	Everything bool
}

func (s Selection) picks(cluster string) bool {
	return s.All || slices.ContainsFunc(s.Names, func(pattern string) bool { return policy.Match(pattern, cluster) })
}

// Read takes a snapshot. What the one before it knows, and what never changes, is
// not asked for again; it may be nil. Calls are made one after the other, so that
// reconciling finds its turn between them. A cluster that may not be read, or of
// which ECS refuses to tell, is noted in the snapshot; an error is returned where
// trying again may help.
func Read(ctx context.Context, api aws.ECS, selection Selection, before *Snapshot) (*Snapshot, error) {
	r := &reading{api: api, selection: selection, before: before, Snapshot: &Snapshot{
		Taken: time.Now(), families: map[string]*use{}, tasks: map[string]*model.Task{}, away: map[string]bool{},
	}}
	clusters, err := r.listClusters(ctx)
	if err != nil {
		return nil, err
	}
	for i := range clusters {
		gone, err := r.cluster(ctx, &clusters[i])
		if err != nil {
			return nil, err
		}
		if !gone {
			r.clusters = append(r.clusters, clusters[i].cluster)
		}
	}
	if err := r.describeSources(ctx); err != nil {
		return nil, err
	}
	for _, s := range r.services {
		r.addService(s)
	}
	r.order()
	r.Took = time.Since(r.Taken)
	return r.Snapshot, nil
}

// reading is a snapshot that is being taken.
type reading struct {
	*Snapshot
	api       aws.ECS
	selection Selection
	before    *Snapshot
	services  []model.Service
	// progressing are the indices of services by the ARN of the deployment that is in
	// progress.
	progressing map[string]int
}

// counted is a cluster and what ECS counts in it.
type counted struct {
	cluster
	services, instances int32
	tasks               int32 // running and pending
	providers           []string
}

// cluster reads one, and says whether it is gone since it was listed.
func (r *reading) cluster(ctx context.Context, c *counted) (gone bool, err error) {
	steps := []func(context.Context, *counted) error{r.readProviders, r.readServices, r.readTasks, r.readInstances}
	for _, step := range steps {
		if err = step(ctx, c); err != nil {
			break
		}
	}
	if err == nil {
		return false, nil
	}
	switch why := aws.Explain(err); {
	case why.Class == aws.NotFound:
		r.drop(c)
		return true, nil
	case (why.Class == aws.Denied || why.Class == aws.Invalid) && !r.selection.Everything:
		c.hosts = hosts.Cluster{Name: c.name, Unread: "ecs:" + why.Operation + " answered " + why.Code + ": " + why.Message}
		return false, nil
	default:
		return false, err
	}
}

// drop forgets what was read of a cluster that was deleted meanwhile.
func (r *reading) drop(c *counted) {
	r.services = slices.DeleteFunc(r.services, func(s model.Service) bool { return s.ClusterARN == c.arn })
	for _, u := range r.families {
		u.tasks = slices.DeleteFunc(u.tasks, func(t model.Task) bool { return t.Cluster == c.name })
	}
}
