package check

import (
	"net/netip"
	"slices"
	"strings"
)

// dump is what iptables-save printed: table, chain, rules in their order.
type dump map[string]map[string][]line

// line is one rule.
type line struct {
	text string
	// target of -j or -g.
	target string
	// options and their values, "! " before those that are negated. What changes
	// nothing (-m of a protocol, comments) is left out.
	options map[string]string
}

// parse reads what iptables-save prints.
func parse(text string) dump {
	d := dump{}
	table := ""
	for raw := range strings.Lines(text) {
		raw = strings.TrimSpace(raw)
		switch {
		case strings.HasPrefix(raw, "*"):
			table = raw[1:]
			d[table] = map[string][]line{}
		case table == "":
		case strings.HasPrefix(raw, ":"):
			name, _, _ := strings.Cut(raw[1:], " ")
			d[table][name] = append([]line{}, d[table][name]...)
		case strings.HasPrefix(raw, "-A "):
			chain, _, _ := strings.Cut(raw[3:], " ")
			d.add(table, chain, parseLine(raw))
		}
	}
	return d
}

func (d dump) add(table, chain string, l line) {
	if d[table] == nil {
		d[table] = map[string][]line{}
	}
	d[table][chain] = append(d[table][chain], l)
}

// jumps tells whether the chain of the filter table leads to another.
func (d dump) jumps(from, to string) bool {
	return slices.ContainsFunc(d["filter"][from], func(l line) bool { return l.target == to })
}

// parseLine reads "-A CHAIN ...".
func parseLine(text string) line {
	fields := split(text)
	l := parseRule(fields[min(2, len(fields)):])
	l.text = text
	return l
}

// split parts words, of which a quoted one (a comment) may hold spaces.
func split(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// parseRule reads what follows the chain.
func parseRule(arguments []string) line {
	l := line{options: map[string]string{}}
	not := ""
	for i := 0; i < len(arguments); i++ {
		name := arguments[i]
		if name == "!" {
			not = "! "
			continue
		}
		var values []string
		for i+1 < len(arguments) && arguments[i+1] != "!" && !strings.HasPrefix(arguments[i+1], "-") {
			i++
			values = append(values, arguments[i])
		}
		value := not + strings.Join(values, " ")
		not = ""
		switch name {
		case "-j", "-g":
			l.target = value
		case "-m", "--comment", "--reject-with":
		default:
			l.options[name] = value
		}
	}
	return l
}

// serves tells whether the rule does what is wanted. One that stops packets may
// stop more than is wanted, and by REJECT; one that leads them elsewhere must be
// the same.
func (l *line) serves(want *line) bool {
	if want.target == "DROP" {
		return (l.target == "DROP" || l.target == "REJECT") && l.covers(want)
	}
	if l.target != want.target || len(l.options) != len(want.options) {
		return false
	}
	for name, value := range want.options {
		if !sameValue(l.options[name], value) {
			return false
		}
	}
	return true
}

// ends tells whether the rule lets through what the wanted one is to stop, so that
// a later one comes too late.
func (l *line) ends(want *line) bool {
	return want.target == "DROP" && (l.target == "RETURN" || l.target == "ACCEPT") && l.covers(want)
}

// covers tells whether every packet of the wanted rule is one of this rule.
func (l *line) covers(want *line) bool {
	for name, value := range l.options {
		wanted, there := want.options[name]
		if !there || !wider(name, value, wanted) {
			return false
		}
	}
	return true
}

// bridge is the one that tasks in bridge mode are on; docker+ takes in any other of
// Docker's.
const bridge = "docker0"

// wider tells whether a value lets in all that another does.
func wider(name, value, other string) bool {
	if sameValue(value, other) {
		return true
	}
	switch name {
	case "-d", "-s":
		has, err := netip.ParsePrefix(address(value))
		want, err2 := netip.ParsePrefix(address(other))
		return err == nil && err2 == nil && has.Bits() <= want.Bits() && has.Contains(want.Addr())
	case "-i":
		prefix, wildcard := strings.CutSuffix(value, "+")
		return value == bridge || wildcard && strings.HasPrefix(bridge, prefix)
	default:
		return false
	}
}

// sameValue compares values; lists of states come in any order.
func sameValue(a, b string) bool {
	if a == b || address(a) == address(b) {
		return true
	}
	left, right := strings.Split(a, ","), strings.Split(b, ",")
	if strings.HasPrefix(a, "! ") != strings.HasPrefix(b, "! ") || len(left) != len(right) {
		return false
	}
	left[0], right[0] = strings.TrimPrefix(left[0], "! "), strings.TrimPrefix(right[0], "! ")
	slices.Sort(left)
	slices.Sort(right)
	return slices.Equal(left, right)
}

// address gives a lone address the length that iptables-save may leave out.
func address(text string) string {
	if _, err := netip.ParseAddr(text); err == nil {
		return text + "/32"
	}
	return text
}
