package inference

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sidecar is a definition with the container sidecar. Members follow its image.
func sidecar(image string, more ...string) string {
	return `{"containerDefinitions":[{"name":"sidecar","image":"` + image + `"` + strings.Join(append([]string{""}, more...), ",") + `}]}`
}

const adot = "public.ecr.aws/aws-observability/aws-otel-collector:latest"

func command(arguments ...string) string {
	quoted := make([]string, 0, len(arguments))
	for _, a := range arguments {
		quoted = append(quoted, strconv.Quote(a))
	}
	return `"command":[` + strings.Join(quoted, ",") + `]`
}

// environment takes name and value by turns.
func environment(pairs ...string) string {
	var list []string
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, `{"name":`+strconv.Quote(pair[0])+`,"value":`+strconv.Quote(pair[1])+`}`)
	}
	return `"environment":[` + strings.Join(list, ",") + `]`
}

// collecting is a collector with this configuration in its environment.
func collecting(configuration string, pairs ...string) string {
	return sidecar(adot, environment(append([]string{"AOT_CONFIG_CONTENT", configuration}, pairs...)...))
}

const (
	adotNeeds = "IMPLIED_ADOT container sidecar: "
	adotTold  = adotNeeds + "told"
	segments  = adotNeeds + "xray:PutTraceSegments on *"
	proxied   = adotNeeds + "xray:GetSamplingRules, xray:GetSamplingStatisticSummaries, xray:GetSamplingTargets, xray:PutTraceSegments on *"
	toGroups  = adotNeeds + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:"
	toMetrics = toGroups + "/aws/ecs/application/metrics:*"
	toPrometh = adotNeeds + "aps:RemoteWrite on arn:aws:aps:us-west-2:111122223333:workspace/ws-0a-1b"
	workspURL = "https://aps-workspaces.us-west-2.amazonaws.com/workspaces/ws-0a-1b/api/v1/remote_write"
)

func TestACollectorIsReadByItsImageAndCommand(t *testing.T) {
	amp := environment("AWS_PROMETHEUS_ENDPOINT", workspURL)
	check(t, []row{
		{name: "the image's own command", definition: sidecar(adot), want: []string{proxied, toGroups + "/metrics/*:*"}, says: []string{"by its image and command", "/etc/otel-config.yaml"}},
		{name: "the default for ECS", definition: sidecar(adot, command("--config=/etc/ecs/ecs-default-config.yaml")), want: []string{proxied, toMetrics}},
		{name: "in two words", definition: sidecar(adot, command("--config", "/etc/ecs/ecs-cloudwatch.yaml")), want: []string{toMetrics}},
		{name: "an option without its value", definition: sidecar(adot, command("--config")), want: []string{proxied, toGroups + "/metrics/*:*"}},
		{name: "as a file", definition: sidecar(adot, command("--config=file:/etc/ecs/ecs-xray.yaml")), want: []string{segments}},
		{name: "metrics and traces", definition: sidecar(adot, command("--config=/etc/ecs/ecs-cloudwatch-xray.yaml")), want: []string{segments, toMetrics}},
		{name: "container insights", definition: sidecar(adot, command("--config=/etc/ecs/container-insights/otel-task-metrics-config.yaml")),
			want: []string{proxied, toMetrics, toGroups + "/aws/ecs/containerinsights/*/performance:*"}},
		{name: "an instance's metrics", definition: sidecar(adot, command("--config=/etc/ecs/otel-instance-metrics-config.yaml")),
			want: []string{toGroups + "/aws/ecs/containerinsights/*/performance:*", adotTold}, says: []string{"asks EC2 and ECS about its instance"}},
		{name: "Prometheus", definition: sidecar(adot, command("--config=/etc/ecs/ecs-amp.yaml"), amp), want: []string{toPrometh}},
		{name: "Prometheus, scraped", definition: sidecar(adot, command("--config=/etc/ecs/ecs-amp-prometheus.yaml"), amp), want: []string{toPrometh}},
		{name: "Prometheus and traces", definition: sidecar(adot, command("--config=/etc/ecs/ecs-amp-xray.yaml"), amp), want: []string{segments, toPrometh}},
		{name: "Prometheus, scraped, and traces", definition: sidecar(adot, command("--config=/etc/ecs/ecs-amp-xray-prometheus.yaml"), amp), want: []string{segments, toPrometh}},
		{name: "Prometheus, nobody knows where", definition: sidecar(adot, command("--config=/etc/ecs/ecs-amp-xray.yaml")),
			want: []string{segments, adotTold}, says: []string{"${AWS_PROMETHEUS_ENDPOINT} is no known workspace"}},
		{name: "two configurations", definition: sidecar(adot, command("--config=/etc/ecs/ecs-xray.yaml", "--config=/etc/ecs/ecs-cloudwatch.yaml")), want: []string{segments, toMetrics}},
		{name: "a configuration that was built into the image", definition: sidecar(adot, command("--config=/etc/mine.yaml")),
			want: []string{adotTold}, says: []string{"/etc/mine.yaml", "does not stand in the definition"}},
		{name: "a configuration in S3", definition: sidecar(adot, command("--config=s3://conf.s3.us-west-2.amazonaws.com/otel/mine.yaml")),
			want: []string{adotNeeds + "s3:GetObject on arn:aws:s3:::conf/otel/mine.yaml", adotTold}},
		{name: "a star in S3", definition: sidecar(adot, command("--config=s3://conf.s3.us-west-2.amazonaws.com/*")), want: []string{adotTold}},
		{name: "a secret", definition: sidecar(adot, `"secrets":[{"name":"AOT_CONFIG_CONTENT","valueFrom":"otel"}]`, command("--config=/etc/ecs/ecs-xray.yaml")),
			want: []string{adotTold}, says: []string{"env:AOT_CONFIG_CONTENT", "does not stand in the definition"}},
		{name: "another image", definition: sidecar("public.ecr.aws/aws-observability/aws-otel-collector-tests", command("--config=/etc/ecs/ecs-xray.yaml"))},
	})
}

const xrayAndMetrics = `
receivers: {awsxray: {}, otlp: {}}
exporters:
  awsxray:
  awsemf:
    namespace: Shop
  awsemf/other:
    log_group_name: /not/used
  debug:
service:
  pipelines:
    traces: {receivers: [awsxray], exporters: [awsxray, debug]}
    metrics: {receivers: [otlp], exporters: [awsemf]}
`

// exporting is a configuration whose only exporter has these members.
func exporting(id, exporter string, more ...string) string {
	return "exporters:\n  " + id + ": " + exporter + "\nservice:\n  pipelines:\n    a: {receivers: [otlp], exporters: [" + id + "]}\n" + strings.Join(more, "\n")
}

func TestACollectorsOwnConfigurationIsRead(t *testing.T) {
	sigv4 := `
extensions: {sigv4auth: {region: us-west-2}}`
	check(t, []row{
		{name: "what the service uses counts", definition: collecting(xrayAndMetrics), want: []string{proxied, toGroups + "/metrics/Shop:*"}, says: []string{"env:AOT_CONFIG_CONTENT"}},
		{name: "it counts before the command", definition: sidecar(adot, environment("AOT_CONFIG_CONTENT", exporting("awsxray", "{}")), command("--config=/etc/ecs/ecs-cloudwatch.yaml")),
			want: []string{segments}},
		{name: "another variable", definition: sidecar(adot, environment("MINE", exporting("awsxray", "{}")), command("--config=env:MINE")), want: []string{segments}},
		{name: "the proxy for sampling", definition: collecting(exporting("awsxray", "{}", "  extensions: [awsproxy]")), want: []string{proxied}},
		{name: "telemetry", definition: collecting(exporting("awsxray", "{telemetry: {enabled: true}}")), want: []string{adotNeeds + "xray:PutTelemetryRecords, xray:PutTraceSegments on *"}},
		{name: "a group and its retention", definition: collecting(exporting("awscloudwatchlogs", "{log_group_name: /shop/app, log_stream_name: x, log_retention: 7}")),
			want: []string{adotNeeds + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents, logs:PutRetentionPolicy on arn:aws:logs:us-west-2:111122223333:log-group:/shop/app:*"}},
		{name: "no retention", definition: collecting(exporting("awsemf", "{log_group_name: /shop/app, log_retention: 0}")), want: []string{toGroups + "/shop/app:*"}},
		{name: "no group and no namespace", definition: collecting(exporting("awsemf", "{}")), want: []string{toGroups + "/metrics/*:*"}},
		{name: "a group by attributes", definition: collecting(exporting("awsemf", "{log_group_name: '/shop/{ClusterName}/{TaskId}'}")), want: []string{toGroups + "/shop/*/*:*"}},
		{name: "a group by the environment", definition: collecting(exporting("awsemf", "{log_group_name: '/shop/${env:STAGE}/${X}/${Y:-y}'}"), "STAGE", "prod"), want: []string{toGroups + "/shop/prod/*/y:*"}},
		{name: "a group that nobody knows", definition: collecting(exporting("awsemf", "{log_group_name: '{ClusterName}'}")), want: []string{adotTold}, says: []string{"{ClusterName} is not known"}},
		{name: "a star for a group", definition: collecting(exporting("awsemf", "{log_group_name: '/shop/*'}")), want: []string{adotTold}},
		{name: "standard output", definition: collecting(exporting("awsemf", "{output_destination: stdout}"))},
		{name: "another region", definition: collecting(exporting("awsemf", "{log_group_name: /a, region: eu-west-1}")),
			want: []string{adotNeeds + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:eu-west-1:111122223333:log-group:/a:*"}},
		{name: "another region by the environment", definition: collecting(exporting("awsemf", "{log_group_name: /a}"), "AWS_REGION", "eu-west-1"),
			want: []string{adotNeeds + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:eu-west-1:111122223333:log-group:/a:*"}},
		{name: "the region that ECS sets", definition: collecting(exporting("awsemf", "{log_group_name: /a, region: '${AWS_REGION}'}")), want: []string{toGroups + "/a:*"}},
		{name: "a region that nobody knows", definition: collecting(exporting("awsemf", "{log_group_name: /a, region: '${X}'}")), want: []string{adotTold}},
		{name: "Prometheus", definition: collecting(exporting("prometheusremotewrite", "{endpoint: '"+workspURL+"', auth: {authenticator: sigv4auth}}", sigv4)), want: []string{toPrometh}},
		{name: "Prometheus, by the environment", definition: collecting(exporting("prometheusremotewrite", "{endpoint: '${ENDPOINT}'}"), "ENDPOINT", workspURL), want: []string{toPrometh}},
		{name: "somebody else's Prometheus", definition: collecting(exporting("prometheusremotewrite", "{endpoint: 'https://prometheus.example.com/api/v1/write'}"))},
		{name: "a signed Prometheus elsewhere", definition: collecting(exporting("prometheusremotewrite", "{endpoint: 'https://x.example.com', auth: {authenticator: sigv4auth}}")),
			want: []string{adotTold}, says: []string{"no known workspace"}},
		{name: "a role to assume", definition: collecting(exporting("awsxray", "{role_arn: 'arn:aws:iam::999999999999:role/x'}")), want: []string{adotTold}, says: []string{"exporter awsxray assumes a role"}},
		{name: "a role to sign with", definition: collecting(exporting("prometheusremotewrite", "{endpoint: '"+workspURL+"', auth: {authenticator: sigv4auth/a}}", "extensions: {sigv4auth/a: {assume_role: {arn: r}}}")),
			want: []string{adotTold}, says: []string{"assumes a role"}},
		{name: "an exporter that signs and is unknown", definition: collecting(exporting("otlphttp", "{endpoint: 'https://xray.us-west-2.amazonaws.com', auth: {authenticator: sigv4auth}}")), want: []string{adotTold}, says: []string{"otlphttp is not known here"}},
		{name: "an exporter of AWS's that is unknown", definition: collecting(exporting("awss3", "{}")), want: []string{adotTold}, says: []string{"awss3"}},
		{name: "an exporter to somebody else", definition: collecting(exporting("otlp", "{endpoint: 'x:4317'}"))},
		{name: "a receiver that asks AWS", definition: collecting("service: {pipelines: {m: {receivers: [awscontainerinsightreceiver], exporters: []}}, extensions: [ecs_observer]}"),
			want: []string{adotTold}, says: []string{"its instance", "tasks to scrape"}},
		{name: "no YAML", definition: collecting("a: [b"), want: []string{adotTold}, says: []string{"not YAML"}},
		{name: "a key twice", definition: collecting("a: 1\na: 2"), want: []string{adotTold}},
		{name: "nothing", definition: collecting(""), want: []string{adotTold}},
	})
}
