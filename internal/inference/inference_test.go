package inference

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

func everything(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(text))
}

func TestADefinitionWithEverythingImpliesAllOfItAtOnce(t *testing.T) {
	golden := filepath.Join("testdata", "everything.golden")
	var got strings.Builder
	all := Of(everything(t), here)
	for _, one := range all {
		usable(t, one.Statements)
	}
	for _, l := range lines(all) {
		got.WriteString(l + "\n")
	}
	got.WriteString("\n" + whys(all))
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatIsNotTheTaskRolesImpliesNothing(t *testing.T) {
	container := func(more string) string {
		return `{"containerDefinitions":[{"name":"app","image":"app",` + more + `}]}`
	}
	check(t, []row{
		{name: "an empty definition", definition: `{}`},
		{name: "secrets", definition: container(`"secrets":[{"name":"A","valueFrom":"arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf"},{"name":"B","valueFrom":"parameter"}]`)},
		{name: "credentials of a registry", definition: container(`"repositoryCredentials":{"credentialsParameter":"arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf"}`)},
		{name: "an image in ECR", definition: sidecar("111122223333.dkr.ecr.us-west-2.amazonaws.com/app:1")},
		{name: "environment files in S3", definition: container(`"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::conf/app.env"}]`)},
		{name: "awslogs", definition: container(`"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/shop","awslogs-region":"us-west-2","awslogs-create-group":"true"},
			"secretOptions":[{"name":"x","valueFrom":"y"}]}`)},
		{name: "FSx", definition: `{"volumes":[{"name":"v","fsxWindowsFileServerVolumeConfiguration":{"fileSystemId":"fs-0123","rootDirectory":"/","authorizationConfig":{"credentialsParameter":"arn:aws:secretsmanager:us-west-2:111122223333:secret:a","domain":"d"}}}]}`},
		{name: "gMSA", definition: container(`"credentialSpecs":["credentialspec:arn:aws:s3:::conf/gmsa.json"],"dockerSecurityOptions":["credentialspec:x"]`)},
		{name: "a volume made at launch", definition: `{"volumes":[{"name":"ebs","configuredAtLaunch":true}]}`},
		{name: "a log router without outputs", definition: container(`"firelensConfiguration":{"type":"fluentbit","options":{"enable-ecs-log-metadata":"true"}}`)},
		{name: "a health check and ports", definition: container(`"healthCheck":{"command":["CMD","x"]},"portMappings":[{"containerPort":80,"name":"web","appProtocol":"http"}]`)},
	})
}

func TestAStatementThatSeveralImplyStandsOnce(t *testing.T) {
	logging := func(name string) string {
		return `{"name":"` + name + `","logConfiguration":{"logDriver":"awsfirelens","options":{"Name":"kinesis","stream":"orders"}}}`
	}
	one := "IMPLIED_FIRELENS container a: kinesis:PutRecords on arn:aws:kinesis:us-west-2:111122223333:stream/orders"
	check(t, []row{
		{name: "of one kind", definition: `{"containerDefinitions":[` + logging("a") + `,` + logging("b") + `,` + logging("c") + `]}`,
			want: []string{one}, says: []string{"the output kinesis; needed by container b, container c, too"}},
		{name: "of another container, twice", definition: `{"containerDefinitions":[{"name":"a","image":"aws-otel-collector","command":["--config=/etc/ecs/ecs-xray.yaml"]},
			{"name":"b","image":"aws-otel-collector","command":["--config=/etc/ecs/ecs-xray.yaml","--config=/etc/ecs/ecs-cloudwatch-xray.yaml"]}]}`,
			want: []string{"IMPLIED_ADOT container a: xray:PutTraceSegments on *", strings.Replace(toMetrics, "container sidecar", "container b", 1)},
			says: []string{"needed by container b, too"}},
		{name: "of two kinds", definition: `{"containerDefinitions":[{"name":"x","image":"aws-xray-daemon"},
			{"name":"cw","image":"cloudwatch-agent","environment":[{"name":"CW_CONFIG_CONTENT","value":"{\"traces\":{\"traces_collected\":{}},\"metrics\":{}}"}]}]}`,
			want: []string{
				"IMPLIED_XRAY container x: " + allOfXRay,
				"IMPLIED_CLOUDWATCH_AGENT container cw: cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace CWAgent",
			}, says: []string{"needed by container cw, too"}},
		{name: "of one container, twice", definition: sidecar(adot, command("--config=/etc/ecs/ecs-cloudwatch.yaml", "--config=/etc/ecs/ecs-default-config.yaml")),
			want: []string{toMetrics, proxied}},
	})
	for _, one := range Of(read(t, sidecar(adot, command("--config=/etc/ecs/ecs-cloudwatch.yaml", "--config=/etc/ecs/ecs-default-config.yaml"))), here) {
		if strings.Contains(one.Why, "needed by") {
			t.Errorf("the container itself is told as another one: %s", one.Why)
		}
	}
}

func TestWhatCannotBeReadSpoilsNothingElse(t *testing.T) {
	xray := `{"name":"sidecar","image":"aws-xray-daemon"`
	check(t, []row{
		{name: "volumes are no list", definition: `{"volumes":{"a":1},"containerDefinitions":[` + xray + `}]}`, want: []string{daemon}},
		{name: "volumes are null", definition: `{"volumes":null,"containerDefinitions":[` + xray + `}]}`, want: []string{daemon}},
		{name: "a container is a number", definition: `{"containerDefinitions":[1,null,"x",` + xray + `}]}`, want: []string{daemon}},
		{name: "members of other types", definition: `{"containerDefinitions":[` + xray + `,"command":"x","environment":{"a":"b"},"mountPoints":"x","logConfiguration":[],"firelensConfiguration":1}]}`, want: []string{daemon}},
		{name: "elements of other types", definition: `{"containerDefinitions":[` + xray + `,"command":[1,{"a":[]},null],"environment":[1,{"name":2,"value":[]}],"secrets":[[]]}]}`, want: []string{daemon}},
		{name: "options of other types", definition: routed(`"Name":"kinesis","stream":"orders","region":7,"x":null`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:us-west-2:111122223333:stream/orders"}},
		{name: "a container without a name", definition: `{"containerDefinitions":[{"name":"a"},{"image":"aws-xray-daemon"}]}`, want: []string{"IMPLIED_XRAY container number 2: " + allOfXRay}},
		{name: "another capital", definition: `{"ContainerDefinitions":[` + xray + `}]}`},
		{name: "a volume and a mount without names", definition: `{"volumes":[{"efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","authorizationConfig":{"iam":"ENABLED"}}}],"containerDefinitions":[{"name":"a","mountPoints":[{}]}]}`,
			want: []string{"IMPLIED_EFS volume : " + mountsEFS}},
	})
	if got := Of(nil, here); len(got) != 0 {
		t.Errorf("no definition implies %v", got)
	}
}

func TestOptionsThatDifferInCapitalsOnlyAreReadTheSameEachTime(t *testing.T) {
	definition := read(t, routed(`"Name":"kinesis","name":"s3","NAME":"firehose","stream":"orders","bucket":"shop-logs","delivery_stream":"orders"`))
	first := Of(definition, here)
	for range 50 {
		if diff := cmp.Diff(first, Of(definition, here)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestARNsAreThoseOfThePlace(t *testing.T) {
	china := model.Place{Partition: "aws-cn", Account: "444455556666", Region: "cn-north-1"}
	for _, one := range Of(everything(t), china) {
		for _, s := range one.Statements {
			for _, r := range s.Resource {
				own := r == "*" || strings.HasPrefix(r, "arn:aws-cn:") && strings.Contains(r, ":444455556666:")
				if !own && one.Code != CodeS3Files { // whose ARN the definition names
					t.Errorf("%s: %s", one.Subject, r)
				}
			}
		}
	}
}

func TestEveryKindHasALabelThatASidCanTake(t *testing.T) {
	codes := []string{CodeEFS, CodeS3Files, CodeFireLens, CodeXRay, CodeADOT, CodeCloudWatchAgent, CodeAppMesh}
	var found []string
	for _, one := range Of(everything(t), here) {
		if !regexp.MustCompile(`^[A-Za-z0-9]+$`).MatchString(one.Label) {
			t.Errorf("%s: label %q", one.Code, one.Label)
		}
		found = append(found, one.Code)
	}
	for _, code := range codes {
		if !slices.Contains(found, code) {
			t.Errorf("the definition with everything has no %s", code)
		}
	}
}
