package grants

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, text string) (template, []string) {
	t.Helper()
	var variables []string
	x, err := parseTemplate(text, &variables, true)
	if err != nil {
		t.Fatal(err)
	}
	return x, variables
}

func TestTemplatesMatchWholeTextsAndCaptureTheirVariables(t *testing.T) {
	for _, c := range []struct {
		template, text string
		want           []string // nil: no match
	}{
		{"{bucket}/{key*}", "b/p/q", []string{"b", "p/q"}},
		{"{bucket}/{key*}", "b*/*", []string{"b*", "*"}},
		{"{bucket}/{key*}", "b", nil},
		{"{bucket}/{key*}", "b/", nil},
		{"{bucket}/{key*}", "/k", nil},
		{"{bucket}/{key*}", "b/a b:c", []string{"b", "a b:c"}},
		{"{bucket}/{key*}", "${aws:PrincipalTag/x}/k", []string{"${aws:PrincipalTag/x}", "k"}},
		{"{bucket}", "a/b", nil},
		{"{bucket}", "a:b", nil},
		{"{bucket}", "a b", nil},
		{"{bucket}", "a\n", nil},
		{"{bucket}", "", nil},
		{"{bucket}", "${a:b/c}", []string{"${a:b/c}"}},
		{"{bucket}", "${a:b", nil},
		{"log-group:{group/}:*", "log-group:/a/b:*", []string{"/a/b"}},
		{"log-group:{group/}:*", "log-group:/a/b", nil},
		{"log-group:{group/}", "log-group:/a/b:*", nil},
		{"log-group:{group/}", "log-group:/a/b", []string{"/a/b"}},
		{"log-group:{group/}", "log-groups:/a/b", nil},
		{"a/{x*}/b/{y}", "a/1/b/2/b/3", []string{"1/b/2", "3"}},
		{"a/{x*}/b/{y}", "a/1/b/", nil},
		{"{x}{y}", "ab", []string{"a", "b"}},
		{"fixed", "fixed", []string{}},
		{"fixed", "fixed2", nil},
	} {
		x, variables := parsed(t, c.template)
		var got captured
		if x.match(c.text, &got) != (c.want != nil) {
			t.Errorf("%s on %q: %v", c.template, c.text, c.want == nil)
			continue
		}
		if c.want != nil {
			if diff := cmp.Diff(c.want, append([]string{}, got[:len(variables)]...)); diff != "" {
				t.Errorf("%s on %q: %s", c.template, c.text, diff)
			}
		}
	}
}

func TestTemplatesBecomeOneTextForEachDerivedValue(t *testing.T) {
	variables := []string{"a", "b"}
	for text, want := range map[string][]string{
		"plain":                         {"plain"},
		"x/{a}/y/{b}":                   {"x/1/y/p/*"},
		"{b|prefixes}":                  {"p/", "p/*"},
		"{a}:{b|prefixes}:{b|prefixes}": {"1:p/:p/", "1:p/:p/*", "1:p/*:p/", "1:p/*:p/*"},
		"${aws:userid}/{a}":             {"${aws:userid}/1"},
		"{a}/${aws:userid}":             {"1/${aws:userid}"},
	} {
		x, err := parseTemplate(text, &variables, false)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(want, x.append(nil, &captured{"1", "p/*"})); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	x, err := parseTemplate("{b|prefixes}", &variables, false)
	if err != nil || x.append(nil, &captured{"1", "*"}) != nil {
		t.Errorf("no value makes no text: %v", err)
	}
}

const goodFile = `
service: s3
title: S3
types:
- name: object
  about: objects
  arn: arn:{partition}:s3:::{bucket}/{key*}
  example: arn:aws:s3:::b/*
  verbs:
    Read:
      about: read
      needs:
      - actions: [GetObject, "kms:Decrypt"]
        on: ["arn:{partition}:s3:::{bucket}"]
        conditions: {StringLike: {"s3:prefix": ["{key|prefixes}"]}}
`

func TestADataFileThatIsNotAsItShouldBeIsRefused(t *testing.T) {
	read := func(text string) error {
		s, err := decode([]byte(text))
		if err == nil {
			_, err = newIndex([]Service{s})
		}
		return err
	}
	if err := read(goodFile); err != nil {
		t.Fatal(err)
	}
	from := func(start string) string {
		_, after, _ := strings.Cut(goodFile, start)
		return start + after
	}
	for name, c := range map[string][2]string{
		"an unknown member":                    {"  about: objects", "  abuot: objects"},
		"a member of a verb":                   {"      about: read", "      aboot: read"},
		"a member of a need":                   {"        on:", "        one:"},
		"a repeated member":                    {"title: S3", "title: S3\ntitle: S4"},
		"a repeated verb":                      {"    Read:\n", "    Read: {about: x, needs: [{actions: [GetObject]}]}\n    Read:\n"},
		"an ARN of five parts":                 {"arn: arn:{partition}:s3:::{bucket}/{key*}", "arn: arn:{partition}:s3::{bucket}"},
		"an ARN of one partition":              {"arn: arn:{partition}:s3:::{bucket}/{key*}", "arn: arn:aws:s3:::{bucket}/{key*}"},
		"neither ARN nor short form":           {"arn: arn:{partition}:s3:::{bucket}/{key*}", "arn: s3"},
		"a variable twice":                     {"{bucket}/{key*}", "{bucket}/{bucket}"},
		"a variable called as one of the head": {"{bucket}/{key*}", "{bucket}/{region}"},
		"a variable without a name":            {"{bucket}/{key*}", "{bucket}/{*}"},
		"a variable that is not closed":        {"{bucket}/{key*}", "{bucket}/{key"},
		"too many variables":                   {"{bucket}/{key*}", "{bucket}/{key*}/{a}/{b}/{c}/{d}"},
		"a derivation in an ARN":               {"{bucket}/{key*}", "{bucket}/{key|prefixes}"},
		"an unknown variable":                  {`"arn:{partition}:s3:::{bucket}"`, `"arn:{partition}:s3:::{buckets}"`},
		"an unknown derivation":                {"{key|prefixes}", "{key|suffixes}"},
		"an unknown variable in a condition":   {"{key|prefixes}", "{kee|prefixes}"},
		"a long variable in use":               {"{key|prefixes}", "{key*}"},
		"another form with other names":        {"  example:", "  also: [\"arn:{partition}:s3:::{bucket}\"]\n  example:"},
		"another form of another service":      {"  example:", "  also: [\"arn:{partition}:s4:::{bucket}/{key*}\"]\n  example:"},
		"another form without arn":             {"  example:", "  also: [\"s3:{bucket}/{key*}\"]\n  example:"},
		"verbs and a reason to refuse":         {"  example:", "  refuse: no\n  example:"},
		"neither verbs nor a reason":           {from("  verbs:"), ""},
		"a verb without needs":                 {from("      needs:"), "      needs: []\n"},
		"a need without actions":               {`[GetObject, "kms:Decrypt"]`, "[]"},
	} {
		text := strings.Replace(goodFile, c[0], c[1], 1)
		if text == goodFile {
			t.Errorf("%s: nothing was changed", name)
		}
		if read(text) == nil {
			t.Errorf("%s is taken: %s", name, text)
		}
	}
	short := strings.Replace(goodFile, "arn: arn:{partition}:s3:::{bucket}/{key*}", "arn: s3:bucket/{bucket}/{key*}", 1)
	short = strings.Replace(short, `"arn:{partition}:s3:::{bucket}"`, `"arn:aws:s3:::{bucket}"`, 1)
	if err := read(short); err != nil {
		t.Errorf("a short form: %v", err)
	}
	if err := read(strings.Replace(short, `on: ["arn:aws:s3:::{bucket}"]`, "on: []", 1)); err == nil {
		t.Error("a short form needs resources")
	}
}

func TestActionsTakeTheirServicesPrefixUnlessTheyHaveOne(t *testing.T) {
	s, err := decode([]byte(goodFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"s3:GetObject", "kms:Decrypt"}, s.Types[0].Verbs["Read"].Needs[0].Actions); diff != "" {
		t.Error(diff)
	}
}
