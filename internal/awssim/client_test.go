package awssim_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

const (
	account = "111122223333"
	region  = "us-west-2"
)

// start runs an AWS until the test is over.
func start(t *testing.T, options awssim.Options) *awssim.Server {
	t.Helper()
	server, err := awssim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// configuration is as a program gets it, so that AWS_ENDPOINT_URL is what leads
// to the simulator. Every exchange is held against AWS's models.
func configuration(t *testing.T, server *awssim.Server, who awssim.Credentials, in string) aws.Config {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL", server.URL())
	// The machine that runs the test may name one, and a bundle needs the SDK's
	// own HTTP client.
	t.Setenv("AWS_CA_BUNDLE", "")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion(in),
		config.WithRetryMaxAttempts(1),
		config.WithHTTPClient(&http.Client{Transport: inspector{t, transport}}),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(who.AccessKeyID, who.SecretAccessKey, who.SessionToken)),
	)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// admin returns clients of a user of account.
func admin(t *testing.T, server *awssim.Server) (*iam.Client, *sts.Client) {
	t.Helper()
	cfg := configuration(t, server, server.User(account, "admin"), region)
	return iam.NewFromConfig(cfg), sts.NewFromConfig(cfg)
}

// inspector checks what goes over the wire.
type inspector struct {
	t    *testing.T
	next http.RoundTripper
}

func (i inspector) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer, err := i.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(got))
	inspect(i.t, sent, answer, got)
	return answer, nil
}
