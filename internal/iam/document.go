package iam

import (
	"net/url"
	"strings"
)

// decoded is a policy document as JSON. IAM returns documents URL-encoded (RFC
// 3986: a plus sign is a plus sign), emulators often do not. No JSON object
// begins with a percent sign, and no encoded one with a brace.
func decoded(document string) string {
	if strings.HasPrefix(strings.TrimSpace(document), "{") {
		return document
	}
	plain, err := url.PathUnescape(document)
	if err != nil {
		// Not readable either way: what cannot be parsed counts as changed.
		return document
	}
	return plain
}
