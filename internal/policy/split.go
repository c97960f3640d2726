package policy

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
)

// TooLong says that a statement exceeds a document's limit and cannot be divided.
type TooLong struct {
	Index int // of the statement in the document, from 0
	// Name is how people call the statement.
	Name string
	// Size is that of a document with the smallest part of the statement alone.
	Size, Limit int
}

func (e *TooLong) Error() string {
	return fmt.Sprintf("%s takes %d characters even with a single action and a single resource, a policy holds %d: shorten its conditions",
		e.Name, e.Size, e.Limit)
}

// piece is a statement that fits into a document, with what decides where
// documents begin.
type piece struct {
	statement Statement
	size      int
	anchor    [sha256.Size]byte
}

// Split distributes the statements over documents none of which exceeds limit.
// A document that fits stays whole; one without statements gives none. The
// order of statements is kept: one document after the other reads like the
// whole.
//
// A statement that alone is too long is divided first: its longer list of
// actions or resources is cut in two, the parts likewise, in the middle third
// before the element with the smallest hash, so that an element more or less
// mostly leaves the cuts where they were. Allow and Deny both say
// "any of these actions on any of these resources", so the halves together mean
// what the whole did. NotAction and NotResource say "none of these" and are
// never divided. A *TooLong error tells what could not be divided.
//
// Documents are filled one after the other. Each ends in its last quarter,
// before the statement whose name (Sid, or content where it has none) has the
// smallest hash there. So where a document ends depends on the statements from
// its own beginning to the first that it has no room for, and on nothing else:
//
//   - a statement appended changes the last document only, or adds one;
//   - a statement changed, added or removed leaves alone all documents before
//     the one in front of its own;
//   - those behind it mostly end where they ended, because the smallest hash
//     mostly is the smallest again.
//
// The price: documents end three quarters full or fuller, not as full as can be
// (less full only where a long statement follows).
func Split(d Document, limit int) ([]Document, error) {
	if len(d.Statement) == 0 {
		return nil, nil
	}
	room := limit - Size(Document{Version: d.Version, ID: d.ID})
	pieces, err := divideAll(d, room, limit)
	if err != nil {
		return nil, err
	}
	if len(pieces) == len(d.Statement) && together(pieces) <= room {
		return []Document{d}, nil
	}
	var documents []Document
	for len(pieces) > 0 {
		n := cut(pieces, room)
		part := Document{Version: d.Version, ID: d.ID}
		for i := range pieces[:n] {
			part.Statement = append(part.Statement, pieces[i].statement)
		}
		documents = append(documents, part)
		pieces = pieces[n:]
	}
	return documents, nil
}

// together is the size of pieces in one list.
func together(pieces []piece) int {
	sum := len(pieces) - 1 // commas
	for i := range pieces {
		sum += pieces[i].size
	}
	return sum
}

// cut is the number of pieces that go into the next document.
func cut(pieces []piece, room int) int {
	const last = 4 // the last quarter: several statements of usual length
	fit, used := 0, 0
	best, found := 0, false
	for fit < len(pieces) && used+pieces[fit].size <= room {
		used += pieces[fit].size + 1 // a comma
		fit++
		if fit == len(pieces) {
			return fit
		}
		if used >= room-room/last && (!found || bytes.Compare(pieces[fit].anchor[:], pieces[best].anchor[:]) < 0) {
			best, found = fit, true
		}
	}
	if !found {
		return fit
	}
	return best
}

func divideAll(d Document, room, limit int) ([]piece, error) {
	sids := map[string]bool{}
	for i := range d.Statement {
		sids[d.Statement[i].Sid] = true
	}
	var pieces []piece
	for i := range d.Statement {
		parts, smallest := divide(d.Statement[i], encode(d.Statement[i]), room)
		if smallest > room {
			return nil, &TooLong{Index: i, Name: Name(d.Statement, i), Size: limit - room + smallest, Limit: limit}
		}
		for j, part := range parts {
			s, text := part.statement, part.text
			if s.Sid = partSid(s.Sid, j, sids); s.Sid != part.statement.Sid {
				text = encode(s)
			}
			name := []byte(s.Sid)
			if s.Sid == "" || len(parts) > 1 { // the Sids of parts are only numbers
				name = text
			}
			pieces = append(pieces, piece{s, len(text), sha256.Sum256(name)})
		}
	}
	return pieces, nil
}

// divide cuts the statement until each part fits. Where one does not, the size of
// the first such is returned.
func divide(s Statement, text []byte, room int) (parts []written, tooLarge int) {
	size := len(text)
	if size <= room {
		return []written{{s, text}}, 0
	}
	actions, resources := len(encode(s.Action)), len(encode(s.Resource))
	left, right := s, s
	switch a, r := len(s.Action), len(s.Resource); {
	case r > 1 && (resources >= actions || a < 2):
		middle := middle(s.Resource)
		left.Resource, right.Resource = s.Resource[:middle], s.Resource[middle:]
	case a > 1:
		middle := middle(s.Action)
		left.Action, right.Action = s.Action[:middle], s.Action[middle:]
	default:
		return nil, size
	}
	for _, half := range []Statement{left, right} {
		more, size := divide(half, encode(half), room)
		if size > 0 {
			return nil, size
		}
		parts = append(parts, more...)
	}
	return parts, 0
}

// middle is where a list of two elements or more is cut.
func middle(list Strings) int {
	const thirds = 3
	first, end := max(1, len(list)/thirds), len(list)-len(list)/thirds
	best, smallest := first, sha256.Sum256([]byte(list[first]))
	for i := first + 1; i < end; i++ {
		if sum := sha256.Sum256([]byte(list[i])); bytes.Compare(sum[:], smallest[:]) < 0 {
			best, smallest = i, sum
		}
	}
	return best
}

// partSid gives the parts of a divided statement Sids of their own, because a
// Sid is unique within a document. The first keeps the statement's.
func partSid(sid string, part int, taken map[string]bool) string {
	if sid == "" || part == 0 {
		return sid
	}
	for n := part + 1; ; n++ {
		if name := sid + "Part" + strconv.Itoa(n); !taken[name] {
			taken[name] = true
			return name
		}
	}
}

// Name is how messages call a statement of a list: by its Sid, else by its
// number, from 1.
func Name(list []Statement, i int) string {
	if sid := list[i].Sid; sid != "" {
		return "statement " + sid
	}
	return "statement " + strconv.Itoa(i+1)
}
