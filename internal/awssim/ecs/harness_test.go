package ecs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

type object = map[string]any

var pipeline = wire.Caller{
	Partition: "aws", Account: "111122223333", Region: "us-west-2",
	ARN: "arn:aws:sts::111122223333:assumed-role/pipeline/build-7", UserID: "AROAPIPELINE:build-7",
}

// bench is an ECS behind HTTP, and the SDK's client of one caller. Every answer
// that goes by is held against AWS's model.
type bench struct {
	*sdk.Client
	t       *testing.T
	service *ecs.Service
	clock   time.Time
	strange []string // members that no model knows, and tests put in
}

func start(t *testing.T, o ecs.Options) *bench {
	t.Helper()
	b := &bench{t: t, clock: time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)}
	if o.Now == nil {
		o.Now = func() time.Time { return b.clock }
	}
	b.service = ecs.New(o)
	b.Client = b.as(pipeline)
	return b
}

// as is the client of another caller.
func (b *bench) as(caller wire.Caller) *sdk.Client {
	b.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			b.t.Errorf("reading a request: %v", err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		answer, err := b.service.Do(caller, operation, body)
		if refusal := (*wire.Error)(nil); errors.As(err, &refusal) {
			w.WriteHeader(refusal.Status)
			answer, _ = json.Marshal(map[string]string{"__type": refusal.Code, "message": refusal.Message})
		} else {
			checkAnswer(b.t, operation, answer, b.strange)
		}
		if _, err := w.Write(answer); err != nil {
			b.t.Errorf("answering: %v", err)
		}
	}))
	b.t.Cleanup(server.Close)
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(server.URL), Region: caller.Region, RetryMaxAttempts: 1,
		HTTPClient:  &http.Client{Transport: whole{&http.Transport{DisableKeepAlives: true}}},
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
	})
}

// whole reads answers to their end before the SDK has them. The SDK closes a
// request's body as soon as it has the answer's head; where net/http has not read
// that body's end by then, it gives up the connection, and with it a long answer.
type whole struct{ http.RoundTripper }

func (w whole) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if failed := errors.Join(err, answer.Body.Close()); failed != nil {
		return nil, failed
	}
	answer.Body = io.NopCloser(bytes.NewReader(text))
	return answer, nil
}

// raw has the client send body in place of what it made itself, and tells the
// answer's bytes.
func raw(body any, answer *[]byte) func(*sdk.Options) {
	return sdk.WithAPIOptions(func(s *middleware.Stack) error {
		return errors.Join(
			s.Serialize.Add(middleware.SerializeMiddlewareFunc("raw", func(
				ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler,
			) (middleware.SerializeOutput, middleware.Metadata, error) {
				text, err := json.Marshal(body)
				if err != nil {
					return middleware.SerializeOutput{}, middleware.Metadata{}, err
				}
				request, _ := in.Request.(*smithyhttp.Request)
				if body != nil {
					if in.Request, err = request.SetStream(bytes.NewReader(text)); err != nil {
						return middleware.SerializeOutput{}, middleware.Metadata{}, err
					}
				}
				return next.HandleSerialize(ctx, in)
			}), middleware.After),
			s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("raw", func(
				ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
			) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleDeserialize(ctx, in)
				if response, ok := out.RawResponse.(*smithyhttp.Response); ok && answer != nil {
					text, failed := io.ReadAll(response.Body)
					if failed != nil {
						return out, metadata, failed
					}
					*answer = text
					response.Body = io.NopCloser(bytes.NewReader(text))
				}
				return out, metadata, err
			}), middleware.After),
		)
	})
}

// register sends the definition as it is and gives the answer as it came.
func (b *bench) register(definition object) (object, error) {
	b.t.Helper()
	var answer []byte
	_, err := b.RegisterTaskDefinition(b.t.Context(), &sdk.RegisterTaskDefinitionInput{
		Family: aws.String("unsent"), ContainerDefinitions: nil,
	}, unvalidated, raw(definition, &answer))
	if err != nil {
		return nil, err
	}
	return parse(b.t, answer), nil
}

// unvalidated leaves it to ECS to find what is missing.
func unvalidated(o *sdk.Options) {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		_, err := s.Initialize.Remove("OperationInputValidation")
		return err
	})
}

func (b *bench) mustRegister(definition object) object {
	b.t.Helper()
	answer, err := b.register(definition)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// describe gives the answer as it came.
func (b *bench) describe(name string) object {
	b.t.Helper()
	var answer []byte
	if _, err := b.DescribeTaskDefinition(b.t.Context(), &sdk.DescribeTaskDefinitionInput{
		TaskDefinition: &name, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	}, raw(nil, &answer)); err != nil {
		b.t.Fatal(err)
	}
	return parse(b.t, answer)
}

func parse(t *testing.T, text []byte) object {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

// minimal is the smallest definition that ECS takes.
func minimal(family string) object {
	return object{
		"family":               family,
		"containerDefinitions": []any{object{"name": "app", "image": "busybox", "memory": 64}},
	}
}

// refusal is an error's code and message; both empty where there is none.
func refusal(err error) (code, message string) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		if err != nil {
			return "none of AWS's", err.Error()
		}
		return "", ""
	}
	return api.ErrorCode(), api.ErrorMessage()
}

func wantRefusal(t *testing.T, err error, code, message string) {
	t.Helper()
	if gotCode, gotMessage := refusal(err); gotCode != code || !strings.HasPrefix(gotMessage, message) {
		t.Errorf("refused with %q %q, want %q %q", gotCode, gotMessage, code, message)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
