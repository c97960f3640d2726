package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	// maxLabel keeps a Sid readable where a statement was made of many sources.
	maxLabel = 48
	// sidHash digits tell the statements of one label apart; where they do not, a
	// number does.
	sidHash = 4
)

// compile makes the documents of the role's own policies: what the sources say
// together, in the fewest statements. Without a source there is nothing to permit.
func compile(sources []source) ([]policy.Document, *Refusal) {
	whole := policy.Document{Version: policy.Version}
	for i := range sources {
		whole.Statement = append(whole.Statement, sources[i].statement)
	}
	for {
		document, origins := policy.Minimise(whole)
		taken := sids(document)
		for i := range document.Statement {
			if s := &document.Statement[i]; s.Sid == "" && !asWritten(sources, origins[i]) {
				s.Sid = sid(*s, provenance(sources, origins[i]), taken)
			}
		}
		parts, err := policy.Split(document, policy.MaxManagedSize)
		var long *policy.TooLong
		if !errors.As(err, &long) {
			return parts, nil
		}
		origin := origins[long.Index]
		if !keepApart(whole, sources, origin) {
			return nil, tooLong(*long, &sources[slices.Min(origin)])
		}
	}
}

// keepApart sees to it that statements which together fit into no policy, but
// perhaps do alone, are not merged again: what has a Sid never is.
func keepApart(whole policy.Document, sources []source, origin []int) (some bool) {
	if len(origin) < 2 {
		return false
	}
	taken := sids(whole)
	for _, i := range origin {
		if s := &whole.Statement[i]; s.Sid == "" {
			s.Sid = sid(*s, provenance(sources, []int{i}), taken)
			some = true
		}
	}
	return some
}

func sids(d policy.Document) map[string]bool {
	taken := map[string]bool{}
	for i := range d.Statement {
		taken[d.Statement[i].Sid] = true
	}
	return taken
}

// asWritten says whether it is one statement of the TaskRole's, which stays as it
// is: without a Sid where its author gave it none.
func asWritten(sources []source, origin []int) bool {
	return len(origin) == 1 && sources[origin[0]].exact
}

// provenance says where a statement came from, such as GrantS3ReadWrite: the parts
// that all of its sources have in common once, then what tells them apart.
func provenance(sources []source, origin []int) string {
	var kinds []string
	verbs := map[string][]string{}
	for _, i := range origin {
		from := sources[i].from
		if !slices.Contains(kinds, from.kind) {
			kinds = append(kinds, from.kind)
		}
		if !slices.Contains(verbs[from.kind], from.verb) {
			verbs[from.kind] = append(verbs[from.kind], from.verb)
		}
	}
	slices.Sort(kinds)
	out := ""
	for _, kind := range kinds {
		slices.Sort(verbs[kind])
		out += kind + strings.Join(verbs[kind], "")
	}
	if len(out) > maxLabel {
		out = out[:maxLabel]
	}
	return out
}

// sid makes a Sid that stays as long as the actions, the conditions and the
// variables within the resources do: a resource more or less does not rename a
// statement. Statements with the same of all three have been merged.
func sid(s policy.Statement, label string, taken map[string]bool) string {
	s.Resource = variables(s.Resource)
	sum := sha256.Sum256([]byte(policy.Document{Statement: policy.Statements{s}}.JSON()))
	first := label + hex.EncodeToString(sum[:])[:sidHash]
	name := first
	for n := 2; taken[name]; n++ {
		name = first + "N" + strconv.Itoa(n)
	}
	taken[name] = true
	return name
}

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// variables are those that must have a value for a resource to be one, sorted;
// nil where there is none. ${*} and the like, and what has a default, need none.
func variables(resources policy.Strings) policy.Strings {
	var out policy.Strings
	for _, resource := range resources {
		for _, found := range variable.FindAllString(resource, -1) {
			if len(found) > len("${*}") && !strings.Contains(found, "'") {
				out = append(out, found)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
