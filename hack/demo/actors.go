package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// actors are those who use AWS besides the manager.
type actors struct {
	deployer pipeline    // the pipeline: a session of the role deployer
	platform *iam.Client // the platform team: a user, admin
}

// configuration lets an SDK client speak to the simulated AWS. It is made by
// hand, so that nothing of the user's own settings gets into it.
func configuration(endpoint, region string, c awssim.Credentials) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
	}
}

// environment says the same to a process.
func environment(endpoint, region string, c awssim.Credentials) []string {
	out := []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + c.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey,
	}
	if c.SessionToken != "" {
		out = append(out, "AWS_SESSION_TOKEN="+c.SessionToken)
	}
	return out
}

// pipeline registers and reads task definitions, in their raw form: the SDK's
// types would drop what they do not know.
type pipeline struct{ ecs *ecs.Client }

// register sends body, and returns the ARN of the revision.
func (p pipeline) register(ctx context.Context, family string, body []byte) (string, error) {
	input := &ecs.RegisterTaskDefinitionInput{Family: &family, ContainerDefinitions: []types.ContainerDefinition{}}
	out, err := p.ecs.RegisterTaskDefinition(ctx, input, ecs.WithAPIOptions(sending(body)))
	if err != nil {
		return "", err
	}
	return aws.ToString(out.TaskDefinition.TaskDefinitionArn), nil
}

// newest reads the newest ACTIVE revision of a family, tags included.
func (p pipeline) newest(ctx context.Context, family string) (revision, error) {
	return p.describe(ctx, family)
}

// describe reads a revision, named as in FAMILY:7.
func (p pipeline) describe(ctx context.Context, name string) (revision, error) {
	var body bytes.Buffer
	input := &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: &name, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	}
	if _, err := p.ecs.DescribeTaskDefinition(ctx, input, ecs.WithAPIOptions(keeping(&body))); err != nil {
		return revision{}, fmt.Errorf("describe task definition %s: %w", name, err)
	}
	return parseRevision(body.Bytes())
}

// sending replaces what the SDK made of the typed input.
func sending(body []byte) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("SendRaw", func(
			ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler,
		) (middleware.SerializeOutput, middleware.Metadata, error) {
			request, ok := in.Request.(*smithyhttp.Request)
			if !ok {
				return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("a request of type %T", in.Request)
			}
			request, err := request.SetStream(bytes.NewReader(body))
			if err != nil {
				return middleware.SerializeOutput{}, middleware.Metadata{}, err
			}
			in.Request = request
			return next.HandleSerialize(ctx, in)
		}), middleware.After)
	}
}

// keeping copies the body of the answer into body.
func keeping(body *bytes.Buffer) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("KeepRaw", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
				body.Reset()
				response.Body = struct {
					io.Reader
					io.Closer
				}{io.TeeReader(response.Body, body), response.Body}
			}
			return out, metadata, err
		}), middleware.After)
	}
}

// decoded is a policy document as people read it: IAM answers it URL-encoded.
func decoded(document *string) (string, error) {
	return url.PathUnescape(aws.ToString(document))
}
