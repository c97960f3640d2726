package reference

// glyph is a piece of a type's ARN: a character, or any one or any run of those
// that are not the separator which ends the variable.
type glyph struct {
	kind glyphKind
	char byte // the character; of a variable the separator, 0 if nothing ends it
}

type glyphKind uint8

const (
	exact glyphKind = iota
	anyOne
	anyRun
)

// glyphs takes the segments of an ARN to pieces. A variable that a separator
// follows does not hold that separator, or nobody could tell where it ends: the
// table in table/*/index/* has no slash in its name. A partition, a region or an
// account is not empty where the reference has a variable for it.
func glyphs(parts []string) []glyph {
	var out []glyph
	for i, part := range parts {
		if i > 0 {
			out = append(out, glyph{exact, ':'})
		}
		for j := range len(part) {
			switch {
			case part[j] != '*':
				out = append(out, glyph{exact, part[j]})
			case i < len(parts)-1:
				out = append(out, glyph{anyOne, ':'}, glyph{anyRun, ':'})
			case j+1 < len(part) && (part[j+1] == '/' || part[j+1] == ':'):
				out = append(out, glyph{anyRun, part[j+1]})
			default:
				out = append(out, glyph{anyRun, 0})
			}
		}
	}
	return out
}

// meets says whether some ARN of this shape is matched by a pattern, of which *
// and ? reach over separators (IAM: JSON policy elements: Resource). It is
// policy.Overlap but for what variables may hold. Row by row, it notes how much
// of the shape the texts can have used up that the pattern's beginning matches.
func meets(pattern string, shape []glyph) bool {
	row, next := make([]bool, len(shape)+1), make([]bool, len(shape)+1)
	row[0] = true
	for i := 0; ; i++ {
		star := i < len(pattern) && pattern[i] == '*'
		alive := false
		for j, g := range shape {
			if row[j] && (g.kind == anyRun || star) {
				// The run may end here, or the star swallow the glyph.
				row[j+1] = true
			}
		}
		if i == len(pattern) {
			return row[len(shape)]
		}
		clear(next)
		for j := range row {
			if row[j] {
				alive = advance(pattern[i], shape, j, next) || alive
			}
		}
		if !alive {
			return false
		}
		row, next = next, row
	}
}

// advance notes where one more character of the pattern leads from a place in the
// shape, if anywhere.
func advance(c byte, shape []glyph, at int, next []bool) bool {
	if c == '*' {
		next[at] = true
		return true
	}
	if at == len(shape) {
		return false
	}
	g := shape[at]
	switch {
	case g.kind == exact && c != g.char && c != '?', g.kind != exact && c == g.char:
		return false
	case g.kind == anyRun:
		next[at] = true
	default:
		next[at+1] = true
	}
	return true
}
