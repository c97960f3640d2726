package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const written = "<!-- Written by `make grant-docs` from internal/catalog/grants/data. Do not edit. -->\n\n"

// pages are the files of docs/grants by their names.
func pages(services []grants.Service) (map[string]string, error) {
	if len(services) == 0 {
		return nil, fmt.Errorf("the catalogue of grants is empty or cannot be read: see its tests")
	}
	files := map[string]string{"README.md": readme(services)}
	for _, s := range services {
		text, err := page(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Service, err)
		}
		name := s.Service + ".md"
		if _, taken := files[name]; taken {
			return nil, fmt.Errorf("%s: two data files have this service", s.Service)
		}
		files[name] = text
	}
	return files, nil
}

// page is what the verbs of a service come to, shown on the example of each type.
func page(s grants.Service) (string, error) {
	var b strings.Builder
	b.WriteString(written)
	fmt.Fprintf(&b, "# %s\n\n", s.Title)
	b.WriteString("How a grant is written, with wildcards and conditions: [grants](README.md).\n")
	for _, t := range s.Types {
		fmt.Fprintf(&b, "\n## %s\n\n", heading(t.Name))
		fmt.Fprintf(&b, "%s. Written as\n\n```\n%s\n```\n", heading(t.About), strings.Join(forms(t), "\n"))
		if t.Refuse != "" {
			fmt.Fprintf(&b, "\nRefused: %s.\n", strings.TrimSuffix(t.Refuse, "."))
			continue
		}
		if t.AnyName {
			b.WriteString("\nThe first name may be a bare `*`.\n")
		}
		fmt.Fprintf(&b, "\nWith `resources: [%q]`, `access` may be:\n\n", t.Example)
		b.WriteString("| verb | what it is for | actions | resources | conditions |\n|---|---|---|---|---|\n")
		for _, verb := range t.VerbNames() {
			if err := rows(&b, t, verb); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

// rows are the statements of a verb: the very ones that a grant makes.
func rows(b *strings.Builder, t grants.Type, verb string) error {
	permissions, problems := grants.Expand(grants.Grant{Access: []string{verb}, Resources: []string{t.Example}})
	if len(problems) > 0 {
		return fmt.Errorf("%s of %s: %s", verb, t.Name, problems[0].Message)
	}
	first, about := "**"+verb+"**", t.Verbs[verb].About
	for _, p := range permissions {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", first, about,
			codes(p.Statement.Action), codes(p.Statement.Resource), conditions(p.Statement.Condition))
		first, about = "", ""
	}
	return nil
}

// forms are how the type is written, with the kinds of names told by their look.
func forms(t grants.Type) []string {
	var out []string
	for _, form := range append([]string{t.ARN}, t.Also...) {
		out = append(out, strings.NewReplacer("*}", "...}", "/}", "}").Replace(form))
	}
	return out
}

func conditions(c policy.Conditions) string {
	var out []string
	for _, operator := range slices.Sorted(maps.Keys(c)) {
		for _, key := range slices.Sorted(maps.Keys(c[operator])) {
			out = append(out, codes([]string{operator})+" "+codes([]string{key})+": "+codes(c[operator][key]))
		}
	}
	return strings.Join(out, "<br>")
}

func codes(list []string) string { return "`" + strings.Join(list, "`<br>`") + "`" }

// heading begins with a capital.
func heading(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
