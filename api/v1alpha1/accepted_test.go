package v1alpha1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// acceptance is an object that must pass.
type acceptance struct {
	name   string
	before string // as in refusal
	spec   string
}

func TestWhatAWSTakesIsAccepted(t *testing.T) {
	for k, table := range map[kind][]acceptance{
		taskRoleKind: slices.Concat(taskRoleAcceptances(), grantAcceptances(), statementAcceptances(), tagAcceptances()),
		classKind:    append(classAcceptances(), tagAcceptances()...),
	} {
		for _, a := range table {
			t.Run(k.name+"/"+a.name, func(t *testing.T) {
				if err := k.try(t, a.before, a.spec); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func taskRoleAcceptances() []acceptance {
	return []acceptance{
		{name: "the least", spec: "{}"},
		{name: "one letter", spec: "{family: f, className: c, roleName: r}"},
		{name: "longest family", spec: "family: " + strings.Repeat("f", 255)},
		{name: "family of every kind of character", spec: "family: Orders_API-2"},
		{name: "longest className", spec: "className: " + strings.Repeat("c", 253)},
		{name: "longest roleName", spec: "roleName: " + strings.Repeat("r", 64)},
		{name: "roleName of every kind of character", spec: "roleName: aZ0_+=,.@-"},
		{name: "the guide's role name", spec: "roleName: AmazonECSTaskS3BucketRole"},
		{name: "nothing that is immutable changes", before: "{className: c, roleName: r}", spec: "{className: c, roleName: r, deletionPolicy: Retain}"},
		{name: "customer's and AWS's policies", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:policy/taskRolePolicy, arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy]"},
		{name: "policies of other partitions", spec: "managedPolicyARNs: [arn:aws-cn:iam::111122223333:policy/p, arn:aws-us-gov:iam::aws:policy/p]"},
		{name: "most policies", spec: "managedPolicyARNs: " + list(20, func(i int) string { return fmt.Sprintf("arn:aws:iam::aws:policy/p%d", i) })},
		{name: "longest policy name in the longest path", spec: "managedPolicyARNs: [arn:aws:iam::111122223333:policy/" + strings.Repeat("p", 510) + "/" + strings.Repeat("n", 128) + "]"},
		{name: "policy name of every kind of character", spec: "managedPolicyARNs: ['arn:aws:iam::111122223333:policy/a/b/aZ0+=,.@_-']"},
		{name: "boundary", spec: "permissionsBoundaryARN: arn:aws:iam::111122223333:policy/boundaries/tasks"},
		{name: "selfAssume", spec: "trust: {selfAssume: true}"},
		{name: "empty trust", spec: "trust: {}"},
		{name: "Enforce and Delete", spec: "{managementPolicy: Enforce, deletionPolicy: Delete}"},
		{name: "the adoption of a role", spec: "{roleName: legacy, adoptionPolicy: Adopt}"},
		{name: "no adoption, said so", spec: "{adoptionPolicy: Never}"},
		{name: "Observe and Retain", spec: "{managementPolicy: Observe, deletionPolicy: Retain}"},
		{name: "boundary, policies, tags and statements change", before: "{statements: [], tags: {a: b}}", spec: "{permissionsBoundaryARN: 'arn:aws:iam::aws:policy/p', managedPolicyARNs: ['arn:aws:iam::aws:policy/q'], tags: {c: d}, statements: [{effect: Deny, actions: ['*'], resources: ['*']}]}"},
	}
}

func statementAcceptances() []acceptance {
	table := []acceptance{
		{name: "the guide's statement as printed", spec: `statements: [{effect: Allow, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::my-task-secrets-bucket/*"], conditions: {ArnLike: {"aws:SourceArn": ["arn:aws:ecs:region:123456789012:*"]}, StringEquals: {"aws:SourceAccount": ["123456789012"]}}}]`},
		{name: "the guide's permissions of ECS Exec", spec: statement(`actions: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], resources: ["*"]`)},
		{name: "empty list", spec: "statements: []"},
		{name: "most statements", spec: "statements: [" + strings.Repeat("{effect: Deny, actions: ['*'], resources: ['*']}, ", 50) + "]"},
		{name: "longest sid", spec: statement("sid: " + strings.Repeat("S", 64))},
		{name: "statements without sid", spec: "statements: [{effect: Allow, actions: ['*'], resources: ['*']}, {sid: '', effect: Allow, actions: ['*'], resources: ['*']}, {sid: '', effect: Allow, actions: ['*'], resources: ['*']}]"},
		{name: "sids that differ in capitals", spec: "statements: [{sid: a, effect: Allow, actions: ['*'], resources: ['*']}, {sid: A, effect: Allow, actions: ['*'], resources: ['*']}]"},
		{name: "most and longest actions", spec: statement("actions: " + list(100, func(int) string { return "s3:" + strings.Repeat("G", 125) }))},
		{name: "most resources", spec: statement("resources: " + list(50, func(i int) string { return fmt.Sprintf("arn:aws:s3:::b%d", i) }))},
		{name: "longest resource", spec: resource("arn:aws:s3:::" + strings.Repeat("b", 1011))},
		{name: "most and longest values", spec: condition("StringEquals", "aws:a", strings.Split(strings.Repeat(strings.Repeat("x", 1024)+" ", 32), " ")[:32]...)},
		{name: "values in every character that IAM takes", spec: condition("StringEquals", "aws:a", "\t\n\r ~é\u007f\u0080ÿ", "")},
		{name: "tag keys with spaces and umlauts", spec: condition("StringEquals", "aws:PrincipalTag/Kostenstelle für Ümläute", "x")},
		{name: "key of a provider that is named by host", spec: condition("StringEquals", "cognito-identity.amazonaws.com:sub", "x")},
		{name: "policy variable in a value", spec: condition("StringLike", "s3:prefix", "${aws:PrincipalTag/team}/*")},
	}
	for _, name := range []string{"*", "s3:*", "s3:Get*", "s3:GetObjec?", "S3:getobject", "execute-api:Invoke", "neptune-db:*", "a4b:Get*"} {
		table = append(table, acceptance{name: "action " + name, spec: action(name)})
	}
	for _, arn := range []string{
		"*", "arn:aws:s3:::my-bucket", "arn:aws:s3:::my-bucket/*", "arn:aws:s3:::*", "arn:aws:s3:::my-bucket/ä ÿ",
		"arn:aws:s3:::my-bucket/${aws:PrincipalTag/team}/*", "arn:aws:s3:::my-bucket/a:b:c", "arn:aws:s3:::my-bucket/region:x",
		"arn:aws:s3:us-west-2:111122223333:accesspoint/region/object/*",
		"arn:aws:sqs:us-west-2:111122223333:orders", "arn:aws:sqs:*:111122223333:*", "arn:aws:sqs:us-west-2:*:orders", "arn:aws:sqs:*:*:*",
		"arn:aws-cn:sqs:cn-north-1:111122223333:orders", "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:orders",
		"arn:aws:ssm:us-west-2::parameter/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended",
		"arn:aws:ec2:us-west-2::image/*", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:role/x",
		"arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "arn:aws:apigateway:us-west-2::/restapis/*",
		"arn:aws:dynamodb::111122223333:global-table/t", "arn:aws:logs:us-west-2:111122223333:log-group:/ecs/orders:*",
		"arn:aws:secretsmanager:us-west-2:111122223333:secret:orders-??????",
	} {
		table = append(table, acceptance{name: "resource " + arn, spec: resource(arn)})
	}
	for _, base := range []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
	} {
		for _, prefix := range []string{"", "ForAllValues:", "ForAnyValue:"} {
			for _, suffix := range []string{"", "IfExists"} {
				table = append(table, acceptance{name: "operator " + prefix + base + suffix, spec: condition(prefix+base+suffix, "aws:a", "x")})
			}
		}
	}
	return append(table, acceptance{name: "operator Null", spec: condition("Null", "aws:TokenIssueTime", "true")})
}

func tagAcceptances() []acceptance {
	var pairs []string
	for i := range 40 {
		pairs = append(pairs, fmt.Sprintf("k%d: v", i))
	}
	return []acceptance{
		{name: "most tags", spec: "tags: {" + strings.Join(pairs, ", ") + "}"},
		{name: "longest tag", spec: fmt.Sprintf("tags: {%q: %q}", strings.Repeat("k", 128), strings.Repeat("v", 256))},
		{name: "longest tag in characters of two bytes", spec: fmt.Sprintf("tags: {%q: %q}", strings.Repeat("ü", 128), strings.Repeat("ü", 256))},
		{name: "tag without value", spec: `tags: {team: ""}`},
		{name: "tag of every kind of character", spec: `tags: {"Kostenstelle ü_.:/=+@-1": "日本 _.:/=+@-"}`},
		{name: "tag keys that only look like AWS's", spec: "tags: {awesome: a, 'x:aws:y': b, taskrole.dev/name: c}"},
	}
}

func classAcceptances() []acceptance {
	return []acceptance{
		{name: "the least", spec: "{}"},
		{name: "boundary of the account", spec: "{unbounded: null, permissionsBoundaryARN: 'arn:aws:iam::111122223333:policy/boundaries/tasks'}"},
		{name: "boundary of AWS", spec: "{unbounded: false, permissionsBoundaryARN: 'arn:aws:iam::aws:policy/PowerUserAccess'}"},
		{name: "bounded later", before: "{}", spec: "{unbounded: null, permissionsBoundaryARN: 'arn:aws:iam::111122223333:policy/b'}"},
		{name: "China", spec: "{partition: aws-cn, region: cn-northwest-1, assumeRoleARN: 'arn:aws-cn:iam::111122223333:role/c', unbounded: null, permissionsBoundaryARN: 'arn:aws-cn:iam::111122223333:policy/b'}"},
		{name: "GovCloud", spec: "{partition: aws-us-gov, region: us-gov-east-1}"},
		{name: "partition named although it is the usual one", spec: "{partition: aws, region: ap-southeast-4}"},
		{name: "role with a path, and externalID", spec: "{assumeRoleARN: 'arn:aws:iam::111122223333:role/platform/taskrole-controller', externalID: 'aZ0_+=,.@:/-'}"},
		{name: "longest externalID", spec: "{assumeRoleARN: 'arn:aws:iam::111122223333:role/c', externalID: " + strings.Repeat("x", 1224) + "}"},
		{name: "longest namePrefix", spec: "namePrefix: " + strings.Repeat("p", 32)},
		{name: "registrants", spec: `trustedRegistrants: ["arn:aws:sts::111122223333:assumed-role/deployer/*", "arn:aws:sts::111122223333:assumed-role/ci-*", "arn:aws:iam::111122223333:user/pipeline", "arn:aws:iam::111122223333:root", "arn:aws-cn:sts::*:assumed-role/deployer/*"]`},
		{name: "most registrants", spec: "trustedRegistrants: " + list(32, func(i int) string { return fmt.Sprintf("arn:aws:iam::111122223333:user/u%d", i) })},
		{name: "patterns", spec: `{families: ["*", orders-*, "{{namespace}}-*", "*-{{namespace}}"], allowRoleNames: [AmazonECSTask*, "{{namespace}}.*", "a+=,.@_-"]}`},
		{name: "most patterns", spec: "families: " + list(64, func(i int) string { return fmt.Sprintf("f%d", i) })},
		{name: "selector of all namespaces", spec: "namespaceSelector: {}"},
		{name: "selector", spec: "namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: In, values: [d]}]}"},
		{name: "all that can change changes", before: "{}", spec: "{assumeRoleARN: 'arn:aws:iam::111122223333:role/c', externalID: id, trustedRegistrants: ['arn:aws:iam::111122223333:user/p'], families: ['*'], allowRoleNames: ['*'], adoptableRoles: ['legacy-*'], allowedTagKeys: [team], allowedManagedPolicyARNs: ['arn:aws:iam::aws:policy/p'], allowStatements: true, allowedActions: ['*', 'iam:PassRole'], deniedActions: ['s3:Delete*'], allowedResources: ['*'], sameAccountOnly: true, tags: {a: b}, defaults: {managementPolicy: Observe, deletionPolicy: Retain, executeCommand: Enabled, inference: Grant}}"},
		{name: "resource patterns", spec: "allowedResources: ['arn:aws:s3:::{{namespace}}-*/*', 'arn:*:sqs:*:111122223333:{{namespace}}-{{namespace}}?', 'arn:aws:logs:us-west-2:111122223333:log-group:/ecs/*:*']"},
		{name: "most rails", spec: "{allowedResources: " + list(128, func(i int) string { return fmt.Sprintf("arn:aws:s3:::%03d%s", i, strings.Repeat("b", 496)) }) +
			", allowedActions: " + list(128, func(i int) string { return fmt.Sprintf("s3:%03d%s", i, strings.Repeat("G", 122)) }) + "}"},
	}
}

func grantAcceptances() []acceptance {
	var most []string
	for i := range 50 {
		most = append(most, fmt.Sprintf("{access: [Read, Write], resources: %s, conditions: {StringEquals: {'aws:PrincipalTag/team': %s}}}",
			list(20, func(j int) string { return fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/%s", i, j, strings.Repeat("p", 80)) }),
			list(10, func(j int) string { return fmt.Sprintf("value-%d", j) })))
	}
	return []acceptance{
		{name: "no grants", spec: "grants: []"},
		{name: "most grants", spec: "grants: [" + strings.Join(most, ", ") + "]"},
		{name: "longest resource of a grant", spec: grant("resources: ['arn:aws:s3:::" + strings.Repeat("b", 1011) + "']")},
		{name: "resources without an ARN", spec: grant("resources: ['cloudwatch:namespace/Shop / Ümläute', 'xray:traces', 'rds-db:x']")},
		{name: "resources of every partition", spec: grant("resources: ['arn:aws-cn:sqs:cn-north-1:111122223333:q', 'arn:aws-us-gov:s3:::b/*', 'arn:aws:bedrock:us-west-2::foundation-model/m']")},
		{name: "policy variable in a grant", spec: grant("resources: ['arn:aws:s3:::b/${aws:PrincipalTag/team}/*']")},
		{name: "ECS Exec and inference", spec: "{executeCommand: Enabled, inference: Grant}"},
		{name: "ECS Exec and inference, as they are anyway", spec: "{executeCommand: Disabled, inference: Report}"},
	}
}

// IAM holds at most 20 policies of 6,144 characters for a role: whoever fills
// them must not run out of the API server's budget for rules instead.
func TestTheLargestDeclarationThatIAMHoldsIsAccepted(t *testing.T) {
	var statements []string
	for s := range 50 {
		arns := list(25, func(i int) string {
			return fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/%s", s, i, strings.Repeat("p", 80))
		})
		values := list(10, func(i int) string { return fmt.Sprintf("value-%d", i) })
		statements = append(statements, fmt.Sprintf(
			"{sid: S%d, effect: Allow, actions: ['s3:GetObject', 's3:PutObject'], resources: %s, conditions: {StringEquals: {'aws:PrincipalTag/team': %s}}}", s, arns, values))
	}
	spec := "statements: [" + strings.Join(statements, ", ") + "]"
	if len(spec) < 20*6144 {
		t.Fatalf("the declaration has %d characters only", len(spec))
	}
	if err := taskRoleKind.try(t, "", spec); err != nil {
		t.Error(err)
	}
}
