package ecs

import (
	"cmp"
	"slices"
	"strings"
)

const (
	launchEC2      = "EC2"
	launchFargate  = "FARGATE"
	launchExternal = "EXTERNAL"
	launchManaged  = "MANAGED_INSTANCES"
)

// whereabouts is where a task runs.
type whereabouts struct {
	launch   string
	provider string    // capacityProviderName
	instance *instance // nil on Fargate, and in clusters that never had one
}

// unplaced is why no container instance took a task: a reason of RunTask's failures
// (API failure reasons).
type unplaced struct {
	reason  string
	closest *instance
}

func (u *unplaced) failure(cl *cluster) object {
	if u.closest == nil {
		return object{"arn": cl.arn, "reason": u.reason}
	}
	return object{"arn": u.closest.arn, "reason": u.reason}
}

// event is the same as a service tells it (Amazon ECS service event messages).
func (u *unplaced) event() string {
	const unmet = "was unable to place a task because no container instance met all of its requirements. "
	const more = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	if u.closest == nil {
		return unmet + "Reason: No Container Instances were found in your cluster." + more
	}
	why := map[string]string{
		"ATTRIBUTE":       " is missing an attribute required by your task.",
		"RESOURCE:PORTS":  " is already using a port required by your task.",
		"RESOURCE:CPU":    " has insufficient CPU units available.",
		"RESOURCE:MEMORY": " has insufficient memory available.",
		"AGENT":           " has an agent that is disconnected.",
	}[u.reason]
	return unmet + "The closest matching (container-instance " + u.closest.id + ")" + why + more
}

// intended is where a request would have its tasks run. Of a strategy of capacity
// providers the first counts.
func (c *call) intended(given object) whereabouts {
	strategy := objects(given, "capacityProviderStrategy")
	if len(strategy) == 0 {
		return whereabouts{launch: launchType(given)}
	}
	w := whereabouts{launch: launchEC2, provider: c.providerName(text(strategy[0], "capacityProvider"))}
	if p := c.providers[w.provider]; p != nil && p.Managed() {
		w.launch = launchManaged
	}
	if strings.HasPrefix(w.provider, launchFargate) {
		w.launch = launchFargate
	}
	return w
}

// place finds where in the cluster a task of the revision can run: on the instance
// with the fewest tasks among those that serve it. A cluster into which no instance
// was ever put is taken to have room for everything.
func (c *call) place(cl *cluster, v *revision, given object) (whereabouts, *unplaced) {
	w := c.intended(given)
	if w.launch == launchFargate || len(cl.instances) == 0 {
		return w, nil
	}
	failed := &unplaced{reason: "RESOURCE:CPU"}
	load, rank := 0, -1
	for _, i := range cl.instances {
		if i.status != statusActive || !i.takes(w, c.providers) {
			continue
		}
		switch reason := i.refuses(v); {
		case reason != "":
			if r := slices.Index(closeness, reason); r > rank {
				failed, rank = &unplaced{reason, i}, r
			}
		case w.instance == nil || len(i.tasks()) < load:
			w.instance, load = i, len(i.tasks())
		}
	}
	if w.instance == nil && w.launch == launchManaged && failed.closest == nil {
		return w, nil // AWS would launch one
	}
	if w.instance == nil {
		return w, failed
	}
	w.provider = cmp.Or(w.provider, w.instance.CapacityProvider)
	return w, nil
}

// closeness is how near an instance that refuses is to one that does not, from afar.
var closeness = []string{"AGENT", "ATTRIBUTE", "RESOURCE:PORTS", "RESOURCE:CPU", "RESOURCE:MEMORY"}

// takes says whether the instance is of the kind that is looked for.
func (i *instance) takes(w whereabouts, providers map[string]*CapacityProvider) bool {
	kind := launchEC2
	if p := providers[i.CapacityProvider]; p != nil && p.Managed() {
		kind = launchManaged
	}
	if _, is := i.Attributes["ecs.capability.external"]; is {
		kind = launchExternal
	}
	return kind == w.launch && (w.provider == "" || w.provider == i.CapacityProvider)
}

// refuses is why the instance cannot run a task of the revision, empty when it can.
func (i *instance) refuses(v *revision) string {
	if i.Disconnected {
		return "AGENT"
	}
	for _, required := range objects(v.definition, "requiresAttributes") {
		if _, has := i.Attributes[text(required, "name")]; !has {
			return "ATTRIBUTE"
		}
	}
	used := i.used()
	for _, port := range hostPorts(v.definition) {
		if slices.Contains(used.ports, port) {
			return "RESOURCE:PORTS"
		}
	}
	cpu, memory := reserved(v.definition)
	switch {
	case used.cpu+cpu > i.CPU:
		return "RESOURCE:CPU"
	case used.memory+memory > i.Memory:
		return "RESOURCE:MEMORY"
	}
	return ""
}
