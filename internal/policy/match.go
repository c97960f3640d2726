package policy

// Match says whether the pattern, in which * stands for any run of characters
// and ? for any single one, matches the whole text. Characters are those of
// ASCII: one beyond is as many as its UTF-8 has bytes. A * that was tried in vain
// is tried again one character further, and no earlier * ever needs to be: time
// grows with the product of the lengths, at worst.
func Match(pattern, text string) bool {
	p, t := 0, 0
	star, retry := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
