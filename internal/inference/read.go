package inference

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object whose members are read one by one, so that a member of
// an unexpected type is as good as absent and spoils no other. Names count with
// their capitals, as in ECS's protocol.
type object map[string]json.RawMessage

func readObject(raw json.RawMessage) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// object is a member that is an object; nil where it is none.
func (o object) object(name string) object { return readObject(o[name]) }

// has says whether the member stands there as something else than null.
func (o object) has(name string) bool {
	raw, found := o[name]
	return found && string(raw) != "null"
}

// text is a member that is a string.
func (o object) text(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

// scalar is a member that is a string, a number or a truth value, as text: YAML
// and the options of log drivers write 7 and "7" for the same.
func (o object) scalar(name string) string {
	raw := strings.TrimSpace(string(o[name]))
	if raw == "" || raw == "null" || strings.ContainsAny(raw[:1], `{["`) {
		return o.text(name)
	}
	return raw
}

// yes says whether the member is true.
func (o object) yes(name string) bool {
	var b bool
	return json.Unmarshal(o[name], &b) == nil && b
}

func (o object) elements(name string) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(o[name], &list) != nil {
		return nil
	}
	return list
}

// objects are the objects of a member that is a list.
func (o object) objects(name string) []object {
	var out []object
	for _, raw := range o.elements(name) {
		if element := readObject(raw); element != nil {
			out = append(out, element)
		}
	}
	return out
}

// texts are the strings of a member that is a list.
func (o object) texts(name string) []string {
	var out []string
	for _, raw := range o.elements(name) {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			out = append(out, s)
		}
	}
	return out
}

// options are the strings of a member that maps names to them, by the name in
// small letters: Fluent Bit ignores the capitals of its options. Of two names
// that differ in capitals only, the later in the alphabet counts.
func (o object) options(name string) map[string]string {
	members := o.object(name)
	out := make(map[string]string, len(members))
	for _, key := range slices.Sorted(maps.Keys(members)) {
		var s string
		if json.Unmarshal(members[key], &s) == nil {
			out[strings.ToLower(key)] = s
		}
	}
	return out
}
