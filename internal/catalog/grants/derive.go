package grants

import "strings"

// derivation makes texts of what a variable stands for. A condition for which
// there are none is left out.
type derivation func(string) []string

// derivations are the few that data files may name: {key|prefixes}.
var derivations = map[string]derivation{
	"prefixes":   prefixes,
	"secretName": secretName,
	"paths":      paths,
}

// prefixes are the values of s3:prefix with which the keys of a pattern can be
// listed: p/* is listed by p/ and by everything under it, a.txt by its own name,
// and * by whatever prefix, so that none is asked for. A pattern with a wildcard
// before its end is listed only by a prefix that fits it: the text before the
// wildcard would show keys that the pattern leaves out.
func prefixes(key string) []string {
	if strings.Trim(key, "*") == "" {
		return nil
	}
	if folder, ok := strings.CutSuffix(key, "*"); ok && strings.HasSuffix(folder, "/") && !strings.ContainsAny(folder, "*?") {
		return []string{folder, key}
	}
	return []string{key}
}

// suffixLength: Secrets Manager ends the ARN of a secret with a hyphen and six
// characters, chosen at random from letters and digits, so that a secret made
// anew under the same name is another one (AWS Secrets Manager: Amazon Resource
// Names in the reference of IAM policies).
const suffixLength = 6

// secretName is how policies name a secret: by its name and -?????? for the
// characters that only its ARN has. A name that ends with them, or with a
// wildcard, stays as it is. Whether my-secret is a name or has six random
// characters cannot be told: without a capital, which 19 of 20 random ones have,
// both are named.
func secretName(name string) []string {
	if strings.ContainsAny(name, "*?") {
		return []string{name}
	}
	bare := name + "-" + strings.Repeat("?", suffixLength)
	start := len(name) - suffixLength
	if start < 2 || name[start-1] != '-' || !alphanumeric(name[start:]) {
		return []string{bare}
	}
	if strings.ToLower(name[start:]) == name[start:] {
		return []string{name, bare}
	}
	return []string{name}
}

func alphanumeric(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

// paths are the resources of a call for all parameters under a path, as the call
// writes it: with a slash at its end or without. app/* is asked for as app, as
// app/ and by each path further down (AWS Systems Manager: Restricting access to
// Parameter Store parameters using IAM policies).
func paths(name string) []string {
	if path, ok := strings.CutSuffix(name, "/*"); ok {
		return []string{path, name}
	}
	if strings.HasSuffix(name, "/") || strings.HasSuffix(name, "*") {
		return []string{name}
	}
	return []string{name, name + "/"}
}
