// Package lint judges permission policies: what allows nothing, what allows more
// than it says, what IAM will not understand. Every finding has the statement for
// its subject; its message names the value, says why, and what to write instead.
package lint

import (
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// wholeDocument is the subject of findings that no single statement is to blame
// for.
const wholeDocument = "policy document"

// statementChecks judge each statement by itself, in this order. The order is
// that in which an author would repair it: what IAM refuses, then what has no
// effect, then what is wider than it looks.
var statementChecks = []func(*statement) []policy.Finding{
	checkElements,
	checkSid,
	checkCharacters,
	checkActionNames,
	checkNegations,
	checkARNs,
	checkPartitions,
	checkPlaceholders,
	checkRegions,
	checkKMSAliases,
	checkLogGroups,
	checkSecretNames,
	checkStarOnly,
	checkDeadPairs,
	checkConditions,
	checkOperators,
	checkOperatorTypes,
	checkValues,
	checkWildcardValues,
	checkKeys,
	checkKeyCoverage,
	checkQualifiers,
	checkForAllValues,
	checkContradictions,
	checkVariables,
	checkFullAccess,
	checkWildcardActions,
	checkPassRole,
	checkCredentials,
	checkBroadResources,
	checkPrefixes,
	checkFunctionPrefixes,
}

// documentChecks judge what the statements come to together.
var documentChecks = []func(*document) []policy.Finding{
	checkVersion,
	checkDuplicateSids,
	checkMixedPartitions,
	checkDenied,
	checkEscalation,
	checkSize,
}

// Check judges a permission policy: one whose requests its principal makes
// itself, as a task does. names are how messages call the statements; nil: by
// Sid, else by number. Findings come in the order of statements, those about the
// document as a whole last: at most one of each code for a statement, but for
// SERVICE_CONTEXT_KEY and PLACEHOLDER, which come for each condition.
func Check(d policy.Document, names []string) []policy.Finding {
	doc := read(d, names)
	var findings []policy.Finding
	for i := range doc.statements {
		for _, check := range statementChecks {
			findings = append(findings, check(&doc.statements[i])...)
		}
	}
	for _, check := range documentChecks {
		findings = append(findings, check(doc)...)
	}
	return findings
}

// one is a list of one finding.
func one(severity policy.Severity, code, subject, message string) []policy.Finding {
	return []policy.Finding{{Severity: severity, Code: code, Message: message, Subject: subject}}
}

// blame is one finding about the statement. The message goes on from the subject,
// and does not name it again.
func (s *statement) blame(severity policy.Severity, code, message string) []policy.Finding {
	return one(severity, code, s.name, message)
}

// idle is the severity of what keeps a statement from having any effect: a
// permission that is not there is missed at once, while a Deny that is not there
// is wrong beyond what the author can see, but other policies may not allow it
// anyway.
func (s *statement) idle() policy.Severity {
	if s.allows() {
		return policy.Error
	}
	return policy.Warning
}

// idleVerb says what the statement does not do.
func (s *statement) idleVerb() string {
	if s.allows() {
		return "allows nothing"
	}
	return "denies nothing"
}

// shown values are named in a message; the rest is counted.
const shown = 3

// list names at most a few of the values.
func list(values []string) string { return joined(values, ", ", " and ") }

// sentences puts at most a few remarks after each other.
func sentences(values []string) string { return joined(values, "; ", "; and ") }

func joined(values []string, comma, and string) string {
	n := len(values)
	switch {
	case n == 0:
		return ""
	case n == 1:
		return values[0]
	case n > shown+1: // one more would be no longer than its count
		return strings.Join(values[:shown], comma) + and + number(n-shown) + " more"
	default:
		return strings.Join(values[:n-1], comma) + and + values[n-1]
	}
}
