package inference

import (
	"testing"
)

const (
	allOfXRay = "xray:GetSamplingRules, xray:GetSamplingStatisticSummaries, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *"
	daemon    = "IMPLIED_XRAY container sidecar: " + allOfXRay
	agent     = "IMPLIED_CLOUDWATCH_AGENT container sidecar: "
)

func TestTheXRayDaemonIsKnownByItsImageInAnyRegistry(t *testing.T) {
	check(t, []row{
		{name: "ECR Public", definition: sidecar("public.ecr.aws/xray/aws-xray-daemon:3.x"), want: []string{daemon}, says: []string{"by its image and command, it is the X-Ray daemon"}},
		{name: "Docker Hub", definition: sidecar("amazon/aws-xray-daemon"), want: []string{daemon}},
		{name: "a mirror", definition: sidecar("111122223333.dkr.ecr.us-west-2.amazonaws.com/ecr-public/xray/aws-xray-daemon:latest"), want: []string{daemon}},
		{name: "a registry with a port", definition: sidecar("registry:5000/aws-xray-daemon"), want: []string{daemon}},
		{name: "a digest", definition: sidecar("public.ecr.aws/xray/aws-xray-daemon@sha256:0123"), want: []string{daemon}},
		{name: "a tag and a digest", definition: sidecar("public.ecr.aws/xray/aws-xray-daemon:3@sha256:0123"), want: []string{daemon}},
		{name: "a role to assume", definition: sidecar("amazon/aws-xray-daemon", command("-o", "--role-arn", "arn:aws:iam::999999999999:role/x")),
			want: []string{"IMPLIED_XRAY container sidecar: told"}, says: []string{"assumes the role arn:aws:iam::999999999999:role/x"}},
		{name: "a role to assume, in short", definition: sidecar("amazon/aws-xray-daemon", command("-r", "arn:aws:iam::999999999999:role/x")),
			want: []string{"IMPLIED_XRAY container sidecar: told"}},
		{name: "a longer name", definition: sidecar("example.com/my-aws-xray-daemon")},
		{name: "below it", definition: sidecar("example.com/aws-xray-daemon/app")},
		{name: "as a registry", definition: sidecar("aws-xray-daemon:5000/app")},
		{name: "as a tag", definition: sidecar("example.com/app:aws-xray-daemon")},
	})
}

func TestTheCloudWatchAgentsConfigurationIsRead(t *testing.T) {
	configured := func(content string) string {
		return sidecar("public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest", environment("CW_CONFIG_CONTENT", content))
	}
	metrics := agent + "cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace "
	check(t, []row{
		{name: "metrics", definition: configured(`{"metrics":{"namespace":"Shop","metrics_collected":{"statsd":{}}}}`), want: []string{metrics + "Shop"}, says: []string{"by its image and command"}},
		{name: "metrics without a namespace", definition: configured(`{"metrics":{}}`), want: []string{metrics + "CWAgent"}},
		{name: "a namespace that is a variable", definition: configured(`{"metrics":{"namespace":"${aws:username}"}}`), want: []string{agent + "told"}},
		{name: "metrics to CloudWatch and Prometheus", definition: configured(`{"metrics":{"metrics_destinations":{"cloudwatch":{},"amp":{"workspace_id":"ws-1"}}}}`), want: []string{metrics + "CWAgent", agent + "told"}, says: []string{"Prometheus"}},
		{name: "metrics to Prometheus alone", definition: configured(`{"metrics":{"metrics_destinations":{"amp":{"workspace_id":"ws-1"}}}}`), want: []string{agent + "told"}},
		{name: "traces", definition: configured(`{"traces":{"traces_collected":{"xray":{}}}}`), want: []string{agent + allOfXRay}},
		{name: "logs", definition: configured(`{"logs":{"metrics_collected":{"emf":{}}}}`), want: []string{agent + "told"}, says: []string{"logs to groups that are not read"}},
		{name: "nothing collected", definition: configured(`{"agent":{"debug":true},"traces":{}}`)},
		{name: "a role to assume", definition: configured(`{"agent":{"credentials":{"role_arn":"r"}},"metrics":{}}`), want: []string{agent + "told"}, says: []string{"assumes a role"}},
		{name: "a role to assume for metrics", definition: configured(`{"metrics":{"credentials":{"role_arn":"r"}}}`), want: []string{agent + "told"}},
		{name: "no JSON", definition: configured(`metrics`), want: []string{agent + "told"}, says: []string{"no JSON object"}},
		{name: "a secret", definition: sidecar("amazon/cloudwatch-agent", `"secrets":[{"name":"CW_CONFIG_CONTENT","valueFrom":"x"}]`), want: []string{agent + "told"}, says: []string{"does not stand in the definition"}},
		{name: "another image", definition: sidecar("example.com/cloudwatch-agent-operator", environment("CW_CONFIG_CONTENT", `{"metrics":{}}`))},
	})
}

func TestAppMeshIsOnlyTold(t *testing.T) {
	const proxy = `"proxyConfiguration":{"type":"APPMESH","containerName":"envoy"}`
	says := []string{"support ended on 30 September 2026", "nothing is granted", "Service Connect"}
	check(t, []row{
		{name: "by the environment", definition: sidecar("aws-appmesh-envoy", environment("APPMESH_RESOURCE_ARN", "mesh/m/virtualNode/n")),
			want: []string{"IMPLIED_APP_MESH container sidecar: told"}, says: says},
		{name: "by the older environment", definition: sidecar("envoy", environment("APPMESH_VIRTUAL_NODE_NAME", "mesh/m/virtualNode/n")), want: []string{"IMPLIED_APP_MESH container sidecar: told"}},
		{name: "by a secret", definition: sidecar("envoy", `"secrets":[{"name":"APPMESH_RESOURCE_ARN","valueFrom":"x"}]`), want: []string{"IMPLIED_APP_MESH container sidecar: told"}},
		{name: "by the proxy", definition: `{` + proxy + `}`, want: []string{"IMPLIED_APP_MESH proxyConfiguration: told"}, says: says},
		{name: "by both", definition: `{` + proxy + `,"containerDefinitions":[{"name":"envoy","environment":[{"name":"APPMESH_RESOURCE_ARN","value":"x"}]}]}`,
			want: []string{"IMPLIED_APP_MESH container envoy: told"}},
		{name: "Envoy for oneself", definition: sidecar("envoyproxy/envoy", environment("ENVOY_LOG_LEVEL", "info"))},
	})
}
