package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// regionShape is what all names of regions have in common, those of GovCloud, of
// the isolated partitions and of the European sovereign cloud too: a place, a
// direction and a number (AWS Regions and Availability Zones; the partitions of
// AWS's SDKs). No list of the names stands here, because AWS adds to it.
var regionShape = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{2,4})?-(central|(north|south)(east|west)?|east|west)-[1-9][0-9]?$`)

// commonRegions are the names that a slip is compared with.
var commonRegions = []string{
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
	"af-south-1",
	"ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
	"ca-central-1", "ca-west-1",
	"cn-north-1", "cn-northwest-1",
	"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3",
	"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
	"us-gov-east-1", "us-gov-west-1",
}

// noRegion says why a name is no region's; empty where it may be one's, or is
// told as something else.
func noRegion(name string) string {
	if name == "" || strings.ContainsAny(name, "*?$<{") || strings.EqualFold(name, "region") || regionShape.MatchString(name) {
		return ""
	}
	if near := nearest(strings.ToLower(name), commonRegions); near != "" {
		return fmt.Sprintf("%s (did you mean %s?)", name, near)
	}
	return name + " (write one such as us-west-2)"
}

// checkRegions finds regions that there cannot be: in resources, in ARNs that
// conditions compare, and where a condition asks for the region itself.
func checkRegions(s *statement) []policy.Finding {
	var wrong []string
	look := func(name string) {
		if why := noRegion(name); why != "" && !slices.Contains(wrong, why) {
			wrong = append(wrong, why)
		}
	}
	for _, r := range s.resources {
		if r.fault.code == "" {
			look(r.arn.region)
		}
	}
	for _, text := range s.NotResource {
		if a, whole := parseARN(text); whole {
			look(a.region)
		}
	}
	for _, c := range s.conditions {
		requested := strings.EqualFold(c.name, "aws:RequestedRegion")
		for _, v := range c.values {
			if a, whole := parseARN(v); whole {
				look(a.region)
			} else if requested && c.operator.family == stringFamily {
				look(v)
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeUnknownRegion,
		"names regions that AWS cannot have, and nothing is in them: "+list(wrong))
}
