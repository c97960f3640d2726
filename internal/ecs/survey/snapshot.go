package survey

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Snapshot is what ran at one moment. It never changes.
type Snapshot struct {
	// Taken is when its reading began.
	Taken time.Time
	// Took is how long that lasted.
	Took time.Duration

	clusters []cluster
	families map[string]*use
	// tasks are all that were described, by ARN, nil for those of services: what a
	// task is never changes.
	tasks map[string]*model.Task
	// away are the ARNs of instances whose agent was not connected.
	away map[string]bool
}

type use struct {
	services []model.Service
	tasks    []model.Task
}

// cluster is what is known of one cluster.
type cluster struct {
	arn, name string
	exec      model.ClusterExec
	hosts     hosts.Cluster
}

// Clusters are the clusters that were looked at, with their container instances,
// sorted by name. They are shared: nobody may change them.
func (s *Snapshot) Clusters() []hosts.Cluster {
	out := make([]hosts.Cluster, len(s.clusters))
	for i := range s.clusters {
		out[i] = s.clusters[i].hosts
	}
	return out
}

// Unread says which clusters could not be read, and why; empty: all were.
func (s *Snapshot) Unread() string {
	var out []string
	for i := range s.clusters {
		if c := &s.clusters[i].hosts; c.Unread != "" {
			out = append(out, "cluster "+c.Name+": "+c.Unread)
		}
	}
	return strings.Join(out, "; ")
}

// Family is what runs of a family.
func (s *Snapshot) Family(name string) model.Use {
	out := model.Use{Exec: map[string]model.ClusterExec{}}
	if u := s.families[name]; u != nil {
		out.Services, out.Tasks = slices.Clone(u.services), u.tasks
	}
	for i := range s.clusters {
		c := &s.clusters[i]
		if runsIn(out, c.name) {
			out.Exec[c.name] = c.exec
		}
	}
	return out
}

func runsIn(u model.Use, name string) bool {
	return slices.ContainsFunc(u.Services, func(s model.Service) bool { return s.Cluster == name }) ||
		slices.ContainsFunc(u.Tasks, func(t model.Task) bool { return t.Cluster == name })
}

// Tasks are the tasks that were described, sorted by ARN.
func (s *Snapshot) Tasks() []model.Task {
	var out []model.Task
	for _, t := range s.tasks {
		if t != nil {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b model.Task) int { return cmp.Compare(a.ARN, b.ARN) })
	return out
}

// Families are the names of families of which something runs.
func (s *Snapshot) Families() []string {
	out := make([]string, 0, len(s.families))
	for name := range s.families {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// addService notes a service with each family that it uses: while it moves to
// another family, it uses two.
func (s *Snapshot) addService(service model.Service) {
	var names []string
	for _, arn := range service.Revisions() {
		names = append(names, FamilyOf(arn))
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name != "" {
			s.of(name).services = append(s.of(name).services, service)
		}
	}
}

func (s *Snapshot) addTask(t model.Task) {
	if name := FamilyOf(t.Definition); name != "" {
		s.of(name).tasks = append(s.of(name).tasks, t)
	}
}

func (s *Snapshot) of(name string) *use {
	u := s.families[name]
	if u == nil {
		u = &use{}
		s.families[name] = u
	}
	return u
}

// order makes the same of the same, in whatever order AWS told it.
func (s *Snapshot) order() {
	slices.SortFunc(s.clusters, func(a, b cluster) int { return cmp.Compare(a.name, b.name) })
	for _, u := range s.families {
		slices.SortFunc(u.services, func(a, b model.Service) int {
			return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Name, b.Name))
		})
		slices.SortFunc(u.tasks, func(a, b model.Task) int { return cmp.Compare(a.ARN, b.ARN) })
	}
}

// FamilyOf is FAMILY of arn:PARTITION:ecs:REGION:ACCOUNT:task-definition/FAMILY:NUMBER.
func FamilyOf(arn string) string {
	_, name, _ := strings.Cut(arn, ":task-definition/")
	family, _, _ := strings.Cut(name, ":")
	return family
}

// baseName is the last part of an ARN's resource.
func baseName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
