package grants

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

// letters are what the names of condition keys are made of, in one case.
const letters = "abcdefghijklmnopqrstuvwxyz0123456789-/:"

// longestSlip: no name that is searched for is longer, but for the tag at its end,
// and whoever sends one that is must not make us try all that is like it.
const longestSlip = 64

// shortestSlip: what is shorter is one letter away from too much.
const shortestSlip = 3

// nearKey is a key that all of the actions know and that the unknown one may be a
// slip for: the same under another prefix, or with one letter put in, left out,
// exchanged for another or for its neighbour.
func nearKey(key string, actions []*reference.Action) string {
	head, tag := key, ""
	if slash := strings.IndexByte(key, '/'); slash >= 0 && len(key) > longestSlip {
		head, tag = key[:slash], key[slash:]
	}
	if len(head) > longestSlip {
		return ""
	}
	name := head[strings.IndexByte(head, ':')+1:]
	candidates := []string{"aws:" + name}
	for _, a := range actions {
		candidates = append(candidates, a.Service.Prefix+":"+name)
	}
	for _, candidate := range slices.Concat(candidates, slips(head)) {
		if spelled, known := allKnow(candidate+tag, actions); known {
			return withTag(spelled, candidate+tag, key)
		}
	}
	return ""
}

func allKnow(key string, actions []*reference.Action) (spelled string, known bool) {
	for _, a := range actions {
		k, found := a.Key(key)
		if !found {
			return "", false
		}
		spelled, known = k.Name, true
	}
	return spelled, known
}

// withTag puts what the user wrote in the place of a ${TagKey} at the key's end:
// as many letters as the candidate has there.
func withTag(spelled, candidate, key string) string {
	start := strings.Index(spelled, "${")
	if start < 0 || !strings.HasSuffix(spelled, "}") || start >= len(candidate) {
		return spelled
	}
	tag := candidate[start:]
	if len(tag) > len(key) || !strings.EqualFold(key[len(key)-len(tag):], tag) {
		return spelled
	}
	return spelled[:start] + key[len(key)-len(tag):]
}

// slips are the texts that are one slip away.
func slips(text string) []string {
	text = strings.ToLower(text)
	var out []string
	for i := range len(text) + 1 {
		before, after := text[:i], text[i:]
		for _, letter := range letters {
			out = append(out, before+string(letter)+after)
			if after != "" {
				out = append(out, before+string(letter)+after[1:])
			}
		}
		if after != "" {
			out = append(out, before+after[1:])
		}
		if len(after) > 1 {
			out = append(out, before+after[1:2]+after[:1]+after[2:])
		}
	}
	return out
}

// near are the names of which the text is a slip, or that it is but for capitals.
func near(text string, names []string) []string {
	text = strings.TrimSpace(text)
	if i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, text) }); i >= 0 {
		return names[i : i+1]
	}
	if len(text) < shortestSlip {
		return nil
	}
	text = strings.ToLower(text)
	var out []string
	for _, name := range names {
		if isSlip(text, strings.ToLower(name)) {
			out = append(out, name)
		}
	}
	return out
}

// isSlip says whether slips of the one text are the other, without making them.
func isSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	exchanged := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return len(a) <= 1 && len(b) <= 1 || exchanged
}
