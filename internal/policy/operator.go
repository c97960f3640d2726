package policy

// comparison judges one value of the request by one of a condition. Unreadable
// values of the request equal nothing; those of the policy are unknown.
type comparison func(s scope, wanted, got string) truth

// operator is a condition operator taken to pieces, such as
// ForAnyValue:StringNotLikeIfExists.
type operator struct {
	set      quantifier
	compare  comparison // nil: Null
	negated  bool
	ifExists bool
}

type quantifier uint8

const (
	single quantifier = iota
	forAllValues
	forAnyValue
)

// operators are those of IAM: JSON policy elements: Condition operators.
var operators = []struct {
	name    string
	negated bool
	compare comparison
}{
	{"StringEquals", false, stringEquals},
	{"StringNotEquals", true, stringEquals},
	{"StringEqualsIgnoreCase", false, stringEqualsIgnoreCase},
	{"StringNotEqualsIgnoreCase", true, stringEqualsIgnoreCase},
	{"StringLike", false, stringLike},
	{"StringNotLike", true, stringLike},
	{"ArnEquals", false, arnLike}, // behaves as ArnLike does
	{"ArnLike", false, arnLike},
	{"ArnNotEquals", true, arnLike},
	{"ArnNotLike", true, arnLike},
	{"Bool", false, boolEquals},
	{"NumericEquals", false, numeric(equal)},
	{"NumericNotEquals", true, numeric(equal)},
	{"NumericLessThan", false, numeric(less)},
	{"NumericLessThanEquals", false, numeric(atMost)},
	{"NumericGreaterThan", false, numeric(greater)},
	{"NumericGreaterThanEquals", false, numeric(atLeast)},
	{"DateEquals", false, date(equal)},
	{"DateNotEquals", true, date(equal)},
	{"DateLessThan", false, date(less)},
	{"DateLessThanEquals", false, date(atMost)},
	{"DateGreaterThan", false, date(greater)},
	{"DateGreaterThanEquals", false, date(atLeast)},
	{"IpAddress", false, ipAddress},
	{"NotIpAddress", true, ipAddress},
	{"BinaryEquals", false, binaryEquals},
}

// parseOperator takes an operator's name to pieces. IfExists does not go with
// Null.
func parseOperator(name string) (op operator, known bool) {
	const all, some, suffix = "ForAllValues:", "ForAnyValue:", "IfExists"
	switch {
	case len(name) > len(all) && sameName(name[:len(all)], all):
		op.set, name = forAllValues, name[len(all):]
	case len(name) > len(some) && sameName(name[:len(some)], some):
		op.set, name = forAnyValue, name[len(some):]
	}
	if end := len(name) - len(suffix); end > 0 && sameName(name[end:], suffix) {
		op.ifExists, name = true, name[:end]
	}
	if sameName(name, "Null") {
		return op, !op.ifExists
	}
	for i := range operators {
		if o := &operators[i]; sameName(o.name, name) {
			op.compare, op.negated = o.compare, o.negated
			return op, true
		}
	}
	return op, false
}

// conditions must all hold, for every operator and every key (IAM: Conditions
// with multiple context keys or values).
func (s scope) conditions(c Conditions) truth {
	t := yes
	for name, keys := range c {
		op, known := parseOperator(name)
		for key, wanted := range keys {
			if !known {
				t = min(t, unknown)
				continue
			}
			if t = min(t, s.condition(op, wanted, s.lookup(key))); t == no {
				return no
			}
		}
	}
	return t
}

// condition judges a key's values. An absent key fails a plain operator, but for
// negated ones and IfExists (IAM: JSON policy elements: Condition operators).
// Of an absent or empty set ForAllValues is true of all and ForAnyValue of none
// (IAM: Single-valued vs. multivalued context keys). Whether IfExists changes
// that for ForAnyValue is told both ways.
func (s scope) condition(op operator, wanted Strings, got []string) truth {
	switch {
	case op.compare == nil:
		return isNull(op.set, wanted, got)
	case op.set == forAllValues:
		return s.all(op, wanted, got)
	case op.set == forAnyValue && null(got) && op.ifExists:
		return unknown
	case op.set == forAnyValue:
		return s.some(op, wanted, got)
	case len(got) == 0:
		return truthOf(op.negated || op.ifExists)
	case len(got) > 1:
		return unknown
	default:
		return s.one(op, wanted, got[0])
	}
}

func (s scope) all(op operator, wanted Strings, got []string) truth {
	t := yes
	if !null(got) {
		for _, value := range got {
			t = min(t, s.one(op, wanted, value))
		}
	}
	return t
}

func (s scope) some(op operator, wanted Strings, got []string) truth {
	t := no
	if !null(got) {
		for _, value := range got {
			t = max(t, s.one(op, wanted, value))
		}
	}
	return t
}

// one judges one value of the request: one of those wanted will do; under a
// negated operator it must be none of them.
func (s scope) one(op operator, wanted Strings, got string) truth {
	t := no
	for _, value := range wanted {
		if t = max(t, op.compare(s, value, got)); t == yes {
			break
		}
	}
	if op.negated {
		return t.not()
	}
	return t
}

// isNull judges whether a key is absent: true says that it must be, false that
// it must not. With a set operator it is always the same (IAM: IAM Access
// Analyzer policy check reference: Null with qualifier).
func isNull(set quantifier, wanted Strings, got []string) truth {
	if set != single {
		return truthOf(set == forAllValues)
	}
	t := no
	for _, value := range wanted {
		absent, readable := readBool(value)
		if !readable {
			t = max(t, unknown)
			continue
		}
		t = max(t, truthOf(absent == null(got)))
	}
	return t
}
