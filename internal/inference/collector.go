package inference

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// contentVariable holds a collector's whole configuration; where it is set,
// --config does not count (AWS Distro for OpenTelemetry: Amazon ECS).
const contentVariable = "AOT_CONFIG_CONTENT"

// imageDefault is the command of the collector's image.
const imageDefault = "/etc/otel-config.yaml"

// exports are what a collector's configuration sends to AWS.
type exports struct {
	traces, telemetry, sampling bool
	groups                      []groupExport
	endpoints                   []endpoint
	unread                      []string // only told
}

// groupExport is an exporter that writes to a log group, by way of which
// metrics in the embedded metric format become CloudWatch's.
type groupExport struct {
	name, region string // may hold variables
	retention    bool
}

// endpoint is where an exporter writes Prometheus's samples to; url may hold
// variables.
type endpoint struct {
	url    string
	signed bool // by AWS's signature
}

// The destinations of the bundled configurations.
const (
	applicationMetrics = "/aws/ecs/application/metrics"
	containerInsights  = "/aws/ecs/containerinsights/{ClusterName}/performance"
)

var workspace = []endpoint{{url: "${AWS_PROMETHEUS_ENDPOINT}", signed: true}}

// bundled are the configurations in the collector's image, below config/ in its
// sources (github.com/aws-observability/aws-otel-collector, v0.49).
var bundled = map[string]exports{
	imageDefault:                            {traces: true, sampling: true, groups: []groupExport{{name: metricsGroup}}},
	"/etc/ecs/ecs-default-config.yaml":      {traces: true, sampling: true, groups: []groupExport{{name: applicationMetrics}}},
	"/etc/ecs/ecs-cloudwatch.yaml":          {groups: []groupExport{{name: applicationMetrics}}},
	"/etc/ecs/ecs-cloudwatch-xray.yaml":     {traces: true, groups: []groupExport{{name: applicationMetrics}}},
	"/etc/ecs/ecs-xray.yaml":                {traces: true},
	"/etc/ecs/ecs-amp.yaml":                 {endpoints: workspace},
	"/etc/ecs/ecs-amp-prometheus.yaml":      {endpoints: workspace},
	"/etc/ecs/ecs-amp-xray.yaml":            {traces: true, endpoints: workspace},
	"/etc/ecs/ecs-amp-xray-prometheus.yaml": {traces: true, endpoints: workspace},
	"/etc/ecs/container-insights/otel-task-metrics-config.yaml": {
		traces: true, sampling: true, groups: []groupExport{{name: applicationMetrics}, {name: containerInsights}},
	},
	"/etc/ecs/otel-instance-metrics-config.yaml": {
		groups: []groupExport{{name: containerInsights}},
		unread: []string{"it asks EC2 and ECS about its instance"},
	},
}

// collector reads which exporters the collector of the AWS Distro for
// OpenTelemetry has, from where its configuration stands in the definition.
func (c *container) collector(place model.Place) []Implied {
	if c.image != "aws-otel-collector" {
		return nil
	}
	var out []Implied
	const kind = byItsImage + "the collector of the AWS Distro for OpenTelemetry"
	for _, location := range c.configurations() {
		e, statements := c.exports(location, place)
		more, unread := e.statements(environmentOf(c.environment, place), place)
		statements = append(statements, more...)
		if len(statements) > 0 {
			out = append(out, implied(CodeADOT, c.subject, kind+" with the configuration "+location, statements...))
		}
		if unread = append(e.unread, unread...); len(unread) > 0 {
			out = append(out, implied(CodeADOT, c.subject,
				kind+" with the configuration "+location+", but "+strings.Join(unread, ", and ")+": what that needs must be granted by hand"))
		}
	}
	return out
}

// configurations are where the collector's configuration stands; several are
// merged by the collector, so that each counts.
func (c *container) configurations() []string {
	if _, found := c.environment[contentVariable]; found || c.secrets[contentVariable] {
		return []string{"env:" + contentVariable}
	}
	if locations := c.argumentValues("--config"); len(locations) > 0 {
		return slices.Compact(locations)
	}
	return []string{imageDefault}
}

// bucketConfiguration is a configuration in S3, which the collector fetches with
// the task role: s3://BUCKET.s3.REGION.amazonaws.com/KEY.
var bucketConfiguration = regexp.MustCompile(`^s3://([a-z0-9][a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(.+)$`)

func (c *container) exports(location string, place model.Place) (exports, []policy.Statement) {
	if e, found := bundled[strings.TrimPrefix(location, "file:")]; found {
		return e, nil
	}
	variable, inEnvironment := strings.CutPrefix(location, "env:")
	content, set := c.environment[variable]
	switch parts := bucketConfiguration.FindStringSubmatch(location); {
	case inEnvironment && set:
		return readCollector(content), nil
	case inEnvironment:
		return exports{unread: []string{"its value does not stand in the definition"}}, nil
	case len(parts) == 3 && objectARN.MatchString("arn:aws:s3:::"+parts[1]+"/"+parts[2]):
		return exports{unread: []string{"its content does not stand in the definition"}},
			[]policy.Statement{allow([]string{"s3:GetObject"}, []string{"arn:" + place.Partition + ":s3:::" + parts[1] + "/" + parts[2]})}
	}
	return exports{unread: []string{"its content does not stand in the definition"}}, nil
}

// readCollector reads a configuration (OpenTelemetry: Configuration). An
// exporter, a receiver or an extension exists only where the service names it.
func readCollector(content string) exports {
	raw, err := yaml.YAMLToJSONStrict([]byte(content))
	configuration := readObject(json.RawMessage(raw))
	if err != nil || configuration == nil {
		return exports{unread: []string{"it is not YAML"}}
	}
	var e exports
	service := configuration.object("service")
	pipelines := service.object("pipelines")
	used := map[string][]string{"extensions": service.texts("extensions")}
	for name := range pipelines {
		pipeline := pipelines.object(name)
		for _, part := range []string{"receivers", "exporters"} {
			used[part] = append(used[part], pipeline.texts(part)...)
		}
	}
	for part := range used {
		slices.Sort(used[part])
		used[part] = slices.Compact(used[part])
	}
	for _, id := range used["exporters"] {
		e.add(id, configuration.object("exporters").object(id), configuration.object("extensions"))
	}
	for _, id := range slices.Concat(used["receivers"], used["extensions"]) {
		e.addSource(kindOf(id))
	}
	return e
}

// kindOf is the type in the id of a component, type or type/name.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}

// addSource adds what receivers and extensions ask AWS for.
func (e *exports) addSource(kind string) {
	switch kind {
	case "awsxray", "awsproxy":
		e.sampling = true
	case "awscontainerinsightreceiver":
		e.unread = append(e.unread, "it asks EC2 and ECS about its instance")
	case "ecs_observer":
		e.unread = append(e.unread, "it asks ECS for tasks to scrape")
	}
}

// add adds what an exporter sends.
func (e *exports) add(id string, exporter, extensions object) {
	authenticator := exporter.object("auth").text("authenticator")
	signs := kindOf(authenticator) == "sigv4auth"
	kind := kindOf(id)
	switch {
	case exporter.text("role_arn") != "" || signs && extensions.object(authenticator).object("assume_role").text("arn") != "":
		e.unread = append(e.unread, "its exporter "+id+" assumes a role")
	case kind == "awsxray":
		e.traces = true
		e.telemetry = e.telemetry || exporter.object("telemetry").yes("enabled")
	case kind == "awsemf" && exporter.text("output_destination") == "stdout":
	case kind == "awsemf" || kind == "awscloudwatchlogs":
		e.groups = append(e.groups, readGroup(exporter))
	case kind == "prometheusremotewrite":
		e.endpoints = append(e.endpoints, endpoint{exporter.text("endpoint"), signs})
	case signs || strings.HasPrefix(kind, "aws"):
		e.unread = append(e.unread, "its exporter "+id+" is not known here")
	}
}
