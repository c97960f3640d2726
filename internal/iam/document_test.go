package iam

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOnlyWhatIsEncodedIsDecoded(t *testing.T) {
	cases := map[string]struct{ document, want string }{
		"encoded":                   {"%7B%22Version%22%3A%222012-10-17%22%7D", `{"Version":"2012-10-17"}`},
		"a plus sign":               {"%7B%22a%22%3A%22x+y%2Bz%20%25%22%7D", `{"a":"x+y+z %"}`},
		"encoded after white space": {"%0A%7B%7D", "\n{}"},
		"plain":                     {`{"a":"100%25 %7B"}`, `{"a":"100%25 %7B"}`},
		"plain after white space":   {"\n {\"a\":\"%7B\"}", "\n {\"a\":\"%7B\"}"},
		"neither":                   {"%zz", "%zz"},
		"nothing":                   {"", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := decoded(c.document); got != c.want {
				t.Errorf("%q is decoded as %q, want %q", c.document, got, c.want)
			}
		})
	}
}

func TestADocumentComesBackAsItWasHoweverItIsEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.String())).Draw(t, "document")
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		document := string(text)
		for encoding, encoded := range map[string]string{
			"none": document, "RFC 3986": strings.ReplaceAll(url.QueryEscape(document), "+", "%20"), "path": url.PathEscape(document),
		} {
			if got := decoded(encoded); got != document {
				t.Fatalf("%s: %q became %q", encoding, document, got)
			}
		}
	})
}
