package ecs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// task runs from the moment it is started until it is stopped.
type task struct {
	id        string
	arn       string
	cluster   *cluster
	revision  *revision
	service   *service // nil for one that RunTask started
	group     string
	startedBy string
	given     object // the request of RunTask, or the service's
	where     whereabouts
	executes  bool // ECS Exec
	pending   bool
	created   time.Time
	stoppedAt time.Time // zero: it runs
	stopCode  string
	reason    string
}

func (t *task) stopped() bool { return !t.stoppedAt.IsZero() }

func (t *task) stop(now time.Time, code, reason string) {
	if !t.stopped() {
		t.stoppedAt, t.stopCode, t.reason = now, code, reason
	}
}

// status is the one that the task is to have.
func (t *task) status() string {
	if t.stopped() {
		return statusStopped
	}
	return statusRunning
}

// lastStatus is the one that it has.
func (t *task) lastStatus() string {
	if t.pending && !t.stopped() {
		return statusPending
	}
	return t.status()
}

func (c *call) start(cl *cluster, t *task) {
	t.id = fmt.Sprintf("%032x", c.id())
	t.arn = fmt.Sprintf("%stask/%s/%s", c.prefix, cl.name, t.id)
	t.cluster, t.created = cl, c.now
	cl.tasks = append(cl.tasks, t)
}

// maxRun: "You can specify up to 10 tasks for each call" (RunTask).
const maxRun = 10

func (c *call) runTask() (object, error) {
	name := text(c.in, "taskDefinition")
	if name == "" {
		return nil, invalidParameter("TaskDefinition can not be blank.")
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	v, err := c.launchable(name, invalidParameter)
	if err != nil {
		return nil, err
	}
	given := clone(c.in)
	if err := cmp.Or(c.placing(cl, given), fitsLaunch(v, given)); err != nil {
		return nil, err
	}
	count := int64(1)
	if has(c.in, "count") {
		count = number(c.in, "count")
	}
	if count < 1 || count > maxRun {
		return nil, invalidParameter("count must be between 1 and %d.", maxRun)
	}
	if err := c.validOverrides(v); err != nil {
		return nil, err
	}
	tags, err := c.newTags(invalidParameter)
	if err != nil {
		return nil, err
	}
	if role := c.unassumable(v); role != "" {
		return nil, clientError("%s", cannotAssume(role))
	}
	tasks, failures := []any{}, []any{}
	for range count {
		at, failure := c.place(cl, v, given)
		if failure != nil {
			failures = append(failures, failure.failure(cl))
			continue
		}
		t := &task{
			revision: v, given: given, startedBy: text(c.in, "startedBy"), where: at,
			group: cmp.Or(text(c.in, "group"), "family:"+v.family), executes: truth(c.in, "enableExecuteCommand"),
		}
		c.start(cl, t)
		c.tags[t.arn] = tags
		tasks = append(tasks, c.showTask(t, true))
	}
	return object{"tasks": tasks, "failures": failures}, nil
}

// validOverrides: containers overridden must exist, and roles be roles.
func (c *call) validOverrides(v *revision) error {
	overrides := child(c.in, "overrides")
	for _, o := range objects(overrides, "containerOverrides") {
		name := text(o, "name")
		if !slices.ContainsFunc(objects(v.definition, "containerDefinitions"), func(d object) bool { return text(d, "name") == name }) {
			return invalidParameter("Override for container named %s is not a container in the TaskDefinition.", name)
		}
	}
	if overrides == nil {
		return nil
	}
	return validRoles(c, overrides)
}

func (c *call) stopTask() (object, error) {
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	t := cl.task(text(c.in, "task"))
	if t == nil {
		return nil, invalidParameter("The referenced task was not found.")
	}
	t.stop(c.now, "UserInitiated", cmp.Or(text(c.in, "reason"), "Task stopped by user"))
	if t.service != nil && t.service.status == statusActive {
		c.scale(t.service) // which starts another in its place
	}
	return object{"task": c.showTask(t, true)}, nil
}

// task is the cluster's task of that id or ARN, nil when there is none.
func (cl *cluster) task(name string) *task {
	for _, t := range cl.tasks {
		if t.id == name || t.arn == name {
			return t
		}
	}
	return nil
}

func (c *call) describeTasks() (object, error) {
	names := texts(c.in, "tasks")
	switch {
	case len(names) == 0:
		return nil, invalidParameter("Tasks cannot be empty.")
	case len(names) > maxPage:
		return nil, invalidParameter("Tasks can have at most %d items.", maxPage)
	}
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	found, failures := []any{}, []any{}
	for _, name := range names {
		if t := cl.task(name); t != nil {
			found = append(found, c.showTask(t, c.includes("TAGS")))
		} else {
			failures = append(failures, c.missing("task/"+cl.name, name))
		}
	}
	return object{"tasks": found, "failures": failures}, nil
}

// listTasks: "By default, desiredStatus is RUNNING" (ListTasks). Here a task has
// what it desires.
func (c *call) listTasks() (object, error) {
	cl, err := c.cluster()
	if err != nil {
		return nil, err
	}
	status := cmp.Or(text(c.in, "desiredStatus"), statusRunning)
	if status != statusRunning && status != statusStopped && status != statusPending {
		return nil, invalidParameter("Invalid desiredStatus '%s'.", status)
	}
	name := text(c.in, "serviceName")
	if name != "" {
		name = c.serviceName(cl, name)
		if cl.services[name] == nil {
			return nil, refuse("ServiceNotFoundException", "Service not found.")
		}
	}
	var found []string
	for _, t := range cl.tasks {
		if t.status() == status && t.matches(c.in, name) {
			found = append(found, t.arn)
		}
	}
	slices.SortFunc(found, strings.Compare)
	return page(c, "taskArns", found, byName(func(arn string) string { return arn }))
}

// matches holds a task against the filters of ListTasks.
func (t *task) matches(filters object, service string) bool {
	for member, value := range map[string]string{
		"family": t.revision.family, "startedBy": t.startedBy, "launchType": t.where.launch,
	} {
		if want := text(filters, member); want != "" && want != value {
			return false
		}
	}
	if on := text(filters, "containerInstance"); on != "" && t.cluster.instance(on) != t.where.instance {
		return false
	}
	return service == "" || t.service != nil && t.service.name == service
}
