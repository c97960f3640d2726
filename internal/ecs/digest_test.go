package ecs

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBodiesAreComparedByMeaning(t *testing.T) {
	cases := map[string]struct {
		a, b  string
		equal bool
	}{
		"order of keys":            {`{"a":{"x":1,"y":"2"},"b":[]}`, `{"b":[],"a":{"y":"2","x":1}}`, true},
		"white space":              {`{"a": [ 1 ]}`, `{"a":[1]}`, true},
		"escapes":                  {`{"a":"\u003cb\u003e"}`, `{"a":"<b>"}`, true},
		"null and missing":         {`{"a":null,"b":{"c":null}}`, `{"b":{}}`, true},
		"empty and missing":        {`{"a":[]}`, `{}`, false},
		"tags":                     {`{"a":1,"tags":[{"key":"k","value":"v"}]}`, `{"a":1}`, true},
		"1 and 1.0":                {`{"a":1}`, `{"a":1.0}`, true},
		"10 and 1e1":               {`{"a":10}`, `{"a":1E+1}`, true},
		"0.5 and 5e-1":             {`{"a":0.50}`, `{"a":5e-1}`, true},
		"zeros":                    {`{"a":0}`, `{"a":-0.0e7}`, true},
		"numbers of another sign":  {`{"a":1}`, `{"a":-1}`, false},
		"numbers beyond a double":  {`{"a":12345678901234567890}`, `{"a":12345678901234567891}`, false},
		"a huge exponent":          {`{"a":1e999999999}`, `{"a":1e999999998}`, false},
		"an absurd exponent":       {`{"a":1e99999999999999999999}`, `{"a":1e99999999999999999998}`, false},
		"number and string":        {`{"a":1}`, `{"a":"1"}`, false},
		"order of the environment": {`{"containerDefinitions":[{"environment":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]}`, `{"containerDefinitions":[{"environment":[{"value":"2","name":"B"},{"name":"A","value":"1"}]}]}`, true},
		"another environment":      {`{"containerDefinitions":[{"environment":[{"name":"A","value":"1"}]}]}`, `{"containerDefinitions":[{"environment":[{"name":"A","value":"2"}]}]}`, false},
		"order of containers":      {`{"containerDefinitions":[{"name":"a"},{"name":"b"}]}`, `{"containerDefinitions":[{"name":"b"},{"name":"a"}]}`, true},
		"order of a command":       {`{"containerDefinitions":[{"command":["a","b"]}]}`, `{"containerDefinitions":[{"command":["b","a"]}]}`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if equal := digestOf(t, c.a) == digestOf(t, c.b); equal != c.equal {
				t.Errorf("%s and %s have equal digests: %v, want %v", c.a, c.b, equal, c.equal)
			}
		})
	}
}

func digestOf(t *testing.T, body string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatal(err)
	}
	sum, err := digest(members)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestTagsThatAWSSetAreNotSentBack(t *testing.T) {
	registration, err := registrationOf([]byte(`{"taskDefinition":{"family":"f","status":"ACTIVE","revision":1},
		"tags":[{"key":"AWS:x","value":"1"},{"key":"aws:cloudformation:stack-name","value":"s"},{"key":"team","value":"<&>","extra":1.50}]}`))
	if err != nil {
		t.Fatal(err)
	}
	request, err := requestOf(registration, "")
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"family":"f","tags":[{"key":"team","value":"<&>","extra":1.50}]}`; string(request) != want {
		t.Errorf("request is %s, want %s", request, want)
	}
	only, err := registrationOf([]byte(`{"taskDefinition":{"family":"f"},"tags":[{"key":"aws:x","value":"1"}]}`))
	if err != nil || only["tags"] != nil {
		t.Errorf("an empty list of tags is left: %s, %v", only["tags"], err)
	}
}

func TestTheNewestComeFirstAndNoOtherFamilyComesAlong(t *testing.T) {
	const prefix = "arn:aws:ecs:us-west-2:111122223333:task-definition/"
	got := ofFamily("f", []string{prefix + "f:9", prefix + "f-2:11", prefix + "f:10", prefix + "ff:12", prefix + "f:8"})
	want := []string{prefix + "f:10", prefix + "f:9", prefix + "f:8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ARNs (-want +got):\n%s", diff)
	}
}
