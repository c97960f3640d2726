package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	// maxLabel keeps a Sid readable where a statement was made of many sources.
	maxLabel = 48
	// sidHash digits tell the statements of one label apart; where they do not,
	// there are more of them.
	sidHash = 4
)

// compile makes the one document of the role's own policies: what the sources
// say together, in the fewest statements. Without a source there is nothing to
// permit. For each statement it tells the source that comes first.
func compile(sources []source) (policy.Document, []*source) {
	whole := policy.Document{Version: policy.Version}
	for i := range sources {
		whole.Statement = append(whole.Statement, sources[i].statement)
	}
	document, origins := policy.Minimise(whole)
	taken := map[string]bool{}
	for i := range document.Statement {
		taken[document.Statement[i].Sid] = true
	}
	for i := range document.Statement {
		if s := &document.Statement[i]; s.Sid == "" && !asWritten(sources, origins[i]) {
			s.Sid = sid(*s, provenance(sources, origins[i]), taken)
		}
	}
	firsts := make([]*source, 0, len(origins))
	for _, origin := range origins {
		firsts = append(firsts, &sources[slices.Min(origin)])
	}
	return document, firsts
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

// sid makes a Sid that stays as long as the actions and conditions do: a resource
// more or less does not rename a statement. Statements with the same of both
// have been merged.
func sid(s policy.Statement, label string, taken map[string]bool) string {
	s.Resource = nil
	sum := sha256.Sum256([]byte(policy.Document{Statement: policy.Statements{s}}.JSON()))
	digits := hex.EncodeToString(sum[:])
	for n := sidHash; ; n++ {
		if name := label + digits[:n]; !taken[name] || n == len(digits) {
			taken[name] = true
			return name
		}
	}
}
