package policy

import (
	"slices"
	"unicode/utf8"
)

// Covers says whether every resource that narrow matches is matched by wide, too:
// a * is any run of characters and a ? any single one, but that most of those in
// an ARN's first five parts stay within theirs (IAM: JSON policy elements:
// Resource). It never says so wrongly. Where it says no of patterns without
// variables, without characters beyond ASCII and without wildcards in an ARN's
// first five parts, there is a text that tells them apart.
//
// A policy variable, with or without a default, stands for any text: only a *
// covers it, or the same variable written the same way in the same place. ${*},
// ${?} and ${$} are the characters themselves (IAM: IAM policy elements:
// Variables and tags).
func Covers(wide, narrow string) bool { return covers(wide, narrow, inResource) }

// CoversAction is Covers for actions: capitals do not count, and there are no
// variables (IAM: JSON policy elements: Action).
func CoversAction(wide, narrow string) bool { return covers(wide, narrow, inAction) }

// Overlap says whether some resource is matched by both patterns. It never denies
// so wrongly; a policy variable counts as *.
func Overlap(a, b string) bool { return overlap(a, b, inResource) }

// OverlapAction is Overlap for actions: capitals do not count, and there are no
// variables.
func OverlapAction(a, b string) bool { return overlap(a, b, inAction) }

func covers(wide, narrow string, s syntax) bool {
	if wide == "*" || wide == narrow {
		return true
	}
	if beginApart(wide, narrow, s) {
		return false
	}
	var w, n [shortPattern]token
	return compile(w[:0], wide, s).covers(compile(n[:0], narrow, s))
}

func overlap(a, b string, s syntax) bool {
	if beginApart(a, b, s) {
		return false
	}
	var x, y [shortPattern]token
	return compile(x[:0], a, s).overlaps(compile(y[:0], b, s))
}

// beginApart finds two patterns that differ in their plain beginnings, as most
// pairs do, without reading further.
func beginApart(a, b string, s syntax) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if special(x) || special(y) {
			return false
		}
		if s&folding != 0 {
			x, y = small(x), small(y)
		}
		if x != y {
			return true
		}
	}
	return false
}

// covers matches b as if it were a text, with a letter that a does not name for
// each ? and any number of them for a *. Which number is worst for a is known at
// every *: so many that what a began and cannot end within them comes to nothing,
// or, where only ?s are missing before a's own next *, none.
func (a pattern) covers(b pattern) bool {
	w := walk{free: try{star: -1}, part: try{star: -1}, tail: a.tail(0)}
	for w.j < len(b.tokens) {
		own, other := a.at(w.i), b.tokens[w.j]
		switch {
		case own == anyRun && w.i == len(a.tokens)-1:
			return true
		case run(own):
			w.begin(a)
		case a.coversOne(own, b, other):
			w.i++
			w.j++
		case one(own) && w.tail <= w.i && (other == partRun || other == anyRun && own == anyOne):
			w.j++
		case !w.retry(b):
			return false
		}
	}
	return w.i == len(a.tokens) || w.i == len(a.tokens)-1 && run(a.tokens[w.i])
}

// at is the token at i, or none beyond the end.
func (a pattern) at(i int) token {
	if i < len(a.tokens) {
		return a.tokens[i]
	}
	return -1
}

// walk is how far two patterns agree: up to i in the one, up to j in the other.
// As in Match no * is tried again once the next one is reached; a * that meets
// what it may not take gives way to the last that takes all.
type walk struct {
	i, j       int
	tail       int // where the ?s begin that end the part of i
	free, part try // the last * that takes all, and one after it that does not
}

// try is a * that was tried, and what of the other pattern stands after it.
type try struct{ star, next, tail int }

// begin tries the * at i for nothing.
func (w *walk) begin(a pattern) {
	w.tail = a.tail(w.i + 1)
	w.part = try{w.i, w.j, w.tail}
	if a.tokens[w.i] == anyRun {
		w.free, w.part = w.part, try{star: -1}
	}
	w.i++
}

// retry has a * stand for one more token, if there is one that may.
func (w *walk) retry(b pattern) bool {
	last := &w.part
	if last.star < 0 || !withinPart(b.tokens[last.next]) {
		last, w.part = &w.free, try{star: -1}
	}
	if last.star < 0 {
		return false
	}
	last.next++
	w.i, w.j, w.tail = last.star+1, last.next, last.tail
	return true
}

// withinPart says whether a token stands for no colon.
func withinPart(t token) bool { return t < anyOne && t != ':' || t == partOne || t == partRun }

// tail is where the ?s begin that end the tokens from i to the next *, or the
// pattern's end where no * follows.
func (a pattern) tail(i int) int {
	for end := i; end < len(a.tokens); end++ {
		if !run(a.tokens[end]) {
			continue
		}
		for end > i && one(a.tokens[end-1]) {
			end--
		}
		return end
	}
	return len(a.tokens)
}

// coversOne lets ? stand for the bytes of ASCII only: for Match a character
// beyond is several, for IAM it may be one.
func (a pattern) coversOne(own token, b pattern, other token) bool {
	switch {
	case own == anyOne:
		return other < utf8.RuneSelf || one(other)
	case own == partOne:
		return other < utf8.RuneSelf && other != ':' || other == partOne
	case own >= variables:
		return other >= variables && a.variable(own) == b.variable(other)
	default:
		return own == other
	}
}

// overlaps knows that two patterns with a * meet wherever their beginnings and
// their ends agree: what each has in between goes one after the other into the
// other's *. A pattern without any is matched as if it were a text.
func (a pattern) overlaps(b pattern) bool {
	switch {
	case !a.open():
		return b.meets(a.tokens)
	case !b.open():
		return a.meets(b.tokens)
	}
	for i := 0; !loose(a.tokens[i]) && !loose(b.tokens[i]); i++ {
		if !meet(a.tokens[i], b.tokens[i]) {
			return false
		}
	}
	for i, j := len(a.tokens)-1, len(b.tokens)-1; !loose(a.tokens[i]) && !loose(b.tokens[j]); i, j = i-1, j-1 {
		if !meet(a.tokens[i], b.tokens[j]) {
			return false
		}
	}
	return true
}

// open says whether texts of any length may match.
func (a pattern) open() bool {
	return slices.ContainsFunc(a.tokens, loose)
}

// meets is Match, with a text that may hold ?s.
func (a pattern) meets(text []token) bool {
	p, t := 0, 0
	star, retry := -1, 0
	for t < len(text) {
		switch {
		case p < len(a.tokens) && loose(a.tokens[p]):
			star, retry = p, t
			p++
		case p < len(a.tokens) && meet(a.tokens[p], text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	for p < len(a.tokens) && loose(a.tokens[p]) {
		p++
	}
	return p == len(a.tokens)
}

// meet says whether two tokens may stand for the same character.
func meet(a, b token) bool { return a == b || one(a) || one(b) }

// loose says whether a token may stand for several characters, or none: besides
// * a variable, whose value is not known, and what is beyond ASCII, for which one
// ? may stand or several.
func loose(t token) bool { return t >= anyRun || t >= utf8.RuneSelf && t < anyOne }
