package sts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam/grammar"
)

// holds says whether every condition is true in the request's context, whose
// keys are in lower case. All keys here have one value, so ForAnyValue changes
// nothing, and ForAllValues is true where the key is absent.
func holds(conditions []grammar.Condition, context map[string]string) bool {
	for _, c := range conditions {
		set, base, ifExists := grammar.Operator(c.Operator)
		actual, present := context[strings.ToLower(c.Key)]
		switch {
		case base == "Null":
			if !slices.Contains(c.Values, strconv.FormatBool(!present)) {
				return false
			}
			continue
		case !present && (ifExists || set == "ForAllValues"):
			continue
		}
		positive, negated := affirmative(base)
		// A negated operator is true where the key is absent.
		matched := present && slices.ContainsFunc(c.Values, func(v string) bool { return matches(positive, v, actual) })
		if matched == negated {
			return false
		}
	}
	return true
}

// affirmative turns StringNotEquals into StringEquals and says that it did.
func affirmative(operator string) (string, bool) {
	if operator == "NotIpAddress" {
		return "IpAddress", true
	}
	positive := strings.Replace(operator, "Not", "", 1)
	return positive, positive != operator
}

// matches compares one value. An operator that no trust policy of a test uses,
// such as those on dates, is never true, so that it cannot open a role.
func matches(operator, expected, actual string) bool {
	switch operator {
	case "StringEquals", "Bool":
		return expected == actual
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(expected, actual)
	case "StringLike":
		return like(expected, actual)
	case "ArnEquals", "ArnLike":
		return likeARN(expected, actual)
	default:
		return false
	}
}

// likeARN compares ARNs segment by segment: a star does not cross a colon, but
// in the last one (IAM: Condition operators, ARN).
func likeARN(pattern, arn string) bool {
	expected, actual := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(expected) != 6 || len(actual) != 6 {
		return false
	}
	for i := range expected {
		if !like(expected[i], actual[i]) {
			return false
		}
	}
	return true
}

// like matches * with any run of characters and ? with any single one.
func like(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch {
	case pattern[0] == '*':
		for i := 0; i <= len(text); i++ {
			if like(pattern[1:], text[i:]) {
				return true
			}
		}
		return false
	case text == "":
		return false
	case pattern[0] == '?' || pattern[0] == text[0]:
		return like(pattern[1:], text[1:])
	default:
		return false
	}
}
