package hosts

import "k8s.io/apimachinery/pkg/util/version"

// The least versions of the agent (Amazon ECS Developer Guide: Task IAM role,
// Additional configuration for Amazon EC2 and external instances): 1.11.0 knows
// task roles, 1.12.0 knows them in host mode.
var (
	leastAgent     = version.MustParseGeneric("1.11.0")
	leastAgentHost = version.MustParseGeneric("1.12.0")
)

func least(mode Mode) *version.Version {
	if mode == Host {
		return leastAgentHost
	}
	return leastAgent
}

// age is what an agent's version means for the role.
type age uint8

const (
	ageUnknown age = iota
	ageOld
	ageEnough
)

// ages remembers what a version means: thousands of instances share a few.
type ages struct {
	least *version.Version
	known map[string]age
}

func newAges(mode Mode) ages {
	return ages{least(mode), map[string]age{}}
}

func (a ages) of(text string) age {
	if known, found := a.known[text]; found {
		return known
	}
	result := ageUnknown
	if v, err := version.ParseGeneric(text); err == nil {
		result = ageOld
		if v.AtLeast(a.least) {
			result = ageEnough
		}
	}
	a.known[text] = result
	return result
}
