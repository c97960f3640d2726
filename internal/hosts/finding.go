package hosts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Finding is one thing about the hosts of a family that somebody should know.
type Finding struct {
	Severity policy.Severity
	Code     string
	Subject  string // the clusters, such as "clusters blue and green"
	Message  string // what is wrong, and on which hosts
	Cure     string // what to do, with the command that does it or prints it
	// Instances are up to five, as CLUSTER/ID, of Count that have it.
	Instances []string
	Count     int
}

// Plain is the finding as the status of a TaskRole holds it: the cure stands in
// the message.
func (f Finding) Plain() policy.Finding {
	return policy.Finding{Severity: f.Severity, Code: f.Code, Subject: f.Subject, Message: f.Message + ". " + f.Cure}
}

// findings are the gravest first, in the order of the symptoms.
func (r *round) findings() []Finding {
	var out []Finding
	for x := range symptoms {
		if r.tallies[x].count > 0 {
			out = append(out, r.finding(x))
		}
	}
	out = append(out, r.aboutClusters(CodeClusterUnread, func(s score) bool { return s.unread != "" })...)
	out = append(out, r.aboutClusters(CodeNoInstances, func(s score) bool { return s.all == 0 && s.unread == "" })...)
	slices.SortStableFunc(out, func(a, b Finding) int { return rank(a.Severity) - rank(b.Severity) })
	return out
}

func rank(s policy.Severity) int {
	return slices.Index([]policy.Severity{policy.Error, policy.Warning, policy.Info}, s)
}

func (r *round) finding(x symptom) Finding {
	t, k := &r.tallies[x], &kinds[x]
	f := Finding{Severity: k.severity, Code: k.code, Subject: subject(t.clusters), Count: t.count, Cure: r.cure(x)}
	for _, s := range t.first {
		f.Instances = append(f.Instances, s.String())
	}
	f.Message = list(f.Instances, t.count) + ": " + k.says + r.specifics(x)
	return f
}

// specifics are what one finding says of all its instances beyond its kind.
func (r *round) specifics(x symptom) string {
	switch x {
	case agentTooOld:
		return fmt.Sprintf(": %s or later is needed, found %s", least(r.family.NetworkMode), listAll(slices.Sorted(maps.Keys(r.versions))))
	case missingAttributes:
		var names []string
		for k, a := range r.examiner.required {
			if r.lacking[k] > 0 {
				names = append(names, a.String())
			}
		}
		slices.Sort(names)
		return ": " + listAll(slices.Compact(names))
	case notECSOptimized:
		if len(r.amis) > 0 {
			return ": " + listAll(slices.Sorted(maps.Keys(r.amis)))
		}
	case networkModeUnsupported:
		return ": " + string(r.family.NetworkMode)
	case instanceRoleWide:
		var roles []string
		for _, name := range slices.Sorted(maps.Keys(r.roles)) {
			roles = append(roles, name+" ("+listAll(r.roles[name])+")")
		}
		return ": " + listAll(roles)
	}
	return ""
}

// String is the attribute as messages name it.
func (a Attribute) String() string {
	if a.Value == "" {
		return a.Name
	}
	return a.Name + "=" + a.Value
}

func (r *round) aboutClusters(code string, is func(score) bool) []Finding {
	var names, whys []string
	for _, s := range r.scores {
		if !is(s) {
			continue
		}
		if s.cluster != "" {
			names = append(names, s.cluster)
		}
		whys = append(whys, s.String())
	}
	if len(whys) == 0 {
		return nil
	}
	f := Finding{Severity: policy.Warning, Code: code, Subject: subject(names), Count: 0, Message: listAll(whys)}
	if code == CodeNoInstances {
		f.Severity, f.Cure = policy.Info, cureNoInstances
	} else {
		f.Cure = cureUnread
	}
	return []Finding{f}
}

func subject(clusters []string) string {
	switch len(clusters) {
	case 0:
		return "clusters"
	case 1:
		return "cluster " + clusters[0]
	default:
		return "clusters " + listAll(clusters)
	}
}

func listAll(names []string) string { return list(names[:min(len(names), shown)], len(names)) }

// list joins up to five names, and counts the rest of n.
func list(names []string, n int) string {
	if more := n - len(names); more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}
