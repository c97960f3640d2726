package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// resourceAccount is the condition key that tells whose a resource is (IAM: AWS
// global condition context keys).
const resourceAccount = "aws:ResourceAccount"

// accountOffence refuses what may be another account's, where the class keeps to
// its own. AWS's own resources (account aws, Bedrock's foundation models) are
// nobody's secret. S3's ARNs name no account: bindAccount sees to them.
//
// A * that ends a part of an ARN may run on beyond its colon (IAM: JSON policy
// elements: Resource): arn:aws:s3:*:111122223333:* is any bucket's object, too,
// whose key holds :111122223333:, so that no account that stands behind such a *
// proves anything.
func accountOffence(in Input, resource string, conditions policy.Conditions) func(it string) string {
	if !in.Class.Spec.SameAccountOnly {
		return nil
	}
	own := in.Class.Spec.AccountID
	only := fmt.Sprintf("class %s allows resources of account %s only", in.Class.Name, own)
	arn, ok := parseARN(resource)
	switch {
	case !ok:
		return func(it string) string {
			return fmt.Sprintf("%s, and everybody's are meant by %s: write ARNs", only, it)
		}
	case withoutAccount(arn) && freeOperator(conditions) == "":
		return func(string) string {
			return fmt.Sprintf("class %s binds what is permitted on S3 to account %s by %s: compare that key by fewer operators", in.Class.Name, own, resourceAccount)
		}
	case arn.ofAWS():
		return nil
	case arn.runsOn():
		return func(it string) string {
			return fmt.Sprintf("%s, and the * that ends a part of %s before the account may run on beyond it: write partition and region out", only, it)
		}
	case arn.account == own, arn.account == "aws", withoutAccount(arn):
		return nil
	case arn.account == "":
		return func(it string) string {
			return fmt.Sprintf("%s, and no account stands in the fifth part of %s: write its number there, or, where ARNs of %s have none, ask the platform team for a class without sameAccountOnly",
				only, it, arn.service)
		}
	default:
		return func(it string) string {
			return fmt.Sprintf("%s: write that account's number in the fifth part of %s", only, it)
		}
	}
}

// binding are the operators by which a statement can be bound to an account.
// Where its author compares the key by one already, another says the same beside
// it: two values in one list would be a choice.
var binding = []string{"StringEquals", "StringLike", "StringEqualsIgnoreCase"}

// bindAccount binds a statement on S3 to the class's account, where the class
// keeps to its own. The statement's own conditions stay.
func bindAccount(in Input, s *source) {
	if !in.Class.Spec.SameAccountOnly || !s.allows() || !slices.ContainsFunc(s.statement.Resource, func(r string) bool {
		arn, ok := parseARN(r)
		return ok && withoutAccount(arn)
	}) {
		return
	}
	operator := freeOperator(s.statement.Condition)
	condition := policy.Conditions{operator: {}}
	for op, keys := range s.statement.Condition {
		condition[op] = maps.Clone(keys)
	}
	condition[operator][resourceAccount] = policy.Strings{in.Class.Spec.AccountID}
	s.statement.Condition = condition
}

// freeOperator is one by which the conditions do not compare the key; empty:
// there is none.
func freeOperator(conditions policy.Conditions) string {
	for _, operator := range binding {
		taken := false
		for key := range conditions[operator] {
			taken = taken || strings.EqualFold(key, resourceAccount)
		}
		if !taken {
			return operator
		}
	}
	return ""
}

// arn is an ARN by its parts.
type arn struct{ partition, service, region, account, resource string }

func parseARN(text string) (arn, bool) {
	const parts = 6
	p := strings.SplitN(text, ":", parts)
	if len(p) < parts || p[0] != "arn" {
		return arn{}, false
	}
	return arn{partition: p[1], service: p[2], region: p[3], account: p[4], resource: p[5]}, true
}

// runsOn says whether a * ends one of the parts before the account; none ends the
// service, which is always written out.
func (a arn) runsOn() bool {
	return strings.HasSuffix(a.partition, "*") || strings.HasSuffix(a.region, "*")
}

// withoutAccount says whether the ARN is of a service whose ARNs of customers'
// resources name no account (Service authorization reference: Amazon S3).
func withoutAccount(a arn) bool { return a.service == "s3" && a.account == "" }

// ofAWS says whether the ARN is of a model that AWS offers to everybody (Service
// authorization reference: Amazon Bedrock).
func (a arn) ofAWS() bool {
	return a.service == "bedrock" && a.account == "" && strings.HasPrefix(a.resource, "foundation-model/")
}
