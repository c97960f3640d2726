package policy

// truth is yes, no, or that it cannot be known: Kleene's three values, in their
// order. The least of several is what they come to together, the greatest what
// one of them comes to.
type truth int8

const (
	no truth = iota - 1
	unknown
	yes
)

func (t truth) not() truth { return -t }

func truthOf(holds bool) truth {
	if holds {
		return yes
	}
	return no
}
