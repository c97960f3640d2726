package reference

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// accepted are pairs of an action and a resource that its requests can be about.
var accepted = [][2]string{
	// S3: buckets and objects are told apart by the slash.
	{"s3:ListBucket", "arn:aws:s3:::b"},
	{"s3:ListBucket", "arn:aws:s3:::b*"},
	{"s3:ListBucket", "arn:aws:s3:::*"},
	{"s3:ListBucket", "arn:*:s3:::b"},
	{"s3:ListBucket", "arn:aws:s3:*"},
	{"s3:ListBucket", "arn:aws-cn:s3:::b"},
	{"s3:ListBucket", "arn:aws:s3:us-east-1:111122223333:accesspoint/ap"},
	{"s3:ListBucket", "arn:aws:s3:::${aws:PrincipalTag/bucket}"},
	{"s3:GetObject", "arn:aws:s3:::b/*"},
	{"s3:GetObject", "arn:aws:s3:::b/p/a.txt"},
	{"s3:GetObject", "arn:aws:s3:::b*"},
	{"s3:GetObject", "arn:aws:s3:::*"},
	{"s3:GetObject", "arn:aws:s3:::b/x:y"},
	{"s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"},
	{"s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}"},
	{"s3:GetObject", "arn:aws:s3:us-east-1:111122223333:accesspoint/ap/object/*"},
	{"s3:PutObject", "arn:aws:s3:::b/${*}"},
	{"s3:GetObject", "arn:aws:s3:::${aws:username}"},
	{"s3:ListBucket", "arn:aws:s3:::b${*}"},
	{"s3:GetObject", "arn:aws:s3:::b?a"},
	{"s3:ListBucket", "arn:aws:s3:::b?a"},
	{"S3:getobject", "arn:aws:s3:::b/*"},
	// SQS and SNS: a name is all there is after the account.
	{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q"},
	{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q.fifo"},
	{"sqs:SendMessage", "arn:aws:sqs:*:*:q"},
	{"sqs:SendMessage", "arn:aws:sqs:*:q"},
	{"sns:Publish", "arn:aws:sns:us-east-1:111122223333:t"},
	{"sns:Publish", "arn:aws:sns:us-east-1:111122223333:endpoint/GCM/app/id"},
	// DynamoDB: indexes and streams are resources of their own.
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t"},
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t*"},
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/*"},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/t"},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/t/index/*"},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/t/index/byName"},
	{"dynamodb:Scan", "arn:aws:dynamodb:us-east-1:111122223333:table/t/*"},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/t?index?i"},
	{"dynamodb:GetRecords", "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/*"},
	// Logs: a group's streams are behind a colon, and its actions take both.
	{"logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:*"},
	{"logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:log-stream:s"},
	{"logs:PutLogEvents", "arn:aws:logs:*:log-group:/ecs/a:*"},
	{"logs:CreateLogStream", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:*"},
	{"logs:CreateLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a"},
	{"logs:DescribeLogStreams", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:*"},
	{"logs:FilterLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:log-stream:*"},
	// Lambda: aliases and versions qualify the function.
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f"},
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f:*"},
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f:live"},
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f*"},
	{"lambda:PutProvisionedConcurrencyConfig", "arn:aws:lambda:us-east-1:111122223333:function:f:live"},
	// Secrets, parameters, repositories and roles have slashes in their names.
	{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"},
	{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-??????"},
	{"ssm:GetParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/a/b/c"},
	{"ssm:GetParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/a*"},
	{"ssm:GetParametersByPath", "arn:aws:ssm:us-east-1:111122223333:parameter/a"},
	{"ecr:BatchGetImage", "arn:aws:ecr:us-east-1:111122223333:repository/team/app"},
	{"iam:PassRole", "arn:aws:iam::111122223333:role/service-role/r"},
	{"iam:PassRole", "arn:aws:iam::*:role/*"},
	{"sts:AssumeRole", "arn:aws:iam::111122223333:role/r"},
	// KMS.
	{"kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1234"},
	{"kms:CreateAlias", "arn:aws:kms:us-east-1:111122223333:alias/a"},
	// Step Functions: versions and aliases qualify the state machine.
	{"states:StartExecution", "arn:aws:states:us-east-1:111122223333:stateMachine:m"},
	{"states:StartExecution", "arn:aws:states:us-east-1:111122223333:stateMachine:m:prod"},
	{"states:DescribeExecution", "arn:aws:states:us-east-1:111122223333:execution:m:*"},
	{"states:DescribeExecution", "arn:aws:states:us-east-1:111122223333:execution:m/map:*"},
	// EventBridge: a rule of a bus other than the default has the bus before it.
	{"events:PutEvents", "arn:aws:events:us-east-1:111122223333:event-bus/default"},
	{"events:PutRule", "arn:aws:events:us-east-1:111122223333:rule/r"},
	{"events:PutRule", "arn:aws:events:us-east-1:111122223333:rule/bus/r"},
	// Kinesis: a consumer belongs to a stream.
	{"kinesis:PutRecord", "arn:aws:kinesis:us-east-1:111122223333:stream/s"},
	{"kinesis:SubscribeToShard", "arn:aws:kinesis:us-east-1:111122223333:stream/s/consumer/*"},
	{"kinesis:SubscribeToShard", "arn:aws:kinesis:us-east-1:111122223333:stream/s/consumer/c:1600000000"},
	// Services whose ARNs have another name than their prefix, and sub-paths.
	{"es:ESHttpGet", "arn:aws:es:us-east-1:111122223333:domain/d"},
	{"es:ESHttpGet", "arn:aws:es:us-east-1:111122223333:domain/d/index/_search"},
	{"es:ESHttpPost", "arn:aws:es:us-east-1:111122223333:domain/d/*"},
	{"aoss:APIAccessAll", "arn:aws:aoss:us-east-1:111122223333:collection/c"},
	{"kafka-cluster:ReadData", "arn:aws:kafka:us-east-1:111122223333:topic/c/uuid/t"},
	{"rds-db:connect", "arn:aws:rds-db:us-east-1:111122223333:dbuser:db-ABC/app"},
	{"cognito-idp:AdminGetUser", "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_a"},
	{"execute-api:Invoke", "arn:aws:execute-api:us-east-1:111122223333:api/prod/GET/pets"},
	{"execute-api:Invoke", "arn:aws:execute-api:us-east-1:111122223333:api/*"},
	{"execute-api:Invoke", "arn:aws:execute-api:us-east-1:111122223333:api/prod/$connect"},
	{"execute-api:ManageConnections", "arn:aws:execute-api:us-east-1:111122223333:api/prod/POST/@connections/*"},
	{"apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apis/a"},
	{"apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/a/stages/prod"},
	{"elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/a/1"},
	{"elasticfilesystem:ClientMount", "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"},
	{"glue:GetTable", "arn:aws:glue:us-east-1:111122223333:catalog"},
	{"glue:GetTable", "arn:aws:glue:us-east-1:111122223333:table/db/*"},
	{"athena:StartQueryExecution", "arn:aws:athena:us-east-1:111122223333:workgroup/w"},
	{"bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude*"},
	{"appconfig:GetLatestConfiguration", "arn:aws:appconfig:us-east-1:111122223333:application/a/environment/e/configuration/c"},
	{"ecs:RunTask", "arn:aws:ecs:us-east-1:111122223333:task-definition/f:*"},
	{"lex:DescribeBot", "arn:aws:lex:us-east-1:111122223333:bot/ID"},
	// Stars.
	{"s3:ListAllMyBuckets", "*"},
	{"s3:GetObject", "*"},
	{"s3:GetObject", "**"},
	{"s3:GetObject", "arn:*"},
	{"ssm:DescribeParameters", "*"},
	{"kinesis:ListStreams", "*"},
}

// dead are pairs of an action and a resource that no request of it is about.
var dead = [][2]string{
	{"s3:ListBucket", "arn:aws:s3:::b/*"},
	{"s3:ListBucket", "arn:aws:s3:::b/"},
	{"s3:ListBucket", "arn:aws:s3:::b/p"},
	{"s3:ListBucket", "arn:aws:s3:::*/*"},
	{"s3:GetObject", "arn:aws:s3:::b${?}a"},
	{"s3:ListBucket", "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"},
	{"s3:ListBucket", "arn:aws:s3:us-east-1:111122223333:b"},
	{"s3:GetObject", "arn:aws:s3:::b"},
	{"s3:GetObject", "arn:aws:s3:us-east-1:111122223333:accesspoint/ap"},
	{"s3:ListAllMyBuckets", "arn:aws:s3:::*"},
	{"sqs:SendMessage", "arn:aws:s3:::b/*"},
	{"sqs:SendMessage", "arn:aws:sns:us-east-1:111122223333:q"},
	{"sqs:SendMessage", "arn:aws:sqs:us-east-1:q"},
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t/index/*"},
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/*"},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/*"},
	{"dynamodb:GetRecords", "arn:aws:dynamodb:us-east-1:111122223333:table/t"},
	{"dynamodb:GetRecords", "arn:aws:dynamodb:us-east-1:111122223333:table/t-??????"},
	{"dynamodb:ListStreams", "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/*"},
	{"logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a"},
	{"logs:CreateLogStream", "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a"},
	{"logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:destination:d"},
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:layer:f"},
	{"secretsmanager:GetSecretValue", "arn:aws:ssm:us-east-1:111122223333:parameter/a"},
	{"ssm:GetParameter", "arn:aws:ssm:us-east-1:111122223333:a"},
	{"ssm:DescribeParameters", "arn:aws:ssm:us-east-1:111122223333:parameter/*"},
	{"kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:alias/a"},
	{"kms:CreateKey", "arn:aws:kms:us-east-1:111122223333:key/*"},
	{"states:StartExecution", "arn:aws:states:us-east-1:111122223333:execution:m:*"},
	{"states:SendTaskSuccess", "arn:aws:states:us-east-1:111122223333:stateMachine:m"},
	{"events:PutEvents", "arn:aws:events:us-east-1:111122223333:rule/r"},
	{"kinesis:PutRecord", "arn:aws:kinesis:us-east-1:111122223333:stream/s/consumer/c:1600000000"},
	{"kinesis:SubscribeToShard", "arn:aws:kinesis:us-east-1:111122223333:stream/s"},
	{"kinesis:ListStreams", "arn:aws:kinesis:us-east-1:111122223333:stream/s"},
	{"es:ESHttpGet", "arn:aws:aoss:us-east-1:111122223333:collection/c"},
	{"es:ESHttpGet", "arn:aws:opensearch:us-east-1:111122223333:domain/d"},
	{"kafka-cluster:ReadData", "arn:aws:kafka:us-east-1:111122223333:cluster/c/uuid"},
	{"kafka-cluster:ReadData", "arn:aws:kafka-cluster:us-east-1:111122223333:topic/c/uuid/t"},
	{"execute-api:Invoke", "arn:aws:execute-api:us-east-1:111122223333:api"},
	{"execute-api:Invoke", "arn:aws:apigateway:us-east-1::/restapis/a"},
	{"elasticfilesystem:ClientMount", "arn:aws:elasticfilesystem:us-east-1:111122223333:access-point/fsap-1"},
	{"athena:StartQueryExecution", "arn:aws:athena:us-east-1:111122223333:workgroup/w/session/s"},
	{"bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111122223333:foundation-model/anthropic.claude"},
	{"rds-db:connect", "arn:aws:rds:us-east-1:111122223333:db:d"},
	{"ecr:GetAuthorizationToken", "arn:aws:ecr:us-east-1:111122223333:repository/r"},
	{"ecs:RunTask", "arn:aws:ecs:us-east-1:111122223333:cluster/c"},
	{"s3:GetObject", ""},
	{"s3:GetObject", "b/*"},
	{"s3:GetObject", "arn:aws:s3"},
}

func TestAnActionReachesTheResourcesThatItsRequestsCanBeAbout(t *testing.T) {
	for _, c := range accepted {
		if !action(t, c[0]).Reaches(c[1]) {
			t.Errorf("%s does not reach %s", c[0], c[1])
		}
	}
}

func TestAnActionDoesNotReachWhatNoRequestOfItIsAbout(t *testing.T) {
	for _, c := range dead {
		if action(t, c[0]).Reaches(c[1]) {
			t.Errorf("%s reaches %s", c[0], c[1])
		}
	}
}

func TestEveryActionReachesTheARNsOfItsOwnTypesAndAStar(t *testing.T) {
	for _, a := range Matching("*") {
		if !a.Reaches("*") {
			t.Errorf("%s does not reach *", a.FullName())
		}
		for _, r := range a.Resources {
			if !a.Reaches(r.Pattern) {
				t.Errorf("%s does not reach its own %s", a.FullName(), r.Pattern)
			}
		}
	}
}

func TestAnActionWithoutResourceTypesReachesOnlyAStar(t *testing.T) {
	for _, a := range Matching("*") {
		if len(a.Resources) == 0 && a.Reaches("arn:*") {
			t.Errorf("%s reaches arn:*", a.FullName())
		}
	}
}

func TestAWiderResourceIsReachedWhereANarrowerOneIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SampledFrom(accepted).Draw(t, "pair")
		wide := []byte(pair[1])
		for range rapid.IntRange(1, 3).Draw(t, "stars") {
			from := rapid.IntRange(0, len(wide)).Draw(t, "from")
			to := rapid.IntRange(from, len(wide)).Draw(t, "to")
			wide = append(append(append([]byte{}, wide[:from]...), '*'), wide[to:]...)
		}
		if !policy.Covers(string(wide), pair[1]) {
			t.Skip("the star fell into a variable")
		}
		if a, _ := Find(pair[0]); !a.Reaches(string(wide)) {
			t.Fatalf("%s reaches %s but not %s", pair[0], pair[1], wide)
		}
	})
}

func TestVariablesStandForAnyText(t *testing.T) {
	for resource, want := range map[string]string{
		"a":                            "a",
		"a/${aws:username}/b":          "a/*/b",
		"${aws:username, 'x}y'}/b":     "*/b",
		"${aws:username":               "*",
		"a${*}b${?}c${$}d":             "a$b$c$d",
		"${aws:PrincipalTag/a}-${b:c}": "*-*",
		"$a{b}":                        "$a{b}",
	} {
		if got := plain(resource); got != want {
			t.Errorf("%s: %s, not %s", resource, got, want)
		}
	}
}

// A closer type excludes the wider one only where the action does not take both.
func TestATypeThatIsAcceptedExcludesNoOther(t *testing.T) {
	kind := func(arn string) *ResourceType {
		parts := strings.SplitN(arn, ":", segments)
		return &ResourceType{Pattern: arn, parts: parts, shape: glyphs(parts), accepted: true}
	}
	wide, narrow := kind("arn:*:x:*:*:a/*"), kind("arn:*:x:*:*:a/*/b/*")
	s := &Service{data: content{types: []*ResourceType{wide, narrow}}}
	resource := "arn:aws:x:us-east-1:111122223333:a/x/y/b/z"
	if !(&Action{Service: s, Resources: s.data.types}).Reaches(resource) {
		t.Error("the wider type is forgotten")
	}
	if (&Action{Service: s, Resources: []*ResourceType{wide}}).Reaches(resource) {
		t.Error("the closer type is forgotten")
	}
}

// Overlap takes a variable for any text: it can only say yes more often.
func TestNothingIsReachedThatDoesNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SampledFrom(append(accepted, dead...)).Draw(t, "pair")
		a, _ := Find(pair[0])
		other := rapid.SampledFrom(accepted).Draw(t, "other")[1]
		cut := rapid.IntRange(0, min(len(other), len(pair[1]))).Draw(t, "cut")
		resource := pair[1][:cut] + rapid.SampledFrom([]string{"", "*", "?", ":", "/", "*/*"}).Draw(t, "between") + other[cut:]
		for _, r := range a.Resources {
			overlaps := policy.Overlap(plain(resource), strings.Join(r.parts, ":"))
			if meets(plain(resource), r.shape) && !overlaps {
				t.Fatalf("%s meets %s", resource, r.Pattern)
			}
		}
	})
}

// A text is met where it is one of the shape's own: the variables filled with
// something that has no separator.
func TestAShapeIsMetByWhatFillsIt(t *testing.T) {
	var all []*ResourceType
	for _, s := range index().services {
		all = append(all, s.Resources()...)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(all).Draw(t, "type")
		var text strings.Builder
		for _, c := range []byte(strings.Join(r.parts, ":")) {
			switch {
			case c == '*':
				text.WriteString(rapid.StringMatching("[a-z0-9.-]{1,4}").Draw(t, "value"))
			case rapid.IntRange(0, 9).Draw(t, "vague") == 0:
				text.WriteString(rapid.SampledFrom([]string{"?", "*"}).Draw(t, "for"))
			default:
				text.WriteByte(c)
			}
		}
		if !meets(text.String(), r.shape) {
			t.Fatalf("%s does not meet %s", text.String(), r.Pattern)
		}
	})
}

func FuzzReaches(f *testing.F) {
	for _, c := range append(accepted, dead...) {
		f.Add(c[0], c[1])
	}
	f.Add("s3:GetObject", "arn:aws:s3:::b/${aws:username, 'a}b'}/*")
	f.Add("s3:GetObject", "arn:aws:s3:::b/${aws:username")
	f.Fuzz(func(t *testing.T, name, resource string) {
		a, found := Find(name)
		if !found {
			return
		}
		if a.Reaches(resource) && !a.Reaches("*") {
			t.Error("only a part of all is reached")
		}
		if len(a.Resources) == 0 && len(resource) > 3 && resource[:3] == "arn" && a.Reaches(resource) {
			t.Error("there is nothing to reach")
		}
	})
}

func action(t testing.TB, name string) *Action {
	t.Helper()
	a, found := Find(name)
	if !found {
		t.Fatalf("no action %s", name)
	}
	return a
}
