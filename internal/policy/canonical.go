package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// defaultVersion holds where a document names none (IAM: JSON policy elements:
// Version).
const defaultVersion = "2008-10-17"

// digestLength hexadecimal digits tell 2^64 documents apart: a digest is for
// people who compare two of them, not against forgers.
const digestLength = 16

// Equivalent says whether two documents mean the same. It never says so of two
// that permit different things; of two that permit the same in different words
// it may say no.
func Equivalent(a, b Document) bool {
	return bytes.Equal(meaning(a), meaning(b))
}

// Digest names a document's meaning: equivalent documents have the same digest,
// sha256: and 16 hexadecimal digits.
func Digest(d Document) string {
	sum := sha256.Sum256(meaning(d))
	return "sha256:" + hex.EncodeToString(sum[:])[:digestLength]
}

// Canonical is the one form of all documents that differ only in what IAM
// ignores: the order of statements and of lists, repetition, Sids and Id, the
// capitals of actions, condition operators and condition keys, an account's
// number for the ARN of its root, empty conditions.
//
// What only looks the same stays apart: versions of the language (variables are
// plain text in the older), "*" and {"AWS": "*"} as principals (equal for
// anonymous users only: IAM, JSON policy elements: Principal), patterns that
// cover others, values in other capitals. The document itself is not changed.
func Canonical(d Document) Document {
	version, list := canonicalStatements(d)
	out := Document{Version: version, Statement: make(Statements, 0, len(list))}
	for i := range list {
		out.Statement = append(out.Statement, list[i].statement)
	}
	return out
}

// meaning is the text of the canonical form but for its wrapping.
func meaning(d Document) []byte {
	version, list := canonicalStatements(d)
	text := []byte(version)
	for i := range list {
		text = append(append(text, '\n'), list[i].text...)
	}
	return text
}

// written is a statement and its text.
type written struct {
	statement Statement
	text      []byte
}

func canonicalStatements(d Document) (version string, list []written) {
	version = d.Version
	if version == "" {
		version = defaultVersion
	}
	list = make([]written, 0, len(d.Statement))
	for i := range d.Statement {
		s := canonical(d.Statement[i])
		list = append(list, written{s, encode(s)})
	}
	slices.SortFunc(list, func(a, b written) int { return bytes.Compare(a.text, b.text) })
	return version, slices.CompactFunc(list, func(a, b written) bool { return bytes.Equal(a.text, b.text) })
}

func canonical(s Statement) Statement {
	return Statement{
		Effect:       s.Effect,
		Principal:    canonicalPrincipal(s.Principal),
		NotPrincipal: canonicalPrincipal(s.NotPrincipal),
		Action:       set(s.Action, lower),
		NotAction:    set(s.NotAction, lower),
		Resource:     set(s.Resource, same),
		NotResource:  set(s.NotResource, same),
		Condition:    canonicalConditions(s.Condition),
	}
}

// set sorts a list, each element in its one spelling, and drops repetitions.
func set(list Strings, spelling func(string) string) Strings {
	if len(list) == 0 {
		return nil
	}
	out := make(Strings, len(list))
	for i, text := range list {
		out[i] = spelling(text)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func same(text string) string { return text }

// lower is strings.ToLower for ASCII, which is all that actions, operators and
// keys are made of: what is beyond has capitals that are not IAM's.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func canonicalPrincipal(p Principal) Principal {
	if len(p) == 0 {
		return nil
	}
	out := Principal{}
	for kind, list := range p {
		spelling := same
		if kind == "AWS" {
			spelling = root
		}
		out[kind] = set(list, spelling)
	}
	return out
}

// root writes an account's number as the ARN of its root, as IAM does when it
// stores a document. IAM puts the partition's name there; it is not known here,
// so outside the partition aws number and ARN stay apart.
func root(principal string) string {
	const accountDigits = 12
	if len(principal) != accountDigits || strings.Trim(principal, "0123456789") != "" {
		return principal
	}
	return "arn:aws:iam::" + principal + ":root"
}
