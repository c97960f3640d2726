package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

func (x *index) unknownService(resource, part string) string {
	var hint string
	if meant := x.nearService(part); len(meant) > 0 {
		hint = fmt.Sprintf(": did you mean %s?", strings.Join(meant, " or "))
	}
	return fmt.Sprintf("%s: the catalogue of grants knows no service %q%s; it knows %s; %s",
		shown(resource), part, hint, strings.Join(slices.Sorted(maps.Keys(x.kinds)), ", "), wayOut)
}

// nearService are the services of the catalogue that may be meant by one that it
// does not know: by their names (efs, stepfunctions, kafka-cluster), by a slip, or
// by a shorter or longer prefix (rds for rds-db, bedrock-runtime for bedrock).
func (x *index) nearService(part string) []string {
	parts := slices.Sorted(maps.Keys(x.kinds))
	pick := func(like func(known string) bool) []string {
		return slices.DeleteFunc(slices.Clone(parts), func(known string) bool { return !like(known) })
	}
	lower := strings.ToLower(part)
	if meant := pick(func(known string) bool { return x.calls(known, lower) }); len(meant) > 0 {
		return meant
	}
	// What exists is no slip: ec2 is not ecr, and ecr-public is neither.
	if _, exists := reference.Lookup(lower); !exists {
		if meant := near(part, parts); len(meant) > 0 {
			return meant
		}
		if meant := pick(func(known string) bool { return strings.HasPrefix(lower, known+"-") }); len(meant) > 0 {
			return meant
		}
	}
	return pick(func(known string) bool {
		return strings.HasPrefix(known, lower+"-") || len(lower) >= longName && strings.HasPrefix(x.letters(known), lower)
	})
}

// longName: what is shorter begins the names of too many services.
const longName = 5

// calls says whether a service goes by such a name: by its part of ARNs, the
// prefix of its actions or its title, in any capitals and without hyphens.
func (x *index) calls(part, name string) bool {
	return part == name || x.kinds[part][0].service == name || x.letters(part) == strings.ReplaceAll(name, "-", "")
}

// letters are the title of a service less the maker's name and what follows a
// comma: stepfunctions.
func (x *index) letters(part string) string {
	at := slices.IndexFunc(x.services, func(s Service) bool { return s.Service == x.kinds[part][0].service })
	title, _, _ := strings.Cut(strings.ToLower(x.services[at].Title), ",")
	words := slices.DeleteFunc(strings.Fields(title), func(word string) bool { return word == "amazon" || word == "aws" })
	return strings.ReplaceAll(strings.Join(words, ""), "-", "")
}

// shownForms is how many ways to write a resource a message shows: more would hide
// the one that is meant.
const shownForms = 3

// unknownForm shows the types whose resources begin as this one does; if there are
// none, the first few, and the names of the others.
func unknownForm(resource, part string, arn bool, kinds []*kind) string {
	var granting, begun []*kind
	for _, k := range kinds {
		if k.data.Refuse != "" {
			continue
		}
		granting = append(granting, k)
		if k.begins(resource, arn) > 0 {
			begun = append(begun, k)
		}
	}
	slices.SortStableFunc(begun, func(a, b *kind) int { return b.begins(resource, arn) - a.begins(resource, arn) })
	candidates := granting
	if len(begun) > 0 {
		candidates = begun
	}
	var forms, others []string
	for i, k := range candidates {
		if i < shownForms {
			forms = append(forms, fmt.Sprintf("%s (%s)", k.data.Example, k.data.Name))
		} else {
			others = append(others, k.data.Name)
		}
	}
	var more string
	if len(others) > 0 {
		more = "; it also knows " + strings.Join(others, ", ")
	}
	return fmt.Sprintf("%s is none of the resources of %s that the catalogue of grants knows: write it as in %s%s; %s",
		shown(resource), part, strings.Join(forms, ", "), more, wayOut)
}

// begins is how many letters a resource has in common with the fixed text at the
// beginning of the type's forms; less than half of that text is an accident.
func (k *kind) begins(resource string, arn bool) int {
	most := 0
	for i := range k.forms {
		f := &k.forms[i]
		rest, ok := f.rests(resource, arn)
		if !ok || len(f.rest) == 0 || f.rest[0].variable >= 0 {
			continue
		}
		text := f.rest[0].text
		n := 0
		for n < min(len(rest), len(text)) && rest[n] == text[n] {
			n++
		}
		if 2*n >= len(text) {
			most = max(most, n)
		}
	}
	return most
}
