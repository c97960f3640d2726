package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Class says what can be done about an error.
type Class string

// Classes of errors.
const (
	NotFound      Class = "NotFound"      // not there, or not yet visible
	AlreadyExists Class = "AlreadyExists" // the name is taken: read, then judge
	Denied        Class = "Denied"        // permissions
	Credentials   Class = "Credentials"   // expired or unknown: new ones may come by themselves
	Invalid       Class = "Invalid"       // AWS does not take the request as it is
	Quota         Class = "Quota"         // a limit of the account or the resource
	Conflict      Class = "Conflict"      // something else holds on to the resource
	Throttled     Class = "Throttled"     // too many calls
	Concurrent    Class = "Concurrent"    // somebody else changes the same at this moment
	Unavailable   Class = "Unavailable"   // 5xx, network or timeout: whether a write was done is not known
	Canceled      Class = "Canceled"      // the caller gave up
	Unknown       Class = "Unknown"
)

// Terminal says that no retry helps until the TaskRole, its class or AWS changes.
func (c Class) Terminal() bool {
	switch c {
	case AlreadyExists, Denied, Invalid, Quota, Conflict:
		return true
	default:
		return false
	}
}

// classes are the codes that IAM, ECS and STS document (IAM and STS: the Errors
// section of each action and Common Errors; ECS: API error messages), without
// the suffix "Exception", which some of them carry and others do not.
var classes = map[string]Class{
	"NoSuchEntity":        NotFound,
	"ClusterNotFound":     NotFound,
	"ServiceNotFound":     NotFound,
	"ServiceNotActive":    NotFound,
	"TaskSetNotFound":     NotFound,
	"ResourceNotFound":    NotFound,
	"EntityAlreadyExists": AlreadyExists,

	"AccessDenied":               Denied,
	"NotAuthorized":              Denied,
	"UnauthorizedOperation":      Denied,
	"AuthFailure":                Credentials,
	"UnrecognizedClient":         Credentials,
	"InvalidClientTokenId":       Credentials,
	"InvalidAccessKeyId":         Credentials,
	"SignatureDoesNotMatch":      Credentials,
	"IncompleteSignature":        Credentials,
	"InvalidSignature":           Credentials,
	"MissingAuthenticationToken": Credentials,
	"ExpiredToken":               Credentials,
	"InvalidIdentityToken":       Credentials,
	"IDPRejectedClaim":           Credentials,
	"RegionDisabled":             Denied,
	"OptInRequired":              Denied,
	"Blocked":                    Denied,

	"MalformedPolicyDocument":               Invalid,
	"InvalidInput":                          Invalid,
	"InvalidParameter":                      Invalid,
	"InvalidParameterValue":                 Invalid,
	"InvalidParameterCombination":           Invalid,
	"MissingParameter":                      Invalid,
	"MissingAction":                         Invalid,
	"InvalidAction":                         Invalid,
	"Validation":                            Invalid,
	"ValidationError":                       Invalid,
	"Serialization":                         Invalid,
	"PolicyNotAttachable":                   Invalid,
	"PackedPolicyTooLarge":                  Invalid,
	"UnsupportedFeature":                    Invalid,
	"PlatformUnknown":                       Invalid,
	"PlatformTaskDefinitionIncompatibility": Invalid,
	"MissingVersion":                        Invalid,
	"NoUpdateAvailable":                     Invalid,

	"LimitExceeded":          Quota,
	"AttributeLimitExceeded": Quota,

	"DeleteConflict":     Conflict,
	"UnmodifiableEntity": Conflict,
	"ResourceInUse":      Conflict,

	"ConcurrentModification":        Concurrent,
	"EntityTemporarilyUnmodifiable": Concurrent,
	"UpdateInProgress":              Concurrent,
	"Conflict":                      Concurrent,

	"ServiceFailure":        Unavailable,
	"ServiceUnavailable":    Unavailable,
	"InternalFailure":       Unavailable,
	"InternalError":         Unavailable,
	"InternalServerError":   Unavailable,
	"Server":                Unavailable,
	"PolicyEvaluation":      Unavailable,
	"IDPCommunicationError": Unavailable,
	"RequestTimeout":        Unavailable,
	"RequestExpired":        Unavailable, // the clocks differ
	"RequestTimeTooSkewed":  Unavailable,
}

// messages tell apart what ECS answers with ClientException, its code for
// everything that the caller could have avoided.
var messages = []struct {
	holds string
	class Class
}{
	{"Too many concurrent attempts", Concurrent},
	{"Unable to describe task definition", NotFound},
	{"does not exist", NotFound},
	{"Rate exceeded", Throttled},
}

// classOf is the class of an answer of AWS; its HTTP status decides where the
// code is one that is not known.
func classOf(code, message string, status int) Class {
	bare := strings.TrimSuffix(code, "Exception")
	if class, known := classes[bare]; known {
		return class
	}
	if _, throttle := retry.DefaultThrottleErrorCodes[code]; throttle {
		return Throttled
	}
	if bare != "Client" {
		return classOfStatus(status)
	}
	for _, m := range messages {
		if strings.Contains(message, m.holds) {
			return m.class
		}
	}
	return Invalid
}
