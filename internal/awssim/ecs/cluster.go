package ecs

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

type cluster struct {
	name     string
	arn      string
	status   string
	given    object // settings, configuration and the like, as they were given
	services map[string]*service
	tasks    []*task

	instances []*instance
}

// holds says whether the ARN is of a service of the cluster that is not INACTIVE,
// or of a task.
func (cl *cluster) holds(arn string) bool {
	for _, s := range cl.services {
		if s.arn == arn && s.status != statusInactive {
			return true
		}
	}
	return slices.ContainsFunc(cl.tasks, func(t *task) bool { return t.arn == arn }) || cl.instance(arn) != nil
}

func (c *call) createCluster() (object, error) {
	name := cmp.Or(text(c.in, "clusterName"), "default")
	if !namePattern.MatchString(name) {
		return nil, invalidParameter("Cluster name contains invalid characters.")
	}
	tags, err := c.newTags(invalidParameter)
	if err != nil {
		return nil, err
	}
	cl := c.clusters[name]
	if cl == nil || cl.status != statusActive {
		given := clone(c.in)
		delete(given, "tags")
		cl = &cluster{
			name: name, arn: c.prefix + "cluster/" + name, status: statusActive,
			given: given, services: map[string]*service{},
		}
		c.clusters[name] = cl
		c.tags[cl.arn] = tags
	}
	out := c.showCluster(cl)
	out["tags"] = tagList(c.tags[cl.arn])
	return object{"cluster": out}, nil
}

// showCluster leaves out the tags and whatever else DescribeClusters tells only
// when asked.
func (c *call) showCluster(cl *cluster) object {
	active, running, pending := 0, 0, 0
	for _, s := range cl.services {
		if s.status == statusActive {
			active++
		}
	}
	for _, t := range cl.tasks {
		switch {
		case t.stopped():
		case t.pending:
			pending++
		default:
			running++
		}
	}
	return object{
		"clusterArn":                        cl.arn,
		"clusterName":                       cl.name,
		"status":                            cl.status,
		"registeredContainerInstancesCount": len(cl.instances),
		"runningTasksCount":                 running,
		"pendingTasksCount":                 pending,
		"activeServicesCount":               active,
		"statistics":                        []any{},
		"tags":                              []any{},
		"settings":                          []any{},
		"capacityProviders":                 array(list(cl.given, "capacityProviders")),
		"defaultCapacityProviderStrategy":   array(list(cl.given, "defaultCapacityProviderStrategy")),
	}
}

func (c *call) describeClusters() (object, error) {
	names := texts(c.in, "clusters")
	if len(names) == 0 {
		names = []string{"default"}
	}
	if len(names) > maxPage {
		return nil, invalidParameter("Clusters can have at most %d items.", maxPage)
	}
	found, failures := []any{}, []any{}
	for _, name := range names {
		cl := c.clusters[c.clusterName(name)]
		if cl == nil {
			failures = append(failures, c.missing("cluster", name))
			continue
		}
		out := c.showCluster(cl)
		if c.includes("TAGS") {
			out["tags"] = tagList(c.tags[cl.arn])
		}
		if c.includes("SETTINGS") && has(cl.given, "settings") {
			out["settings"] = cl.given["settings"]
		}
		if c.includes("CONFIGURATIONS") && has(cl.given, "configuration") {
			out["configuration"] = cl.given["configuration"]
		}
		if c.includes("STATISTICS") {
			out["statistics"] = cl.statistics()
		}
		found = append(found, out)
	}
	return object{"clusters": found, "failures": failures}, nil
}

// missing is an entry of failures. path is the resource's type and, where its ARN
// holds one, its cluster.
func (c *call) missing(path, name string) object {
	arn := name
	if !strings.HasPrefix(name, "arn:") {
		arn = c.prefix + path + "/" + name
	}
	return object{"arn": arn, "reason": "MISSING"}
}

func (c *call) listClusters() (object, error) {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(c.clusters)) {
		if cl := c.clusters[name]; cl.status == statusActive {
			found = append(found, cl.arn)
		}
	}
	return page(c, "clusterArns", found, byName(func(arn string) string { return arn }))
}

func (c *call) deleteCluster() (object, error) {
	if text(c.in, "cluster") == "" {
		return nil, invalidParameter("Cluster can not be blank.")
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	for _, s := range cl.services {
		if s.status == statusActive {
			return nil, refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	if len(cl.instances) > 0 {
		return nil, refuse("ClusterContainsContainerInstancesException",
			"The Cluster cannot be deleted while Container Instances are active or draining.")
	}
	if slices.ContainsFunc(cl.tasks, func(t *task) bool { return !t.stopped() }) {
		return nil, refuse("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
	}
	cl.status = statusInactive
	return object{"cluster": c.showCluster(cl)}, nil
}

// cluster is the one that the request names, by name or ARN; none is "default".
func (c *call) cluster() (*cluster, error) {
	cl := c.clusters[c.clusterName(text(c.in, "cluster"))]
	if cl == nil || cl.status != statusActive {
		return nil, refuse("ClusterNotFoundException", "Cluster not found.")
	}
	return cl, nil
}

func (c *call) clusterName(given string) string {
	return strings.TrimPrefix(cmp.Or(given, "default"), c.prefix+"cluster/")
}
