package reference

import (
	"compress/flate"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
)

// content is a service's data, decoded. All lists are sorted by name without
// regard to capitals.
type content struct {
	keys    []Key
	folded  []string // the keys' names in lower case
	open    []openKey
	types   []*ResourceType
	shapes  []Action // what many actions have in common
	actions []*Action
}

// openKey is a key whose name has a variable, and so stands for many.
type openKey struct {
	pattern string
	place   int // among the keys
}

// decodings counts the services that were decoded.
var decodings atomic.Int64

func (s *Service) decoded() *content {
	s.once.Do(func() {
		text, err := io.ReadAll(flate.NewReaderDict(strings.NewReader(s.stream), []byte(dictionary)))
		if err == nil {
			err = s.parse(string(text))
		}
		if err != nil {
			// A test decodes every service: only a broken build gets here.
			panic("the embedded IAM data of " + s.Prefix + " is broken: " + err.Error())
		}
		decodings.Add(1)
	})
	return &s.data
}

// parse reads the four paragraphs that hack/iamdata writes.
func (s *Service) parse(text string) error {
	paragraphs := []func([]string) error{s.data.key, s.data.resourceType, s.data.shape, s.action}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			paragraphs = paragraphs[1:]
			continue
		}
		if err := paragraphs[0](strings.Split(line, "\t")); err != nil {
			return err
		}
	}
	s.data.shapes = nil
	return nil
}

func (c *content) key(column []string) error {
	k := Key{Type: column[0], Name: column[1]}
	folded := strings.ToLower(k.Name)
	if pattern := keyPattern(folded); pattern != folded {
		c.open = append(c.open, openKey{pattern, len(c.keys)})
	}
	c.keys, c.folded = append(c.keys, k), append(c.folded, folded)
	return nil
}

func (c *content) resourceType(column []string) (err error) {
	t := &ResourceType{Name: column[0], ARN: column[1], Pattern: glob(column[1], "*")}
	t.parts = strings.SplitN(t.Pattern, ":", segments)
	if rest := amended(t.ARN); rest != "" {
		t.parts[segments-1] = rest
	}
	t.shape = glyphs(t.parts)
	t.keys, err = numbers(column[2])
	c.types = append(c.types, t)
	return err
}

func (c *content) shape(column []string) (err error) {
	a := Action{Level: level(column[0]), Optional: column[0] == strings.ToLower(column[0])}
	accepted, err := numbers(column[1])
	if err != nil {
		return err
	}
	for _, t := range accepted {
		c.types[t].accepted = true
		a.Resources = append(a.Resources, c.types[t])
	}
	a.keys, err = numbers(column[2])
	c.shapes = append(c.shapes, a)
	return err
}

// level is the access level for a letter; a small one says that the resource
// type is optional.
func level(letter string) Level {
	switch strings.ToUpper(letter) {
	case "L":
		return List
	case "R":
		return Read
	case "W":
		return Write
	case "P":
		return Permissions
	case "T":
		return Tagging
	}
	return ""
}

func (s *Service) action(column []string) (err error) {
	shape := 0
	if len(column) > 1 {
		if shape, err = strconv.Atoi(column[1]); err != nil {
			return err
		}
	}
	a := s.data.shapes[shape]
	a.Service, a.Name = s, column[0]
	s.data.actions = append(s.data.actions, &a)
	return nil
}

func numbers(list string) (out []int, err error) {
	for _, text := range strings.Fields(list) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}
