package hosts

import (
	"fmt"
	"slices"
	"strings"
)

// awsKeeps is said wherever machines that AWS keeps may run the family.
const awsKeeps = "on AWS Fargate and Amazon ECS Managed Instances AWS keeps the machines: nothing to check"

// message says what the verdict rests on: clusters and counts.
func (r *round) message(reason string) string {
	if reason == ReasonNothingToCheck {
		return awsKeeps
	}
	parts := r.clusters()
	switch reason {
	case ReasonExposed:
		parts = append(parts, fmt.Sprintf("on %s tasks also reach the credentials of the instance", hosts(r.tallies[imdsNotBlocked].count)))
	case ReasonUnproven:
		if n := r.tallies[imdsUnknown].count; n > 0 {
			parts = append(parts, fmt.Sprintf("whether tasks also reach the credentials of the instance on %s must be checked there", hosts(n)))
		}
	}
	if r.elsewhere {
		parts = append(parts, awsKeeps)
	}
	return strings.Join(parts, "; ")
}

func hosts(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

// clusters tells the score of a few clusters, the worst first, and of the rest
// together.
func (r *round) clusters() []string {
	scores := slices.Clone(r.scores)
	slices.SortStableFunc(scores, func(a, b score) int { return a.rank() - b.rank() })
	var out []string
	var rest score
	for i := range scores {
		// One more would be no longer than its sum.
		if i < shown || len(scores) == shown+1 {
			out = append(out, scores[i].String())
			continue
		}
		rest.serve += scores[i].serve
		rest.all += scores[i].all
	}
	if more := len(scores) - shown; more > 1 {
		out = append(out, fmt.Sprintf("%d more clusters: %s", more, rest.counts()))
	}
	return out
}

// rank puts the worst first: hosts that cannot serve, unread, empty, well.
func (s score) rank() int {
	switch {
	case s.serve < s.all:
		return 0
	case s.unread != "":
		return 1
	case s.all == 0:
		return 2
	default:
		return 3
	}
}

func (s score) counts() string {
	return fmt.Sprintf("%d of %s can serve the role", s.serve, hosts(s.all))
}

// String is the cluster's part of the message.
func (s score) String() string {
	if s.cluster == "" {
		return "no cluster to look at"
	}
	text := "cluster " + s.cluster + ": "
	switch {
	case s.unread != "":
		return text + "not read: " + s.unread
	case s.all == 0:
		text += "no ACTIVE instance that the family may be placed on"
	default:
		text += s.counts()
	}
	if s.draining > 0 {
		text += fmt.Sprintf(", %d draining", s.draining)
	}
	if s.inactive > 0 {
		text += fmt.Sprintf(", %d not active", s.inactive)
	}
	return text
}
