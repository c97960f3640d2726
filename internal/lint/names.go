package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// accepts says whether some of the actions that the pattern means takes a
// resource of the service's type.
func (p pattern) accepts(service, name string) bool {
	return slices.ContainsFunc(p.matches, func(a *reference.Action) bool {
		return a.Service.Prefix == service && slices.ContainsFunc(a.Resources, func(t *reference.ResourceType) bool { return t.Name == name })
	})
}

// wantsKey says whether the resource is a key's alias, and some action acts on
// keys only (AWS KMS: Using aliases to control access to KMS keys: the resource
// of a policy is the key).
func (s *statement) wantsKey(r resource) bool {
	return r.arn.service == "kms" && strings.HasPrefix(r.arn.rest, "alias/") &&
		slices.ContainsFunc(s.actions, func(p pattern) bool { return p.accepts("kms", "key") && !p.accepts("kms", "alias") })
}

func checkKMSAliases(s *statement) []policy.Finding {
	aliases := s.faulty(CodeKMSAlias)
	if len(aliases) == 0 {
		return nil
	}
	a, _ := parseARN(aliases[0])
	alias := a.rest
	a.rest = "key/<key id>"
	key := a.String()
	a.rest = "key/*"
	return s.blame(s.idle(), CodeKMSAlias, fmt.Sprintf(
		`names %s: an alias is no resource of the actions that use a key, so it matches none. Write the key's own ARN, %s, or let the alias choose: write %s under the condition ForAnyValue:StringEquals of kms:ResourceAliases with %s`,
		list(aliases), key, a, alias))
}

// wantsStreams says whether the resource is a log group, and some action acts on
// its streams only (Amazon CloudWatch Logs: Overview of managing access: the ARN
// of a group ends in :*).
func (s *statement) wantsStreams(r resource) bool {
	group, found := strings.CutPrefix(r.arn.rest, "log-group:")
	return found && r.arn.service == "logs" && !strings.Contains(group, ":") && !strings.HasSuffix(group, "*") &&
		slices.ContainsFunc(s.actions, func(p pattern) bool {
			return p.accepts("logs", "log-stream") && !p.accepts("logs", "log-group")
		})
}

func checkLogGroups(s *statement) []policy.Finding {
	groups := s.faulty(CodeLogGroup)
	if len(groups) == 0 {
		return nil
	}
	return s.blame(s.idle(), CodeLogGroup, fmt.Sprintf(
		"names the log group alone in %s: actions on its streams ask for ARNs that go on after the group's name, and do not match. Write %s:*",
		list(groups), groups[0]))
}

// open is what a resource names before a star at its end; empty where there is
// no such star, or another wildcard or a variable.
func (r resource) open() string {
	name, star := strings.CutSuffix(r.text, "*")
	if !star || !r.isARN || r.fault.code != "" || strings.ContainsAny(r.arn.rest[:len(r.arn.rest)-1], "*?$") {
		return ""
	}
	return name
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isFunction says whether the resource is a Lambda function, by its name alone.
func (r resource) isFunction() bool {
	name, found := strings.CutPrefix(r.arn.rest, "function:")
	return found && r.arn.service == "lambda" && !strings.Contains(name, ":")
}

// checkPrefixes finds names that end in a star: what they are meant for ends
// there, and what else begins like them is opened as well.
func checkPrefixes(s *statement) []policy.Finding {
	if !s.allows() {
		return nil
	}
	var leaks, also, says []string
	buckets := s.buckets()
	for _, r := range s.resources {
		name := r.open()
		rest := strings.TrimSuffix(r.arn.rest, "*")
		if name == "" || rest == "" || !alphanumeric(rest[len(rest)-1]) || r.isFunction() || slices.Contains(buckets, r.text) {
			continue
		}
		leaks = append(leaks, r.text)
		also = append(also, rest[strings.LastIndexAny(rest, ":/")+1:]+"2")
	}
	if len(buckets) > 0 {
		says = append(says, fmt.Sprintf(
			"%s: a bucket of such a name, as %s, may be anybody's, because an account does not own a beginning. Write the names in full, or hold the statement to your account by the condition StringEquals of aws:ResourceAccount with its number",
			list(buckets), instance(buckets[0])))
	}
	if len(leaks) > 0 {
		says = append(says, fmt.Sprintf(
			"%s, where a name such as %s begins like that, too: end the name before the star with the character that separates names there, such as / or - or :, or write the names in full",
			list(leaks), also[0]))
	}
	if len(says) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodePrefixLeak, "opens more than it seems to by "+sentences(says))
}

// instance is a bucket that a pattern of one lets in.
func instance(text string) string {
	a, _ := parseARN(text)
	name, _, _ := strings.Cut(a.rest, "/")
	return strings.NewReplacer("*", "2", "?", "2").Replace(name)
}

// buckets are the resources with a wildcard within a bucket's name: whoever makes
// a bucket that is called alike is in them (Amazon S3: General purpose bucket
// naming rules: no two buckets of a partition have the same name). Conditions that
// say whose the resource is leave only what is said of other names.
func (s *statement) buckets() (texts []string) {
	whose := []string{"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"}
	if s.guarded(func(name string) bool { return slices.Contains(whose, name) }) {
		return nil
	}
	for _, r := range s.resources {
		name, _, _ := strings.Cut(withoutVariables(r.arn.rest), "/")
		if r.arn.service == "s3" && r.arn.region+r.arn.account == "" && r.fault.code == "" &&
			strings.ContainsAny(name, "*?") && strings.Trim(name, "*?") != "" {
			texts = append(texts, r.text)
		}
	}
	return texts
}

// checkFunctionPrefixes finds stars that are meant for a function's versions
// (AWS Lambda: Fine-tuning the Resources and Conditions sections of policies).
func checkFunctionPrefixes(s *statement) []policy.Finding {
	if !s.allows() {
		return nil
	}
	var leaks []string
	for _, r := range s.resources {
		if name := r.open(); name != "" && r.isFunction() && alphanumeric(name[len(name)-1]) {
			leaks = append(leaks, r.text)
		}
	}
	if len(leaks) == 0 {
		return nil
	}
	name := strings.TrimSuffix(leaks[0], "*")
	return s.blame(policy.Warning, CodeFunctionPrefix, fmt.Sprintf(
		"opens other functions whose names begin alike by %s. The function is matched by its name, its versions and aliases by a colon after it: write both %s and %s",
		list(leaks), name, name+":*"))
}
