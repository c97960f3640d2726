package inference

import (
	"regexp"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

var (
	// collectorVariable is filled when the collector starts: ${NAME}, ${env:NAME},
	// either with :-DEFAULT.
	collectorVariable = regexp.MustCompile(`\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}`)
	// metricAttribute is filled from each metric, such as {ClusterName}.
	metricAttribute = regexp.MustCompile(`\{[^{}]*\}`)
	// workspaceURL is where a workspace of Amazon Managed Service for Prometheus
	// takes samples.
	workspaceURL = regexp.MustCompile(`^https://aps-workspaces(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/workspaces/(ws-[a-z0-9-]+)/api/v1/remote_write/?$`)
)

// metricsGroup is where the exporter awsemf writes that is told no group: below
// /metrics/, to the namespace, or else to what each metric's service is called.
const metricsGroup = "/metrics/{namespace}"

func readGroup(exporter object) groupExport {
	days := exporter.scalar("log_retention")
	g := groupExport{name: exporter.text("log_group_name"), region: exporter.text("region"), retention: days != "" && days != "0"}
	if g.name == "" {
		g.name = metricsGroup
		if namespace := exporter.text("namespace"); namespace != "" {
			g.name = "/metrics/" + namespace
		}
	}
	return g
}

// statements are what the exports need, and what cannot be told.
func (e exports) statements(lookup func(string) (string, bool), place model.Place) (statements []policy.Statement, unread []string) {
	var actions []string
	if e.traces {
		actions = append(actions, putTraces...)
	}
	if e.telemetry {
		actions = append(actions, putTelemetry...)
	}
	if e.sampling {
		actions = append(actions, sampling...)
	}
	if len(actions) > 0 {
		statements = append(statements, traces(actions))
	}
	for _, g := range e.groups {
		s, known := g.statement(lookup, place)
		if !known {
			unread = append(unread, "the log group "+g.name+" is not known")
			continue
		}
		statements = append(statements, s)
	}
	for _, to := range e.endpoints {
		parts := workspaceURL.FindStringSubmatch(fillCollector(to.url, lookup))
		if parts != nil {
			statements = append(statements, allow([]string{"aps:RemoteWrite"}, []string{arn(place, "aps", parts[1], "workspace/"+parts[2])}))
		} else if to.signed {
			unread = append(unread, "the endpoint "+to.url+" is no known workspace of Amazon Managed Service for Prometheus")
		}
	}
	return statements, unread
}

// statement: the exporters make stream and group where a write finds none; they
// never call cloudwatch:PutMetricData.
func (g groupExport) statement(lookup func(string) (string, bool), place model.Place) (policy.Statement, bool) {
	asked := fillCollector(g.region, lookup)
	if asked == "" {
		asked, _ = lookup("AWS_REGION")
	}
	in, valid := region(asked, place)
	name, known := pattern(fill(fillCollector(g.name, lookup), metricAttribute, nobodyKnows), logGroupName)
	actions := []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
	if g.retention {
		actions = append(actions, "logs:PutRetentionPolicy")
	}
	return allow(actions, []string{arn(place, "logs", in, "log-group:"+name+":*")}), valid && known
}

// fillCollector fills the collector's variables; an unset one may have a default.
func fillCollector(text string, lookup func(string) (string, bool)) string {
	return collectorVariable.ReplaceAllStringFunc(text, func(match string) string {
		parts := collectorVariable.FindStringSubmatch(match)
		if value, found := lookup(parts[1]); found {
			return value
		}
		if parts[2] != "" {
			return parts[2]
		}
		return unknown
	})
}
