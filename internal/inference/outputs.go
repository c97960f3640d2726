package inference

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

var (
	// fluentVariable is filled when Fluent Bit starts.
	fluentVariable = regexp.MustCompile(`\$\{([^}]*)\}`)
	// goTemplate is filled for each record by the output cloudwatch, such as
	// $(kubernetes['namespace']).
	goTemplate = regexp.MustCompile(`\$\([^)]*\)`)
	// recordAccessor is filled for each record by the output cloudwatch_logs, such
	// as $kubernetes['namespace'].
	recordAccessor = regexp.MustCompile(`\$[A-Za-z0-9_]+(?:\[[^\]]*\])*`)
	// searchHost are the endpoints of an OpenSearch domain: search- or vpc-, the
	// domain, a hash of 26 characters.
	searchHost = regexp.MustCompile(`^(?:search|vpc)-([a-z][a-z0-9-]{2,27})-[a-z0-9]{26}\.(?:([a-z0-9-]+)\.es\.amazonaws\.com(?:\.cn)?|aos\.([a-z0-9-]+)\.on\.aws)$`)
	// collectionHost is the endpoint of a collection of OpenSearch Serverless.
	collectionHost = regexp.MustCompile(`^([a-z0-9]{20,40})\.([a-z0-9-]+)\.aoss\.amazonaws\.com$`)
)

// The names that the plugins take where the options name none.
const (
	defaultGroup = "fluentbit-default" // cloudwatch, where its template cannot be filled
	defaultKey   = "/fluent-bit-logs/$TAG/%Y/%m/%d/%H/%M/%S"
)

// logsOutput: the pages of both plugins list these permissions (Fluent Bit:
// Amazon CloudWatch; amazon-cloudwatch-logs-for-fluent-bit: Permissions). A
// retention is set only on a group that the plugin makes.
func logsOutput(o output) ([]policy.Statement, string) {
	actions := []string{"logs:CreateLogStream", "logs:PutLogEvents"}
	name := o.options["log_group_name"]
	templates := []string{name}
	if o.plugin == "cloudwatch" {
		actions = append(actions, "logs:DescribeLogStreams")
		templates[0] = fill(name, goTemplate, nobodyKnows)
		if templates[0] != name {
			fallback := o.options["default_log_group_name"]
			if fallback == "" {
				fallback = defaultGroup
			}
			templates = append(templates, fallback)
		}
	} else if template := o.options["log_group_template"]; template != "" {
		templates = append(templates, fill(template, recordAccessor, nobodyKnows))
	}
	if on(o.options["auto_create_group"]) {
		actions = append(actions, "logs:CreateLogGroup")
		if days, err := strconv.Atoi(o.options["log_retention_days"]); err == nil && days > 0 {
			actions = append(actions, "logs:PutRetentionPolicy")
		}
	}
	var resources []string
	for _, template := range templates {
		group, valid := pattern(template, logGroupName)
		if !valid {
			return nil, "the log group of the output " + o.plugin + " is not known: what it needs must be granted by hand"
		}
		resources = append(resources, logGroup(o, group))
	}
	return []policy.Statement{allow(actions, resources)}, ""
}

// logGroup is the resource of all calls about a log group and its streams: each
// names the group with a colon behind it (Amazon CloudWatch Logs: Resources).
func logGroup(o output, group string) string {
	return arn(o.place, "logs", o.place.Region, "log-group:"+group+":*")
}

func deliveryOutput(o output) ([]policy.Statement, string) {
	return o.onStream("delivery_stream", "firehose:PutRecordBatch", "firehose", "deliverystream/")
}

func streamOutput(o output) ([]policy.Statement, string) {
	return o.onStream("stream", "kinesis:PutRecords", "kinesis", "stream/")
}

func (o output) onStream(option, action, service, kind string) ([]policy.Statement, string) {
	name := o.options[option]
	if !streamName.MatchString(name) {
		return nil, "the " + option + " of the output " + o.plugin + " is not known: what it needs must be granted by hand"
	}
	return []policy.Statement{allow([]string{action}, []string{arn(o.place, service, o.place.Region, kind+name)})}, ""
}

// bucketOutput: uploads in parts need no other permission (Fluent Bit: Amazon
// S3). The key begins with what the format has before its first variable.
func bucketOutput(o output) ([]policy.Statement, string) {
	bucket, format := o.options["bucket"], o.options["s3_key_format"]
	if format == "" {
		format = defaultKey
	}
	prefix := strings.TrimPrefix(format, "/")
	if i := strings.IndexAny(prefix, "$%"+unknown); i >= 0 {
		prefix = prefix[:i]
	}
	if !bucketName.MatchString(bucket) || !objectKey.MatchString(prefix) {
		return nil, "the bucket or the key of the output " + o.plugin + " is not known: what it needs must be granted by hand"
	}
	actions := []string{"s3:PutObject"}
	if o.options["canned_acl"] != "" {
		actions = append(actions, "s3:PutObjectAcl")
	}
	return []policy.Statement{allow(actions, []string{"arn:" + o.place.Partition + ":s3:::" + bucket + "/" + prefix + "*"})}, ""
}

// searchOutput: both plugins post to _bulk, which is a resource below the domain
// (Amazon OpenSearch Service: Identity and Access Management). Without aws_auth
// they know no IAM.
func searchOutput(o output) ([]policy.Statement, string) {
	if !on(o.options["aws_auth"]) {
		return nil, ""
	}
	host := strings.TrimSuffix(o.options["host"], ".")
	if parts := collectionHost.FindStringSubmatch(host); parts != nil {
		return []policy.Statement{allow([]string{"aoss:APIAccessAll"}, []string{arn(o.place, "aoss", parts[2], "collection/"+parts[1])})}, ""
	}
	parts := searchHost.FindStringSubmatch(host)
	path := strings.Trim(o.options["path"], "/")
	if parts == nil || !objectKey.MatchString(path) {
		return nil, "the host of the output " + o.plugin + " names no OpenSearch domain: what it needs must be granted by hand"
	}
	if path != "" {
		path += "/"
	}
	resource := "domain/" + parts[1] + "/" + path + "_bulk"
	if o.options["pipeline"] != "" {
		resource += "/" // as the plugins write it before the pipeline's name
	}
	return []policy.Statement{allow([]string{"es:ESHttpPost"}, []string{arn(o.place, "es", parts[2]+parts[3], resource)})}, ""
}
