package awssim_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// younger are elements that AWS answers today and its older samples do not show
// (the model of the answer knows them all).
var younger = regexp.MustCompile(`/(MaxSessionDuration|IsAttachable|PermissionsBoundaryUsageCount|Tags|RoleLastUsed|IsTruncated)$`)

// given is what must have happened before a documented request, as requests.
var given = map[string][]string{
	"GetRole": {s3Access("S3Access")},
	"ListRoles": {
		s3Access("SDBAccess"), s3Access("S3Access"),
		"Action=CreateRole&RoleName=Other&AssumeRolePolicyDocument=" + url.QueryEscape(ec2Trust),
	},
	"GetRolePolicy": {
		s3Access("S3Access"),
		"Action=PutRolePolicy&RoleName=S3Access&PolicyName=S3AccessPolicy&PolicyDocument=" +
			url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}`),
	},
	"AttachRolePolicy":    {"Action=CreateRole&RoleName=ReadOnlyRole&AssumeRolePolicyDocument=" + url.QueryEscape(ec2Trust)},
	"CreatePolicyVersion": {bucketPolicy("")},
	"GetPolicyVersion":    {bucketPolicy("")},
	"ListPolicyVersions": {
		bucketPolicy(""),
		bucketVersion + "&SetAsDefault=true",
		bucketVersion + "&SetAsDefault=false",
	},
	"GetPolicy": attachedNineTimes(),
	"AssumeRole": {"Action=CreateRole&RoleName=demo&AssumeRolePolicyDocument=" + url.QueryEscape(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole",`+
			`"Condition":{"StringEquals":{"sts:ExternalId":"123ABC"}}}]}`)},
}

const (
	ec2Trust       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}`
	bucketDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::EXAMPLE-BUCKET","arn:aws:s3:::EXAMPLE-BUCKET/*"]}]}`
	bucketARN      = "arn:aws:iam::123456789012:policy/S3-read-only-example-bucket"
)

var bucketVersion = "Action=CreatePolicyVersion&PolicyArn=" + bucketARN + "&PolicyDocument=" + url.QueryEscape(bucketDocument)

func s3Access(name string) string {
	return "Action=CreateRole&Path=/application_abc/component_xyz/&RoleName=" + name + "&AssumeRolePolicyDocument=" + url.QueryEscape(ec2Trust)
}

func bucketPolicy(more string) string {
	return "Action=CreatePolicy&PolicyName=S3-read-only-example-bucket&PolicyDocument=" + url.QueryEscape(bucketDocument) + more
}

func attachedNineTimes() []string {
	requests := []string{bucketPolicy("&Description=Allows+read-only+access+to+the+example+bucket")}
	for i := range 9 {
		name := fmt.Sprint("role", i)
		requests = append(requests,
			"Action=CreateRole&RoleName="+name+"&AssumeRolePolicyDocument="+url.QueryEscape(ec2Trust),
			"Action=AttachRolePolicy&RoleName="+name+"&PolicyArn="+bucketARN)
	}
	return requests
}

func TestAnswersAreThoseOfAWSsDocumentation(t *testing.T) {
	files, err := os.ReadDir("testdata/documented")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range files {
		operation, found := strings.CutSuffix(file.Name(), ".txt")
		if !found {
			continue
		}
		tried++
		t.Run(operation, func(t *testing.T) {
			text, err := os.ReadFile("testdata/documented/" + file.Name())
			if err != nil {
				t.Fatal(err)
			}
			request, printed, _ := strings.Cut(string(text), "\n\n")
			server := start(t, awssim.Options{})
			for _, before := range given[operation] {
				post(t, server, before+"&Version=2010-05-08")
			}
			form := url.Values{}
			for _, parameter := range strings.Split(request, "\n") {
				name, value, _ := strings.Cut(parameter, "=")
				form.Set(name, value)
			}
			want, got := flat(t, printed), flat(t, post(t, server, form.Encode()))
			for path := range got {
				if _, found := want[path]; !found && younger.MatchString(path) {
					delete(got, path)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("documented (-), answered (+):\n%s", diff)
			}
		})
	}
	if tried < 10 {
		t.Errorf("only %d samples", tried)
	}
}

// post sends a request of the user that the samples of STS name, signed here,
// without a client of any service in between.
func post(t *testing.T, server *awssim.Server, form string) string {
	t.Helper()
	status, text := send(t, server, form)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", form, status, text)
	}
	return text
}

// refused sends a request that must fail.
func refused(t *testing.T, server *awssim.Server, form string) string {
	t.Helper()
	status, text := send(t, server, form)
	if status == http.StatusOK {
		t.Fatalf("%s: %s", form, text)
	}
	return text
}

func send(t *testing.T, server *awssim.Server, form string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	service := "iam"
	if strings.Contains(form, "Version=2011-06-15") {
		service = "sts"
	}
	key := server.User("123456789012", "Alice")
	hash := sha256.Sum256([]byte(form))
	err = v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey},
		r, hex.EncodeToString(hash[:]), service, "us-east-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := inspector{t, transport}.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

var (
	date   = regexp.MustCompile(`^\d{4}-\d\d-\d\dT[\d:.]+Z$`)
	random = regexp.MustCompile(`/(RequestId|AccessKeyId|SecretAccessKey|SessionToken|\w+Id)$`)
	id     = regexp.MustCompile(`^A[A-Z0-9]{14,20}$`)
)

// flat makes an answer a map of paths to texts, with what differs from call to
// call made the same.
func flat(t *testing.T, text string) map[string]string {
	t.Helper()
	var root node
	if err := xml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(n node, path string)
	walk = func(n node, path string) {
		if len(n.Nodes) == 0 {
			out[path] = mask(strings.TrimSpace(n.Text), path)
		}
		for i, inner := range n.Nodes {
			name := inner.XMLName.Local
			switch name {
			case "RoleLastUsed":
				// Nothing uses a role here, so all that is compared is that it is there.
				out[path+"/"+name] = ""
				continue
			case "member":
				name = fmt.Sprint(i)
			}
			walk(inner, path+"/"+name)
		}
	}
	walk(root, root.XMLName.Space+root.XMLName.Local)
	return out
}

func mask(text, path string) string {
	before, session, isSession := strings.Cut(text, ":")
	switch {
	case date.MatchString(text):
		return "a date"
	case strings.HasSuffix(path, "/VersionId"), strings.HasSuffix(path, "/DefaultVersionId"):
		return text
	case id.MatchString(text):
		return "an id"
	case isSession && id.MatchString(before):
		return "an id:" + session
	case random.MatchString(path):
		return "a random text"
	}
	// The documentation prints documents as they are before they are encoded.
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
