package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// levels are the letters for access levels. Permissions and tags are written,
// too: the package says both. A small letter says that the action's only
// resource type is not required; where there are several, that would only say
// that they are alternatives.
var levels = map[string]string{
	"List": "L", "Read": "R", "Write": "W",
	"Permissions management, Write": "P", "Tagging, Write": "T",
}

// write is the index, one line for each service after one for the package; the
// dictionary; and the services' streams, one after the other in the order of the
// index.
func (s *source) write() (index, dictionary, streams []byte, err error) {
	prefixes, texts := slices.Sorted(maps.Keys(s.services)), []string{}
	for _, prefix := range prefixes {
		text, err := s.services[prefix].text()
		if err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", prefix, err)
		}
		texts = append(texts, text)
	}
	dictionary = frequent(texts)
	var lines, all bytes.Buffer
	fmt.Fprintf(&lines, "%s\t%s\n", s.Version, s.UpdatedAt.UTC().Format("2006-01-02"))
	for i, prefix := range prefixes {
		name := s.names[prefix]
		if name == "" || strings.ContainsAny(name, "\t\n") {
			return nil, nil, nil, fmt.Errorf("%s: %q is no name of a service", prefix, name)
		}
		before := all.Len()
		if err := deflate(&all, texts[i], dictionary); err != nil {
			return nil, nil, nil, err
		}
		fmt.Fprintf(&lines, "%s\t%s\t%d\t%s\n", prefix, name, all.Len()-before, s.services[prefix].guests(prefix))
	}
	return lines.Bytes(), dictionary, all.Bytes(), nil
}

func deflate(into *bytes.Buffer, text string, dictionary []byte) error {
	w, err := flate.NewWriterDict(into, flate.BestCompression, dictionary)
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.Close()
}

// dictionarySize is where a larger dictionary costs as much as it saves.
const dictionarySize = 4 << 10

// phrase is what services have in common: lines, and pairs of words in names.
var phrase = regexp.MustCompile(`(?m)[A-Z][a-z]{3,}[A-Z][a-z]{3,}|^[^\t\n]+\t[^\n]*\n|^[A-Z][a-z]+[A-Z][a-z]+`)

// frequent are the phrases that save most when each service's stream may refer to
// them, the best last, where a reference is shortest.
func frequent(texts []string) []byte {
	in := map[string]int{}
	for _, text := range texts {
		found := map[string]bool{}
		for _, p := range phrase.FindAllString(text, -1) {
			found[p] = true
		}
		for p := range found {
			in[p]++
		}
	}
	saves := func(p string) int { return (in[p] - 1) * len(p) }
	best := slices.SortedFunc(maps.Keys(in), func(a, b string) int {
		return cmp.Or(cmp.Compare(saves(a), saves(b)), cmp.Compare(a, b))
	})
	all := strings.Join(best, "")
	return []byte(all[max(0, len(all)-dictionarySize):])
}

// guests are the prefixes of those condition keys that are neither the service's
// own nor global, such as saml among those of sts.
func (s *service) guests(prefix string) string {
	found := map[string]bool{}
	for k := range s.keys {
		if head, _, _ := strings.Cut(k, ":"); head != prefix && head != "aws" {
			found[head] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

// text is a service as its stream holds it: four paragraphs, of condition keys
// (type, name), resource types (name, ARN, keys), shapes (access level, resource
// types, keys beyond those of the types) and actions (name, shape). Shapes are
// what many actions have in common. A reference is the number of a line in its
// paragraph. Columns are parted by tabs, lines sorted without regard to capitals,
// shapes by how many actions have them: the first one's number is left out.
func (s *service) text() (string, error) {
	keys, types := slices.Sorted(maps.Keys(s.keys)), s.single()
	var out strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&out, "%s\t%s\n", s.keys[k].Type, s.keys[k].Key)
	}
	out.WriteString("\n")
	for _, t := range types {
		list, err := numbers(keys, t.ConditionKeys)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s\t%s\t%s\n", t.Key, t.ARN, list)
	}
	out.WriteString("\n")
	names, shapes := slices.Sorted(maps.Keys(s.actions)), map[string]string{}
	uses := map[string]int{}
	for _, name := range names {
		shape, err := s.shape(s.actions[name], keys, types)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		shapes[name] = shape
		uses[shape]++
	}
	byUse := slices.SortedFunc(maps.Keys(uses), func(a, b string) int {
		return cmp.Or(cmp.Compare(uses[b], uses[a]), cmp.Compare(a, b))
	})
	out.WriteString(strings.Join(byUse, "\n") + "\n\n")
	for _, name := range names {
		out.WriteString(s.actions[name].Name)
		if i := slices.Index(byUse, shapes[name]); i > 0 {
			fmt.Fprintf(&out, "\t%d", i)
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

// single are the resource types, with one ARN each: where the package has two in
// one, such as those of an old and a new version of an API, there are two types of
// the same name.
func (s *service) single() []resourceType {
	var out []resourceType
	for _, name := range slices.Sorted(maps.Keys(s.types)) {
		t := s.types[name]
		for arn := range strings.SplitSeq(t.ARN, ", ") {
			out = append(out, resourceType{t.Key, arn, t.ConditionKeys})
		}
	}
	return out
}

func (s *service) shape(a action, keys []string, types []resourceType) (string, error) {
	level := levels[a.AccessLevel]
	if level == "" {
		return "", fmt.Errorf("%q is no access level that is known here", a.AccessLevel)
	}
	if len(a.ResourceTypes) == 1 && !a.ResourceTypes[0].Required {
		level = strings.ToLower(level)
	}
	own, implied, places := slices.Clone(a.ConditionKeys), []string{}, []int{}
	for _, t := range a.ResourceTypes {
		own = append(own, t.ConditionKeys...)
		before := len(places)
		for i, known := range types {
			if strings.EqualFold(known.Key, t.Name) {
				places, implied = append(places, i), append(implied, known.ConditionKeys...)
			}
		}
		if len(places) == before {
			return "", fmt.Errorf("resource type %s is not in the package", t.Name)
		}
	}
	own = slices.DeleteFunc(own, func(k string) bool {
		return slices.ContainsFunc(implied, func(i string) bool { return strings.EqualFold(i, k) })
	})
	ofKeys, err := numbers(keys, own)
	return level + "\t" + list(places) + "\t" + ofKeys, err
}

// numbers are the places of some names in the sorted list of all, sorted.
func numbers(all, some []string) (string, error) {
	places := make([]int, 0, len(some))
	for _, name := range some {
		i, found := slices.BinarySearch(all, strings.ToLower(name))
		if !found {
			return "", fmt.Errorf("%s is not in the package", name)
		}
		places = append(places, i)
	}
	return list(places), nil
}

func list(places []int) string {
	slices.Sort(places)
	var out []string
	for _, i := range slices.Compact(places) {
		out = append(out, strconv.Itoa(i))
	}
	return strings.Join(out, " ")
}
