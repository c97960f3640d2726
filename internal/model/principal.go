package model

import "strings"

// SamePrincipal compares two caller ARNs as registeredBy and GetCallerIdentity
// give them. Sessions of one role are one principal: an assumed role's session
// name varies with each run, and its ARN has no path. The role itself is the same
// principal: in an account no two roles share a name, whatever their paths (IAM
// and STS quotas). An empty ARN is nobody's.
func SamePrincipal(a, b string) bool {
	return a != "" && b != "" && withoutSession(a) == withoutSession(b)
}

// withoutSession turns arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION, and
// arn:PARTITION:iam::ACCOUNT:role/PATH/ROLE, into the first without /SESSION. It
// leaves other ARNs as they are.
func withoutSession(arn string) string {
	if head, tail, found := strings.Cut(arn, ":assumed-role/"); found {
		role, _, _ := strings.Cut(tail, "/")
		return head + ":assumed-role/" + role
	}
	if head, path, found := strings.Cut(arn, ":role/"); found {
		return strings.Replace(head, ":iam:", ":sts:", 1) + ":assumed-role/" + path[strings.LastIndex(path, "/")+1:]
	}
	return arn
}
