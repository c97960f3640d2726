package lint

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// malformedAction says why IAM refuses an action; empty where it does not.
func malformedAction(text string) string {
	prefix, _, colon := strings.Cut(text, ":")
	switch {
	case text == "*":
		return ""
	case !colon:
		return "has no service in front: write SERVICE:ACTION, such as s3:GetObject"
	case strings.Count(text, ":") > 1:
		return "holds more than one colon: write SERVICE:ACTION, such as s3:GetObject"
	case prefix == "" || strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") != "":
		return "has a service that IAM takes for none, not even wildcards may stand there: write the prefix in full"
	}
	return ""
}

// checkActionNames finds actions that IAM refuses, and those that the data does
// not know. IAM takes unknown actions without a word, and AWS adds new ones every
// day, so they are warnings.
func checkActionNames(s *statement) (findings []policy.Finding) {
	says := map[string][]string{}
	for _, patterns := range [][]pattern{s.actions, s.excepted} {
		for _, p := range patterns {
			if p.fault.code != "" {
				says[p.fault.code] = append(says[p.fault.code], p.fault.says)
			}
		}
	}
	if refused := says[CodeInvalidAction]; len(refused) > 0 {
		findings = s.blame(policy.Error, CodeInvalidAction, "is refused by IAM: "+sentences(refused))
	}
	if services := says[CodeUnknownService]; len(services) > 0 {
		findings = append(findings, s.blame(policy.Warning, CodeUnknownService,
			"names actions of a service that does not exist: "+sentences(services)+aging())...)
	}
	if actions := says[CodeUnknownAction]; len(actions) > 0 {
		findings = append(findings, s.blame(policy.Warning, CodeUnknownAction,
			"names actions that do not exist: "+sentences(actions)+aging())...)
	}
	return findings
}

// unknown says what an action that matches nothing may have been meant to be.
func unknown(text string) fault {
	prefix, _, _ := strings.Cut(text, ":")
	if _, known := reference.Lookup(prefix); known {
		return fault{CodeUnknownAction, unknownAction(text)}
	}
	return fault{CodeUnknownService, unknownService(text, prefix)}
}

// aging says why an unknown name is no error.
func aging() string {
	return fmt.Sprintf(". Names are compared with AWS's reference of %s: what is younger is not known here", reference.Date())
}

func unknownService(text, prefix string) string {
	if near := nearest(strings.ToLower(prefix), reference.Prefixes()); near != "" {
		_, name, _ := strings.Cut(text, ":")
		return fmt.Sprintf("%s (did you mean %s:%s?)", text, near, name)
	}
	return text
}

func unknownAction(text string) string {
	near := reference.Nearest(strings.Trim(text, "*?"))
	switch {
	case near == "":
		return text
	case strings.ContainsAny(text, "*?"):
		return fmt.Sprintf("%s matches nothing (did you mean %s?)", text, near)
	default:
		return fmt.Sprintf("%s (did you mean %s?)", text, near)
	}
}

// checkNegations finds an Allow of everything but a few: what AWS adds tomorrow
// is in it today (IAM: JSON policy elements: NotAction; NotResource).
func checkNegations(s *statement) (findings []policy.Finding) {
	if !s.allows() {
		return nil
	}
	severity := func(all bool) policy.Severity {
		if all {
			return policy.Error
		}
		return policy.Warning
	}
	if len(s.NotAction) > 0 {
		findings = s.blame(severity(s.anywhere()), CodeNotAction, fmt.Sprintf(
			"allows every action of every service but %s, those that AWS has yet to invent included: name the actions that are needed; what must never be done goes into a statement that denies it",
			list(s.NotAction)))
	}
	if len(s.NotResource) > 0 {
		findings = append(findings, s.blame(severity(s.everything()), CodeNotResource, fmt.Sprintf(
			"allows its actions on everything but %s, resources of other accounts included: name the ARNs that are needed; what must never be touched goes into a statement that denies it",
			list(s.NotResource)))...)
	}
	return findings
}

// checkFullAccess finds the administrator.
func checkFullAccess(s *statement) []policy.Finding {
	if !s.allows() || !s.everything() || !s.anywhere() {
		return nil
	}
	severity := policy.Error
	if len(s.conditions) > 0 {
		severity = policy.Warning
	}
	return s.blame(severity, CodeFullAccess,
		"allows any action on any resource: whoever gets into the task has the account. Name the actions that the task calls and the ARNs that it calls them on")
}

// checkWildcardActions finds patterns that leave out no action of a service.
func checkWildcardActions(s *statement) []policy.Finding {
	if !s.allows() || s.everything() && s.anywhere() {
		return nil
	}
	var wide []string
	for _, p := range s.actions {
		switch {
		case p.all:
			wide = append(wide, p.text+" (every action of every service)")
		case len(p.matches) > 1 && len(p.matches) == len(p.matches[0].Service.Actions()):
			wide = append(wide, fmt.Sprintf("%s (%d actions)", p.text, len(p.matches)))
		}
	}
	if len(wide) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeWildcardAction, fmt.Sprintf(
		"allows all actions of a service by %s, deleting and changing permissions included, and what AWS adds to it: name the actions that the task calls",
		list(wide)))
}
