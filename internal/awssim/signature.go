package awssim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// signature is what the Authorization header of a Signature Version 4 says.
type signature struct {
	key, region, service string
	headers              []string
	value                string
}

var authorization = regexp.MustCompile(
	`^AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$`)

// readSignature tells the service from the scope of the signature, as one
// endpoint serves all.
func readSignature(r *http.Request) (signature, *wire.Error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return signature{}, wire.Refuse(http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	part := authorization.FindStringSubmatch(header)
	if part == nil {
		return signature{}, wire.Refuse(http.StatusBadRequest, "IncompleteSignature", "The Authorization header is no Signature Version 4.")
	}
	return signature{
		key: part[1], region: part[2], service: part[3],
		headers: strings.Split(part[4], ";"), value: part[5],
	}, nil
}

// verify signs the request once more, by the SDK's own signer, and compares.
func (s signature) verify(r *http.Request, body []byte, credentials Credentials) *wire.Error {
	wrong := wire.Refuse(http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return wrong
	}
	again := r.Clone(r.Context())
	again.URL.Host, again.Body, again.ContentLength = r.Host, nil, 0
	for name := range again.Header {
		if !slices.Contains(s.headers, strings.ToLower(name)) {
			again.Header.Del(name)
		}
	}
	if slices.Contains(s.headers, "content-length") {
		again.ContentLength = int64(len(body))
	}
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(r.Context(), aws.Credentials{
		AccessKeyID:     credentials.AccessKeyID,
		SecretAccessKey: credentials.SecretAccessKey,
		SessionToken:    credentials.SessionToken,
	}, again, hex.EncodeToString(hash[:]), s.service, s.region, at)
	if err != nil {
		return wrong
	}
	part := authorization.FindStringSubmatch(again.Header.Get("Authorization"))
	if len(part) == 0 || subtle.ConstantTimeCompare([]byte(part[5]), []byte(s.value)) != 1 {
		return wrong
	}
	return nil
}

// partition of a region.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}
