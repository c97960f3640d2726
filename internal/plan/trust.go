package plan

import (
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// trusted says whether the content of a revision may have a role.
func trusted(in Input, r model.Revision) bool { return distrust(in, r) == "" }

// distrust says why the content of a revision may have no role, and what to do;
// empty: it may.
func distrust(in Input, r model.Revision) string {
	switch family := in.Observed.Family; {
	case family.Trusted(r, in.Desired.TrustedRegistrants):
		return ""
	case family.Last(r):
		return fmt.Sprintf("%s registered it, whom trustedRegistrants of the class does not list; register it as somebody listed, or add him",
			orNobody(r.RegisteredBy))
	default:
		return "this controller itself registered it, and no trusted registrant has an ACTIVE revision of the same content; let the pipeline register the family again"
	}
}

func orNobody(arn string) string {
	if arn == "" {
		return "somebody whom AWS does not name"
	}
	return arn
}
