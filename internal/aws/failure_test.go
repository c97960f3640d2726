package aws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

func TestEveryCodeOfIAMAndECSHasItsClass(t *testing.T) {
	cases := []struct {
		service  string
		status   int
		code     string
		message  string
		class    aws.Class
		terminal bool
	}{
		{"IAM", 409, "EntityAlreadyExists", "Role with name X already exists.", aws.AlreadyExists, true},
		{"IAM", 404, "NoSuchEntity", "The role with name X cannot be found.", aws.NotFound, false},
		{"IAM", 409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", aws.Quota, true},
		{"IAM", 400, "MalformedPolicyDocument", "Syntax errors in policy.", aws.Invalid, true},
		{"IAM", 400, "InvalidInput", "no", aws.Invalid, true},
		{"IAM", 400, "ValidationError", "1 validation error detected", aws.Invalid, true},
		{"IAM", 409, "DeleteConflict", "Cannot delete entity, must detach all policies first.", aws.Conflict, true},
		{"IAM", 409, "ConcurrentModification", "try again", aws.Concurrent, false},
		{"IAM", 409, "EntityTemporarilyUnmodifiable", "try again", aws.Concurrent, false},
		{"IAM", 400, "UnmodifiableEntity", "service-linked", aws.Conflict, true},
		{"IAM", 400, "PolicyNotAttachable", "no", aws.Invalid, true},
		{"IAM", 500, "ServiceFailure", "oops", aws.Unavailable, false},
		{"IAM", 503, "ServiceUnavailable", "oops", aws.Unavailable, false},
		{"IAM", 400, "Throttling", "Rate exceeded", aws.Throttled, false},
		{"IAM", 403, "AccessDenied", "is not authorized to perform: iam:GetRole", aws.Denied, true},
		{"IAM", 403, "InvalidClientTokenId", "The security token included in the request is invalid.", aws.Credentials, false},
		{"IAM", 403, "SignatureDoesNotMatch", "no", aws.Credentials, false},
		{"IAM", 403, "ExpiredToken", "expired", aws.Credentials, false},
		{"IAM", 400, "NeverHeardOf", "new", aws.Unknown, false},
		{"IAM", 403, "NeverHeardOf", "new", aws.Denied, true},
		{"IAM", 502, "NeverHeardOf", "new", aws.Unavailable, false},
		{"ECS", 400, "ClientException", "Too many concurrent attempts to create a new revision of the specified family.", aws.Concurrent, false},
		{"ECS", 400, "ClientException", "Unable to describe task definition.", aws.NotFound, false},
		{"ECS", 400, "ClientException", "Role is not valid", aws.Invalid, true},
		{"ECS", 400, "ClientException", "Tags can not be empty.", aws.Invalid, true},
		{"ECS", 400, "InvalidParameterException", "no", aws.Invalid, true},
		{"ECS", 400, "ClusterNotFoundException", "Cluster not found.", aws.NotFound, false},
		{"ECS", 400, "ServiceNotFoundException", "Service not found.", aws.NotFound, false},
		{"ECS", 400, "AccessDeniedException", "is not authorized to perform: ecs:DescribeTaskDefinition", aws.Denied, true},
		{"ECS", 400, "UnrecognizedClientException", "The security token included in the request is invalid.", aws.Credentials, false},
		{"ECS", 400, "ThrottlingException", "Rate exceeded", aws.Throttled, false},
		{"ECS", 400, "LimitExceededException", "The limit for the resource was exceeded.", aws.Quota, true},
		{"ECS", 400, "UpdateInProgressException", "wait", aws.Concurrent, false},
		{"ECS", 500, "ServerException", "oops", aws.Unavailable, false},
	}
	sim := start(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	clients := connect(t, connector(t, aws.Options{}), here())
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s %d %s %s", c.service, c.status, c.code, c.message), func(t *testing.T) {
			sim.Intercept(func(awssim.Call) awssim.Fault {
				return awssim.Fault{Refuse: wire.Refuse(c.status, c.code, "%s", c.message)}
			})
			err, operation := getRole(context.Background(), clients), "GetRole"
			if c.service == "ECS" {
				_, err = clients.ECS.DescribeTaskDefinition(context.Background(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: awssdk.String("f")})
				operation = "DescribeTaskDefinition"
			}
			want := aws.Failure{Class: c.class, Service: c.service, Operation: operation, Code: c.code, Message: c.message}
			if got := aws.Explain(fmt.Errorf("wrapped: %w", err)); got != want {
				t.Errorf("explained as\n%+v, want\n%+v", got, want)
			}
			if got := aws.Explain(err).Class.Terminal(); got != c.terminal {
				t.Errorf("terminal: %v, want %v", got, c.terminal)
			}
		})
	}
}

func TestWhatAWSDidNotAnswerHasAClassToo(t *testing.T) {
	sim := start(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	clients := connect(t, connector(t, aws.Options{}), here())
	dropped := func(f awssim.Fault) error {
		sim.Intercept(func(awssim.Call) awssim.Fault { return f })
		return getRole(context.Background(), clients)
	}
	_, invalid := clients.IAM.GetRole(context.Background(), &iam.GetRoleInput{})
	cases := map[string]struct {
		err   error
		class aws.Class
	}{
		"cut before the effect":     {dropped(awssim.Fault{DropBefore: true}), aws.Unavailable},
		"cut after the effect":      {dropped(awssim.Fault{DropAfter: true}), aws.Unavailable},
		"refused by the SDK itself": {invalid, aws.Invalid},
		"deadline":                  {fmt.Errorf("x: %w", context.DeadlineExceeded), aws.Unavailable},
		"our own failure":           {fmt.Errorf("x: %w", aws.Failure{Class: aws.Concurrent}), aws.Concurrent},
		"anything else":             {io.ErrUnexpectedEOF, aws.Unknown},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if f := aws.Explain(c.err); f.Class != c.class {
				t.Errorf("%v is explained as %+v, want %s", c.err, f, c.class)
			}
		})
	}
	if f := aws.Explain(nil); f != (aws.Failure{}) {
		t.Errorf("no error is explained as %+v", f)
	}
}

func TestTheInnermostCallIsTheOneThatFailed(t *testing.T) {
	err := error(&smithy.OperationError{ServiceID: "IAM", OperationName: "GetRole", Err: fmt.Errorf("get identity: %w",
		&smithy.OperationError{ServiceID: "STS", OperationName: "AssumeRole", Err: errors.New("no route")})})
	want := aws.Failure{Class: aws.Unknown, Service: "STS", Operation: "AssumeRole", Message: "no route"}
	if got := aws.Explain(err); got != want {
		t.Errorf("explained as %+v, want %+v", got, want)
	}
	if text := aws.Explain(err).Error(); text != "STS AssumeRole: no route" {
		t.Errorf("text is %q", text)
	}
}
