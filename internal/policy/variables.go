package policy

import "strings"

// variable says whether one begins at a place of a text. Documents of the older
// version have none, their ${ is text (IAM: JSON policy elements: Version).
func (s scope) variable(text string, at int) bool {
	return s.variables && text[at] == '$' && strings.HasPrefix(text[at:], "${")
}

// value is what a variable such as ${aws:PrincipalTag/team, 'none'} stands for.
// There is none (no) where its key is not in the context, is empty or has several
// values, unless, in the first two cases, it names a default. What is not written
// as a variable is unknown. ${*}, ${?} and ${$} are the characters (IAM: IAM
// policy elements: Variables and tags; Single-valued vs. multivalued context
// keys). A value is text: its own * or ${ mean nothing more.
func (s scope) value(variable string) (string, truth) {
	if _, is := escape(variable); is {
		return variable[2:3], yes
	}
	inside, closed := strings.CutSuffix(variable[len("${"):], "}")
	key, fallback, hasFallback := strings.Cut(inside, ",")
	if hasFallback {
		fallback, hasFallback = unquoted(strings.TrimLeft(fallback, " "))
		closed = closed && hasFallback
	}
	if !closed || key == "" || strings.Contains(key, " ") {
		return "", unknown
	}
	values := s.lookup(key)
	switch {
	case len(values) > 1:
		return "", no
	case !null(values):
		return values[0], yes
	case hasFallback:
		return fallback, yes
	default:
		return "", no
	}
}

func unquoted(text string) (string, bool) {
	if len(text) < len("''") || text[0] != '\'' || text[len(text)-1] != '\'' {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// resolve puts values into a text that has no wildcards.
func (s scope) resolve(text string) (string, truth) {
	if !strings.Contains(text, "${") {
		return text, yes
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if !s.variable(text, i) {
			out.WriteByte(text[i])
			continue
		}
		variable := text[i : i+variableLength(text[i:])]
		value, t := s.value(variable)
		if t != yes {
			return "", t
		}
		out.WriteString(value)
		i += len(variable) - 1
	}
	return out.String(), yes
}

// lookup is the values of a key of the context. Capitals of keys do not count,
// those of a tag's key in it neither (IAM: JSON policy elements: Condition).
func (s scope) lookup(key string) []string {
	found := ""
	var values []string
	for spelled, list := range s.request.Context {
		if sameName(spelled, key) && (found == "" || spelled < found) {
			found, values = spelled, list
		}
	}
	return values
}

// null says whether a key is absent, or there with nothing but empty values,
// which IAM takes for a null data set (IAM: JSON policy elements: Condition).
func null(values []string) bool {
	for _, value := range values {
		if value != "" {
			return false
		}
	}
	return true
}

// sameName compares names of operators and keys: only ASCII has capitals there.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if small(a[i]) != small(b[i]) {
			return false
		}
	}
	return true
}
