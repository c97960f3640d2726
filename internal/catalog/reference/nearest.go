package reference

import "strings"

// Nearest is the real action whose name is most like the unknown one; empty when
// none is near. For an operation of an API it is the action that authorises it.
//
// A prefix that exists is believed: only its service is decoded. One that does
// not is compared with the prefixes and names of services first, and only the
// services that are like it are decoded.
func Nearest(action string) string {
	action = strings.ToLower(action)
	for _, o := range operations {
		if o.operation == action {
			return o.action
		}
	}
	prefix, name, _ := strings.Cut(action, ":")
	if name == "" {
		return ""
	}
	candidates := alike(prefix)
	if s, known := Lookup(prefix); known {
		candidates = []*Service{s}
	}
	best, distance := "", 0
	for _, s := range candidates {
		for _, a := range s.Actions() {
			if d, near := apart(name, strings.ToLower(a.Name)); near && (best == "" || d < distance) {
				best, distance = a.FullName(), d
			}
		}
	}
	return best
}

// alike are the services that a prefix which does not exist may mean, the most
// likely first.
func alike(prefix string) []*Service {
	var near, named []*Service
	for _, s := range index().services {
		if _, is := apart(prefix, s.Prefix); is {
			near = append(near, s)
		} else if s.called(prefix) {
			named = append(named, s)
		}
	}
	return append(near, named...)
}

// called says whether a service goes by such a name: eventbridge is Amazon
// EventBridge's, efs Amazon Elastic File System's, and SDKs say bedrock-runtime
// for a part of Amazon Bedrock.
func (s *Service) called(prefix string) bool {
	if strings.HasPrefix(prefix, s.Prefix+"-") {
		return true
	}
	var letters, initials strings.Builder
	for word := range strings.FieldsSeq(strings.ToLower(s.Name)) {
		if word == "amazon" || word == "aws" {
			continue
		}
		letters.WriteString(word)
		initials.WriteByte(word[0])
	}
	return letters.String() == strings.ReplaceAll(prefix, "-", "") || initials.String() == prefix
}

// apart is how many letters are to be changed, put in, left out or exchanged
// with their neighbour to make one name of another, and whether so few are that
// the one may be a slip for the other: one in four, or where one goes on after
// the other ends, as many as there are before.
func apart(a, b string) (distance int, near bool) {
	short, long := min(len(a), len(b)), max(len(a), len(b))
	goesOn := 2*short >= long && short >= 3 && a[:short] == b[:short]
	if limit := max(1, len(a)/4); long-short > limit && !goesOn {
		return 0, false
	} else if distance = edits(a, b); distance > limit && !goesOn {
		return distance, false
	}
	return distance, true
}

// edits is the optimal string alignment distance.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
