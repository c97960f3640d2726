package grammar

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// legacy is what IAM's older parser refuses: an effect in another case, an ARN
// that has too few parts, a date that is none.
func legacy(d Document) string {
	const message = "The policy failed legacy parsing"
	for _, s := range d.Statements {
		if s.Effect != "Allow" && s.Effect != "Deny" {
			return message
		}
		for _, c := range s.Condition {
			if _, base, _ := Operator(c.Operator); strings.HasPrefix(base, "Date") && !dates(c.Values) {
				return message
			}
		}
		for _, resource := range append(append([]string{}, s.Resource...), s.NotResource...) {
			part := strings.SplitN(resource, ":", 6)
			if len(part) > 2 && part[0] == "arn" && knownPartition(part[1]) && (len(part) < 6 || part[2] == "") {
				return message
			}
		}
	}
	return ""
}

var epoch = regexp.MustCompile(`^-?\d{1,18}$`)

func dates(values []string) bool {
	for _, value := range values {
		if strings.Contains(value, "${") || epoch.MatchString(value) {
			continue
		}
		found := false
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
			_, err := time.Parse(layout, value)
			found = found || err == nil
		}
		if !found {
			return false
		}
	}
	return true
}

var alphanumeric = regexp.MustCompile(`^[0-9A-Za-z]*$`)

func sids(d Document) string {
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if !alphanumeric.MatchString(s.Sid) {
			return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
		}
		if s.Sid != "" && seen[s.Sid] {
			return "Statement IDs (SID) in a single policy must be unique."
		}
		seen[s.Sid] = true
	}
	return ""
}

func hasActions(d Document) string {
	for _, s := range d.Statements {
		if len(s.Action)+len(s.NotAction) == 0 {
			return "Policy statement must contain actions."
		}
	}
	return ""
}

func noPrincipal(d Document) string {
	for _, s := range d.Statements {
		if s.has["Principal"] || s.has["NotPrincipal"] {
			return "Policy document should not specify a principal."
		}
	}
	return ""
}

func hasResources(d Document) string {
	for _, s := range d.Statements {
		if len(s.Resource)+len(s.NotResource) == 0 {
			return "Policy statement must contain resources."
		}
	}
	return ""
}

var vendor = regexp.MustCompile(`^[a-zA-Z0-9\-.]+$`)

// vendors holds actions to the form VENDOR:NAME. IAM does not know which names
// a vendor has.
func vendors(d Document) string {
	for _, s := range d.Statements {
		for _, action := range append(append([]string{}, s.Action...), s.NotAction...) {
			if action == "*" {
				continue
			}
			part := strings.Split(action, ":")
			switch {
			case len(part) == 1:
				return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
			case len(part) > 2:
				return "Actions/Condition can contain only one colon."
			case !vendor.MatchString(part[0]):
				return fmt.Sprintf("Vendor %s is not valid", part[0])
			}
		}
	}
	return ""
}
