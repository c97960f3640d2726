package crashpoints

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// judgedFamily is what the controller answers for in a family.
type judgedFamily struct {
	Role, Content string // of the newest ACTIVE revision
	Faults        []string
}

// expectedFamily has what the pipeline registered last, with the TaskRole's role
// or, after a deletion, with the pipeline's.
func (s *stage) expectedFamily() judgedFamily {
	shipped := s.shippedByNow()
	newest := shipped[len(shipped)-1]
	if s.deleted {
		return judgedFamily{Role: newest.Text("taskRoleArn"), Content: newest.Content()}
	}
	return judgedFamily{Role: s.roleARN(), Content: newest.Content()}
}

func (s *stage) foundFamily() (judgedFamily, error) {
	var out judgedFamily
	newest, err := s.pipeline.Describe(s.ctx, declared)
	if err != nil {
		return out, err
	}
	out.Role, out.Content = newest.Text("taskRoleArn"), newest.Content()
	arns, err := s.pipeline.Active(s.ctx, declared)
	if err != nil {
		return out, err
	}
	for _, r := range s.shippedByNow() {
		if arn := r.Text("taskDefinitionArn"); !slices.Contains(arns, arn) {
			out.Faults = append(out.Faults, "the pipeline's "+arn+" is not ACTIVE")
		}
	}
	copies := map[string]int{} // by role and content
	for _, arn := range arns {
		r, err := s.pipeline.Describe(s.ctx, arn)
		if err != nil {
			return out, err
		}
		if r.By(controller) {
			copies[r.Text("taskRoleArn")+" "+r.Content()]++
		}
	}
	for of, n := range copies {
		// The pipeline never registers the same twice.
		if n > 1 {
			out.Faults = append(out.Faults, fmt.Sprintf("%d ACTIVE copies with role %s", n, of))
		}
	}
	for of := range copies {
		if !s.vouched(of) {
			out.Faults = append(out.Faults, "an ACTIVE copy of what the pipeline does not have: "+of)
		}
	}
	slices.Sort(out.Faults)
	return out, nil
}

// vouched says whether a copy is of an ACTIVE revision of the pipeline.
func (s *stage) vouched(copied string) bool {
	return slices.ContainsFunc(s.shippedByNow(), func(r ground.Revision) bool { return strings.HasSuffix(copied, " "+r.Content()) })
}
