package plan

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// trusted says whether the content of a revision may have a role. Without this,
// whoever may register a task definition gets our iam:PassRole for free.
func trusted(in Input, r model.Revision) bool { return distrust(in, r) == "" }

// distrust says why the content of a revision may have no role, and what to do;
// empty: it may.
//
// What we registered ourselves proves nothing: it may be a copy from the time of
// another class, which trusted others, or have been made by somebody who uses our
// identity. It is as good as an ACTIVE revision of others with the same body.
func distrust(in Input, r model.Revision) string {
	if registrantTrusted(in, r.RegisteredBy) {
		return ""
	}
	family := in.Observed.Family
	if family.Last(r) {
		return fmt.Sprintf("%s registered it, whom trustedRegistrants of the class does not list; register it as somebody listed, or add him",
			orNobody(r.RegisteredBy))
	}
	vouched := slices.ContainsFunc(family.Revisions, func(other model.Revision) bool {
		return family.Last(other) && other.Body == r.Body && registrantTrusted(in, other.RegisteredBy)
	})
	if vouched {
		return ""
	}
	return "this controller itself registered it, and no trusted registrant has an ACTIVE revision of the same content; let the pipeline register the family again"
}

// registrantTrusted holds who registered something against the patterns of the
// class. Only "*" takes a revision of which AWS does not say who registered it.
func registrantTrusted(in Input, registrant string) bool {
	return slices.ContainsFunc(in.Desired.TrustedRegistrants, func(pattern string) bool {
		return pattern == "*" || registrant != "" && policy.Match(pattern, registrant)
	})
}

func orNobody(arn string) string {
	if arn == "" {
		return "somebody whom AWS does not name"
	}
	return arn
}
