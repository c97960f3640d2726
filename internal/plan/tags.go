package plan

import (
	"maps"
	"slices"
	"strings"
)

// maxTags is IAM's limit on the tags of a role or policy (IAM and STS quotas).
const maxTags = 50

// retag fills in the two actions that bring tags to what is wanted: set, then
// unset, or the other way round where the new tags would not fit beside the old.
func retag(set, unset Action, want, has map[string]string) []Action {
	var changed []string
	set.Tags, unset.Keys, changed = tagChanges(want, has)
	set.Reason = "missing or changed: " + strings.Join(changed, ", ")
	unset.Reason = "not declared: " + strings.Join(unset.Keys, ", ")
	var actions []Action
	if len(set.Tags) > 0 {
		actions = append(actions, set)
	}
	if len(unset.Keys) > 0 {
		actions = append(actions, unset)
	}
	if len(tagged(has, set.Tags)) > maxTags {
		slices.Reverse(actions)
	}
	return actions
}

// tagChanges compares tags. Keys compare without regard to case in IAM, and
// tags whose keys start with aws: are AWS's own.
func tagChanges(want, has map[string]string) (set map[string]string, unset, changed []string) {
	set = map[string]string{}
	declared := map[string]bool{}
	for key, value := range want {
		declared[strings.ToLower(key)] = true
		if found, ok := has[key]; !ok || found != value {
			set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(has)) {
		lower := strings.ToLower(key)
		if !declared[lower] && !strings.HasPrefix(lower, "aws:") {
			unset = append(unset, key)
		}
	}
	return set, unset, slices.Sorted(maps.Keys(set))
}
