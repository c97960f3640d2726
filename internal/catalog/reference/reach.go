package reference

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// segments of an ARN: arn, partition, service, region, account, and the rest,
// in which colons are no longer counted.
const segments = 6

// Reaches says whether a resource pattern of a policy matches some resource that
// the action accepts. A bucket's name holds no slash: a pattern that only matches
// objects does not reach an action on buckets.
//
// In general: what a type's variables may hold is not in the reference, so that
// arn:aws:s3:::b/* could be a bucket. It is none because another type of the
// service, object, describes it more closely. Where no other type does, anything
// that fits is taken for a resource: that errs towards yes.
//
// An action without resource types is authorised on the text *, which only a
// pattern of stars matches.
func (a *Action) Reaches(resource string) bool {
	if strings.Trim(resource, "*") == "" {
		return resource != ""
	}
	accepted := a.Resources
	if len(accepted) > 0 && merged(a.Service.Prefix) {
		accepted = a.Service.data.types
	}
	resource = plain(resource)
	return slices.ContainsFunc(accepted, func(t *ResourceType) bool {
		return meets(resource, t.shape) && !a.Service.closer(accepted, t, resource)
	})
}

// merged are the services of which the Service Authorization Reference has
// several pages, one for each version of the API, with some of the actions on more
// than one: the data then has the resource types of only one page. Any type of
// the service will do there.
func merged(prefix string) bool {
	switch prefix {
	case "apigateway", "elasticloadbalancing", "greengrass":
		return true
	}
	return false
}

// amended is what AWS accepts as the rest of an ARN where the reference's own
// is too narrow or too vague.
func amended(arn string) string {
	switch arn {
	case "arn:${Partition}:execute-api:${Region}:${Account}:${ApiId}/${Stage}/${Method}/${ApiSpecificResourcePath}":
		// The routes of a WebSocket API have no method (API Gateway: Control access
		// to a WebSocket API with AWS IAM authorization).
		return "*/*/*"
	case "arn:${Partition}:kinesis:${Region}:${Account}:${StreamType}/${StreamName}/consumer/${ConsumerName}:${ConsumerCreationTimpstamp}":
		// There is one type of stream, and the time is part of the consumer's name
		// (Amazon Kinesis Data Streams: RegisterStreamConsumer).
		return "stream/*/consumer/*"
	}
	return ""
}

// closer says whether a type that is not accepted describes all that the pattern
// matches, and more closely than t does. A slash leads on to another resource. A
// colon does not: what follows qualifies the one before it, as an alias does a
// function, and the actions on a function take the ARNs of its aliases. A type
// that no action accepts is evidence of nothing.
func (s *Service) closer(accepted []*ResourceType, t *ResourceType, pattern string) bool {
	parts := strings.SplitN(pattern, ":", segments)
	if len(parts) < segments {
		return false
	}
	return slices.ContainsFunc(s.data.types, func(other *ResourceType) bool {
		return other.accepted && within(parts, other.parts) && !slices.Contains(accepted, other) &&
			within(other.parts, t.parts) && !within(t.parts, other.parts) &&
			strings.Count(other.parts[segments-1], ":") == strings.Count(t.parts[segments-1], ":")
	})
}

// within says whether all ARNs of the narrow segments are ARNs of the wide ones.
func within(narrow, wide []string) bool {
	for i := range narrow {
		if !policy.Covers(wide[i], narrow[i]) {
			return false
		}
	}
	return true
}

// plain puts * for every policy variable, which may then stand for more than it
// does, and $ for the characters written like one, ${*}, ${?} and ${$}: no ARN has
// any of these outside its variables (IAM: IAM policy elements: Variables and tags).
func plain(resource string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(resource, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		end, quoted := len(after), false
		for i := range len(after) {
			if after[i] == '\'' {
				quoted = !quoted
			}
			if after[i] == '}' && !quoted {
				end = i
				break
			}
		}
		switch after[:end] {
		case "*", "?", "$":
			out.WriteByte('$')
		default:
			out.WriteByte('*')
		}
		resource = after[min(end+1, len(after)):]
	}
}
