package ecs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// unordered are lists whose order means nothing, and which ECS returns in an
// order of its own: two descriptions of the same differ in it.
var unordered = []string{"containerDefinitions", "environment", "secrets", "requiresCompatibilities", "volumes"}

// digest is the same for two registrations that mean the same but for their
// tags: whatever the order of keys and of lists without order, however a number
// is written, whether a member is null or missing. Numbers are not rounded.
func digest(registration map[string]json.RawMessage) (string, error) {
	members := maps.Clone(registration)
	delete(members, memberTags)
	body, err := encode(members)
	if err != nil {
		return "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", fmt.Errorf("task definition: %w", err)
	}
	text, err := encode(canonical("", value)) // which sorts keys
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// canonical is the one of all ways to write the value that is compared.
func canonical(member string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if inner == nil {
				delete(v, key)
				continue
			}
			v[key] = canonical(key, inner)
		}
	case []any:
		for i := range v {
			v[i] = canonical("", v[i])
		}
		if slices.Contains(unordered, member) {
			slices.SortStableFunc(v, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		}
	case json.Number:
		return canonicalNumber(v.String())
	}
	return value
}

func text(value any) string {
	out, err := encode(value)
	if err != nil { // what was decoded from JSON can be encoded
		return fmt.Sprint(value)
	}
	return string(out)
}

// canonicalNumber writes a JSON number as its digits, without a point or zeros
// at either end, and a power of ten: 1, 1.0 and 10e-1 are 1e0. It works on the
// text, so that no digit is lost and no exponent is too large.
func canonicalNumber(number string) json.Number {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	sign := ""
	if rest, negative := strings.CutPrefix(mantissa, "-"); negative {
		sign, mantissa = "-", rest
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, err := strconv.ParseInt(strings.TrimPrefix(power, "+"), 10, 32)
	if err != nil && power != "" {
		return json.Number(number) // an exponent beyond all sense: only equal to itself
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	if significant == "" {
		return "0"
	}
	exponent += int64(len(digits) - len(significant) - len(fraction))
	return json.Number(sign + significant + "e" + strconv.FormatInt(exponent, 10))
}
