package grammar

import (
	"fmt"
	"strings"
)

func knownPartition(name string) bool {
	switch name {
	case "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc":
		return true
	}
	return false
}

func resources(d Document) string {
	for _, s := range d.Statements {
		for _, resource := range append(append([]string{}, s.Resource...), s.NotResource...) {
			if message := checkResource(resource); message != "" {
				return message
			}
		}
	}
	return ""
}

// checkResource judges arn:partition:service:region:account:resource.
func checkResource(resource string) string {
	if resource == "*" {
		return ""
	}
	part := strings.SplitN(resource, ":", 6)
	if len(part) == 1 {
		return fmt.Sprintf("Resource %s must be in ARN format or \"*\".", resource)
	}
	if !knownPartition(part[1]) {
		return badPartition(part)
	}
	switch {
	case part[0] != "arn":
		return fmt.Sprintf("Resource %s must be in ARN format or \"*\".", resource)
	case len(part) < 3 || strings.ContainsAny(part[2], "*?$"):
		return "Resource vendor must be fully qualified and cannot contain regexes."
	case len(part) < 6:
		return "The policy failed legacy parsing"
	case part[2] == "iam":
		return checkIAMResource(resource, part[3], part[5])
	case part[2] == "s3" && part[3] != "" && !regional(part[5]):
		return fmt.Sprintf("Resource %s can not contain region information.", resource)
	}
	return ""
}

// badPartition shows the ARN as IAM understood it: what is missing is a star.
func badPartition(part []string) string {
	shown := []string{"arn", part[1], "*", "*", "*", "*"}
	copy(shown[2:], part[2:])
	return `Partition "` + part[1] + `" is not valid for resource "` + strings.Join(shown, ":") + `".`
}

var iamPaths = []string{
	"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
	"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
}

func checkIAMResource(resource, region, path string) string {
	if region != "" {
		return fmt.Sprintf("IAM resource %s cannot contain region information.", resource)
	}
	if path == "*" || path == "root" {
		return ""
	}
	for _, start := range iamPaths {
		if strings.HasPrefix(path, start) {
			return ""
		}
	}
	return fmt.Sprintf("IAM resource path must either be \"*\" or start with %s.", strings.Join(iamPaths, ", "))
}

// regional says whether S3 keeps resources of this kind in a region.
func regional(resource string) bool {
	for _, kind := range []string{"accesspoint/", "accesspoint*", "job/", "storage-lens", "access-grants/"} {
		if strings.HasPrefix(resource, kind) {
			return true
		}
	}
	return false
}
