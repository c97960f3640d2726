package inference

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// statements are those of all that is implied, sorted.
func statements(all []Implied) []string {
	var out []string
	for _, one := range all {
		for _, s := range one.Statements {
			out = append(out, line(s))
		}
	}
	slices.Sort(out)
	return out
}

// parts are volumes and containers that collide often. Only one of the
// containers routes logs, as ECS demands.
var (
	someVolumes = []string{
		`{"name":"a","efsVolumeConfiguration":{"fileSystemId":"fs-01","authorizationConfig":{"iam":"ENABLED"}}}`,
		`{"name":"b","efsVolumeConfiguration":{"fileSystemId":"fs-01","authorizationConfig":{"iam":"ENABLED","accessPointId":"fsap-01"}}}`,
		`{"name":"c","efsVolumeConfiguration":{"fileSystemId":"fs-01","authorizationConfig":{"iam":"ENABLED"}}}`,
		`{"name":"d","efsVolumeConfiguration":{"fileSystemId":"fs-02"}}`,
		`{"name":"e","s3filesVolumeConfiguration":{"fileSystemArn":"arn:aws:s3files:us-west-2:111122223333:file-system/fs-01"}}`,
	}
	someContainers = []string{
		`{"name":"1","mountPoints":[{"sourceVolume":"a","readOnly":true},{"sourceVolume":"b"}]}`,
		`{"name":"2","mountPoints":[{"sourceVolume":"c"},{"sourceVolume":"e","readOnly":true}]}`,
		`{"name":"3","image":"aws-xray-daemon"}`,
		`{"name":"4","image":"aws-otel-collector"}`,
		`{"name":"5","image":"aws-otel-collector","command":["--config=/etc/ecs/ecs-default-config.yaml"]}`,
		`{"name":"6","logConfiguration":{"logDriver":"awsfirelens","options":{"Name":"kinesis","stream":"${S}"}}}`,
		`{"name":"7","logConfiguration":{"logDriver":"awsfirelens","options":{"Name":"kinesis_streams","stream":"orders"}}}`,
		`{"name":"8","firelensConfiguration":{"type":"fluentbit"},"environment":[{"name":"S","value":"orders"},{"name":"APPMESH_RESOURCE_ARN","value":"x"}]}`,
		`{"name":"9","image":"cloudwatch-agent","environment":[{"name":"CW_CONFIG_CONTENT","value":"{\"metrics\":{},\"traces\":{\"traces_collected\":{}}}"}]}`,
	}
)

func registration(volumes, containers []string) map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"volumes":              json.RawMessage("[" + strings.Join(volumes, ",") + "]"),
		"containerDefinitions": json.RawMessage("[" + strings.Join(containers, ",") + "]"),
	}
}

func TestTheOrderOfVolumesAndContainersDoesNotChangeWhatIsNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		volumes := rapid.SliceOfDistinct(rapid.SampledFrom(someVolumes), rapid.ID).Draw(t, "volumes")
		containers := rapid.SliceOfDistinct(rapid.SampledFrom(someContainers), rapid.ID).Draw(t, "containers")
		one := Of(registration(volumes, containers), here)
		other := Of(registration(rapid.Permutation(volumes).Draw(t, "v"), rapid.Permutation(containers).Draw(t, "c")), here)
		if diff := cmp.Diff(statements(one), statements(other)); diff != "" {
			t.Fatalf("-one +other:\n%s", diff)
		}
		if len(statements(one)) != len(slices.Compact(statements(one))) {
			t.Fatalf("a statement stands twice: %v", statements(one))
		}
	})
}

func TestMoreContainersNeverNeedLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		containers := rapid.SliceOfDistinct(rapid.SampledFrom(someContainers[2:]), rapid.ID).Draw(t, "containers")
		if len(containers) == 0 {
			return
		}
		more := statements(Of(registration(nil, containers), here))
		// A variable that the router fills is not known without it.
		without := slices.DeleteFunc(slices.Clone(containers), func(c string) bool { return c == containers[0] })
		for _, s := range statements(Of(registration(nil, without), here)) {
			if !slices.Contains(more, s) {
				t.Fatalf("%s is no longer needed", s)
			}
		}
	})
}

// takesOnlyStar are the actions here that know no resource.
var takesOnlyStar = regexpOf("xray:*", "cloudwatch:PutMetricData", "logs:DescribeLogGroups", "ssmmessages:*")

func regexpOf(patterns ...string) func(action string) bool {
	return func(action string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return policy.Match(p, action) })
	}
}

// sound says what is wrong with a statement, whatever it is about.
func sound(s policy.Statement) string {
	switch {
	case s.Effect != policy.Allow || len(s.Action) == 0 || len(s.Resource) == 0 || s.NotAction != nil || s.NotResource != nil || s.Principal != nil:
		return "it is no Allow of actions on resources"
	case slices.ContainsFunc(s.Action, func(a string) bool { return strings.ContainsAny(a, "*?$") }):
		return "an action holds a wildcard"
	}
	for _, r := range s.Resource {
		if strings.ContainsAny(r, "?$\x00") || strings.ContainsFunc(r, func(c rune) bool { return c > 0xff || c < ' ' }) {
			return "a resource holds what no ARN does: " + r
		}
		if r == "*" && !slices.ContainsFunc(s.Action, func(a string) bool { return !takesOnlyStar(a) }) {
			continue
		}
		if fields := strings.SplitN(r, ":", 6); len(fields) != 6 || strings.Contains(strings.Join(fields[:5], ""), "*") {
			return "a star in an ARN's fields: " + r
		}
	}
	return ""
}

// FuzzOf: whatever is registered, it is read without a panic, the same each
// time, and what comes of it are sound statements.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"volumes":[null,{},{"name":1}]}`, `{"containerDefinitions":[{"image":"@:/"},{"image":":"},{"command":["--config"]}]}`,
		`{"volumes":[` + strings.Join(someVolumes, ",") + `],"containerDefinitions":[` + strings.Join(someContainers, ",") + `]}`,
		routed(`"Name":"cloudwatch","log_group_name":"/a$(x)","auto_create_group":"true"`), routed(`"Name":"s3","bucket":"abc","s3_key_format":"//$"`),
		collecting(xrayAndMetrics), collecting("a: &a [*a]"), collecting("? {a: b}\n: c"), collecting(exporting("awsemf", "{log_group_name: '${:-}{}${X:-}'}")),
	} {
		f.Add(seed)
	}
	text, err := json.Marshal(everything(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Fuzz(func(t *testing.T, text string) {
		var definition map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &definition) != nil {
			return
		}
		all := Of(definition, here)
		if diff := cmp.Diff(all, Of(definition, here)); diff != "" {
			t.Fatalf("it is read in two ways: %s", diff)
		}
		for _, one := range all {
			if one.Code == "" || one.Label == "" || one.Subject == "" || one.Why == "" {
				t.Fatalf("something is missing: %+v", one)
			}
			for _, s := range one.Statements {
				if problem := sound(s); problem != "" {
					t.Fatalf("%s: %s", problem, line(s))
				}
			}
		}
	})
}

// FuzzReadCollector: no configuration of a collector does harm.
func FuzzReadCollector(f *testing.F) {
	for _, seed := range []string{xrayAndMetrics, "", "a", "- 1", "a: &a [*a]", "service: {pipelines: {t: {exporters: [awsxray]}}}\nexporters: []", "{exporters: {awsemf: {log_group_name: \"\\0\"}}, service: {pipelines: {a: {exporters: [awsemf]}}}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		for _, s := range statements(Of(read(t, members(t, map[string]any{"containerDefinitions": []any{map[string]any{
			"name": "c", "image": "aws-otel-collector", "environment": []any{map[string]any{"name": contentVariable, "value": content}},
		}}})), here)) {
			if strings.Contains(s, "\x00") {
				t.Fatal(s)
			}
		}
	})
}

// FuzzExecuteCommand: nothing in a cluster's configuration makes an unsound
// statement.
func FuzzExecuteCommand(f *testing.F) {
	f.Add("alias/a", "/g", "bucket", "p/")
	f.Add("arn:aws:kms:us-west-2:111122223333:alias/a", "*", "b*", "../*")
	f.Add("1234abcd", "", "abc", "..")
	f.Fuzz(func(t *testing.T, key, group, bucket, prefix string) {
		for _, s := range ExecuteCommand(here, ClusterExec{KMSKeyID: key, Logging: "OVERRIDE", CloudWatchGroup: group, S3Bucket: bucket, Prefix: prefix}) {
			if problem := sound(s); problem != "" {
				t.Fatalf("%s: %s", problem, line(s))
			}
		}
	})
}
