package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// family is what operators compare.
type family int

const (
	stringFamily family = iota
	numericFamily
	dateFamily
	boolFamily
	binaryFamily
	ipFamily
	arnFamily
	nullFamily
)

// operator is a condition operator, taken to pieces.
type operator struct {
	qualifier string // ForAllValues: or ForAnyValue:, as IAM spells them, or empty
	name      string // as IAM spells it
	family    family
	negated   bool
	ifExists  bool
}

// operatorNames are IAM's, by family (IAM: JSON policy elements: Condition
// operators).
var operatorNames = map[family][]string{
	stringFamily: {
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
	},
	numericFamily: {
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
	},
	dateFamily: {
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
	},
	boolFamily:   {"Bool"},
	binaryFamily: {"BinaryEquals"},
	ipFamily:     {"IpAddress", "NotIpAddress"},
	arnFamily:    {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"},
	nullFamily:   {"Null"},
}

// operators are the same by their names in small letters.
var operators = func() map[string]operator {
	out := map[string]operator{}
	for f, names := range operatorNames {
		for _, name := range names {
			out[strings.ToLower(name)] = operator{name: name, family: f, negated: strings.Contains(name, "Not")}
		}
	}
	return out
}()

const (
	forAllValues = "ForAllValues:"
	forAnyValue  = "ForAnyValue:"
	ifExists     = "IfExists"
)

// parseOperator reads an operator in any capitals.
func parseOperator(written string) (op operator, known bool) {
	text := strings.ToLower(written)
	qualifier := ""
	for _, q := range []string{forAllValues, forAnyValue} {
		if rest, found := strings.CutPrefix(text, strings.ToLower(q)); found {
			qualifier, text = q, rest
		}
	}
	text, exists := strings.CutSuffix(text, strings.ToLower(ifExists))
	op, known = operators[text]
	op.qualifier, op.ifExists = qualifier, exists
	return op, known && (!exists || !op.null())
}

func (o operator) null() bool { return o.family == nullFamily }

// like is the operator with another name, all else the same.
func (o operator) like(name string) string {
	if o.ifExists {
		name += ifExists
	}
	return o.qualifier + name
}

// absent is what a condition comes to when the request lacks its key (IAM: JSON
// policy elements: Condition operators; Set operators for multivalued keys).
func (c condition) absent() bool {
	switch {
	case c.operator.null():
		return slices.ContainsFunc(c.values, func(v string) bool { return strings.EqualFold(v, "true") })
	case c.operator.ifExists, c.operator.qualifier == forAllValues:
		return true
	case c.operator.qualifier == forAnyValue:
		return false
	default:
		return c.operator.negated
	}
}

func checkOperators(s *statement) []policy.Finding {
	var wrong []string
	for i, c := range s.conditions {
		if c.known || i > 0 && s.conditions[i-1].written == c.written {
			continue
		}
		switch near := nearestOperator(c.written); {
		case c.operator.null():
			wrong = append(wrong, c.written+" (Null takes no IfExists, it asks just that: write Null)")
		case near != "":
			wrong = append(wrong, fmt.Sprintf("%s (did you mean %s?)", c.written, near))
		default:
			wrong = append(wrong, c.written)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Error, CodeUnknownOperator, "is refused by IAM, which knows no condition operator "+list(wrong))
}

func nearestOperator(written string) string {
	folded := make([]string, 0, len(operators))
	for name := range operators {
		folded = append(folded, name)
	}
	slices.Sort(folded)
	op, _ := parseOperator(written)
	text := strings.ToLower(written)
	text = strings.TrimPrefix(text, strings.ToLower(op.qualifier))
	if op.ifExists {
		text = strings.TrimSuffix(text, strings.ToLower(ifExists))
	}
	near := nearest(text, folded)
	if near == "" {
		return ""
	}
	return op.like(operators[near].name)
}

// families are those of operators that can compare a key of the type. ARNs and
// strings may be compared as each other. The times of AWS's keys are dates, or
// numbers of seconds.
var families = map[string][]family{
	"String":    {stringFamily, arnFamily},
	"ARN":       {arnFamily, stringFamily},
	"Bool":      {boolFamily},
	"Numeric":   {numericFamily},
	"Date":      {dateFamily, numericFamily},
	"IPAddress": {ipFamily},
	"Binary":    {binaryFamily},
}

const arrayOf = "ArrayOf"

func (c condition) single() bool { return c.found && !strings.HasPrefix(c.key.Type, arrayOf) }

// kind is the type of the key's values, of one or of many.
func (c condition) kind() string { return strings.TrimPrefix(c.key.Type, arrayOf) }

// mistyped says whether the operator compares values of another type than the
// key's.
func (c condition) mistyped() bool {
	fit, typed := families[c.kind()]
	return c.known && c.found && typed && !c.operator.null() && !slices.Contains(fit, c.operator.family)
}

// checkOperatorTypes finds operators that compare values of another type than
// the key has: what comes of it is mostly that they are never the same.
func checkOperatorTypes(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		if !c.mistyped() {
			continue
		}
		kind := c.kind()
		wrong = append(wrong, fmt.Sprintf("%s compares %s, whose values are of the type %s: write %s",
			c.written, c.name, kind, c.operator.like(sameComparison(c.operator, families[kind][0]))))
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeOperatorType, "has an operator of the wrong type: "+sentences(wrong))
}

// sameComparison is the operator of another family that comes closest to what was
// asked: the one that ends alike, else the first that agrees on Not.
func sameComparison(o operator, f family) string {
	names := operatorNames[f]
	for _, kind := range []string{"String", "Numeric", "Date", "Arn"} {
		rest, found := strings.CutPrefix(o.name, kind)
		for _, name := range names {
			if found && strings.HasSuffix(name, rest) && operators[strings.ToLower(name)].negated == o.negated {
				return name
			}
		}
	}
	for _, name := range names {
		if operators[strings.ToLower(name)].negated == o.negated {
			return name
		}
	}
	return names[0]
}
