package desired

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// unreadable refuses statements that the schema takes and IAM would not: else a
// role would be made before anybody is told that its policy cannot be.
func unreadable(in Input) (errs field.ErrorList) {
	for i := range in.TaskRole.Spec.Statements {
		s, path := &in.TaskRole.Spec.Statements[i], spec.Child("statements").Index(i)
		for j, resource := range s.Resources {
			if cure := resourceCure(resource); cure != "" {
				errs = append(errs, field.Invalid(path.Child("resources").Index(j), resource, fmt.Sprintf("IAM does not take %s: %s", resource, cure)))
			}
		}
		errs = append(errs, dates(path.Child("conditions"), s.Conditions)...)
	}
	for i, g := range in.TaskRole.Spec.Grants {
		errs = append(errs, dates(spec.Child("grants").Index(i).Child("conditions"), g.Conditions)...)
	}
	return errs
}

// Resources of S3 that have a region and an account (Service authorization
// reference: Amazon S3), and those of IAM (IAM: IAM identifiers).
var (
	regionalS3 = []string{"accesspoint/", "job/", "storage-lens/", "storage-lens-group/", "async-request/", "access-grants/", "*"}
	kindsOfIAM = []string{
		"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/",
		"sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
	}
)

// resourceCure says what to write instead of a resource that IAM does not take;
// empty: it takes it, as far as that can be told here.
func resourceCure(resource string) string {
	const parts, service, region, account, name = 6, 2, 3, 4, 5
	arn := strings.SplitN(resource, ":", parts)
	if len(arn) < parts {
		return ""
	}
	switch {
	case strings.ContainsAny(arn[service], "*?"):
		return "write out the service in its third part, such as s3"
	case arn[service] == "s3" && arn[region]+arn[account] != "" && !begun(arn[name], regionalS3):
		return "a bucket's ARN names neither region nor account, write arn:" + arn[1] + ":s3:::" + arn[name]
	case arn[service] == "iam" && arn[name] != "*" && arn[name] != "root" && !begun(arn[name], kindsOfIAM):
		return "its last part is * or begins with " + strings.Join(kindsOfIAM, ", ")
	default:
		return ""
	}
}

func begun(text string, starts []string) bool {
	return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(text, start) })
}

// date is what IAM compares dates with: ISO 8601, or seconds since 1970 (IAM:
// JSON policy elements: Condition operators).
var date = regexp.MustCompile(`^([0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?|[0-9]+)$`)

func dates(path *field.Path, conditions v1alpha1.ConditionBlock) field.ErrorList {
	var errs field.ErrorList
	for _, operator := range sortedKeys(conditions) {
		if !strings.Contains(operator, "Date") {
			continue
		}
		for _, key := range sortedKeys(conditions[operator]) {
			for i, value := range conditions[operator][key] {
				if !date.MatchString(value) && !strings.Contains(value, "${") {
					errs = append(errs, field.Invalid(path.Child(operator).Key(key).Index(i), value,
						fmt.Sprintf("%s is no date: write 2026-01-31T00:00:00Z", value)))
				}
			}
		}
	}
	return errs
}
