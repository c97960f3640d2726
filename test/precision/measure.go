package precision

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Numbers are what is counted in a document, or in several together.
type Numbers struct {
	// Required calls, and how many of them are allowed.
	Required int `json:"required"`
	Allowed  int `json:"allowed"`
	// Actions with a usable pair, each once; wildcards count as the actions that
	// the reference knows them to match.
	Actions int `json:"actions"`
	// Pairs of an action and a resource, each once. A pair is usable if the action
	// accepts some resource that the pattern matches.
	Usable   int `json:"usable"`
	Unusable int `json:"unusable"`
	// Stars are the usable pairs that name no resource although the action accepts one.
	Stars int `json:"stars"`
}

func (n Numbers) plus(m Numbers) Numbers {
	return Numbers{
		Required: n.Required + m.Required, Allowed: n.Allowed + m.Allowed, Actions: n.Actions + m.Actions,
		Usable: n.Usable + m.Usable, Unusable: n.Unusable + m.Unusable, Stars: n.Stars + m.Stars,
	}
}

// Pair is an action and a resource pattern that a statement allows together.
type Pair struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

func (p Pair) String() string { return p.Action + " on " + p.Resource }

// Measure is what was counted, and what stood behind the counts.
type Measure struct {
	Numbers
	Missing []Call   `json:"missing,omitempty"` // required calls that are not allowed
	Open    []Call   `json:"open,omitempty"`    // near misses that are
	Dead    []Pair   `json:"dead,omitempty"`    // the unusable pairs
	Star    []Pair   `json:"star,omitempty"`    // the stars
	Unknown []string `json:"unknown,omitempty"` // actions that the reference does not know
}

// Of measures a document that is made of Allow statements with Action and
// Resource. Conditions are minded where calls are judged; pairs are counted
// without them.
//
// The pairs of an action that the reference does not know are unusable. An action
// that has no usable pair grants nothing and is not counted among the actions:
// whoever writes s3:List* on a bucket does not let anybody list all buckets.
func Of(d policy.Document, required, forbidden []Call) Measure {
	m := Measure{}
	m.count(d)
	policies := policy.Policies{Identity: []policy.Document{d}}
	for _, call := range required {
		m.Required++
		if policies.Evaluate(call.request()) == policy.Allowed {
			m.Allowed++
		} else {
			m.Missing = append(m.Missing, call)
		}
	}
	for _, call := range forbidden {
		if policies.Evaluate(call.request()) == policy.Allowed {
			m.Open = append(m.Open, call)
		}
	}
	return m
}

// count counts pairs, each once, and the actions of those that are usable.
func (m *Measure) count(d policy.Document) {
	granted := map[string]bool{}
	seen := map[Pair]bool{}
	for i := range d.Statement {
		s := &d.Statement[i]
		for _, pattern := range s.Action {
			actions := reference.Matching(pattern)
			if len(actions) == 0 && !slices.Contains(m.Unknown, pattern) {
				m.Unknown = append(m.Unknown, pattern)
			}
			for _, resource := range s.Resource {
				if p := (Pair{pattern, resource}); len(actions) == 0 && !seen[p] {
					seen[p] = true
					m.dead(p)
				}
				for _, action := range actions {
					p := Pair{action.FullName(), resource}
					if !seen[p] && m.pair(action, p) {
						granted[p.Action] = true
					}
					seen[p] = true
				}
			}
		}
	}
	m.Actions = len(granted)
}

func (m *Measure) dead(p Pair) {
	m.Unusable++
	m.Dead = append(m.Dead, p)
}

// pair counts a pair and says whether it is usable.
func (m *Measure) pair(action *reference.Action, p Pair) bool {
	if !usable(action, p.Resource) {
		m.dead(p)
		return false
	}
	m.Usable++
	if star(p.Resource) && avoidable(action) {
		m.Stars++
		m.Star = append(m.Star, p)
	}
	return true
}

// usable says whether some call of the action is on a resource that the pattern
// matches. Where an action knows no resource, IAM compares the pattern with *
// (Service Authorization Reference: the actions table).
func usable(action *reference.Action, resource string) bool {
	if len(action.Resources) == 0 {
		return resource == "*"
	}
	return action.Reaches(resource)
}

// avoidable says whether an ARN could stand where a star does. A metric of
// CloudWatch has no ARN: the dataset that the reference gives these actions is one
// that a call need not name, and AWS has them allowed on * (Amazon CloudWatch
// permissions reference).
func avoidable(action *reference.Action) bool {
	switch action.FullName() {
	case "cloudwatch:PutMetricData", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics":
		return false
	}
	return len(action.Resources) > 0
}

// star says whether a resource pattern names nothing: it is *, or an ARN whose
// sixth part, the resource, is.
func star(resource string) bool {
	const parts = 6
	part := strings.SplitN(resource, ":", parts)
	return strings.Trim(part[len(part)-1], "*") == "" || (len(part) < parts && strings.Contains(resource, "*"))
}
