package ecs

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Operators as the page allows them to subjects.
var (
	equality = []string{"==", "!=", "in", "!in", "=~", "!~"}
	ordering = []string{"==", "!=", ">", ">=", "<", "<="}
	everyOne = []string{"==", "!=", ">", ">=", "<", "<=", "exists", "!exists", "in", "!in", "=~", "!~"}
)

// subjects is what a subject stands for on an instance, whether it is there, and
// the operators that it takes; none where it is no subject.
func subjects(name string) (value func(*instance) (string, bool), allowed []string) {
	if attribute, found := strings.CutPrefix(name, "attribute:"); found && attribute != "" {
		return func(i *instance) (string, bool) { v, there := i.Attributes[attribute]; return v, there }, everyOne
	}
	switch name {
	case "agentConnected":
		return func(i *instance) (string, bool) { return strconv.FormatBool(!i.Disconnected), true }, equality
	case "agentVersion":
		return func(i *instance) (string, bool) { return i.AgentVersion, i.AgentVersion != "" }, ordering
	case "ec2InstanceId":
		return func(i *instance) (string, bool) { return i.EC2InstanceID, i.EC2InstanceID != "" }, equality
	case "registeredAt":
		return func(i *instance) (string, bool) { return i.registered.UTC().Format(time.RFC3339Nano), true }, ordering
	case "runningTasksCount":
		return func(i *instance) (string, bool) { return strconv.Itoa(len(i.tasks())), true }, ordering
	case "task:group":
		return groups, equality
	}
	return nil, nil
}

// groups are the groups of an instance's tasks. The page has one task in mind.
func groups(i *instance) (string, bool) {
	for _, t := range i.tasks() {
		return t.group, true
	}
	return "", false
}

// order reads the argument of a comparison by size or equality.
func (p *parser) order(subject, operator string) func(string, bool) bool {
	want, compare := p.word(), compareNumbers
	switch subject {
	case "agentVersion":
		compare = compareVersions
	case "runningTasksCount":
		if _, err := strconv.Atoi(want); err != nil {
			p.bad = true
		}
	case "registeredAt":
		at, ok := parseDate(want)
		p.bad = p.bad || !ok
		want, compare = at, compareDates
	}
	holds := map[string]func(int) bool{
		"==": func(order int) bool { return order == 0 },
		"!=": func(order int) bool { return order == 0 }, // turned around by whoever asks
		">":  func(order int) bool { return order > 0 },
		">=": func(order int) bool { return order >= 0 },
		"<":  func(order int) bool { return order < 0 },
		"<=": func(order int) bool { return order <= 0 },
	}[operator]
	return func(got string, there bool) bool { return there && holds(compare(got, want)) }
}

// compareNumbers compares as numbers what are numbers, and everything else as text.
func compareNumbers(a, b string) int {
	x, failed := strconv.ParseFloat(a, 64)
	y, also := strconv.ParseFloat(b, 64)
	if failed != nil || also != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(x, y)
}

// compareVersions compares 1.9.0 and 1.11.0 by their numbers.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		m, n := "0", "0"
		if i < len(x) {
			m = x[i]
		}
		if i < len(y) {
			n = y[i]
		}
		if order := compareNumbers(m, n); order != 0 {
			return order
		}
	}
	return 0
}

// parseDate reads the forms of dates that the page names.
func parseDate(text string) (string, bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC().Format(time.RFC3339Nano), true
		}
	}
	return "", false
}

func compareDates(a, b string) int {
	x, _ := time.Parse(time.RFC3339Nano, a)
	y, _ := time.Parse(time.RFC3339Nano, b)
	return x.Compare(y)
}
