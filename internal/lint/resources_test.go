package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	models = `"Action":"bedrock:InvokeModel","Resource":"arn:aws:bedrock:*::foundation-model/*"`
	own    = `,"Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}`
	secret = "arn:aws:secretsmanager:us-west-2:111122223333:secret:"
)

var _ = table(CodeInvalidARN,
	row{about: "no ARN", allow: `"Action":"s3:GetObject","Resource":"my-bucket/*"`, want: "Error", says: []string{`"my-bucket/*"`, "arn:PARTITION"}},
	row{about: "too few parts", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:b/*"`, want: "Error", says: []string{"arn:aws:s3:b/*", "six parts"}},
	row{about: "a wildcard for the service", allow: `"Action":"s3:GetObject","Resource":"arn:aws:*:::b/*"`, want: "Error", says: []string{"arn:aws:*:::b/*", "service"}},
	row{about: "capitals of the service", allow: `"Action":"s3:GetObject","Resource":"arn:aws:S3:::b/*"`, want: "Error", says: []string{"write arn:aws:s3:::b/*"}},
	row{about: "S3 with region", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:us-west-2::b/*"`, want: "Error", says: []string{"names a region", "write arn:aws:s3:::b/*"}},
	row{about: "S3 with account", deny: `"Action":"s3:ListBucket","Resource":"arn:aws:s3::111122223333:b"`, want: "Error", says: []string{"names an account", "write arn:aws:s3:::b"}},
	row{about: "IAM with region", allow: `"Action":"iam:GetRole","Resource":"arn:aws:iam:us-west-2:111122223333:role/r"`, want: "Error", says: []string{"write arn:aws:iam::111122223333:role/r"}},
	row{about: "no account", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2::q"`, want: "Error", says: []string{"names no account", "arn:aws:sqs:us-west-2:<account>:q"}},
	row{about: "no region", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs::111122223333:q"`, want: "Error", says: []string{"names no region"}},
	row{about: "a number of eleven digits", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:11112222333:q"`, want: "Error", says: []string{`"11112222333"`, "12 digits"}},
	row{about: "a word for the account", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:ACCOUNT_ID:q"`, want: "Error", says: []string{`"ACCOUNT_ID"`}},
	row{about: "the guide's account for the region", allow: `"Action":"iam:GetPolicy","Resource":"arn:aws:iam:111122223333:aws:policy/p"`, want: "Error", says: []string{"names a region"}},
	row{about: "an account to be filled in is told as a placeholder", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:<account>:q"`},
	row{about: "a whole ARN to be filled in", allow: `"Action":"sqs:SendMessage","Resource":"{{queue}}"`, want: "Error", says: []string{`"{{queue}}" is neither`}},
	row{about: "nothing after the account", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:"`, want: "Error", says: []string{"names no resource"}},
	row{about: "in NotResource", deny: `"Action":"s3:GetObject","NotResource":["b/*","*"]`, want: "Error", says: []string{`"b/*"`}},
	row{about: "an ARN in NotResource", deny: `"Action":"s3:GetObject","NotResource":["arn:aws:s3:::b/*","*"]`},
	row{about: "an access point has both", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:us-west-2:111122223333:accesspoint/p/object/*"`},
	row{about: "an access point is no bucket of a slash, told as a dead pair", allow: `"Action":"s3:PutBucketTagging","Resource":"arn:aws:s3:us-west-2:111122223333:accesspoint/p"`},
	row{about: "a foundation model has no account", allow: `"Action":"bedrock:InvokeModel","Resource":"arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"`},
	row{about: "AWS's own policy", allow: `"Action":"iam:GetPolicy","Resource":"arn:aws:iam::aws:policy/ReadOnlyAccess"`},
	row{about: "wildcards for region and account", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:q"`},
	row{about: "a star", allow: `"Action":"sqs:SendMessage","Resource":"*"`},
)

var _ = table(CodeInvalidPartition,
	row{about: "a slip", allow: `"Action":"s3:GetObject","Resource":"arn:asw:s3:::b/*"`, want: "Error", says: []string{"arn:asw:s3:::b/*", "write aws"}},
	row{about: "none", allow: `"Action":"s3:GetObject","Resource":"arn::s3:::b/*"`, want: "Error", says: []string{"arn::s3:::b/*"}},
	row{about: "China", allow: `"Action":"s3:GetObject","Resource":"arn:aws-cn:s3:::b/*"`},
	row{about: "any", allow: `"Action":"s3:GetObject","Resource":"arn:*:s3:::b/*"`},
	row{about: "one to be filled in is told as a placeholder", allow: `"Action":"s3:GetObject","Resource":"arn:<partition>:s3:::b/*"`},
	row{about: "the sovereign cloud", allow: `"Action":"s3:GetObject","Resource":"arn:aws-eusc:s3:::b/*"`},
)

var _ = table(CodeMixedPartitions,
	row{about: "in one statement", allow: `"Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","arn:aws-cn:s3:::b/*"]`, want: "Warning", says: []string{"aws-cn", "arn:aws:s3:::b/*"}},
	row{about: "in two", statements: `{"Effect":"Allow",` + object + `},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws-us-gov:s3:::c/*"}`, want: "Warning", says: []string{"statement 1", "arn:aws:s3:::c/*"}},
	row{about: "one", statements: `{"Effect":"Allow",` + object + `},{"Effect":"Allow",` + send + `}`},
	row{about: "one and any", allow: `"Action":"s3:GetObject","Resource":["arn:aws-cn:s3:::b/*","arn:*:s3:::c/*"]`},
	row{about: "one that is none is told as such", allow: `"Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","arn:asw:s3:::c/*"]`},
)

var _ = table(CodeDeadPair,
	row{about: "an object's action on a bucket", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`, want: "Error", says: []string{"allows nothing", "s3:GetObject", "arn:aws:s3:::<BucketName>/<ObjectName>", "arn:aws:s3:::b"}},
	row{about: "a bucket's action on objects", allow: `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"s3:ListBucket", "arn:aws:s3:::<BucketName>"}},
	row{about: "another service's", deny: `"Action":"sqs:SendMessage","Resource":"arn:aws:s3:::b/*"`, want: "Warning", says: []string{"denies nothing"}},
	row{about: "a resource too many", allow: `"Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","` + queue + `"]`, want: "Error", says: []string{"parts without effect", queue}},
	row{about: "an action too many", allow: `"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"parts without effect", "s3:ListBucket"}},
	row{about: "a wildcard none of whose actions fits", allow: `"Action":"s3:GetObject*","Resource":"arn:aws:s3:::b"`, want: "Error", says: []string{"s3:GetObject*"}},
	row{about: "a bucket's action on an access point", allow: `"Action":"s3:PutBucketTagging","Resource":"arn:aws:s3:us-west-2:111122223333:accesspoint/p"`, want: "Error", says: []string{"s3:PutBucketTagging"}},
	row{about: "each is of some use", allow: `"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`},
	row{about: "a wildcard one of whose actions fits", allow: `"Action":"s3:Get*","Resource":"arn:aws:s3:::b"`},
	row{about: "a pattern that holds both", allow: `"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b*"`},
	row{about: "an unknown action may act on anything", allow: `"Action":["s3:GetObject","s3:GetNews"],"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b"]`},
	row{about: "a variable may be anything", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalTag/b}"`},
	row{about: "told as a log group", allow: `"Action":"logs:PutLogEvents","Resource":"arn:aws:logs:us-west-2:111122223333:log-group:g"`},
	row{about: "told as an alias", allow: `"Action":"kms:Decrypt","Resource":"arn:aws:kms:us-west-2:111122223333:alias/a"`},
	row{about: "told as no ARN", allow: `"Action":"s3:GetObject","Resource":"b/*"`},
	row{about: "told as taking a star only", allow: `"Action":"sqs:ListQueues","Resource":"` + queue + `"`},
	row{about: "all actions", deny: `"Action":"*","Resource":"` + queue + `"`},
)

var _ = table(CodeStarOnlyAction,
	row{about: "alone", allow: `"Action":"sqs:ListQueues","Resource":"arn:aws:sqs:us-west-2:111122223333:*"`, want: "Error", says: []string{"never allows sqs:ListQueues", "write * in place of the ARNs"}},
	row{about: "with others", allow: `"Action":["sqs:SendMessage","sqs:ListQueues"],"Resource":"` + queue + `"`, want: "Error", says: []string{"never allows sqs:ListQueues", "on *, in a statement of its own"}},
	row{about: "in a Deny", deny: `"Action":"ssm:DescribeParameters","Resource":"arn:aws:ssm:us-west-2:111122223333:parameter/p"`, want: "Warning", says: []string{"never denies ssm:DescribeParameters"}},
	row{about: "the cure keeps conditions", allow: `"Action":["sqs:SendMessage","sqs:ListQueues"],"Resource":"` + queue + `","Condition":{"Bool":{"aws:SecureTransport":"true"}}`, want: "Error", says: []string{"with the same conditions"}},
	row{about: "with a star", allow: `"Action":"sqs:ListQueues","Resource":["` + queue + `","*"]`},
	row{about: "one that takes ARNs", allow: send},
	row{about: "NotResource", deny: `"Action":"sqs:ListQueues","NotResource":"` + queue + `"`},
)

var _ = table(CodeBroadResource,
	row{about: "a star", allow: `"Action":"sqs:SendMessage","Resource":"*"`, want: "Warning", says: []string{"sqs:SendMessage", "arn:aws:sqs:<Region>:<Account>:<QueueName>"}},
	row{about: "an ARN of stars", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:*"`, want: "Warning", says: []string{"arn:aws:sqs:*:*:*"}},
	row{about: "every bucket", allow: `"Action":["s3:GetObject","s3:ListAllMyBuckets"],"Resource":["arn:aws:s3:::*"]`, want: "Warning", says: []string{"s3:GetObject on arn:aws:s3:::*"}},
	row{about: "more than a few", allow: `"Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueUrl","sqs:PurgeQueue"],"Resource":"*"`, want: "Warning", says: []string{"and 2 more"}},
	row{about: "a condition on the account leaves all in it", allow: `"Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}`, want: "Warning", says: []string{"sqs:SendMessage"}},
	row{about: "a tag chooses", allow: `"Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"shop"}}`, want: "Info", says: []string{"conditions choose"}},
	row{about: "a tag, where there is one", allow: `"Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:ResourceTag/team":"shop"}}`, want: "Warning", says: []string{"sqs:SendMessage"}},
	row{about: "secrets that a tag chooses", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"shop"}}`, want: "Info", says: []string{"secretsmanager:GetSecretValue"}},
	row{about: "a condition on the ARN of every profile", allow: models + `,"Condition":{"ArnLike":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:us-west-2:111122223333:inference-profile/*"}}`, want: "Info", says: []string{"conditions choose"}},
	row{about: "all but one profile", allow: models + `,"Condition":{"ArnNotLike":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:us-west-2:111122223333:inference-profile/p"}}`, want: "Warning", says: []string{"bedrock:InvokeModel"}},
	row{about: "whose principal is named by its ARN", allow: models + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/r"}}`, want: "Warning", says: []string{"bedrock:InvokeModel"}},
	row{about: "an inference profile holds it", allow: models + `,"Condition":{"ArnLike":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.p"}}`},
	row{about: "an access point holds it", allow: `"Action":"elasticfilesystem:ClientMount","Resource":"*","Condition":{"StringEquals":{"elasticfilesystem:AccessPointArn":"arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-1"}}`},
	row{about: "an action that takes nothing else", allow: `"Action":["sqs:ListQueues","xray:PutTraceSegments","cloudwatch:PutMetricData"],"Resource":"*"`},
	row{about: "the queues of an account and a region", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:*"`},
	row{about: "a queue in any region", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:111122223333:q"`},
	row{about: "told as full access", allow: `"Action":"*","Resource":"*"`},
	row{about: "told as a leak of secrets", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"*"`},
	row{about: "in a Deny", deny: `"Action":"sqs:SendMessage","Resource":"*"`},
)

var _ = table(CodePrefixLeak,
	row{about: "keys of a bucket", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/in*"`, want: "Warning", says: []string{"arn:aws:s3:::b/in*", "in2"}},
	row{about: "a table", allow: `"Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:us-west-2:111122223333:table/orders*"`, want: "Warning", says: []string{"orders2"}},
	row{about: "a queue", allow: `"Action":"sqs:SendMessage","Resource":["` + queue + `","` + queue + `7*"]`, want: "Warning", says: []string{"q7*", "q72"}},
	row{about: "within a bucket's name", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::my-bucket*/x"`, want: "Warning", says: []string{"arn:aws:s3:::my-bucket*/x", "as my-bucket2", "anybody", "aws:ResourceAccount"}},
	row{about: "a separator in a bucket's name", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::my-*/*"`, want: "Warning", says: []string{"as my-2"}},
	row{about: "one letter of a bucket's name", allow: `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::?-logs"`, want: "Warning", says: []string{"as 2-logs"}},
	row{about: "a bucket and a folder", allow: `"Action":"s3:GetObject","Resource":["arn:aws:s3:::my-*/*","arn:aws:s3:::b/in*"]`, want: "Warning", says: []string{"as my-2", "such as in2"}},
	row{about: "a bucket of the account, with siblings", allow: `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::my-bucket*"` + own, want: "Warning", says: []string{"such as my-bucket2"}},
	row{about: "buckets of the account", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::my-*/*"` + own},
	row{about: "a bucket that a variable names", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalTag/b, '*'}/*"`},
	row{about: "every bucket", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::*/*"`},
	row{about: "a folder", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/in/*"`},
	row{about: "a separator", allow: `"Action":"sqs:SendMessage","Resource":"` + queue + `-*"`},
	row{about: "a random suffix", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-west-2:111122223333:secret:db-??????"`},
	row{about: "everything", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:*"`},
	row{about: "told as a function", allow: `"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-west-2:111122223333:function:f*"`},
	row{about: "in a Deny", deny: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/in*"`},
)

var _ = table(CodeFunctionPrefix,
	row{about: "a function", allow: `"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-west-2:111122223333:function:f*"`, want: "Warning", says: []string{"arn:aws:lambda:us-west-2:111122223333:function:f and arn:aws:lambda:us-west-2:111122223333:function:f:*"}},
	row{about: "two", allow: `"Action":"lambda:InvokeFunction","Resource":["arn:aws:lambda:us-west-2:111122223333:function:f*","arn:aws:lambda:us-west-2:111122223333:function:g1*"]`, want: "Warning", says: []string{"function:g1*"}},
	row{about: "the function and its versions", allow: `"Action":"lambda:InvokeFunction","Resource":["arn:aws:lambda:us-west-2:111122223333:function:f","arn:aws:lambda:us-west-2:111122223333:function:f:*"]`},
	row{about: "a separator", allow: `"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-west-2:111122223333:function:shop-*"`},
	row{about: "aliases that begin alike", allow: `"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-west-2:111122223333:function:f:v*"`},
	row{about: "in a Deny", deny: `"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-west-2:111122223333:function:f*"`},
)

var _ = table(CodeKMSAlias,
	row{about: "to decrypt", allow: `"Action":"kms:Decrypt","Resource":"arn:aws:kms:us-west-2:111122223333:alias/a"`, want: "Error", says: []string{"alias/a", "arn:aws:kms:us-west-2:111122223333:key/<key id>", "arn:aws:kms:us-west-2:111122223333:key/* under the condition ForAnyValue:StringEquals of kms:ResourceAliases with alias/a"}},
	row{about: "a wildcard", deny: `"Action":"kms:GenerateDataKey*","Resource":"arn:aws:kms:us-west-2:111122223333:alias/*"`, want: "Warning", says: []string{"alias/*"}},
	row{about: "one that acts on aliases among others", allow: `"Action":["kms:UpdateAlias","kms:Decrypt"],"Resource":"arn:aws:kms:us-west-2:111122223333:alias/a"`, want: "Error", says: []string{"alias/a"}},
	row{about: "to change the alias", allow: `"Action":"kms:UpdateAlias","Resource":["arn:aws:kms:us-west-2:111122223333:alias/a","arn:aws:kms:us-west-2:111122223333:key/1"]`},
	row{about: "a key", allow: `"Action":"kms:Decrypt","Resource":"arn:aws:kms:us-west-2:111122223333:key/1234"`},
	row{about: "a key that its alias chooses", allow: `"Action":"kms:Decrypt","Resource":"arn:aws:kms:us-west-2:111122223333:key/*","Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/a"}}`},
)

var _ = table(CodeLogGroup,
	row{about: "to write", allow: `"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:us-west-2:111122223333:log-group:/ecs/app"`, want: "Error", says: []string{"arn:aws:logs:us-west-2:111122223333:log-group:/ecs/app:*"}},
	row{about: "in a Deny", deny: `"Action":"logs:GetLogEvents","Resource":"arn:aws:logs:us-west-2:111122223333:log-group:g"`, want: "Warning", says: []string{"log-group:g:*"}},
	row{about: "beside one of the group's actions", allow: `"Action":["logs:DescribeLogStreams","logs:PutLogEvents"],"Resource":"arn:aws:logs:us-west-2:111122223333:log-group:g"`, want: "Error", says: []string{"log-group:g:*"}},
	row{about: "its streams", allow: `"Action":"logs:PutLogEvents","Resource":"arn:aws:logs:us-west-2:111122223333:log-group:g:*"`},
	row{about: "the group's own actions", allow: `"Action":"logs:TagResource","Resource":"arn:aws:logs:us-west-2:111122223333:log-group:g"`},
	row{about: "a pattern that goes on", allow: `"Action":"logs:PutLogEvents","Resource":"arn:aws:logs:us-west-2:111122223333:log-group:/ecs/*"`},
)

var _ = table(CodePlaceholder,
	row{about: "in a condition", allow: object + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts:region:111122223333:assumed-role/r/*"}}`, want: "Warning", says: []string{"aws:PrincipalArn", "ArnLike", "arn:aws:sts:us-west-2:111122223333:assumed-role/r/*"}},
	row{about: "in capitals", allow: object + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts:REGION:111122223333:*"}}`, want: "Warning", says: []string{"us-west-2"}},
	row{about: "in a resource", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:region:111122223333:q"`, want: "Warning", says: []string{"arn:aws:sqs:us-west-2:111122223333:q"}},
	row{about: "braces", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:{{namespace}}-orders"`, want: "Warning", says: []string{"holds {{namespace}}:", "real name"}},
	row{about: "for the account", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws:sqs:us-west-2:<account>:q","arn:aws:sqs:<Region>:111122223333:<queue name>"]`, want: "Warning", says: []string{"holds <account>:", "<Region> and <queue name>"}},
	row{about: "in NotResource", deny: `"Action":"sqs:SendMessage","NotResource":"arn:aws:sqs:us-west-2:111122223333:{{ queue }}"`, want: "Warning", says: []string{"{{ queue }}"}},
	row{about: "in a value", allow: object + `,"Condition":{"StringEquals":{"aws:ResourceTag/team":["shop","<team>","{{team}}"]}}`, want: "Warning", says: []string{"aws:ResourceTag/team", "<team>", "{{team}}"}},
	row{about: "a variable", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, '<none>'}/*"`},
	row{about: "less and greater", allow: object + `,"Condition":{"StringEquals":{"aws:ResourceTag/team":["a < b > c","{x}","<1>"]}}`},
	row{about: "a real one", allow: object + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts:us-west-2:111122223333:*"}}`},
	row{about: "in another place", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:region"`},
	row{about: "no ARN", allow: object + `,"Condition":{"StringEquals":{"aws:RequestedRegion":"region"}}`},
	row{about: "too few parts", allow: object + `,"Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:ecs:region"}}`},
)

var _ = table(CodeUnknownRegion,
	row{about: "a slip", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws:sqs:us-wset-2:111122223333:q","arn:aws:sqs:us-wset-2:111122223333:r"]`, want: "Warning", says: []string{"us-wset-2 (did you mean us-west-2?)"}},
	row{about: "capitals", deny: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:US-WEST-2:111122223333:q"`, want: "Warning", says: []string{"did you mean us-west-2?"}},
	row{about: "a zone", allow: `"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1a:111122223333:q"`, want: "Warning", says: []string{"did you mean eu-west-1?"}},
	row{about: "nothing like it", deny: `"Action":"sqs:SendMessage","NotResource":"arn:aws:sqs:somewhere:111122223333:q"`, want: "Warning", says: []string{"somewhere (write one such as us-west-2)"}},
	row{about: "in a condition", allow: object + `,"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-wets-1"},"ArnLike":{"aws:PrincipalArn":"arn:aws:sts:us-est-1:111122223333:*"}}`, want: "Warning", says: []string{"did you mean eu-west-1?", "did you mean us-east-1?"}},
	row{about: "real ones", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws:sqs:ap-southeast-7:111122223333:q","arn:aws:sqs:ap-northeast-3:111122223333:q","arn:aws:sqs:mx-central-1:111122223333:q"]`},
	row{about: "those of other partitions", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws-us-gov:sqs:us-gov-west-1:111122223333:q","arn:aws-cn:sqs:cn-northwest-1:111122223333:q","arn:aws-iso-b:sqs:us-isob-east-1:111122223333:q","arn:aws-iso-e:sqs:eu-isoe-west-1:111122223333:q","arn:aws-eusc:sqs:eusc-de-east-1:111122223333:q"]`},
	row{about: "patterns", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws:sqs:us-*:111122223333:q","arn:aws:sqs:us-west-?:111122223333:q"]` + `,"Condition":{"StringLike":{"aws:RequestedRegion":"us-*"}}`},
	row{about: "none", allow: object},
	row{about: "told as a placeholder", allow: `"Action":"sqs:SendMessage","Resource":["arn:aws:sqs:region:111122223333:q","arn:aws:sqs:<region>:111122223333:q"]`},
	row{about: "told as one too many", allow: `"Action":"s3:GetObject","Resource":"arn:aws:s3:us-wset-2::b/*"`},
	row{about: "a value of another key", allow: object + `,"Condition":{"StringEquals":{"aws:PrincipalTag/region":"somewhere"}}`},
)

var _ = table(CodeSecretSuffix,
	row{about: "a name", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `prod/db"`, want: "Warning", says: []string{"write " + secret + "prod/db-??????"}},
	row{about: "a name that ends like one", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `my-secret"`, want: "Warning", says: []string{"unless its last six", "write " + secret + "my-secret-??????"}},
	row{about: "by a wildcard", deny: `"Action":"secretsmanager:*","Resource":"` + secret + `db"`, want: "Warning", says: []string{"db-??????"}},
	row{about: "beside a whole one", allow: `"Action":"secretsmanager:GetSecretValue","Resource":["` + secret + `a-AbCdEf","` + secret + `b"]`, want: "Warning", says: []string{"secret:b-??????"}},
	row{about: "a whole ARN", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `prod/db-a1B2c3"`},
	row{about: "both", allow: `"Action":"secretsmanager:GetSecretValue","Resource":["` + secret + `my-secret","` + secret + `my-secret-??????"]`},
	row{about: "any six", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `prod/db-??????"`},
	row{about: "a path", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `prod/*"`},
	row{about: "one that a variable ends", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"` + secret + `${aws:PrincipalTag/secret}"`},
	row{about: "one to be created", allow: `"Action":"secretsmanager:CreateSecret","Resource":"` + secret + `prod/db"`},
	row{about: "another service's", allow: `"Action":"ssm:GetParameter","Resource":"arn:aws:ssm:us-west-2:111122223333:parameter/secret:db"`},
)

func TestASecretThatAGrantNamesHasItsSuffix(t *testing.T) {
	for _, name := range []string{"db", "prod/db", "my-secret", "db-AbCdEf", "db-prod01", "a-b-c", "db-primary", "AbCdEf"} {
		permissions, problems := grants.Expand(grants.Grant{Access: []string{"Read"}, Resources: []string{secret + name}})
		if len(problems) > 0 || len(permissions) == 0 {
			t.Fatalf("%s: %+v", name, problems)
		}
		var all policy.Statements
		for _, p := range permissions {
			all = append(all, p.Statement)
		}
		if found := with(Check(policy.Document{Version: policy.Version, Statement: all}, nil), CodeSecretSuffix); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestOnlyARNsThatThePatternMatchesAreSuggested(t *testing.T) {
	found := with(Check(parse(t, inDocument(`{"Effect":"Allow",`+models+`}`)), nil), CodeBroadResource)
	if len(found) != 1 || strings.Count(found[0].Message, "arn:aws:bedrock:") != 2 || !strings.Contains(found[0].Message, "arn:aws:bedrock:<Region>::foundation-model/<ResourceId>") {
		t.Errorf("%+v", found)
	}
}

func TestTheRegionsThatSlipsAreComparedWithCouldBeOnes(t *testing.T) {
	for _, name := range commonRegions {
		if why := noRegion(name); why != "" {
			t.Error(why)
		}
	}
	if !slices.Contains(commonRegions, "us-west-2") {
		t.Error("us-west-2 is not there")
	}
}

var _ = table(CodeDenied,
	row{about: "a service", statements: `{"Sid":"Exec","Effect":"Allow","Action":["ssmmessages:CreateDataChannel","ssmmessages:OpenDataChannel"],"Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"ssmmessages:*","Resource":"*"}`, want: "Warning", says: []string{"contradicts statement No", "nothing is allowed"}},
	row{about: "before it, under a condition of the Allow", statements: `{"Effect":"Deny","Action":["s3:Get*","s3:Put*"],"Resource":"arn:aws:s3:::b/*"},{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::b/x","arn:aws:s3:::b/y/*"]` + own + `}`, want: "Warning", says: []string{"statement 1"}},
	row{about: "all but some", statements: `{"Effect":"Allow","NotAction":"s3:GetObject","NotResource":"arn:aws:s3:::b"},{"Effect":"Deny","Action":"*","Resource":"*"}`, want: "Warning", says: []string{"statement 2"}},
	row{about: "a condition", statements: `{"Effect":"Allow",` + object + `},{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`},
	row{about: "one action is left", statements: `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`},
	row{about: "one resource is left", statements: `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","arn:aws:s3:::c/*"]},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`},
	row{about: "all but some, and some resources are left", statements: `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/x"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`},
	row{about: "two denials together", statements: `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`},
	row{about: "all but the resource", statements: `{"Effect":"Allow",` + object + `},{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::b/*"}`},
	row{about: "two Denies", statements: `{"Effect":"Deny",` + object + `},{"Effect":"Deny","Action":"s3:*","Resource":"*"}`},
)
