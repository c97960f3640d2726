package ecs

import "cmp"

// showTask is the task as DescribeTasks tells it.
func (c *call) showTask(t *task, tags bool) object {
	out := object{
		"taskArn":              t.arn,
		"clusterArn":           t.cluster.arn,
		"taskDefinitionArn":    t.revision.arn,
		"desiredStatus":        t.status(),
		"lastStatus":           t.lastStatus(),
		"createdAt":            timestamp(t.created),
		"group":                t.group,
		"healthStatus":         "UNKNOWN",
		"enableExecuteCommand": t.executes,
		"version":              1,
		"attachments":          []any{},
		"attributes":           []any{},
		"overrides":            t.overrides(),
		"containers":           t.containers(),
		"tags":                 []any{},
	}
	if tags {
		out["tags"] = tagList(c.tags[t.arn])
	}
	for member, value := range map[string]string{
		"startedBy": t.startedBy, "launchType": t.where.launch, "capacityProviderName": t.where.provider,
		"cpu": text(t.revision.definition, "cpu"), "memory": text(t.revision.definition, "memory"),
	} {
		if value != "" {
			out[member] = value
		}
	}
	if t.where.instance != nil {
		out["containerInstanceArn"] = t.where.instance.arn
	}
	if !t.pending {
		out["connectivity"] = "CONNECTED"
		out["connectivityAt"], out["startedAt"] = timestamp(t.created), timestamp(t.created)
	}
	if t.where.launch == launchFargate {
		out["platformVersion"] = cmp.Or(text(t.given, "platformVersion"), "1.4.0")
		out["platformFamily"] = "Linux"
	}
	if t.stopped() {
		for _, member := range []string{"stoppingAt", "executionStoppedAt", "stoppedAt"} {
			out[member] = timestamp(t.stoppedAt)
		}
		out["stopCode"], out["stoppedReason"] = t.stopCode, t.reason
	}
	return out
}

// overrides are the request's, with an entry for each container, as AWS shows
// them.
func (t *task) overrides() object {
	out := clone(child(t.given, "overrides"))
	if t.service != nil || out == nil {
		out = object{} // a service overrides nothing
	}
	if len(list(out, "containerOverrides")) == 0 {
		var named []any
		for _, d := range objects(t.revision.definition, "containerDefinitions") {
			named = append(named, object{"name": text(d, "name")})
		}
		out["containerOverrides"] = named
	}
	if !has(out, "inferenceAcceleratorOverrides") {
		out["inferenceAcceleratorOverrides"] = []any{}
	}
	return out
}

func (t *task) containers() []any {
	out := []any{}
	for _, d := range objects(t.revision.definition, "containerDefinitions") {
		name := text(d, "name")
		out = append(out, object{
			"containerArn":      t.cluster.containerARN(t, name),
			"taskArn":           t.arn,
			"name":              name,
			"image":             text(d, "image"),
			"lastStatus":        t.lastStatus(),
			"healthStatus":      "UNKNOWN",
			"networkBindings":   []any{},
			"networkInterfaces": []any{},
		})
	}
	return out
}

// containerARN ends in the container's name where AWS has a UUID.
func (cl *cluster) containerARN(t *task, name string) string {
	prefix := t.arn[:len(t.arn)-len("task/"+cl.name+"/"+t.id)]
	return prefix + "container/" + cl.name + "/" + t.id + "/" + name
}
