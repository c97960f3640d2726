package reference

import "strings"

// glob puts wild for each variable of the reference: ${TagKey}, <key> or, in one
// place, {Date}.
func glob(text, wild string) string {
	var out strings.Builder
	for text != "" {
		start, end := strings.IndexAny(text, "{<"), strings.IndexAny(text, "}>")
		if start < 0 || end < start {
			break
		}
		out.WriteString(strings.TrimSuffix(text[:start], "$") + wild)
		text = text[end+1:]
	}
	return out.String() + text
}

// keyPattern is what a condition key's name, in lower case, stands for. Some
// names end where the tag's key should be, or with the words tag-key. A tag's key
// is never empty.
func keyPattern(name string) string {
	name = strings.TrimSuffix(name, "tag-key")
	if strings.HasSuffix(name, "/") {
		return name + "?*"
	}
	return glob(name, "?*")
}
