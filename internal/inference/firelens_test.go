package inference

import (
	"strings"
	"testing"
)

// routed is a definition whose container app has its logs routed with these
// options; the router has the environment, if any.
func routed(options string, environment ...string) string {
	return `{"containerDefinitions":[
		{"name":"router","image":"amazon/aws-for-fluent-bit:stable","firelensConfiguration":{"type":"fluentbit"},"environment":[` + strings.Join(environment, ",") + `]},
		{"name":"app","image":"app","logConfiguration":{"logDriver":"awsfirelens","options":{` + options + `}}}]}`
}

const (
	shopGroup = "arn:aws:logs:us-west-2:111122223333:log-group:/shop/orders:*"
	told      = "IMPLIED_FIRELENS container app: told"
	needs     = "IMPLIED_FIRELENS container app: "
)

func TestFireLensOutputsNeedWhatTheirPluginsCall(t *testing.T) {
	check(t, []row{
		{name: "CloudWatch Logs", definition: routed(`"Name":"cloudwatch_logs","region":"us-west-2","log_group_name":"/shop/orders","log_stream_prefix":"x"`),
			want: []string{needs + "logs:CreateLogStream, logs:PutLogEvents on " + shopGroup}, says: []string{"FireLens sends its logs to the output cloudwatch_logs"}},
		{name: "CloudWatch Logs, making the group", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/orders","auto_create_group":"On"`),
			want: []string{needs + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on " + shopGroup}},
		{name: "CloudWatch Logs, making the group with a retention", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/orders","auto_create_group":"true","log_retention_days":"7"`),
			want: []string{needs + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents, logs:PutRetentionPolicy on " + shopGroup}},
		{name: "a retention of no days", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/orders","auto_create_group":"yes","log_retention_days":"0"`),
			want: []string{needs + "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on " + shopGroup}},
		{name: "a retention, of a group that must exist", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/orders","auto_create_group":"false","log_retention_days":"7"`),
			want: []string{needs + "logs:CreateLogStream, logs:PutLogEvents on " + shopGroup}},
		{name: "the Go plugin for CloudWatch Logs", definition: routed(`"Name":"cloudwatch","region":"us-west-2","log_group_name":"/shop/orders"`),
			want: []string{needs + "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on " + shopGroup}},
		{name: "Firehose", definition: routed(`"Name":"kinesis_firehose","region":"us-west-2","delivery_stream":"orders"`),
			want: []string{needs + "firehose:PutRecordBatch on arn:aws:firehose:us-west-2:111122223333:deliverystream/orders"}},
		{name: "the Go plugin for Firehose", definition: routed(`"Name":"firehose","delivery_stream":"orders"`),
			want: []string{needs + "firehose:PutRecordBatch on arn:aws:firehose:us-west-2:111122223333:deliverystream/orders"}},
		{name: "Kinesis", definition: routed(`"Name":"kinesis_streams","stream":"orders"`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:us-west-2:111122223333:stream/orders"}},
		{name: "the Go plugin for Kinesis", definition: routed(`"Name":"kinesis","stream":"orders"`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:us-west-2:111122223333:stream/orders"}},
		{name: "S3", definition: routed(`"Name":"s3","bucket":"shop-logs"`),
			want: []string{needs + "s3:PutObject on arn:aws:s3:::shop-logs/fluent-bit-logs/*"}},
		{name: "S3, a key of one's own", definition: routed(`"Name":"s3","bucket":"shop-logs","s3_key_format":"/orders/%Y/$TAG.gz"`),
			want: []string{needs + "s3:PutObject on arn:aws:s3:::shop-logs/orders/*"}},
		{name: "S3, a key that begins with a variable", definition: routed(`"Name":"s3","bucket":"shop-logs","s3_key_format":"/$TAG/%Y"`),
			want: []string{needs + "s3:PutObject on arn:aws:s3:::shop-logs/*"}},
		{name: "S3, with an ACL", definition: routed(`"Name":"s3","bucket":"shop-logs","canned_acl":"bucket-owner-full-control"`),
			want: []string{needs + "s3:PutObject, s3:PutObjectAcl on arn:aws:s3:::shop-logs/fluent-bit-logs/*"}},
		{name: "OpenSearch", definition: routed(`"Name":"opensearch","Host":"vpc-shop-search-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com","AWS_Auth":"On","AWS_Region":"eu-west-1"`),
			want: []string{needs + "es:ESHttpPost on arn:aws:es:eu-west-1:111122223333:domain/shop-search/_bulk"}},
		{name: "Elasticsearch, below a path, through a pipeline", definition: routed(`"Name":"es","Host":"search-shop-abcdefghijklmnopqrstuvwxyz.us-west-2.es.amazonaws.com","AWS_Auth":"On","Path":"/logs","Pipeline":"p"`),
			want: []string{needs + "es:ESHttpPost on arn:aws:es:us-west-2:111122223333:domain/shop/logs/_bulk/"}},
		{name: "OpenSearch, the newer endpoint", definition: routed(`"Name":"opensearch","Host":"search-shop-abcdefghijklmnopqrstuvwxyz.aos.us-west-2.on.aws","AWS_Auth":"On"`),
			want: []string{needs + "es:ESHttpPost on arn:aws:es:us-west-2:111122223333:domain/shop/_bulk"}},
		{name: "OpenSearch Serverless", definition: routed(`"Name":"opensearch","Host":"07tjusf2h91cunochc00.us-west-2.aoss.amazonaws.com","AWS_Auth":"On","AWS_Service_Name":"aoss"`),
			want: []string{needs + "aoss:APIAccessAll on arn:aws:aoss:us-west-2:111122223333:collection/07tjusf2h91cunochc00"}},
		{name: "another region", definition: routed(`"Name":"kinesis_streams","region":"eu-central-1","stream":"orders"`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:eu-central-1:111122223333:stream/orders"}},
		{name: "other capitals", definition: routed(`"NAME":"Kinesis_Streams","REGION":"eu-central-1","Stream":"orders"`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:eu-central-1:111122223333:stream/orders"}},
	})
}

func TestFireLensVariablesAreFilledFromTheRouterOrBecomeAStar(t *testing.T) {
	check(t, []row{
		{name: "the router's environment", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/${TEAM}/orders"`, `{"name":"TEAM","value":"shop"}`),
			want: []string{needs + "logs:CreateLogStream, logs:PutLogEvents on " + shopGroup}},
		{name: "the region that ECS sets", definition: routed(`"Name":"kinesis","region":"${AWS_REGION}","stream":"orders"`),
			want: []string{needs + "kinesis:PutRecords on arn:aws:kinesis:us-west-2:111122223333:stream/orders"}},
		{name: "a variable that nobody sets", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/${STAGE}/orders"`),
			want: []string{needs + "logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:/shop/*/orders:*"}},
		{name: "the Go plugin's template", definition: routed(`"Name":"cloudwatch","log_group_name":"/shop/$(ecs_cluster)$(kubernetes['x'])"`),
			want: []string{needs + "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:/shop/*:*, arn:aws:logs:us-west-2:111122223333:log-group:fluentbit-default:*"}},
		{name: "the Go plugin's template, with a fallback", definition: routed(`"Name":"cloudwatch","log_group_name":"/shop/$(x)","default_log_group_name":"/shop/other"`),
			want: []string{needs + "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:/shop/*:*, arn:aws:logs:us-west-2:111122223333:log-group:/shop/other:*"}},
		{name: "a template beside the name", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/orders","log_group_template":"/shop/$kubernetes['namespace'].$x"`),
			want: []string{needs + "logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:/shop/*.*:*, " + shopGroup}},
		{name: "a star before anything known", definition: routed(`"Name":"cloudwatch","log_group_name":"$(x)-logs"`), want: []string{told}, says: []string{"log group", "not known"}},
		{name: "a slash is nothing known", definition: routed(`"Name":"cloudwatch","log_group_name":"/$(x)"`), want: []string{told}},
		{name: "a bucket that nobody knows", definition: routed(`"Name":"s3","bucket":"${BUCKET}-logs"`), want: []string{told}, says: []string{"bucket"}},
		{name: "a stream that nobody knows", definition: routed(`"Name":"kinesis","stream":"a${X}"`), want: []string{told}, says: []string{"the stream"}},
		{name: "a region that nobody knows", definition: routed(`"Name":"kinesis","stream":"a","region":"${X}"`), want: []string{told}, says: []string{"the region"}},
	})
}

func TestAStarInADefinitionNeverBecomesOneInAPolicy(t *testing.T) {
	check(t, []row{
		{name: "log group", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/*"`), want: []string{told}},
		{name: "a policy variable", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/${aws:username}*"`), want: []string{told}},
		{name: "by the router's environment", definition: routed(`"Name":"cloudwatch_logs","log_group_name":"/shop/${X}"`, `{"name":"X","value":"*"}`), want: []string{told}},
		{name: "delivery stream", definition: routed(`"Name":"firehose","delivery_stream":"*"`), want: []string{told}},
		{name: "stream", definition: routed(`"Name":"kinesis","stream":"o?ders"`), want: []string{told}},
		{name: "bucket", definition: routed(`"Name":"s3","bucket":"*"`), want: []string{told}},
		{name: "key", definition: routed(`"Name":"s3","bucket":"shop-logs","s3_key_format":"/a*/"`), want: []string{told}},
		{name: "region", definition: routed(`"Name":"kinesis","stream":"orders","region":"*"`), want: []string{told}},
		{name: "path", definition: routed(`"Name":"es","Host":"search-shop-abcdefghijklmnopqrstuvwxyz.us-west-2.es.amazonaws.com","AWS_Auth":"On","Path":"*"`), want: []string{told}},
	})
}

func TestWhatFireLensDoesElsewhereIsOnlyTold(t *testing.T) {
	router := "IMPLIED_FIRELENS container router: "
	check(t, []row{
		{name: "a role to assume", definition: routed(`"Name":"kinesis","stream":"orders","role_arn":"arn:aws:iam::999999999999:role/logs"`),
			want: []string{told}, says: []string{"assumes the role arn:aws:iam::999999999999:role/logs", "spec.statements"}},
		{name: "a role to assume, of OpenSearch", definition: routed(`"Name":"es","AWS_Auth":"On","Host":"h","AWS_Role_ARN":"arn:aws:iam::999999999999:role/logs"`),
			want: []string{told}, says: []string{"assumes the role"}},
		{name: "an endpoint with a name of its own", definition: routed(`"Name":"es","AWS_Auth":"On","Host":"logs.example.com"`), want: []string{told}, says: []string{"names no OpenSearch domain"}},
		{name: "an unknown output that signs", definition: routed(`"Name":"http","AWS_Auth":"On","Host":"x"`), want: []string{told}, says: []string{"http", "not known here"}},
		{name: "Fluentd", definition: `{"containerDefinitions":[{"name":"app","logConfiguration":{"logDriver":"awsfirelens","options":{"@type":"kinesis_streams","stream_name":"x"}}}]}`,
			want: []string{told}, says: []string{"Fluentd", "kinesis_streams"}},
		{name: "a configuration file", definition: `{"containerDefinitions":[{"name":"router","firelensConfiguration":{"type":"fluentbit","options":{"config-file-type":"file","config-file-value":"/extra.conf"}}}]}`,
			want: []string{router + "told"}, says: []string{"/extra.conf, which is not read"}},
		{name: "a configuration file in S3, which ECS fetches with the execution role", definition: `{"containerDefinitions":[{"name":"router","firelensConfiguration":{"type":"fluentbit","options":{"config-file-type":"s3","config-file-value":"arn:aws:s3:::conf/extra.conf"}}}]}`,
			want: []string{router + "told"}},
		{name: "configuration files that the init process fetches", definition: routed(`"Name":"null"`,
			`{"name":"aws_fluent_bit_init_s3_2","value":"arn:aws:s3:::conf/b/two.conf"}`, `{"name":"aws_fluent_bit_init_s3_1","value":"arn:aws:s3:::conf/one.conf"}`),
			want: []string{
				router + "s3:GetObject on arn:aws:s3:::conf/one.conf", router + "s3:GetBucketLocation on arn:aws:s3:::conf",
				router + "s3:GetObject on arn:aws:s3:::conf/b/two.conf",
			}, says: []string{"one.conf with the task role"}},
		{name: "a star for such a file", definition: routed(`"Name":"null"`, `{"name":"aws_fluent_bit_init_s3_1","value":"arn:aws:s3:::conf/*"}`),
			want: []string{router + "told"}, says: []string{"names no object in S3"}},
	})
}

func TestLogsThatDoNotGoToAWSImplyNothing(t *testing.T) {
	check(t, []row{
		{name: "another vendor", definition: routed(`"Name":"datadog","apikey":"x"`)},
		{name: "OpenSearch without AWS's signature", definition: routed(`"Name":"es","Host":"search-shop-abcdefghijklmnopqrstuvwxyz.us-west-2.es.amazonaws.com"`)},
		{name: "no output", definition: routed(`"log-driver-buffer-limit":"1"`)},
		{name: "another log driver", definition: `{"containerDefinitions":[{"name":"app","logConfiguration":{"logDriver":"fluentd","options":{"Name":"kinesis","stream":"x"}}}]}`},
	})
}
