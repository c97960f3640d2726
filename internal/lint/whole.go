package lint

import (
	"errors"
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// olderVersion is the other version that IAM knows, and the one of a document
// that names none (IAM: JSON policy elements: Version).
const olderVersion = "2008-10-17"

func checkVersion(d *document) []policy.Finding {
	switch d.Version {
	case policy.Version:
		return nil
	case "", olderVersion:
	default:
		return one(policy.Error, CodeVersion, wholeDocument, fmt.Sprintf(
			"IAM knows no version %s of its language and refuses the document: write \"Version\": %q", d.Version, policy.Version))
	}
	value, where := firstVariable(d)
	if value == "" {
		return nil
	}
	return one(policy.Error, CodeVersion, wholeDocument, fmt.Sprintf(
		"%s in %s is plain text, and matches no real name: variables are replaced only in documents of version %s, and this one has %s. Write \"Version\": %q",
		value, where, policy.Version, versionName(d.Version), policy.Version))
}

func versionName(version string) string {
	if version == "" {
		return "none, which means " + olderVersion
	}
	return version
}

func firstVariable(d *document) (value, where string) {
	for i := range d.statements {
		s := &d.statements[i]
		lists := []policy.Strings{s.Resource, s.NotResource}
		for _, c := range s.conditions {
			lists = append(lists, c.values)
		}
		for _, values := range lists {
			for _, v := range values {
				if strings.Contains(v, "${") {
					return v, s.name
				}
			}
		}
	}
	return "", ""
}

// checkSize tells how a long document will be cut, and what cannot be cut.
func checkSize(d *document) []policy.Finding {
	size := policy.Size(d.Document)
	if size <= policy.MaxManagedSize {
		return nil
	}
	parts, err := policy.Split(d.Document, policy.MaxManagedSize)
	var long *policy.TooLong
	if errors.As(err, &long) {
		s := &d.statements[long.Index]
		return s.blame(policy.Error, CodeSize, fmt.Sprintf(
			"takes %d characters even with a single action and a single resource, and a policy holds %d: shorten its conditions",
			long.Size, long.Limit))
	}
	return one(policy.Info, CodeSize, wholeDocument, fmt.Sprintf(
		"%d characters are more than the %d that one policy of an account's own holds: written as statements they become %d policies, each of which counts against the number that a role may have. Prefixes instead of lists of names shorten it",
		size, policy.MaxManagedSize, len(parts)))
}

// partitions are those of AWS (IAM: Identify AWS resources with Amazon Resource
// Names; the isolated ones and the European sovereign cloud from AWS's SDKs).
var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

func checkMixedPartitions(d *document) []policy.Finding {
	first, in := "", ""
	for i := range d.statements {
		s := &d.statements[i]
		for _, r := range s.resources {
			p := r.arn.partition
			if !r.isARN || !knownPartition(p) || p == first {
				continue
			}
			if first != "" {
				if in == s.name {
					in = "it also" // the subject says which
				}
				return s.blame(policy.Warning, CodeMixedPartitions, fmt.Sprintf(
					"names %s in the partition %s, while %s names resources in %s: a role reaches only its own partition, so one of the two is of no use. Write the role's partition in both, as in %s",
					r.text, p, in, first, inPartition(r.arn, first)))
			}
			first, in = p, s.name
		}
	}
	return nil
}

func inPartition(a arn, partition string) string {
	a.partition = partition
	return a.String()
}
