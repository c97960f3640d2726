package grants

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

// letters are what the names of condition keys are made of, in one case.
const letters = "abcdefghijklmnopqrstuvwxyz0123456789-/:"

// longestSlip: no name of a condition key is longer, and whoever sends one that is
// must not make us try all that is like it.
const longestSlip = 64

// nearKey is a key that all of the actions know and that the unknown one may be a
// slip for: the same under another prefix, or with one letter put in, left out,
// exchanged for another or for its neighbour.
func nearKey(key string, actions []*reference.Action) string {
	if len(key) > longestSlip {
		return ""
	}
	name := key[strings.IndexByte(key, ':')+1:]
	candidates := []string{"aws:" + name}
	for _, a := range actions {
		candidates = append(candidates, a.Service.Prefix+":"+name)
	}
	for _, candidate := range slices.Concat(candidates, slips(key)) {
		if spelled, known := allKnow(candidate, actions); known {
			return spelled
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
