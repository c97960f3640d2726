package grammar

import (
	"regexp"
	"sort"
	"strings"
)

func noResource(d Document) string {
	for _, s := range d.Statements {
		if s.has["Resource"] || s.has["NotResource"] {
			return "Has prohibited field Resource"
		}
	}
	return ""
}

func hasPrincipal(d Document) string {
	for _, s := range d.Statements {
		if !s.has["Principal"] && !s.has["NotPrincipal"] {
			return "Missing required field Principal"
		}
	}
	return ""
}

// trustActions are those that a trust policy may name (IAM: Update a role trust
// policy; sts:TagSession and SetSourceIdentity go with them).
func trustActions(d Document) string {
	for _, s := range d.Statements {
		for _, action := range append(append([]string{}, s.Action...), s.NotAction...) {
			switch strings.ToLower(action) {
			case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity",
				"sts:tagsession", "sts:setsourceidentity", "sts:setcontext", "sts:*", "sts:assumerole*":
			default:
				return "AssumeRole policy may only specify STS AssumeRole actions."
			}
		}
	}
	return ""
}

var (
	accountID    = regexp.MustCompile(`^\d{12}$`)
	principalARN = regexp.MustCompile(`^arn:([a-z-]+):(iam|sts)::(\d{12}):(root|(?:user|role|assumed-role|federated-user)/[\x21-\x7E]+)$`)
	service      = regexp.MustCompile(`^[a-z0-9.-]+\.(amazonaws\.com|amazonaws\.com\.cn|aws\.internal)$`)
)

func principals(d Document) string {
	for _, s := range d.Statements {
		for _, of := range []map[string][]string{s.Principal, s.NotPrincipal} {
			kinds := make([]string, 0, len(of))
			for kind := range of {
				kinds = append(kinds, kind)
			}
			sort.Strings(kinds)
			for _, kind := range kinds {
				for _, value := range of[kind] {
					if !validPrincipal(kind, value) {
						return InvalidPrincipal(kind, value)
					}
				}
			}
		}
	}
	return ""
}

// InvalidPrincipal is IAM's message about a principal that is malformed or does
// not exist.
func InvalidPrincipal(kind, value string) string {
	if kind == "Service" {
		kind = "SERVICE"
	}
	return `Invalid principal in policy: "` + kind + `":"` + value + `"`
}

func validPrincipal(kind, value string) bool {
	switch kind {
	case "AWS":
		if value == "*" || accountID.MatchString(value) {
			return true
		}
		part := principalARN.FindStringSubmatch(value)
		return len(part) > 0 && knownPartition(part[1]) && !strings.ContainsAny(value, "*?")
	case "Service":
		return service.MatchString(value)
	case "Federated":
		return value != ""
	default:
		return false
	}
}

// PrincipalARN takes the ARN of a principal apart: its account, whether it is a
// user or a role (or neither: the account itself), and the name without path. A
// session's is that of its role.
func PrincipalARN(arn string) (account, kind, name string) {
	part := principalARN.FindStringSubmatch(arn)
	if part == nil {
		return "", "", ""
	}
	of := strings.Split(part[4], "/")
	switch of[0] {
	case "user", "role":
		return part[3], of[0], of[len(of)-1]
	case "assumed-role":
		return part[3], "role", of[1]
	default:
		return part[3], "", ""
	}
}
