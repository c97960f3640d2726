package iam

import "testing"

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
