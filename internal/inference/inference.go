// Package inference reads from a task definition which permissions of the task
// role it implies. It is pure.
package inference

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// The kinds of what a definition implies.
const (
	// CodeEFS is an Amazon EFS volume with IAM authorisation.
	CodeEFS = "IMPLIED_EFS"
	// CodeS3Files is an Amazon S3 Files volume; these always ask IAM.
	CodeS3Files = "IMPLIED_S3_FILES"
	// CodeFireLens is an output of FireLens's log router, or its configuration.
	CodeFireLens = "IMPLIED_FIRELENS"
	// CodeXRay is the AWS X-Ray daemon.
	CodeXRay = "IMPLIED_XRAY"
	// CodeADOT is the collector of the AWS Distro for OpenTelemetry.
	CodeADOT = "IMPLIED_ADOT"
	// CodeCloudWatchAgent is the Amazon CloudWatch agent.
	CodeCloudWatchAgent = "IMPLIED_CLOUDWATCH_AGENT"
	// CodeExec is ECS Exec on a service, or what a cluster asks of its sessions.
	CodeExec = "IMPLIED_EXECUTE_COMMAND"
	// CodeAppMesh is an Envoy proxy of AWS App Mesh.
	CodeAppMesh = "IMPLIED_APP_MESH"
)

// labels are the names that Sids take from the codes.
var labels = map[string]string{
	CodeEFS: "EFS", CodeS3Files: "S3Files", CodeFireLens: "FireLens", CodeXRay: "XRay",
	CodeADOT: "ADOT", CodeCloudWatchAgent: "CloudWatchAgent", CodeAppMesh: "AppMesh", CodeExec: "ExecuteCommand",
}

// Implied is something that the definition needs of its task role.
type Implied struct {
	// Code names the kind, such as IMPLIED_EFS.
	Code string
	// Subject is the part of the definition that implies it, such as "volume shared".
	Subject string
	// Why says what was seen, and how sure the reading is.
	Why string
	// Label is the Sid-like name of the kind, letters and digits, such as EFS.
	Label string
	// Statements are needed; none: it is only told, such as App Mesh's end.
	Statements []policy.Statement
}

// Of reads what the registration (raw members of RegisterTaskDefinition by name)
// implies, in the order of the definition: volumes, containers, proxy. What
// cannot be read implies nothing. A statement that several parts of the
// definition imply stands with the first of them only, whose Why names the
// others.
func Of(registration map[string]json.RawMessage, place model.Place) []Implied {
	d := readDefinition(object(registration))
	found := d.fileSystems(place)
	router := d.router()
	for i := range d.containers {
		c := &d.containers[i]
		found = append(found, c.logRouter()...)
		found = append(found, c.logOutput(router, place)...)
		found = append(found, c.xrayDaemon()...)
		found = append(found, c.collector(place)...)
		found = append(found, c.cloudWatchAgent()...)
	}
	return once(append(found, d.appMesh()...))
}

// Exec is what ECS Exec implies, which no definition tells.
func Exec(subject, why string, statements ...policy.Statement) Implied {
	return implied(CodeExec, subject, why, statements...)
}

// implied makes one kind's finding.
func implied(code, subject, why string, statements ...policy.Statement) Implied {
	return Implied{Code: code, Subject: subject, Why: why, Label: labels[code], Statements: statements}
}

// once leaves every statement to the first part of the definition that implies
// it. What is only told stays.
func once(all []Implied) []Implied {
	var out []Implied
	first := map[string]int{} // statement -> index in out
	others := map[int][]string{}
	for _, one := range all {
		var fresh []policy.Statement
		for _, s := range one.Statements {
			key := text(s)
			at, seen := first[key]
			if !seen {
				first[key] = len(out)
				fresh = append(fresh, s)
			} else if subject := one.Subject; at < len(out) && subject != out[at].Subject && !slices.Contains(others[at], subject) {
				others[at] = append(others[at], subject)
			}
		}
		if len(fresh) > 0 || len(one.Statements) == 0 {
			one.Statements = fresh
			out = append(out, one)
		}
	}
	for at, subjects := range others {
		out[at].Why += "; needed by " + strings.Join(subjects, ", ") + ", too"
	}
	return out
}

// text is a statement as JSON: equal statements have equal texts.
func text(s policy.Statement) string {
	return policy.Document{Statement: policy.Statements{s}}.JSON()
}

// allow makes a statement. Lists are sorted, so that equal ones look equal.
func allow(actions, resources []string) policy.Statement {
	return policy.Statement{Effect: policy.Allow, Action: sorted(actions), Resource: sorted(resources)}
}

func sorted(list []string) policy.Strings {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// allowIf makes a statement with one condition.
func allowIf(actions []string, resource, operator, key, value string) policy.Statement {
	s := allow(actions, []string{resource})
	s.Condition = policy.Conditions{operator: {key: {value}}}
	return s
}

// arn makes the ARN of a regional resource.
func arn(p model.Place, service, region, resource string) string {
	return "arn:" + p.Partition + ":" + service + ":" + region + ":" + p.Account + ":" + resource
}
