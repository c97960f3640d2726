package ecs

import (
	"maps"
	"slices"
	"strings"
)

// CapacityProvider is one that an account has made, as far as it tells where tasks
// run. FARGATE and FARGATE_SPOT are always there.
type CapacityProvider struct {
	Name string
	// AutoScalingGroup is the ARN of its group. Without one it is of Amazon ECS
	// Managed Instances.
	AutoScalingGroup string
	// InfrastructureRole is the ARN of the role by which ECS manages instances.
	InfrastructureRole string
	// InstanceProfile is the ARN of the profile that managed instances get.
	InstanceProfile string
}

// Managed says whether the provider is of Amazon ECS Managed Instances.
func (p *CapacityProvider) Managed() bool { return p.AutoScalingGroup == "" }

// maxProviders: "This value can be between 1 and 10" (DescribeCapacityProviders).
const maxProviders = 10

// PutCapacityProvider makes a capacity provider in the cluster's account and region,
// and associates the cluster with it.
func (s *Service) PutCapacityProvider(in Cluster, p CapacityProvider) error {
	return s.reach(in, func(c *call, cl *cluster) error {
		c.providers[p.Name] = &p
		if p.Managed() {
			c.providerOf[p.Name] = cl.arn
		}
		names := texts(cl.given, "capacityProviders")
		if !slices.Contains(names, p.Name) {
			cl.given["capacityProviders"] = array(append(names, p.Name))
		}
		return nil
	})
}

func (c *call) providerName(given string) string {
	return strings.TrimPrefix(given, c.prefix+"capacity-provider/")
}

// provider shows the capacity provider of that name, nil when there is none.
func (c *call) provider(name string) object {
	out := object{
		"capacityProviderArn": c.prefix + "capacity-provider/" + name, "name": name, "status": statusActive, "tags": []any{},
	}
	if c.includes("TAGS") {
		out["tags"] = tagList(c.tags[c.prefix+"capacity-provider/"+name])
	}
	p := c.providers[name]
	switch {
	case name == "FARGATE" || name == "FARGATE_SPOT":
		out["type"] = name
	case p == nil:
		return nil
	case p.Managed():
		out["type"], out["cluster"] = "MANAGED_INSTANCES", c.providerOf[name]
		out["managedInstancesProvider"] = object{
			"infrastructureRoleArn":  p.InfrastructureRole,
			"instanceLaunchTemplate": object{"ec2InstanceProfileArn": p.InstanceProfile},
		}
	default:
		out["type"] = "EC2_AUTOSCALING"
		out["autoScalingGroupProvider"] = object{
			"autoScalingGroupArn": p.AutoScalingGroup, "managedTerminationProtection": "DISABLED", "managedDraining": "ENABLED",
			"managedScaling": object{"status": "DISABLED"},
		}
	}
	return out
}

func (c *call) describeCapacityProviders() (object, error) {
	given := texts(c.in, "capacityProviders")
	if len(given) > maxPage {
		return nil, invalidParameter("CapacityProviders can have at most %d items.", maxPage)
	}
	names, err := c.knownProviders()
	if err != nil {
		return nil, err
	}
	failures := []any{}
	if len(given) > 0 {
		var asked []string
		for _, name := range given {
			if name = c.providerName(name); slices.Contains(names, name) {
				asked = append(asked, name)
			} else {
				failures = append(failures, c.missing("capacity-provider", name))
			}
		}
		slices.Sort(asked)
		names = slices.Compact(asked)
	}
	p := byName(func(name string) string { return name })
	p.size, p.most = maxProviders, maxProviders
	p.show = func(name string) any { return c.provider(name) }
	out, err := page(c, "capacityProviders", names, p)
	if err == nil {
		out["failures"] = failures
	}
	return out, err
}

// knownProviders are the names that a request may be about: of a cluster those that
// it is associated with. Managed instances live in a cluster, and are not listed
// without it.
func (c *call) knownProviders() ([]string, error) {
	if has(c.in, "cluster") {
		cl, err := c.cluster()
		if err != nil {
			return nil, err
		}
		var names []string
		for _, name := range texts(cl.given, "capacityProviders") {
			names = append(names, c.providerName(name))
		}
		return slices.Sorted(slices.Values(names)), nil
	}
	names := []string{"FARGATE", "FARGATE_SPOT"}
	for _, name := range slices.Sorted(maps.Keys(c.providers)) {
		if !c.providers[name].Managed() || len(list(c.in, "capacityProviders")) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// putClusterCapacityProviders replaces all that the cluster was associated with.
func (c *call) putClusterCapacityProviders() (object, error) {
	cl, err := c.cluster()
	switch {
	case err != nil:
		return nil, err
	case !has(c.in, "capacityProviders"):
		return nil, invalidParameter("capacityProviders must be specified.")
	case !has(c.in, "defaultCapacityProviderStrategy"):
		return nil, invalidParameter("defaultCapacityProviderStrategy must be specified.")
	}
	for _, name := range texts(c.in, "capacityProviders") {
		if c.provider(c.providerName(name)) == nil {
			return nil, invalidParameter("The specified capacity provider '%s' was not found. "+
				"Specify a valid name or ARN and try again.", name)
		}
	}
	if err := c.associated(texts(c.in, "capacityProviders"), objects(c.in, "defaultCapacityProviderStrategy")); err != nil {
		return nil, err
	}
	cl.given = clone(cl.given)
	cl.given["capacityProviders"] = c.in["capacityProviders"]
	cl.given["defaultCapacityProviderStrategy"] = c.in["defaultCapacityProviderStrategy"]
	return object{"cluster": c.showCluster(cl)}, nil
}

// associated: "A capacity provider must be associated with the cluster to be used in
// a capacity provider strategy" (PutClusterCapacityProviders).
func (c *call) associated(names []string, strategy []object) error {
	for _, item := range strategy {
		name := c.providerName(text(item, "capacityProvider"))
		if !slices.ContainsFunc(names, func(given string) bool { return c.providerName(given) == name }) {
			return invalidParameter("The specified capacity provider strategy cannot contain a capacity provider that is " +
				"not associated with the cluster. Associate the capacity provider with the cluster and try again.")
		}
	}
	return nil
}

// placing adds to a request what the cluster says for those that choose nothing
// themselves, and holds what it chooses against what there is.
func (c *call) placing(cl *cluster, given object) error {
	strategy := objects(given, "capacityProviderStrategy")
	if len(strategy) > 0 && has(given, "launchType") {
		return invalidParameter("Specifying both a launch type and capacity provider strategy is not supported. " +
			"Remove one and try again.")
	}
	if byCluster := list(cl.given, "defaultCapacityProviderStrategy"); len(strategy) == 0 && !has(given, "launchType") && len(byCluster) > 0 {
		given["capacityProviderStrategy"] = byCluster
	}
	return c.associated(texts(cl.given, "capacityProviders"), strategy)
}
