package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// secretSuffix stands for what Secrets Manager puts behind the name in a secret's
// ARN: a hyphen and six characters, chosen at random from letters and digits (AWS
// Secrets Manager: Amazon Resource Names in the reference of IAM policies).
const secretSuffix = "-??????"

// suffixed says whether the name of a secret, as an ARN has it, ends in the random
// characters, and whether that is sure: without a capital, which 19 of 20 have, it
// may as well be a word of the name.
func suffixed(name string) (ends, sure bool) {
	start := len(name) - len(secretSuffix)
	if start < 1 || name[start] != '-' {
		return false, false
	}
	last := name[start+1:]
	for i := range len(last) {
		if !alphanumeric(last[i]) {
			return false, false
		}
	}
	return true, strings.ToLower(last) != last
}

// readsSecrets says whether some action asks for a secret by its ARN. A secret
// that is to be created has none yet.
func (s *statement) readsSecrets() bool {
	return slices.ContainsFunc(s.actions, func(p pattern) bool {
		return p.accepts("secretsmanager", "Secret") && (len(p.names) > 1 || p.names[0] != "secretsmanager:CreateSecret")
	})
}

// checkSecretNames finds secrets that are named as people call them: no ARN of a
// secret ends there.
func checkSecretNames(s *statement) []policy.Finding {
	if !s.readsSecrets() {
		return nil
	}
	var says []string
	for _, r := range s.resources {
		name, found := strings.CutPrefix(r.arn.rest, "secret:")
		if !found || name == "" || r.arn.service != "secretsmanager" || r.fault.code != "" ||
			strings.ContainsAny(name, "*?") || strings.HasSuffix(name, "}") {
			continue
		}
		ends, sure := suffixed(name)
		whole := r.text + secretSuffix
		if sure || slices.ContainsFunc(s.resources, func(r resource) bool { return r.star || policy.Covers(r.text, whole) }) {
			continue
		}
		if ends {
			says = append(says, fmt.Sprintf("%s, unless its last six characters are those: write %s, and this one beside it if you cannot tell", r.text, whole))
		} else {
			says = append(says, fmt.Sprintf("%s: write %s", r.text, whole))
		}
	}
	if len(says) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeSecretSuffix,
		"names a secret without the hyphen and the six random characters in which its ARN ends, and so matches none: "+sentences(says))
}
