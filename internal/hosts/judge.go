package hosts

import (
	"cmp"
	"slices"
)

// Verdict is the status of the condition HostsReady.
type Verdict string

// The verdicts, as Kubernetes writes the status of a condition.
const (
	True    Verdict = "True"
	False   Verdict = "False"
	Unknown Verdict = "Unknown"
)

// Reasons of the condition HostsReady.
const (
	// ReasonReady: every host that the family may be placed on can serve the role.
	ReasonReady = "HostsReady"
	// ReasonNothingToCheck: AWS keeps the machines that the family runs on.
	ReasonNothingToCheck = "NothingToCheck"
	// ReasonNotReady: a host cannot serve the role.
	ReasonNotReady = "HostsNotReady"
	// ReasonExposed: all can, but on some of them tasks reach the credentials of
	// the instance, and the host could keep them from it.
	ReasonExposed = "InstanceCredentialsExposed"
	// ReasonNoInstances: the family may run on hosts, and there is none.
	ReasonNoInstances = "NoInstances"
	// ReasonUnread: a cluster that matters could not be read.
	ReasonUnread = "ClusterUnread"
	// ReasonUnproven: nothing is wrong as far as the API tells, and it does not
	// tell all.
	ReasonUnproven = "Unproven"
	// ReasonNoDefinition: where the family may run is not known yet.
	ReasonNoDefinition = "NoTaskDefinition"
)

// Readiness is what is known of the hosts of a family.
type Readiness struct {
	Verdict Verdict
	Reason  string
	Message string // names clusters and counts
	// Findings are the gravest first, and at most one of each code.
	Findings []Finding
}

// Judge says whether the hosts that a family may be placed on can serve its role.
// It rests on the facts alone: the order of clusters and instances is of no
// consequence. A host on which the role works, but on which tasks also reach the
// instance's own credentials, is not ready where the host could keep them from it.
func Judge(f Family, clusters []Cluster) Readiness {
	r := newRound(&f)
	if len(f.Uses) == 0 && len(f.launches()) == 0 {
		return Readiness{Verdict: Unknown, Reason: ReasonNoDefinition,
			Message: "no task definition says where the family may run"}
	}
	sorted := make([]*Cluster, len(clusters))
	for i := range clusters {
		sorted[i] = &clusters[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Cluster) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range sorted {
		r.visit(c)
	}
	r.visitUnlisted(sorted)
	r.forget()
	out := Readiness{Findings: r.findings()}
	out.Verdict, out.Reason = r.verdict()
	out.Message = r.message(out.Reason)
	return out
}

// visitUnlisted minds what runs in clusters that nobody read.
func (r *round) visitUnlisted(listed []*Cluster) {
	var names []string
	for _, u := range r.family.Uses {
		if !slices.ContainsFunc(listed, func(c *Cluster) bool { return c.Name == u.Cluster }) {
			names = append(names, u.Cluster)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		r.visit(&Cluster{Name: name, Unread: "the class does not look at it"})
	}
	// The launch types of a family that was not seen running hold without a cluster.
	if len(listed) == 0 && len(r.family.Uses) == 0 {
		p := r.family.pool(&Cluster{})
		r.elsewhere = p.elsewhere
		if p.hosts() {
			r.scores = append(r.scores, score{})
		}
	}
}

// forget drops the clusters without hosts where none are expected: a family that
// was not seen running need not run in every cluster.
func (r *round) forget() {
	with := slices.DeleteFunc(slices.Clone(r.scores), func(s score) bool {
		return s.all == 0 && !s.expected && s.unread == ""
	})
	if len(with) > 0 || r.elsewhere {
		r.scores = with
	}
}

// verdict: what is wrong outweighs what is not known.
func (r *round) verdict() (Verdict, string) {
	empty := slices.ContainsFunc(r.scores, func(s score) bool { return s.all == 0 && s.unread == "" })
	unread := slices.ContainsFunc(r.scores, func(s score) bool { return s.unread != "" })
	switch {
	case r.seen&blocking != 0:
		return False, ReasonNotReady
	case r.seen&exposing != 0:
		return False, ReasonExposed
	case unread:
		return Unknown, ReasonUnread
	case empty:
		return Unknown, ReasonNoInstances
	case r.seen&(doubtful|unproven) != 0:
		return Unknown, ReasonUnproven
	case len(r.scores) == 0:
		return True, ReasonNothingToCheck
	default:
		return True, ReasonReady
	}
}
