package crashpoints

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// revision is a task definition as ECS describes it, member by member as text.
type revision struct {
	members map[string]json.RawMessage
	tags    json.RawMessage
}

func (r revision) text(member string) string {
	var text string
	if json.Unmarshal(r.members[member], &text) != nil {
		return ""
	}
	return text
}

// added are the members that are ECS's answer alone, and the one that is the
// controller's.
var added = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn", "taskRoleArn",
}

// content is what was registered, the role apart, as JSON whose keys are sorted.
func (r revision) content() string {
	out := map[string]json.RawMessage{"tags": r.tags}
	for name, value := range r.members {
		if !slices.Contains(added, name) {
			out[name] = value
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err.Error()
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err.Error()
	}
	if text, err = json.Marshal(value); err != nil {
		return err.Error()
	}
	return string(text)
}

// raw makes a call of ECS as the pipeline, without the SDK's types, so that
// members go and come as they are.
func (s *stage) raw(operation, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, world.aws.URL()+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113."+operation)
	key, err := s.pipeline.Options().Credentials.Retrieve(s.ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(s.ctx, key, request, hex.EncodeToString(sum[:]), "ecs", region, time.Now()); err != nil {
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

// register registers a revision as the pipeline, and returns its number.
func (s *stage) register(body string) (int, error) {
	content, err := s.raw("RegisterTaskDefinition", body)
	if err != nil {
		return 0, err
	}
	var answer struct{ TaskDefinition struct{ Revision int } }
	err = json.Unmarshal(content, &answer)
	return answer.TaskDefinition.Revision, err
}

// describe reads FAMILY:REVISION, or the newest ACTIVE revision of FAMILY.
func (s *stage) describe(name string) (revision, error) {
	body, err := s.raw("DescribeTaskDefinition", fmt.Sprintf(`{"taskDefinition":%q,"include":["TAGS"]}`, name))
	if err != nil {
		return revision{}, err
	}
	var answer struct {
		TaskDefinition map[string]json.RawMessage `json:"taskDefinition"`
		Tags           json.RawMessage            `json:"tags"`
	}
	err = json.Unmarshal(body, &answer)
	return revision{members: answer.TaskDefinition, tags: answer.Tags}, err
}

// active are the ARNs of a family's ACTIVE revisions, the oldest first.
func (s *stage) active(family string) ([]string, error) {
	var out []string
	pages := ecs.NewListTaskDefinitionsPaginator(s.pipeline, &ecs.ListTaskDefinitionsInput{FamilyPrefix: aws.String(family), Status: "ACTIVE"})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.TaskDefinitionArns...)
	}
	return out, nil
}

// judgedFamily is what the controller answers for in a family.
type judgedFamily struct {
	Role, Content string // of the newest ACTIVE revision
	Faults        []string
}

// expectedFamily has what the pipeline registered last, with the TaskRole's role
// or, after a deletion, with the pipeline's.
func (s *stage) expectedFamily() judgedFamily {
	shipped := s.shippedByNow()
	newest := shipped[len(shipped)-1]
	if s.deleted {
		return judgedFamily{Role: newest.text("taskRoleArn"), Content: newest.content()}
	}
	return judgedFamily{Role: s.roleARN(), Content: newest.content()}
}

func (s *stage) foundFamily() (judgedFamily, error) {
	var out judgedFamily
	newest, err := s.describe(declared)
	if err != nil {
		return out, err
	}
	out.Role, out.Content = newest.text("taskRoleArn"), newest.content()
	arns, err := s.active(declared)
	if err != nil {
		return out, err
	}
	for _, r := range s.shippedByNow() {
		if arn := r.text("taskDefinitionArn"); !slices.Contains(arns, arn) {
			out.Faults = append(out.Faults, "the pipeline's "+arn+" is not ACTIVE")
		}
	}
	copies := map[string]int{} // by role and content
	for _, arn := range arns {
		r, err := s.describe(arn)
		if err != nil {
			return out, err
		}
		if strings.Contains(r.text("registeredBy"), ":assumed-role/"+controller+"/") {
			copies[r.text("taskRoleArn")+" "+r.content()]++
		}
	}
	for of, n := range copies {
		// The pipeline never registers the same twice.
		if n > 1 {
			out.Faults = append(out.Faults, fmt.Sprintf("%d ACTIVE copies with role %s", n, of))
		}
	}
	for of := range copies {
		if !s.vouched(of) {
			out.Faults = append(out.Faults, "an ACTIVE copy of what the pipeline does not have: "+of)
		}
	}
	slices.Sort(out.Faults)
	return out, nil
}

// vouched says whether a copy is of an ACTIVE revision of the pipeline.
func (s *stage) vouched(copied string) bool {
	return slices.ContainsFunc(s.shippedByNow(), func(r revision) bool { return strings.HasSuffix(copied, " "+r.content()) })
}
