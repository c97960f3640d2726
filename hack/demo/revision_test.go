package main

import (
	"strings"
	"testing"
)

const pipelines = `{"taskDefinition": {"family": "a", "revision": 1, "cpu": "512", "future": {"ratio": 0.30}, "registeredBy": "them"},
	"tags": [{"key": "team", "value": "shop"}]}`

func TestARevisionThatDiffersInMoreThanTheRoleIsTold(t *testing.T) {
	for name, test := range map[string]struct {
		ours string
		want string // of the error; empty: none
	}{
		"the role and output-only members": {
			`{"taskDefinition": {"family": "a", "revision": 2, "cpu": "512", "future": {"ratio": 0.30}, "registeredBy": "us", "taskRoleArn": "r"},
			"tags": [{"key": "team", "value": "shop"}]}`, "",
		},
		"no role": {pipelines, "carries no role"},
		"a member changed": {
			`{"taskDefinition": {"family": "a", "cpu": "1024", "future": {"ratio": 0.30}, "taskRoleArn": "r"},
			"tags": [{"key": "team", "value": "shop"}]}`, `"cpu": "1024"`,
		},
		"a number written differently": {
			`{"taskDefinition": {"family": "a", "cpu": "512", "future": {"ratio": 0.3}, "taskRoleArn": "r"},
			"tags": [{"key": "team", "value": "shop"}]}`, `"ratio": 0.3`,
		},
		"an unknown member lost": {
			`{"taskDefinition": {"family": "a", "cpu": "512", "taskRoleArn": "r"},
			"tags": [{"key": "team", "value": "shop"}]}`, `"future"`,
		},
		"tags lost": {
			`{"taskDefinition": {"family": "a", "cpu": "512", "future": {"ratio": 0.30}, "taskRoleArn": "r"}, "tags": []}`, `"team"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			theirs, err := parseRevision([]byte(pipelines))
			if err != nil {
				t.Fatal(err)
			}
			ours, err := parseRevision([]byte(test.ours))
			if err != nil {
				t.Fatal(err)
			}
			err = sameButForTheRole(theirs, ours)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
