package plan

import (
	"fmt"
	"maps"
	"strings"
	"unicode"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// NoPreviousRole is the value of the tag model.TagPreviousRole where the family
// carried no role before ours. The tag's presence says that we bridged.
const NoPreviousRole = "none"

// role creates the role, or puts right what differs, but for a boundary that is
// to go (unbound). A boundary comes before everything: the controller's own
// permissions may end where a role lacks it, and what is attached later is
// bounded from the start. Of an adopted role the trust policy comes apart, as
// opening: what nobody declared goes before ECS may hand the role out.
func role(in Input) (actions, opening []Action) {
	want := *in.Desired.Role
	want.Tags = roleTags(in)
	if in.Observed.Role == nil {
		a := roleAction(in, CreateRole, "no role of this name exists")
		a.Path, a.Role = in.Desired.Owner.Path(), &want
		return []Action{a}, nil
	}
	has := *in.Observed.Role
	if want.BoundaryARN != "" && want.BoundaryARN != has.BoundaryARN {
		a := roleAction(in, PutBoundary, fmt.Sprintf("it is %s, declared is %s", orNone(has.BoundaryARN), want.BoundaryARN))
		a.ARN = want.BoundaryARN
		actions = append(actions, a)
	}
	if same, err := means(has.Trust, want.Trust); !same {
		a := roleAction(in, UpdateTrust, "it is not as declared: "+trustDifference(err))
		a.Role = &want
		if adopted(in) {
			opening = []Action{a}
		} else {
			actions = append(actions, a)
		}
	}
	return append(actions, retag(roleAction(in, TagRole, ""), roleAction(in, UntagRole, ""), want.Tags, has.Tags)...), opening
}

// unbound removes a boundary that is not declared. It comes after all else that
// is done to a role: until then the role is no wider than it was.
func unbound(in Input) []Action {
	if in.Observed.Role == nil || in.Observed.Role.BoundaryARN == "" || in.Desired.Role.BoundaryARN != "" {
		return nil
	}
	return []Action{roleAction(in, DeleteBoundary, "none is declared, and the class takes roles without one")}
}

// means says whether a text is a document of the same meaning. That of an unchanged
// document is the very one that was written, which is told without reading it.
func means(text string, d policy.Document) (bool, error) {
	if text == d.JSON() {
		return true, nil
	}
	document, err := policy.Parse(text)
	return err == nil && policy.Equivalent(document, d), err
}

func trustDifference(err error) string {
	if err != nil {
		return "it cannot be read"
	}
	return "somebody edited it, or the declaration changed"
}

func roleAction(in Input, kind Kind, reason string) Action {
	return Action{Kind: kind, RoleName: in.Desired.RoleName, Subject: in.Desired.RoleName, Reason: reason}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// roleTags are the declared tags, and the role that the family carried before.
func roleTags(in Input) map[string]string {
	tags := maps.Clone(in.Desired.Role.Tags)
	if previous := previousRole(in); previous != "" {
		tags[model.TagPreviousRole] = previous
	}
	if opted, found := orNoTags(in.Observed.Role)[model.TagAdopt]; found && adopted(in) {
		tags[model.TagAdopt] = opted // by which it is known again where the status is lost
	}
	return tags
}

// previousRole is the value of the tag model.TagPreviousRole: the role of the
// newest foreign revision, and while that carries our role, another TaskRole's,
// comes from somebody who is not trusted or does not exist, what the status or else
// the tag has said so far. A role whose ARN no tag can hold is left out: the foreign revision
// itself still tells it.
func previousRole(in Input) string {
	so := in.RecordedPrevious
	if so == "" {
		so = orNoTags(in.Observed.Role)[model.TagPreviousRole]
	}
	foreign, found := in.Observed.Family.NewestForeign(in.Desired.RoleARN())
	switch {
	case !found || foreign.RoleARN == in.Desired.RoleARN() || model.Managed(foreign.RoleARN) || carriedByOthers(in, foreign) || !trusted(in, foreign):
		return so
	case foreign.RoleARN == "":
		return NoPreviousRole
	case !tagValue(foreign.RoleARN):
		return ""
	default:
		return foreign.RoleARN
	}
}

// maxTagValue is IAM's limit on the value of a tag (IAM and STS quotas).
const maxTagValue = 256

// tagValue says whether a tag can hold an ARN: a path and a name may hold
// characters, such as a comma, that a tag may not (IAM: Tags).
func tagValue(arn string) bool {
	return len(arn) <= maxTagValue && strings.IndexFunc(arn, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.:/=+-@", r)
	}) < 0
}
