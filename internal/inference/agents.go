package inference

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// What X-Ray's clients call. None of it knows a resource.
var (
	putTraces    = []string{"xray:PutTraceSegments"}
	putTelemetry = []string{"xray:PutTelemetryRecords"}
	// sampling is asked for by the SDKs in the task, through the daemon.
	sampling = []string{"xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets"}
)

// traces makes the statement of several of these lists.
func traces(lists ...[]string) policy.Statement {
	return allow(slices.Concat(lists...), []string{"*"})
}

// byItsImage begins what is said of sidecars: the definition tells them by
// nothing else.
const byItsImage = "by its image and command, it is "

// xrayDaemon: what AWS's policy AWSXRayDaemonWriteAccess has.
func (c *container) xrayDaemon() []Implied {
	if c.image != "aws-xray-daemon" {
		return nil
	}
	if role, found := c.argument("--role-arn", "-r"); found {
		return []Implied{implied(CodeXRay, c.subject,
			byItsImage+"the X-Ray daemon, which assumes the role "+role+": sts:AssumeRole on it must be granted in spec.statements")}
	}
	return []Implied{implied(CodeXRay, c.subject, byItsImage+"the X-Ray daemon", traces(putTraces, putTelemetry, sampling))}
}

// agentNamespace holds the metrics of an agent that is told no other.
const agentNamespace = "CWAgent"

// cloudWatchAgent reads the agent's configuration where it stands in the
// definition (Amazon CloudWatch: Manually create or edit the CloudWatch agent
// configuration file).
func (c *container) cloudWatchAgent() []Implied {
	const variable = "CW_CONFIG_CONTENT"
	if c.image != "cloudwatch-agent" {
		return nil
	}
	tell := func(what string) Implied {
		return implied(CodeCloudWatchAgent, c.subject, byItsImage+"the CloudWatch agent"+what+": what it needs must be granted by hand")
	}
	content, found := c.environment[variable]
	configuration := readObject(json.RawMessage(content))
	switch {
	case !found:
		return []Implied{tell(", whose configuration does not stand in the definition")}
	case configuration == nil:
		return []Implied{tell(", whose " + variable + " is no JSON object")}
	case configuration.assumes():
		return []Implied{tell(", which assumes a role")}
	}
	statements, unread := configuration.agentSends()
	var out []Implied
	if len(statements) > 0 {
		out = append(out, implied(CodeCloudWatchAgent, c.subject, byItsImage+"the CloudWatch agent, and "+variable+" says what it sends", statements...))
	}
	for _, what := range unread {
		out = append(out, tell(what))
	}
	return out
}

// agentSends are what the sections of an agent's configuration need, and what
// of them cannot be told.
func (o object) agentSends() (statements []policy.Statement, unread []string) {
	if o.object("traces").has("traces_collected") {
		statements = append(statements, traces(putTraces, putTelemetry, sampling))
	}
	if metrics := o.object("metrics"); metrics != nil {
		namespace := metrics.text("namespace")
		if namespace == "" {
			namespace = agentNamespace
		}
		destinations := metrics.object("metrics_destinations")
		switch {
		case strings.Contains(namespace, "$"):
			unread = append(unread, ", whose namespace of metrics is not known")
		case destinations == nil || destinations.has("cloudwatch"):
			statements = append(statements, allowIf([]string{"cloudwatch:PutMetricData"}, "*", "StringEquals", "cloudwatch:namespace", namespace))
		}
		if destinations.has("amp") {
			unread = append(unread, ", which sends metrics to Amazon Managed Service for Prometheus")
		}
	}
	if o.has("logs") {
		unread = append(unread, ", which sends logs to groups that are not read")
	}
	return statements, unread
}

// assumes says whether an agent's configuration names a role to assume.
func (o object) assumes() bool {
	for _, section := range []string{"agent", "metrics", "logs", "traces"} {
		if o.object(section).object("credentials").text("role_arn") != "" {
			return true
		}
	}
	return false
}

// meshVariables make a container an Envoy proxy of App Mesh; the second is the
// older one.
var meshVariables = []string{"APPMESH_RESOURCE_ARN", "APPMESH_VIRTUAL_NODE_NAME"}

// appMesh only tells: what its proxies called is gone.
func (d definition) appMesh() []Implied {
	const why = "it belongs to AWS App Mesh, whose support ended on 30 September 2026: nothing is granted for it; Amazon ECS Service Connect takes its place"
	for i := range d.containers {
		c := &d.containers[i]
		if slices.ContainsFunc(meshVariables, func(name string) bool { return c.environment[name] != "" || c.secrets[name] }) {
			return []Implied{implied(CodeAppMesh, c.subject, why)}
		}
	}
	if d.proxy.text("type") == "APPMESH" {
		return []Implied{implied(CodeAppMesh, "proxyConfiguration", why)}
	}
	return nil
}
