package ecs

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The SDK's types know the members of a task definition that existed when the
// SDK was made, and drop all others. What is copied therefore never passes
// through them: bodies of answers are kept, and bodies of requests replaced, as
// they are on the wire.

// keepBody keeps the body of the call's answer in into.
func keepBody(into *[]byte) func(*ecs.Options) {
	return ecs.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(bodyKeeper{into}, middleware.After)
	})
}

type bodyKeeper struct{ into *[]byte }

// ID names the middleware in the SDK's stack.
func (bodyKeeper) ID() string { return "TaskRoleKeepBody" }

// HandleDeserialize stands next to the transport: what it reads is what the
// SDK's deserializer is given.
func (k bodyKeeper) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return out, metadata, fmt.Errorf("read the answer: %w", err)
	}
	if err := response.Body.Close(); err != nil {
		return out, metadata, fmt.Errorf("read the answer: %w", err)
	}
	*k.into, response.Body = body, io.NopCloser(bytes.NewReader(body))
	return out, metadata, nil
}

// sendBody sends body instead of what the SDK made of the call's input.
func sendBody(body []byte) func(*ecs.Options) {
	return ecs.WithAPIOptions(func(stack *middleware.Stack) error {
		// After the SDK's serializer, which would overwrite it.
		return stack.Serialize.Add(bodySender(body), middleware.After)
	})
}

type bodySender []byte

// ID names the middleware in the SDK's stack.
func (bodySender) ID() string { return "TaskRoleSendBody" }

// HandleSerialize replaces the body.
func (s bodySender) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (
	middleware.SerializeOutput, middleware.Metadata, error,
) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("request is a %T, not one of HTTP", in.Request)
	}
	request, err := request.SetStream(bytes.NewReader(s))
	if err != nil {
		return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("set the body: %w", err)
	}
	in.Request = request
	return next.HandleSerialize(ctx, in)
}
