package inference

import (
	"regexp"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// What AWS allows in the names that go into ARNs. A name is checked before it
// does: a * that somebody wrote into a definition must not become one in a
// policy, nor a ${...} a policy variable.
var (
	fileSystemID  = regexp.MustCompile(`^fs-[0-9a-z]+$`)
	accessPointID = regexp.MustCompile(`^fsap-[0-9a-z]+$`)
	s3FilesARN    = regexp.MustCompile(`^arn:[a-z-]+:s3files:[a-z0-9-]+:[0-9]{12}:file-system/fs-[0-9a-z]+$`)
	s3FilesPoint  = regexp.MustCompile(`^arn:[a-z-]+:s3files:[a-z0-9-]+:[0-9]{12}:file-system/fs-[0-9a-z]+/access-point/fsap-[0-9a-z]+$`)
	logGroupName  = regexp.MustCompile(`^[A-Za-z0-9._/#-]{1,512}$`)
	streamName    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)
	bucketName    = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	objectKey     = regexp.MustCompile(`^[A-Za-z0-9!_.'()/ =:@&+,;-]*$`)
	objectARN     = regexp.MustCompile(`^arn:[a-z-]+:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([A-Za-z0-9!_.'()/ =:@&+,;-]+)$`)
	regionName    = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+$`)
	letterOrDigit = regexp.MustCompile(`[A-Za-z0-9]`)
)

// unknown stands in a name for what only the running task knows. No name that
// AWS allows holds it.
const unknown = "\x00"

// fill replaces each variable by its value, or by unknown where lookup knows
// none. The variable's name is the first group of the expression that matched.
func fill(text string, variable *regexp.Regexp, lookup func(name string) (string, bool)) string {
	return variable.ReplaceAllStringFunc(text, func(match string) string {
		groups := variable.FindStringSubmatch(match)
		name := ""
		if len(groups) > 1 {
			name = groups[1]
		}
		if value, known := lookup(name); known {
			return value
		}
		return unknown
	})
}

// nobodyKnows is a lookup for variables that are filled for each record.
func nobodyKnows(string) (string, bool) { return "", false }

// manyUnknown are neighbours that become one star.
var manyUnknown = regexp.MustCompile(unknown + `+`)

// pattern turns a filled name into one with a * for each unknown part. It
// refuses what allowed refuses, and a name that does not begin with something
// known: its star would open every name there is.
func pattern(filled string, allowed *regexp.Regexp) (string, bool) {
	known, _, _ := strings.Cut(filled, unknown)
	if !letterOrDigit.MatchString(known) || !allowed.MatchString(strings.ReplaceAll(filled, unknown, "")) {
		return "", false
	}
	return manyUnknown.ReplaceAllString(filled, "*"), true
}

// region is the place's unless a known other one is asked for.
func region(asked string, place model.Place) (string, bool) {
	if asked == "" {
		return place.Region, true
	}
	return asked, regionName.MatchString(asked)
}

// environmentOf looks variables up in a container's environment, and beyond it
// what ECS itself sets there.
func environmentOf(environment map[string]string, place model.Place) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, found := environment[name]; found {
			return value, true
		}
		if name == "AWS_REGION" || name == "AWS_DEFAULT_REGION" {
			return place.Region, true
		}
		return "", false
	}
}
