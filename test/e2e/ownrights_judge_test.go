package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// grant is one action of one statement, as a policy of its own.
type grant struct {
	name   string // SID ACTION
	action string
	alone  policy.Policies
}

// judge evaluates requests by the policy that a class's controller has.
type judge struct {
	licence
	bounded bool
	grants  []grant
	keys    map[string]bool // condition keys that the policy names, in lower case
	known   map[string][]string
}

func newJudge(of licence, document policy.Document) *judge {
	j := &judge{licence: of, bounded: of.class.Spec.PermissionsBoundaryARN != "", keys: map[string]bool{}, known: map[string][]string{}}
	for _, s := range document.Statement {
		for _, action := range s.Action {
			one := s
			one.Action = policy.Strings{action}
			alone := policy.Document{Version: document.Version, Statement: policy.Statements{one}}
			j.grants = append(j.grants, grant{
				name: s.Sid + " " + action, action: action, alone: policy.Policies{Identity: []policy.Document{alone}},
			})
		}
		for _, test := range s.Condition {
			for key := range test {
				j.keys[strings.ToLower(key)] = true
			}
		}
	}
	return j
}

// allow names the grants that allow a request, each by itself: one that is alone
// is needed. The statements only allow, so no other of them can take it back.
func (j *judge) allow(r policy.Request) []string {
	// The same request comes again and again, with another time and another agent.
	id := r.Action + " " + r.Resource
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		if j.keys[strings.ToLower(key)] {
			id += fmt.Sprintf(" %s=%q", key, r.Context[key])
		}
	}
	by, known := j.known[id]
	if known {
		return by
	}
	for _, g := range j.grants {
		if g.alone.Evaluate(r) == policy.Allowed {
			by = append(by, g.name)
		}
	}
	j.known[id] = by
	return by
}

// telling is what of a request's context policies of IAM and ECS go by.
func telling(r policy.Request) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		if strings.HasPrefix(key, "iam:") && !strings.HasPrefix(key, "iam:ResourceTag/") || key == "ecs:CreateAction" {
			out = append(out, fmt.Sprintf("%s=%s", key, strings.Join(r.Context[key], ",")))
		}
	}
	return out
}
