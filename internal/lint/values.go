package lint

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// readers say what is wrong with a value of their family; empty where nothing is.
var readers = map[family]func(string) string{
	numericFamily: func(v string) string {
		if _, err := strconv.ParseFloat(v, 64); err != nil || strings.ContainsAny(v, "xXnN_") {
			return "is no number: write digits, such as 3600"
		}
		return ""
	},
	dateFamily: func(v string) string {
		if !date(v) {
			return "is no date: write one such as 2026-01-31T00:00:00Z, or seconds since 1970"
		}
		return ""
	},
	boolFamily: boolean,
	nullFamily: boolean,
	binaryFamily: func(v string) string {
		if _, err := base64.StdEncoding.DecodeString(v); err != nil {
			return "is no text in base64: encode it"
		}
		return ""
	},
	ipFamily: func(v string) string {
		if _, err := netip.ParsePrefix(v); err == nil {
			return ""
		}
		if _, err := netip.ParseAddr(v); err == nil {
			return ""
		}
		return "is neither an address nor a range: write one such as 203.0.113.0/24 or 2001:db8::/32"
	},
	arnFamily: func(v string) string {
		if strings.HasPrefix(v, "*") {
			return ""
		}
		if _, whole := parseARN(v); !whole {
			return "is no ARN, and ARNs are compared part by part: write all six parts, with * for those that do not matter"
		}
		return ""
	},
}

func boolean(v string) string {
	if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
		return ""
	}
	return "is neither true nor false: write one of the two"
}

// date reads what IAM does: the W3C's profile of ISO 8601, or seconds since 1970
// (IAM: JSON policy elements: Condition operators, Date condition operators).
func date(v string) bool {
	if _, err := strconv.ParseInt(v, 10, 64); err == nil {
		return true
	}
	layouts := []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01"}
	return slices.ContainsFunc(layouts, func(layout string) bool {
		_, err := time.Parse(layout, v)
		return err == nil
	})
}

// checkValues finds values that the operator cannot read, and lists that say
// both true and false.
func checkValues(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		read := readers[c.operator.family]
		if !c.known || read == nil || c.mistyped() {
			continue // the operator is told, and with another the value may be right
		}
		yes, no := false, false
		for _, v := range c.values {
			if strings.Contains(v, "${") {
				continue
			}
			if says := read(v); says != "" {
				wrong = append(wrong, fmt.Sprintf("%s of %s under %s %s", strconv.Quote(v), c.name, c.written, says))
			}
			yes, no = yes || strings.EqualFold(v, "true"), no || strings.EqualFold(v, "false")
		}
		if yes && no && (c.operator.family == boolFamily || c.operator.null()) {
			wrong = append(wrong, fmt.Sprintf("%s under %s is to be true or false, which is always so: write one of the two, or drop the condition", c.name, c.written))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Error, CodeInvalidValue, "has conditions with values that do not compare: "+sentences(wrong))
}

// checkWildcardValues finds patterns that are compared letter by letter. Those of
// the Arn operators are patterns whatever their name (IAM: JSON policy elements:
// Condition operators).
func checkWildcardValues(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		if c.operator.family != stringFamily || !c.known || strings.Contains(c.operator.name, "Like") {
			continue
		}
		like := "StringLike"
		if c.operator.negated {
			like = "StringNotLike"
		}
		for _, v := range c.values {
			if strings.ContainsAny(withoutVariables(v), "*?") {
				wrong = append(wrong, fmt.Sprintf("%q under %s of %s: write %s for a pattern", v, c.written, c.name, c.operator.like(like)))
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeWildcardValue,
		"has wildcards under an operator that takes them for plain characters: "+sentences(wrong))
}
