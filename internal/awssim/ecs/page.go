package ecs

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
)

// maxPage is the most that a List operation of ECS gives at once, and what most of
// them give where the caller does not say.
const maxPage = 100

// mark is where a page ended: the key of its last item. Going on from a key rather
// than a position loses and repeats nothing when items come or go between pages.
type mark struct {
	Name   string `json:"n"`
	Number int    `json:"r,omitempty"`
}

// token is what nextToken hides: the mark, and what was asked, because it is of no
// use for another question.
type token struct {
	mark
	Query uint64 `json:"q"`
}

// pager says how items of a sorted listing are told apart.
type pager[T any] struct {
	key   func(T) mark
	arn   func(T) string     // what the listing gives
	show  func(T) any        // the same, where it is no ARN
	after func(T, mark) bool // whether the item comes after the mark
	size  int                // items in a page by default; 0 is maxPage
	most  int                // items in a page where asked for; 0 is maxPage
}

// byName pages through items sorted by what the listing gives of them.
func byName[T any](arn func(T) string) pager[T] {
	return pager[T]{
		key:   func(v T) mark { return mark{Name: arn(v)} },
		arn:   arn,
		after: func(v T, m mark) bool { return arn(v) > m.Name },
	}
}

// page answers the part of the sorted items that the caller's nextToken and
// maxResults ask for, under the name member.
func page[T any](c *call, member string, items []T, p pager[T]) (object, error) {
	size, err := c.pageSize(p.size, cmp.Or(p.most, maxPage))
	if err != nil {
		return nil, err
	}
	query := c.query()
	if has(c.in, "nextToken") {
		t, err := readToken(text(c.in, "nextToken"), query)
		if err != nil {
			return nil, err
		}
		for len(items) > 0 && !p.after(items[0], t.mark) {
			items = items[1:]
		}
	}
	out := object{}
	if len(items) > size {
		items = items[:size]
		out["nextToken"] = token{p.key(items[size-1]), query}.String()
	}
	given := make([]any, 0, len(items))
	for _, item := range items {
		if p.show != nil {
			given = append(given, p.show(item))
		} else {
			given = append(given, p.arn(item))
		}
	}
	out[member] = given
	return out, nil
}

func (c *call) pageSize(byDefault, most int) (int, error) {
	size := cmp.Or(byDefault, maxPage)
	if has(c.in, "maxResults") {
		if size = int(number(c.in, "maxResults")); size < 1 || size > most {
			return 0, invalidParameter("maxResults must be between 1 and %d.", most)
		}
	}
	if most := c.service.options.PageSize; most > 0 {
		size = min(size, most)
	}
	return size, nil
}

// query is a digest of what was asked, but for where to go on.
func (c *call) query() uint64 {
	asked := clone(c.in)
	delete(asked, "nextToken")
	delete(asked, "maxResults")
	body, err := encode(asked)
	if err != nil {
		return 0
	}
	h := fnv.New64a()
	h.Write(body)
	h.Write([]byte(c.prefix))
	return h.Sum64()
}

func (t token) String() string {
	body, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(body)
}

func readToken(s string, query uint64) (token, error) {
	var t token
	body, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		err = d.Decode(&t)
	}
	if err != nil || t.Query != query {
		return token{}, invalidParameter("Invalid nextToken.")
	}
	return t, nil
}
