package ground

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// Region is where everything of a test is.
const Region = "us-west-2"

// Caller is AWS as somebody with credentials sees it.
type Caller struct {
	IAM    *iam.Client
	ECS    *ecs.Client
	config aws.Config
	url    string
}

// Caller makes one of credentials.
func (g *Ground) Caller(key awssim.Credentials) *Caller {
	config := aws.Config{
		Region: Region, BaseEndpoint: aws.String(g.AWS.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}
	return &Caller{IAM: iam.NewFromConfig(config), ECS: ecs.NewFromConfig(config), config: config, url: g.AWS.URL()}
}

// Raw makes a call of ECS without the SDK's types, so that members which they do
// not know go and come as they are.
func (c *Caller) Raw(ctx context.Context, operation, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/", bytes.NewReader([]byte(body)))
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
	if err := v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(sum[:]), "ecs", Region, time.Now()); err != nil {
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

// Register registers a task definition, and returns its number.
func (c *Caller) Register(ctx context.Context, body string) (int, error) {
	content, err := c.Raw(ctx, "RegisterTaskDefinition", body)
	if err != nil {
		return 0, err
	}
	var answer struct{ TaskDefinition struct{ Revision int } }
	err = json.Unmarshal(content, &answer)
	return answer.TaskDefinition.Revision, err
}

// Describe reads FAMILY:REVISION or an ARN, or the newest ACTIVE revision of
// FAMILY.
func (c *Caller) Describe(ctx context.Context, name string) (Revision, error) {
	body, err := c.Raw(ctx, "DescribeTaskDefinition", fmt.Sprintf(`{"taskDefinition":%q,"include":["TAGS"]}`, name))
	if err != nil {
		return Revision{}, err
	}
	var answer struct {
		TaskDefinition map[string]json.RawMessage `json:"taskDefinition"`
		Tags           json.RawMessage            `json:"tags"`
	}
	err = json.Unmarshal(body, &answer)
	return Revision{Members: answer.TaskDefinition, Tags: answer.Tags}, err
}

// Active are the ARNs of a family's ACTIVE revisions, the oldest first.
func (c *Caller) Active(ctx context.Context, family string) ([]string, error) {
	var out []string
	pages := ecs.NewListTaskDefinitionsPaginator(c.ECS, &ecs.ListTaskDefinitionsInput{FamilyPrefix: &family, Status: "ACTIVE"})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.TaskDefinitionArns...)
	}
	return out, nil
}
