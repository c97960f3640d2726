package ecs

import (
	"fmt"
	"strings"
)

// maxEvents is how many events of a service are told ("Amazon ECS displays the last
// 100 events": Viewing Amazon ECS service event messages).
const maxEvents = 100

// tell adds an event to those of the service. The scheduler tries seldom enough not
// to say the same over and over.
func (c *call) tell(s *service, format string, args ...any) {
	message := fmt.Sprintf("(service %s) "+format, append([]any{s.name}, args...)...)
	if len(s.events) > 0 {
		if last, _ := s.events[0].(object); last["message"] == message {
			return
		}
	}
	event := object{"id": fmt.Sprintf("%032x", c.id()), "createdAt": timestamp(c.now), "message": message}
	s.events = append([]any{event}, s.events...)
	s.events = s.events[:min(len(s.events), maxEvents)]
}

// naming lists tasks as events do.
func naming(tasks []*task) string {
	var names []string
	for _, t := range tasks {
		names = append(names, "(task "+t.id+")")
	}
	return strings.Join(names, " ")
}
