package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// checkKeys finds condition keys that nobody knows. New ones come, as actions do.
func checkKeys(s *statement) []policy.Finding {
	var wrong []string
	for _, c := range s.conditions {
		if !c.found {
			wrong = append(wrong, c.name)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	wrong = slices.Compact(wrong)
	for i, name := range wrong[:min(len(wrong), shown+1)] {
		if near := s.nearestKey(name); near != "" {
			wrong[i] = fmt.Sprintf("%s (did you mean %s?)", name, near)
		}
	}
	return s.blame(policy.Warning, CodeUnknownConditionKey, "has conditions on keys that do not exist: "+list(wrong)+aging())
}

// nearestKey looks for a key that is the unknown one with its prefix, its tag's
// name or one letter put right, among AWS's global ones and those of the
// statement's services.
func (s *statement) nearestKey(name string) string {
	_, rest, colon := strings.Cut(name, ":")
	if !colon {
		rest = name
	}
	prefixes := []string{"aws"}
	for _, p := range s.actions {
		if len(p.matches) > 0 && !slices.Contains(prefixes, p.matches[0].Service.Prefix) {
			prefixes = append(prefixes, p.matches[0].Service.Prefix)
		}
	}
	for _, prefix := range prefixes {
		if key, found := s.knows(prefix + ":" + rest); found {
			return tagged(key, rest)
		}
	}
	if _, found := reference.Known(name + "/x"); found {
		return name + "/<tag key>"
	}
	if !colon {
		return ""
	}
	// Of a key with a tag only the kind is put right: the tag is the author's.
	kind, tag, _ := strings.Cut(strings.ToLower(name), "/")
	if tag != "" {
		tag = "/" + tag
	}
	for _, text := range slips(kind) {
		if key, found := s.knows(text + tag); found {
			return tagged(key, name)
		}
	}
	return s.untagged(name)
}

// tagged is the key's name, with the tag that the author wrote.
func tagged(key reference.Key, written string) string {
	kind, open, _ := strings.Cut(key.Name, "/")
	_, tag, found := strings.Cut(written, "/")
	if !found || !strings.HasPrefix(open, "$") && !strings.HasPrefix(open, "<") {
		return key.Name
	}
	return kind + "/" + tag
}

// untagged looks for a key whose tag follows something else than a slash, as in
// aws:PrincipalTag:team.
func (s *statement) untagged(name string) string {
	prefix, rest, _ := strings.Cut(name, ":")
	i := strings.IndexAny(rest, ":.")
	if i < 1 || i == len(rest)-1 {
		return ""
	}
	written := prefix + ":" + rest[:i] + "/" + rest[i+1:]
	if key, found := s.knows(written); found {
		return tagged(key, written)
	}
	return ""
}

// knows finds a key that requests of the first of each pattern's actions carry,
// or any.
func (s *statement) knows(key string) (reference.Key, bool) {
	for _, p := range s.actions {
		if len(p.matches) > 0 {
			if k, found := p.matches[0].Key(key); found {
				return k, true
			}
		}
	}
	return reference.Global(key)
}

// slips are the texts that differ from one by a letter: one dropped, changed,
// inserted, or two exchanged.
func slips(text string) []string {
	const letters = "abcdefghijklmnopqrstuvwxyz-"
	var out []string
	for i := range len(text) + 1 {
		head, tail := text[:i], text[i:]
		if tail != "" {
			out = append(out, head+tail[1:])
		}
		if len(tail) > 1 {
			out = append(out, head+tail[1:2]+tail[:1]+tail[2:])
		}
		for _, letter := range letters {
			out = append(out, head+string(letter)+tail)
			if tail != "" {
				out = append(out, head+string(letter)+tail[1:])
			}
		}
	}
	return out
}

// checkKeyCoverage finds conditions that the requests of some actions never meet,
// because they do not carry the key. One of many that a wildcard matches knows it
// more often than not: a wildcard is told only where none does.
func checkKeyCoverage(s *statement) []policy.Finding {
	var says, without []string
	dead := map[string]bool{}
	for _, c := range s.conditions {
		if !c.known || !c.found || c.absent() {
			continue
		}
		lack, have := s.coverage(c.name)
		if len(lack) == 0 {
			continue
		}
		for _, text := range lack {
			dead[text] = true
		}
		if len(have) > 0 {
			says = append(says, fmt.Sprintf("%s is not in requests of %s, but in those of %s", c.name, list(lack), list(have)))
		} else {
			says = append(says, fmt.Sprintf("%s is not in requests of %s", c.name, list(lack)))
		}
	}
	if len(says) == 0 {
		return nil
	}
	for _, p := range s.actions {
		if dead[p.text] {
			without = append(without, p.text)
		}
	}
	verb := "denies"
	if s.allows() {
		verb = "allows"
	}
	return s.blame(s.idle(), CodeConditionKeyUnsupported, fmt.Sprintf(
		"never %s %s, because its condition is false where its key is absent: %s. Put these actions into a statement of their own without that condition",
		verb, list(without), sentences(says)))
}

// coverage divides the statement's actions by whether their requests carry a key.
func (s *statement) coverage(key string) (lack, have []string) {
	for _, p := range s.actions {
		switch {
		case len(p.matches) == 0:
		case slices.ContainsFunc(p.matches, func(a *reference.Action) bool { _, found := a.Key(key); return found }):
			have = append(have, p.text)
		default:
			lack = append(lack, p.text)
		}
	}
	return lack, have
}
