package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// fault is what is wrong with a resource by itself. A check of its own tells it,
// and what the statement's actions do on it is not asked any more: one cause, one
// finding.
type fault struct {
	code string // empty: none
	says string
}

func (s *statement) faultOf(r resource) fault {
	if says := malformedARN(r); says != "" {
		return fault{CodeInvalidARN, says}
	}
	if p := r.arn.partition; !knownPartition(p) && !strings.ContainsAny(p, "*?$") && len(stencils(p)) == 0 {
		return fault{CodeInvalidPartition, ""}
	}
	if says := s.misplaced(r); says != "" {
		return fault{CodeInvalidARN, says}
	}
	if says := unfilled(r.text); says != "" {
		return fault{CodePlaceholder, says}
	}
	switch {
	case s.wantsKey(r):
		return fault{CodeKMSAlias, ""}
	case s.wantsStreams(r):
		return fault{CodeLogGroup, ""}
	}
	return fault{}
}

func (s *statement) faulty(code string) (texts []string) {
	for _, r := range s.resources {
		if r.fault.code == code {
			texts = append(texts, r.text)
		}
	}
	return texts
}

// malformedARN says why a resource is no ARN of any service.
func malformedARN(r resource) string {
	switch {
	case !strings.HasPrefix(r.text, "arn:"):
		return fmt.Sprintf("%q is neither an ARN nor *: write arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", r.text)
	case !r.isARN:
		return fmt.Sprintf("%s has fewer than an ARN's six parts: write arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, and leave region or account empty where the service has none", r.text)
	case r.arn.service == "" || strings.ContainsAny(r.arn.service, "*?$"):
		return r.text + " does not name the service, and IAM takes neither wildcards nor variables in its place: write one ARN for each service"
	case r.arn.service != strings.ToLower(r.arn.service):
		return fmt.Sprintf("%s has capitals in its service, and matches nothing: write %s", r.text, inSmall(r.arn))
	case r.arn.rest == "":
		return r.text + " names no resource: put its name, or *, after the last colon"
	case strings.Contains(r.arn.partition+r.arn.region+r.arn.account, "${"):
		return "" // told as a variable in the wrong place
	}
	return malformedAccount(r)
}

func inSmall(a arn) string {
	a.service = strings.ToLower(a.service)
	return a.String()
}

// malformedAccount finds account numbers of the wrong length, and words that
// stand for one. AWS's own resources have words such as aws in its place.
func malformedAccount(r resource) string {
	const digits = 12
	account := r.arn.account
	numeric := strings.Trim(account, "0123456789") == ""
	switch {
	case account == "" || strings.ContainsAny(account, "*?"):
		return ""
	case len(stencils(account)) > 0:
		return "" // told as a placeholder
	case numeric && len(account) == digits:
		return ""
	case !numeric && strings.Trim(account, "abcdefghijklmnopqrstuvwxyz") == "":
		return ""
	}
	return fmt.Sprintf("%s has %q in the account's place: write the account's number, 12 digits", r.text, account)
}

func knownPartition(name string) bool { return slices.Contains(partitions, name) }

// misplaced says why a resource is none of the statement's actions' although its
// service and name are: its region or account is missing, or is one too many.
func (s *statement) misplaced(r resource) string {
	says := ""
	for _, p := range s.actions {
		for _, t := range p.types {
			fits, cure := place(r.arn, t.arn)
			switch {
			case fits && cure == "":
				return ""
			case fits && says == "":
				says = r.text + " " + cure
			}
		}
	}
	return says
}

// place compares region and account with those of a type that the rest of the
// ARN fits.
func place(a, want arn) (fits bool, cure string) {
	if want.service != a.service || !policy.Overlap(a.rest, want.rest) || bucketOfObject(want, a) {
		return false, ""
	}
	var wrong []string
	better := a
	put := func(article, name, is, wants string, into *string) {
		switch {
		case wants == "" && strings.Trim(is, "*") != "":
			wrong = append(wrong, "names "+article+" "+name+", and such ARNs have none")
			*into = ""
		case wants != "" && is == "":
			wrong = append(wrong, "names no "+name)
			*into = "<" + name + ">"
		}
	}
	put("a", "region", a.region, want.region, &better.region)
	put("an", "account", a.account, want.account, &better.account)
	if len(wrong) == 0 {
		return true, ""
	}
	return true, strings.Join(wrong, " and ") + ": write " + better.String()
}

// bucketOfObject says whether only the pattern of a bucket's name, which is any
// text in the reference, takes the ARN for one: such a name holds no slash.
func bucketOfObject(want, a arn) bool {
	return want.service == "s3" && want.rest == "*" && strings.Contains(a.rest, "/")
}

// checkARNs tells resources that are none.
func checkARNs(s *statement) (findings []policy.Finding) {
	var says []string
	for _, r := range s.resources {
		if r.fault.code == CodeInvalidARN {
			says = append(says, r.fault.says)
		}
	}
	for _, text := range s.NotResource {
		r := resource{text: text}
		if r.arn, r.isARN = parseARN(text); strings.Trim(text, "*") == "" {
			continue
		}
		if why := malformedARN(r); why != "" {
			says = append(says, why)
		}
	}
	if len(says) > 0 {
		findings = s.blame(policy.Error, CodeInvalidARN, "names resources that do not exist: "+sentences(says))
	}
	return findings
}

func checkPartitions(s *statement) []policy.Finding {
	wrong := s.faulty(CodeInvalidPartition)
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Error, CodeInvalidPartition, fmt.Sprintf(
		"is refused by IAM, because no partition of AWS is called like that of %s: write aws, or aws-cn in China, aws-us-gov in GovCloud",
		list(wrong)))
}
