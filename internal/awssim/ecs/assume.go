package ecs

import (
	"fmt"
	"maps"
	"slices"
)

// maxEvents is how many events of a service are told ("Amazon ECS displays the last
// 100 events": Viewing Amazon ECS service event messages).
const maxEvents = 100

// unassumable is the role of a revision that ECS may not assume, empty when there
// is none.
func (c *call) unassumable(v *revision) string {
	may := c.service.options.Assumable
	if may == nil {
		return ""
	}
	for _, member := range []string{"taskRoleArn", "executionRoleArn"} {
		if arn := text(v.definition, member); arn != "" && !may(c.Account, arn) {
			return arn
		}
	}
	return ""
}

func cannotAssume(role string) string {
	return fmt.Sprintf("ECS was unable to assume the role '%s' that was provided for this task. Please verify that the role "+
		"being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.", role)
}

// launches says whether a service's tasks can start. That they cannot is told by
// an event and by nothing else.
func (c *call) launches(s *service) bool {
	role := c.unassumable(s.revision)
	if role == "" {
		return true
	}
	message := fmt.Sprintf("(service %s) failed to launch a task with (error %s).", s.name, cannotAssume(role))
	if len(s.events) > 0 {
		// The scheduler tries seldom enough not to say the same over and over.
		if last, _ := s.events[0].(object); last["message"] == message {
			return false
		}
	}
	event := object{"id": fmt.Sprintf("%032x", c.id()), "createdAt": timestamp(c.now), "message": message}
	s.events = append([]any{event}, s.events...)
	s.events = s.events[:min(len(s.events), maxEvents)]
	return false
}

// retry starts what could not start before, as the service scheduler does in its
// own time.
func (c *call) retry() {
	if c.service.options.Assumable == nil {
		return
	}
	for _, cluster := range slices.Sorted(maps.Keys(c.clusters)) {
		cl := c.clusters[cluster]
		running := map[*service]int{}
		for _, t := range cl.tasks {
			if !t.stopped() {
				running[t.service]++
			}
		}
		for _, name := range slices.Sorted(maps.Keys(cl.services)) {
			if s := cl.services[name]; s.status == statusActive && s.revision != nil && running[s] < s.desired {
				c.scale(s)
			}
		}
	}
}
