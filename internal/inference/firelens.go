package inference

import (
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// initFile begins the names of the environment variables by which the init
// process of AWS for Fluent Bit is told of configuration files in S3. It reads
// them itself, with the task role; config-file-type s3 is read by ECS, with the
// execution role (Amazon ECS: Use multiple configuration files with AWS for
// Fluent Bit).
const initFile = "aws_fluent_bit_init_s3_"

// router is the environment of the container that routes the logs: Fluent Bit
// fills ${NAME} in the options of all containers from there.
func (d definition) router() map[string]string {
	for i := range d.containers {
		if d.containers[i].firelens != nil {
			return d.containers[i].environment
		}
	}
	return nil
}

// logRouter is what the container that routes the logs needs for itself.
func (c *container) logRouter() []Implied {
	if c.firelens == nil {
		return nil
	}
	var out []Implied
	if file := c.firelens.options("options")["config-file-value"]; file != "" {
		out = append(out, implied(CodeFireLens, c.subject,
			"its outputs stand in the configuration file "+file+", which is not read: what they need must be granted by hand"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.environment)) {
		if strings.HasPrefix(name, initFile) {
			out = append(out, c.initFile(name, c.environment[name]))
		}
	}
	return out
}

func (c *container) initFile(variable, file string) Implied {
	parts := objectARN.FindStringSubmatch(file)
	if parts == nil {
		return implied(CodeFireLens, c.subject, variable+" names no object in S3: what it needs cannot be told")
	}
	bucket := strings.TrimSuffix(file, "/"+parts[2])
	return implied(CodeFireLens, c.subject,
		"its init process reads the configuration file "+file+" with the task role; outputs in that file are not read: what they need must be granted by hand",
		allow([]string{"s3:GetObject"}, []string{file}), allow([]string{"s3:GetBucketLocation"}, []string{bucket}))
}

// output is what FireLens is told to do with the logs of one container.
type output struct {
	options map[string]string // by name in small letters, ${NAME} filled
	plugin  string            // Name
	place   model.Place       // in the region that the options ask for
}

// permissions are what an output needs, or the reason why it cannot be told.
type permissions func(output) (statements []policy.Statement, problem string)

// outputs are the plugins of AWS for Fluent Bit that call AWS: those of Fluent
// Bit, and the older ones in Go (cloudwatch, firehose, kinesis).
var outputs = map[string]permissions{
	"cloudwatch_logs":  logsOutput,
	"cloudwatch":       logsOutput,
	"kinesis_firehose": deliveryOutput,
	"firehose":         deliveryOutput,
	"kinesis_streams":  streamOutput,
	"kinesis":          streamOutput,
	"s3":               bucketOutput,
	"es":               searchOutput,
	"opensearch":       searchOutput,
}

// logOutput is what the output of the container's logs needs, if FireLens routes
// them. ECS makes an output of Fluent Bit of the log driver's options.
func (c *container) logOutput(router map[string]string, place model.Place) []Implied {
	if c.logDriver != "awsfirelens" {
		return nil
	}
	environment := environmentOf(router, place)
	o := output{options: map[string]string{}, place: place}
	for name, value := range c.logOptions {
		o.options[name] = fill(value, fluentVariable, environment)
	}
	o.plugin = strings.ToLower(o.options["name"])
	statements, problem := o.permissions()
	what := "FireLens sends its logs to the output " + o.plugin
	switch {
	case problem != "":
		return []Implied{implied(CodeFireLens, c.subject, "FireLens routes its logs, but "+problem)}
	case len(statements) == 0:
		return nil
	default:
		return []Implied{implied(CodeFireLens, c.subject, what, statements...)}
	}
}

func (o output) permissions() ([]policy.Statement, string) {
	of, known := outputs[o.plugin]
	if kind := o.options["@type"]; o.plugin == "" && kind != "" {
		return nil, "the outputs of Fluentd, here " + kind + ", are not read: what it needs must be granted by hand"
	}
	if !known {
		if on(o.options["aws_auth"]) {
			return nil, "the output " + o.plugin + " signs its requests to AWS and is not known here: what it needs must be granted by hand"
		}
		return nil, ""
	}
	if role := firstOf(o.options, "role_arn", "aws_role_arn"); role != "" {
		return nil, "the output " + o.plugin + " assumes the role " + role + ": sts:AssumeRole on it must be granted in spec.statements"
	}
	name, valid := region(firstOf(o.options, "region", "aws_region"), o.place)
	if !valid {
		return nil, "the region of the output " + o.plugin + " is not known: what it needs must be granted by hand"
	}
	o.place.Region = name
	return of(o)
}

func firstOf(options map[string]string, names ...string) string {
	for _, name := range names {
		if options[name] != "" {
			return options[name]
		}
	}
	return ""
}

// on reads a truth value as Fluent Bit does.
func on(value string) bool {
	switch strings.ToLower(value) {
	case "on", "true", "yes":
		return true
	}
	return false
}
