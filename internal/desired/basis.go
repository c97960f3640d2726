package desired

import (
	"fmt"
	"slices"
	"sort"

	"github.com/taskrole/ecs-taskrole-controller/internal/inference"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// basis is what the policies of a state are made of.
type basis struct {
	// sources are what the TaskRole says, so many of them as declared tells, and
	// then what the definition implies and is granted.
	sources  []source
	declared int
	// needs are what each of the latter came from.
	needs   []inference.Implied
	implied []policy.Finding
}

// fill puts the policies of all sources into the state. Where there is no room for
// all, what was declared goes before what the definition implies: of that the
// first is granted that has room, and the rest is told.
func (b *basis) fill(in Input, state *model.State) *Refusal {
	refusal := put(in, state, b.sources)
	if refusal == nil || len(b.needs) == 0 {
		return refusal
	}
	full := refusal.Errors[0].Detail
	room := sort.Search(len(b.needs), func(n int) bool { return put(in, state, b.sources[:b.declared+n+1]) != nil })
	for _, need := range b.needs[room:] {
		b.withhold(need, full)
	}
	b.sources = b.sources[:b.declared+room]
	return put(in, state, b.sources)
}

// put puts the policies of these sources into the state.
func put(in Input, state *model.State, sources []source) *Refusal {
	parts, refusal := compile(sources)
	if refusal != nil {
		return refusal
	}
	state.Policies = name(parts, *state)
	return quotas(in, *state)
}

// withhold tells what is implied, but not granted.
func (b *basis) withhold(need inference.Implied, why string) {
	b.tell(need, policy.Warning, fmt.Sprintf("%s; it is not granted: %s", need.Why, why))
}

// tell tells what is to be said of several statements once.
func (b *basis) tell(need inference.Implied, severity policy.Severity, message string) {
	finding := policy.Finding{Severity: severity, Code: need.Code, Subject: need.Subject, Message: message}
	if !slices.Contains(b.implied, finding) {
		b.implied = append(b.implied, finding)
	}
}
