package hosts

import (
	"cmp"
	"slices"
)

// shown is how many names a finding or message lists before it counts.
const shown = 5

// tally is what the instances of all clusters have of one symptom.
type tally struct {
	count    int
	variants variants
	clusters []string // that have it, in order, each once
	first    []sighting
}

// sighting is one instance that has a symptom.
type sighting struct {
	cluster  string
	instance *Instance
}

func (a sighting) compare(b sighting) int {
	return cmp.Or(cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.instance.name(), b.instance.name()),
		cmp.Compare(a.instance.ARN, b.instance.ARN))
}

// String is the instance as findings name it: CLUSTER/ID.
func (a sighting) String() string { return a.cluster + "/" + a.instance.name() }

// add keeps the few instances that come first, so that the order in which AWS
// lists them does not show.
func (t *tally) add(s sighting, v variants) {
	t.count++
	t.variants |= v
	if n := len(t.clusters); n == 0 || t.clusters[n-1] != s.cluster {
		t.clusters = append(t.clusters, s.cluster)
	}
	if len(t.first) == shown && t.first[shown-1].compare(s) <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(t.first, s, sighting.compare)
	if len(t.first) == shown {
		t.first = t.first[:shown-1]
	}
	t.first = slices.Insert(t.first, at, s)
}

// score counts the instances of one cluster that the family may be placed on.
type score struct {
	cluster  string
	serve    int // can serve the role
	all      int // ACTIVE
	draining int
	inactive int // neither ACTIVE nor DRAINING
	unread   string
	expected bool // hosts are expected here, because the family runs here
}

// round is one judgement under way.
type round struct {
	family    *Family
	examiner  *examiner
	scores    []score
	tallies   [symptoms]tally
	seen      set
	lacking   []int          // how many instances lack each of the examiner's required attributes
	versions  map[string]int // of agents that are too old
	amis      map[string]int // of instances that do not look ECS-optimized
	roles     map[string][]string
	elsewhere bool // machines that AWS keeps may run it, too
}

func newRound(f *Family) *round {
	r := &round{family: f, examiner: newExaminer(f), versions: map[string]int{}, amis: map[string]int{}, roles: map[string][]string{}}
	r.lacking = make([]int, len(r.examiner.required))
	return r
}

// visit judges the instances of one cluster.
func (r *round) visit(c *Cluster) {
	p := r.family.pool(c)
	r.elsewhere = r.elsewhere || p.elsewhere
	if !p.hosts() {
		return
	}
	s := score{cluster: c.Name, unread: c.Unread, expected: p.named}
	for k := range c.Instances {
		i := &c.Instances[k]
		if !p.holds(r.family, c, i) {
			continue
		}
		switch i.Status {
		case "ACTIVE":
			s.all++
			if r.record(c, i) {
				s.serve++
			}
		case "DRAINING":
			s.draining++
		default:
			s.inactive++
		}
	}
	r.scores = append(r.scores, s)
}

// record examines one instance, and says whether it can serve the role.
func (r *round) record(c *Cluster, i *Instance) bool {
	found := r.examiner.examine(i)
	r.seen |= found
	v := variantOf(i)
	for x := range symptoms {
		if found.has(x) {
			r.tallies[x].add(sighting{c.Name, i}, v)
		}
	}
	r.detail(found, i)
	return found&(blocking|doubtful) == 0
}

// detail keeps what the findings say beyond names.
func (r *round) detail(found set, i *Instance) {
	if found.has(agentTooOld) {
		r.versions[i.AgentVersion]++
	}
	if found.has(missingAttributes) {
		for k, a := range r.examiner.required {
			if !i.meets(a) {
				r.lacking[k]++
			}
		}
	}
	if ami := i.Attributes[attrAMI]; found.has(notECSOptimized) && ami != "" {
		r.amis[ami]++
	}
	if found.has(instanceRoleWide) {
		// Facts of one role should be the same everywhere; where they are not, the
		// order of instances must not show.
		role := r.examiner.roleOf(i)
		if beyond, seen := r.roles[role.Name]; !seen || slices.Compare(role.Beyond, beyond) < 0 {
			r.roles[role.Name] = role.Beyond
		}
	}
}
