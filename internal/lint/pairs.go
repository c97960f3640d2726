package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// starOnly says whether the pattern's actions know no resources at all.
func (p pattern) starOnly() bool { return len(p.matches) > 0 && len(p.types) == 0 }

// reaches says whether some of the pattern's actions act on a resource that the
// pattern of resources matches.
func (p pattern) reaches(r resource) bool {
	switch {
	case r.star || p.all:
		return true
	case r.isARN && !strings.ContainsAny(r.arn.service, "*?$") && !p.serves(r.arn.service):
		return false
	}
	return slices.ContainsFunc(p.kinds, func(a *reference.Action) bool { return len(a.Resources) > 0 && a.Reaches(r.text) })
}

// checkStarOnly finds actions that know no resources beside ARNs: IAM asks for
// them with the resource *, which no ARN matches (IAM: JSON policy elements:
// Resource).
func checkStarOnly(s *statement) []policy.Finding {
	if len(s.resources) == 0 || s.anywhere() {
		return nil
	}
	var dead []string
	for _, p := range s.actions {
		if p.starOnly() {
			dead = append(dead, p.text)
		}
	}
	if len(dead) == 0 {
		return nil
	}
	verb := "denies"
	if s.allows() {
		verb = "allows"
	}
	cure := "write * in place of the ARNs"
	if len(dead) < len(s.actions) {
		cure = "put it on *, in a statement of its own"
		if len(s.conditions) > 0 {
			cure += " with the same conditions"
		}
	}
	return s.blame(s.idle(), CodeStarOnlyAction, fmt.Sprintf(
		"never %s %s, which knows no resources and is only matched by *, not by an ARN: %s", verb, list(dead), cure))
}

// checkDeadPairs finds actions that act on none of the statement's resources, and
// resources on which none of its actions acts. A pair that is of no use in a
// statement all of whose actions and resources are of some use is no finding.
func checkDeadPairs(s *statement) []policy.Finding {
	if len(s.resources) == 0 || len(s.actions) == 0 {
		return nil
	}
	actions, acted := s.deadActions()
	resources := s.deadResources()
	if len(actions) == 0 && len(resources) == 0 {
		return nil
	}
	var says []string
	if len(actions) > 0 {
		says = append(says, fmt.Sprintf("%s acts on none of %s, but on %s", list(actions), list(s.Resource), list(forms(kinds(acted)))))
	}
	if nothing := len(actions) == len(s.actions); len(resources) > 0 && !nothing {
		says = append(says, fmt.Sprintf("none of its actions acts on %s", list(resources)))
	}
	what := "has parts without effect"
	if len(actions) == len(s.actions) {
		what = s.idleVerb()
	}
	return s.blame(s.idle(), CodeDeadPair, fmt.Sprintf(
		"%s: %s. Put each action beside resources of the kind that it acts on, in a statement of its own where they differ, and drop what is left",
		what, sentences(says)))
}

func (s *statement) deadActions() (texts []string, actions []*reference.Action) {
	for _, p := range s.actions {
		if p.all || len(p.matches) == 0 || p.starOnly() || slices.ContainsFunc(s.resources, p.reaches) || s.excused(p) {
			continue
		}
		texts = append(texts, p.text)
		actions = append(actions, p.matches...)
	}
	return texts, actions
}

// excused says whether another check tells what the matter is with a resource
// that is of the actions' service.
func (s *statement) excused(p pattern) bool {
	return slices.ContainsFunc(s.resources, func(r resource) bool {
		return r.fault.code != "" && (!r.isARN || p.serves(r.arn.service) || r.fault.code == CodeInvalidARN)
	})
}

func (s *statement) deadResources() (texts []string) {
	if s.undecided() || !slices.ContainsFunc(s.actions, func(p pattern) bool { return !p.starOnly() }) {
		return nil
	}
	for _, r := range s.resources {
		if r.fault.code == "" && !slices.ContainsFunc(s.actions, func(p pattern) bool { return p.reaches(r) }) {
			texts = append(texts, r.text)
		}
	}
	return texts
}
