package policy

import (
	"cmp"
	"slices"
	"strings"
)

// word is the number of an action or a resource within one document. Words are
// numbered in their order, so that sorted numbers are sorted texts.
type word int32

// vocabulary holds the actions, or the resources, of a document, each once.
type vocabulary struct {
	syntax   syntax
	number   map[string]word // by spelling
	texts    []string        // by word: the spelling that is shown
	keys     []string        // by word: what is compared
	above    [][]word        // by word: the other words that cover it, ascending
	needs    [][]string      // by word: the variables that must have a value
	patterns []pattern       // by word, if needed
	first    []word          // by word: the first word of the same service
}

func newVocabulary(s syntax, size int) *vocabulary {
	return &vocabulary{syntax: s, number: make(map[string]word, size)}
}

// learn numbers the words of a list in the order in which they come: read puts
// them into their own.
func (v *vocabulary) learn(list Strings) {
	for _, text := range list {
		if _, known := v.number[text]; !known {
			v.number[text] = word(len(v.texts))
			v.texts = append(v.texts, text)
		}
	}
}

// settle numbers the words in their order and finds out which covers which.
func (v *vocabulary) settle() {
	type spelling struct{ text, key string }
	all := make([]spelling, 0, len(v.texts))
	for _, text := range v.texts {
		key := text
		if v.syntax&folding != 0 {
			key = lower(text)
		}
		all = append(all, spelling{text, key})
	}
	slices.SortFunc(all, func(a, b spelling) int {
		return cmp.Or(strings.Compare(a.key, b.key), compareSpellings(a.text, b.text))
	})
	v.texts, v.keys = v.texts[:0], make([]string, 0, len(all))
	for i, s := range all {
		if i == 0 || s.key != all[i-1].key {
			v.texts, v.keys = append(v.texts, s.text), append(v.keys, s.key)
		}
		v.number[s.text] = word(len(v.texts) - 1)
	}
	v.needs = make([][]string, len(v.texts))
	v.above = make([][]word, len(v.texts))
	v.first = make([]word, len(v.texts))
	v.patterns = make([]pattern, len(v.texts))
	for w, key := range v.keys {
		if first := strings.IndexAny(key, "*?$"); first >= 0 {
			v.cover(word(w), key[:first])
			v.needs[w] = needs(key, v.syntax)
		}
		v.first[w] = word(w)
		if w > 0 && service(key) == service(v.keys[w-1]) {
			v.first[w] = v.first[w-1]
		}
	}
}

func service(action string) string {
	name, _, _ := strings.Cut(action, ":")
	return name
}

// cover notes which words a pattern covers. All of them begin as it does, so
// they stand together.
func (v *vocabulary) cover(wide word, beginning string) {
	first, _ := slices.BinarySearch(v.keys, beginning)
	for w := first; w < len(v.keys) && strings.HasPrefix(v.keys[w], beginning); w++ {
		if word(w) != wide && v.pattern(wide).covers(v.pattern(word(w))) {
			v.above[w] = append(v.above[w], wide)
		}
	}
}

// pattern is a word taken to pieces, once.
func (v *vocabulary) pattern(w word) pattern {
	if v.patterns[w].tokens == nil {
		v.patterns[w] = compile(make([]token, 0, len(v.keys[w])), v.keys[w], v.syntax)
	}
	return v.patterns[w]
}

// compareSpellings prefers the spelling that AWS uses: a service in small
// letters, a name that begins with a capital.
func compareSpellings(a, b string) int {
	serviceA, nameA, _ := strings.Cut(a, ":")
	serviceB, nameB, _ := strings.Cut(b, ":")
	return cmp.Or(strings.Compare(serviceB, serviceA), strings.Compare(nameA, nameB))
}

// words are the numbers of a list, ascending, without those that others of the
// list cover.
func (v *vocabulary) words(list Strings) []word {
	if len(list) == 0 {
		return nil
	}
	out := make([]word, len(list))
	for i, text := range list {
		out[i] = v.number[text]
	}
	if len(out) == 1 {
		return out
	}
	return v.reduce(out)
}

// reduce sorts a list and drops what other words of it cover. It keeps, though,
// a word with a variable that the other has not: should the variable have no
// value, the whole statement may be void (IAM: IAM policy elements: Variables and
// tags), and it must go on being so.
func (v *vocabulary) reduce(list []word) []word {
	slices.Sort(list)
	list = slices.Compact(list)
	for i := 0; i < len(list); {
		if v.redundant(list[i], list) {
			list = slices.Delete(list, i, i+1)
		} else {
			i++
		}
	}
	return list
}

func (v *vocabulary) redundant(w word, list []word) bool {
	for _, wide := range v.above[w] {
		if holds(list, wide) && subset(v.needs[w], v.needs[wide]) && (!holds(v.above[wide], w) || v.better(wide, w)) {
			return true
		}
	}
	return false
}

// better decides between two patterns that say the same.
func (v *vocabulary) better(a, b word) bool {
	return cmp.Or(cmp.Compare(len(v.keys[a]), len(v.keys[b])), cmp.Compare(a, b)) < 0
}

// within says whether the word or one that covers it is in the list.
func (v *vocabulary) within(w word, list []word) bool {
	if holds(list, w) {
		return true
	}
	return slices.ContainsFunc(v.above[w], func(wide word) bool { return holds(list, wide) })
}

func (v *vocabulary) allWithin(narrow, wide []word) bool {
	return !slices.ContainsFunc(narrow, func(w word) bool { return !v.within(w, wide) })
}

func (v *vocabulary) strings(list []word) Strings {
	if len(list) == 0 {
		return nil
	}
	out := make(Strings, len(list))
	for i, w := range list {
		out[i] = v.texts[w]
	}
	return out
}

func holds(sorted []word, w word) bool {
	_, found := slices.BinarySearch(sorted, w)
	return found
}

// needs are the variables of a text that have no default, ascending.
func needs(text string, s syntax) []string {
	if s&expressive == 0 || !strings.Contains(text, "${") {
		return nil
	}
	var names []string
	p := compile(nil, text, s)
	for _, t := range p.tokens {
		if t < variables {
			continue
		}
		if name := p.variable(t); !strings.Contains(name, "'") {
			names = append(names, name)
		}
	}
	return union(names)
}

// union sorts the texts and drops repetitions.
func union(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// subset says whether each text of one sorted list is in another.
func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(text string) bool {
		_, found := slices.BinarySearch(whole, text)
		return !found
	})
}
