package grants

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

// held is a verb that a grant has on a type of resource. A condition is for all of
// its actions: a grant cannot be split further.
type held struct {
	kind *kind
	verb string
}

func heldBy(access []string, targets []target) []held {
	var out []held
	for i := range targets {
		for _, verb := range access {
			u := held{kind: targets[i].kind, verb: verb}
			if _, offered := u.kind.verbs[verb]; offered && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

func (u held) actions() []string {
	var out []string
	for i := range u.kind.verbs[u.verb] {
		out = append(out, u.kind.verbs[u.verb][i].actions...)
	}
	return unique(out)
}

// sides are the actions that know a key and those that do not.
func (u held) sides(key string) (knowing, others []string) {
	for _, name := range u.actions() {
		action, found := reference.Find(name)
		if !found {
			continue // the tests of the data would have told
		}
		if _, found = action.Key(key); found {
			knowing = append(knowing, name)
		} else {
			others = append(others, name)
		}
	}
	return knowing, others
}

// narrower is a verb of the same type whose actions are just these.
func (u held) narrower(actions []string, key string) (verb string, found bool) {
	for _, verb := range u.kind.data.VerbNames() {
		other := held{kind: u.kind, verb: verb}
		if slices.Equal(other.actions(), actions) && !other.setsKey(key) {
			return verb, true
		}
	}
	return "", false
}

func (u held) setsKey(key string) bool {
	return slices.ContainsFunc(u.kind.verbs[u.verb], func(n need) bool {
		return slices.ContainsFunc(n.conditions, func(c condition) bool { return strings.EqualFold(c.key, key) })
	})
}

// name is the verb, with its type where the grant has the verb on another, too.
func (u held) name(all []held) string {
	if !slices.ContainsFunc(all, func(o held) bool { return o.verb == u.verb && o.kind != u.kind }) {
		return u.verb
	}
	return fmt.Sprintf("%s (%s of %s)", u.verb, u.kind.data.Name, u.kind.service)
}

// unknownKey tells of the actions that do not know a condition key. Requests for
// them never carry it: a statement that asks for it would be dead for them.
func unknownKey(key string, all []held) string {
	var cures, fit, unknowing []string
	known := false
	for _, u := range all {
		knowing, others := u.sides(key)
		known = known || len(knowing) > 0
		unknowing = append(unknowing, others...)
		if len(others) == 0 {
			fit = append(fit, u.name(all))
		} else {
			cures = append(cures, u.cure(key, all, knowing, others))
		}
	}
	switch {
	case len(unknowing) == 0:
		return ""
	case !known:
		return unknownToAll(key, unique(unknowing))
	}
	if len(fit) > 0 {
		cures = append(cures, fmt.Sprintf("give %s a grant of %s own with this condition, for all actions there know it",
			strings.Join(fit, ", "), plural(fit, "its", "their")))
	}
	return strings.Join(cures, "; ")
}

// cure says what to write for a verb of which some actions do not know the key,
// where others of the grant do.
func (u held) cure(key string, all []held, knowing, others []string) string {
	lacking := fmt.Sprintf("%s, which %s not know this key", strings.Join(others, ", "), plural(others, "does", "do"))
	name := u.name(all)
	if len(knowing) == 0 {
		return fmt.Sprintf("%s holds %s: grant it without this condition", name, lacking)
	}
	if verb, found := u.narrower(knowing, key); found {
		return fmt.Sprintf("%s also holds %s: write %s in its place, which holds only those that do", name, lacking, verb)
	}
	return fmt.Sprintf("%s also holds %s: write %s with the condition into spec.statements", name, lacking, strings.Join(knowing, ", "))
}

func unknownToAll(key string, unknowing []string) string {
	message := fmt.Sprintf("%s %s not know this key: ", strings.Join(unknowing, ", "), plural(unknowing, "does", "do"))
	var actions []*reference.Action
	for _, name := range unknowing {
		if a, found := reference.Find(name); found {
			actions = append(actions, a)
		}
	}
	if near := nearKey(key, actions); near != "" {
		return message + "did you mean " + near + "?"
	}
	return message + "leave it out"
}

func plural(of []string, one, more string) string {
	if len(of) == 1 {
		return one
	}
	return more
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
