package ecs

import (
	"slices"
	"strings"
)

// instanceStatuses are those that a listing can be narrowed to
// (ListContainerInstances).
var instanceStatuses = []string{"ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED"}

// listContainerInstances: "The default is to include container instances set to all
// states other than INACTIVE".
func (c *call) listContainerInstances() (object, error) {
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	status := text(c.in, "status")
	if status != "" && !slices.Contains(instanceStatuses, status) {
		return nil, invalidParameter("Invalid status '%s'.", status)
	}
	holds, err := parseFilter(text(c.in, "filter"))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, i := range cl.instances {
		if (status == i.status || status == "" && i.status != statusInactive) && holds(i) {
			found = append(found, i.arn)
		}
	}
	slices.SortFunc(found, strings.Compare)
	return page(c, "containerInstanceArns", found, byName(func(arn string) string { return arn }))
}

func (c *call) describeContainerInstances() (object, error) {
	names := texts(c.in, "containerInstances")
	switch {
	case len(names) == 0:
		return nil, invalidParameter("Container instances cannot be empty.")
	case len(names) > maxPage:
		return nil, invalidParameter("Container instances can have at most %d items.", maxPage)
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	found, failures := []any{}, []any{}
	for _, name := range names {
		i := cl.instance(name)
		if i == nil {
			failures = append(failures, c.missing("container-instance/"+cl.name, name))
			continue
		}
		out := c.showInstance(i)
		if c.includes("CONTAINER_INSTANCE_HEALTH") {
			out["healthStatus"] = object{"overallStatus": "OK", "details": []any{}}
		}
		found = append(found, out)
	}
	return object{"containerInstances": found, "failures": failures}, nil
}
