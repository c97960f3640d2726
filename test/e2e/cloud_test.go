package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// cloud is AWS as somebody with credentials sees it.
type cloud struct {
	account string
	config  aws.Config
	iam     *iam.Client
	ecs     *ecs.Client
}

func newCloud(account string, key awssim.Credentials) *cloud {
	config := aws.Config{
		Region: region, BaseEndpoint: aws.String(world.AWS.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}
	return &cloud{account: account, config: config, iam: iam.NewFromConfig(config), ecs: ecs.NewFromConfig(config)}
}

// raw makes a call of ECS without the SDK's types, so that members which they do
// not know go and come as they are.
func (c *cloud) raw(ctx context.Context, operation, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, world.AWS.URL()+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113."+operation)
	key, err := c.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(sum[:]), "ecs", region, time.Now()); err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", operation, response.Status, content)
	}
	return content, err
}

// code is AWS's code of an error.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}
