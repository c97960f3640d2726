package ecs

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// listTaskDefinitions: "By default (ASC), task definitions are listed
// lexicographically by family name and in ascending numerical order by revision so
// that the newest task definitions in a family are listed last." familyPrefix is
// called so, but is "The full family name".
func (c *call) listTaskDefinitions() (object, error) {
	status := cmp.Or(text(c.in, "status"), statusActive)
	order := cmp.Or(text(c.in, "sort"), "ASC")
	switch {
	case status != statusActive && status != statusInactive && status != statusDeleteInProgress:
		return nil, clientError("Invalid status '%s'.", status)
	case order != "ASC" && order != "DESC":
		return nil, invalidParameter("Invalid sort order '%s'.", order)
	}
	var found []*revision
	for _, name := range slices.Sorted(maps.Keys(c.families)) {
		if only := text(c.in, "familyPrefix"); only != "" && only != name {
			continue
		}
		for _, v := range c.families[name].revisions {
			if v.status == status {
				found = append(found, v)
			}
		}
	}
	compare := func(a, b *revision) int {
		return cmp.Or(strings.Compare(a.family, b.family), cmp.Compare(a.number, b.number))
	}
	if order == "DESC" {
		slices.Reverse(found)
		ascending := compare
		compare = func(a, b *revision) int { return ascending(b, a) }
	}
	key := func(v *revision) mark { return mark{v.family, v.number} }
	at := func(m mark) *revision { return &revision{family: m.Name, number: m.Number} }
	return page(c, "taskDefinitionArns", found, pager[*revision]{
		key: key, arn: func(v *revision) string { return v.arn },
		after: func(v *revision, m mark) bool { return compare(v, at(m)) > 0 },
	})
}

// listTaskDefinitionFamilies takes a real prefix. INACTIVE asks for families
// without any ACTIVE revision, ACTIVE for those with one, and no status for both.
func (c *call) listTaskDefinitionFamilies() (object, error) {
	status := cmp.Or(text(c.in, "status"), "ALL")
	if status != "ALL" && status != statusActive && status != statusInactive {
		return nil, clientError("Invalid status '%s'.", status)
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(c.families)) {
		f := c.families[name]
		active := f.newest() != nil
		if len(f.revisions) > 0 && strings.HasPrefix(name, text(c.in, "familyPrefix")) &&
			(status == "ALL" || active == (status == statusActive)) {
			found = append(found, name)
		}
	}
	return page(c, "families", found, byName(func(name string) string { return name }))
}
