package v1alpha1_test

import (
	"fmt"
	"strings"
)

// statement makes a spec with one statement, whose keys are the given ones and,
// where they name none, valid ones.
func statement(keys string) string {
	base := ""
	for key, value := range map[string]string{"effect": "Allow", "actions": `["s3:GetObject"]`, "resources": `["*"]`} {
		if !strings.Contains(keys, key+":") {
			base += ", " + key + ": " + value
		}
	}
	return "statements: [{" + strings.TrimPrefix(strings.Trim(keys, " ")+base, ", ") + "}]"
}

func resource(arn string) string { return statement(fmt.Sprintf("resources: [%q]", arn)) }

func action(name string) string { return statement(fmt.Sprintf("actions: [%q]", name)) }

func condition(operator, key string, values ...string) string {
	return statement(fmt.Sprintf("conditions: {%q: {%q: %s}}", operator, key, list(len(values), func(i int) string { return values[i] })))
}

func statementRefusals() []refusal {
	const (
		st           = "spec.statements[0]"
		form         = "an ARN of six parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"
		actionForm   = "an action is written service:Name, such as s3:GetObject"
		operatorForm = "write one that IAM knows, with its capitals, such as StringEquals"
		keyForm      = ": a key is written prefix:name"
	)
	many := func(n int) string {
		return "statements: [" + strings.TrimSuffix(strings.Repeat("{effect: Allow, actions: ['*'], resources: ['*']}, ", n), ", ") + "]"
	}
	keys := func(n int, of func(i int) string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%q: %s, ", of(i), "[x]")
		}
		return strings.TrimSuffix(b.String(), ", ")
	}
	operators := []string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan",
		"NumericGreaterThan", "DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThan", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null",
	}
	var block []string
	for _, operator := range operators {
		block = append(block, fmt.Sprintf("%q: {'aws:a': [x]}", operator))
	}
	return []refusal{
		{name: "too many statements", spec: many(51), field: "spec.statements", says: "Too many"},
		{name: "no effect", spec: "statements: [{actions: ['*'], resources: ['*']}]", field: st + ".effect", says: "Required value"},
		{name: "effect in small letters", spec: statement("effect: allow"), field: st + ".effect", says: `supported values: "Allow", "Deny"`},
		{name: "long sid", spec: statement("sid: " + strings.Repeat("a", 65)), field: st + ".sid", says: "Too long"},
		{name: "sid with a hyphen", spec: statement("sid: audit-logs"), field: st + ".sid", says: "write AuditLogs, not audit-logs"},
		{name: "same sid twice", spec: "statements: [{sid: A, effect: Allow, actions: ['*'], resources: ['*']}, {sid: A, effect: Deny, actions: ['*'], resources: ['*']}]", field: "spec", says: "two statements have the same sid: rename one"},

		{name: "no actions", spec: "statements: [{effect: Allow, resources: ['*']}]", field: st + ".actions", says: "Required value"},
		{name: "empty actions", spec: statement("actions: []"), field: st + ".actions", says: "at least 1 items"},
		{name: "too many actions", spec: statement("actions: " + list(101, func(i int) string { return fmt.Sprintf("s3:A%d", i) })), field: st + ".actions", says: "Too many"},
		{name: "long action", spec: action("s3:" + strings.Repeat("G", 126)), field: st + ".actions[0]", says: "Too long"},
		{name: "action without service", spec: action("GetObject"), field: st + ".actions[0]", says: actionForm},
		{name: "action without name", spec: action("s3:"), field: st + ".actions[0]", says: actionForm},
		{name: "action with a wildcard service", spec: action("s*:GetObject"), field: st + ".actions[0]", says: "never within service"},
		{name: "every action of every service, written as a pair", spec: action("*:*"), field: st + ".actions[0]", says: "* alone is every action"},
		{name: "action with a dot", spec: action("s3.GetObject"), field: st + ".actions[0]", says: actionForm},
		{name: "action with a space", spec: action("s3: GetObject"), field: st + ".actions[0]", says: actionForm},
		{name: "action of three parts", spec: action("aws:s3:GetObject"), field: st + ".actions[0]", says: actionForm},
		{name: "policy variable as action", spec: action("s3:${aws:username}"), field: st + ".actions[0]", says: actionForm},
		{name: "second action wrong", spec: statement("actions: ['s3:GetObject', 'PutObject']"), field: st + ".actions[1]", says: actionForm},

		{name: "no resources", spec: "statements: [{effect: Allow, actions: ['*']}]", field: st + ".resources", says: "Required value"},
		{name: "empty resources", spec: statement("resources: []"), field: st + ".resources", says: "at least 1 items"},
		{name: "too many resources", spec: statement("resources: " + list(51, func(i int) string { return fmt.Sprintf("arn:aws:s3:::b%d", i) })), field: st + ".resources", says: "Too many"},
		{name: "long resource", spec: resource("arn:aws:s3:::" + strings.Repeat("b", 1012)), field: st + ".resources[0]", says: "Too long"},
		{name: "bucket's name as resource", spec: resource("my-bucket"), field: st + ".resources[0]", says: form},
		{name: "resource of too few parts", spec: resource("arn:aws:s3:my-bucket"), field: st + ".resources[0]", says: form},
		{name: "resource of five parts", spec: resource("arn:aws:sqs:us-west-2:111122223333"), field: st + ".resources[0]", says: form},
		{name: "resource that ends with its account", spec: resource("arn:aws:sqs:us-west-2:111122223333:"), field: st + ".resources[0]", says: form},
		{name: "resource without service", spec: resource("arn:aws::us-west-2:111122223333:x"), field: st + ".resources[0]", says: form},
		{name: "resource in capitals", spec: resource("ARN:aws:s3:::my-bucket"), field: st + ".resources[0]", says: form},
		{name: "resource beyond U+00FF", spec: resource("arn:aws:s3:::kosten-€"), field: st + ".resources[0]", says: "characters beyond U+00FF"},
		{name: "resource with a control character", spec: resource("arn:aws:s3:::a\tb"), field: st + ".resources[0]", says: "without control characters"},
		{name: "resource with a line end", spec: resource("arn:aws:s3:::my-bucket\n"), field: st + ".resources[0]", says: "without control characters"},
		{name: "resource with the literal region", spec: resource("arn:aws:sqs:region:111122223333:orders"), field: st + ".resources[0]", says: "write the real one, such as us-west-2"},
		{name: "resource with the literal Region", spec: resource("arn:aws:sqs:Region:111122223333:orders"), field: st + ".resources[0]", says: "write the real one, such as us-west-2"},
		{name: "resource of any service", spec: resource("arn:aws:s*:::my-bucket"), field: st + ".resources[0]", says: form},
		{name: "resource of any partition", spec: resource("arn:*:s3:::my-bucket"), field: st + ".resources[0]", says: "the partition is none of aws, aws-cn and aws-us-gov"},
		{name: "resource of an unknown partition", spec: resource("arn:amazon:s3:::my-bucket"), field: st + ".resources[0]", says: "the partition is none of aws, aws-cn and aws-us-gov"},
		{name: "resource without partition", spec: resource("arn::s3:us-west-2:111122223333:x"), field: st + ".resources[0]", says: "the partition is none of"},
		{name: "resource with a short account", spec: resource("arn:aws:sqs:us-west-2:1111:orders"), field: st + ".resources[0]", says: "neither empty nor 12 digits"},
		{name: "resource with the literal account", spec: resource("arn:aws:sqs:us-west-2:account-id:orders"), field: st + ".resources[0]", says: "neither empty nor 12 digits"},
		{name: "resource with account and region swapped", spec: resource("arn:aws:sqs:111122223333:us-west-2:orders"), field: st + ".resources[0]", says: "neither empty nor 12 digits"},
		{name: "queue without account", spec: resource("arn:aws:sqs:us-west-2::orders"), field: st + ".resources[0]", says: "the account is missing"},
		{name: "topic without region and account", spec: resource("arn:aws:sns:::orders"), field: st + ".resources[0]", says: "the account is missing"},
		{name: "policy variable in the account", spec: resource("arn:aws:sqs:us-west-2:${aws:PrincipalAccount}:orders"), field: st + ".resources[0]", says: "after the fifth colon"},
		{name: "policy variable in the region", spec: resource("arn:aws:sqs:${aws:RequestedRegion}:111122223333:orders"), field: st + ".resources[0]", says: "after the fifth colon"},
		{name: "second resource wrong", spec: statement("resources: ['arn:aws:s3:::b', 'b']"), field: st + ".resources[1]", says: form},

		{name: "too many operators", spec: statement("conditions: {" + strings.Join(block, ", ") + "}"), field: st + ".conditions", says: "Too many"},
		{name: "operator in small letters", spec: condition("stringEquals", "aws:a", "x"), field: st + ".conditions", says: "unknown condition operator stringEquals: " + operatorForm},
		{name: "operator in capitals", spec: condition("STRINGEQUALS", "aws:a", "x"), field: st + ".conditions", says: operatorForm},
		{name: "unknown operator", spec: condition("StringMatches", "aws:a", "x"), field: st + ".conditions", says: operatorForm},
		{name: "empty operator", spec: condition("", "aws:a", "x"), field: st + ".conditions", says: operatorForm},
		{name: "operator with an unknown prefix", spec: condition("ForEachValue:StringEquals", "aws:a", "x"), field: st + ".conditions", says: "ForAnyValue: or ForAllValues: may stand before it"},
		{name: "operator with a prefix in small letters", spec: condition("forAnyValue:StringEquals", "aws:a", "x"), field: st + ".conditions", says: operatorForm},
		{name: "operator with a suffix in front", spec: condition("IfExistsStringEquals", "aws:a", "x"), field: st + ".conditions", says: "IfExists after it"},
		{name: "Null with IfExists", spec: condition("NullIfExists", "aws:a", "true"), field: st + ".conditions", says: "(not after Null)"},
		{name: "operator with a line end", spec: condition("Bool\n", "aws:a", "true"), field: st + ".conditions", says: operatorForm},

		{name: "operator without keys", spec: statement("conditions: {Bool: {}}"), field: st + ".conditions.Bool", says: "at least 1 properties"},
		{name: "too many keys", spec: statement("conditions: {Bool: {" + keys(17, func(i int) string { return fmt.Sprintf("aws:k%d", i) }) + "}}"), field: st + ".conditions.Bool", says: "Too many"},
		{name: "key without prefix", spec: condition("StringEquals", "SourceAccount", "111122223333"), field: st + ".conditions[StringEquals]", says: "condition key SourceAccount" + keyForm},
		{name: "key without name", spec: condition("StringEquals", "aws:", "x"), field: st + ".conditions[StringEquals]", says: keyForm},
		{name: "key beyond U+00FF", spec: condition("StringEquals", "aws:PrincipalTag/€", "x"), field: st + ".conditions[StringEquals]", says: keyForm},
		{name: "policy variable as key", spec: condition("StringEquals", "${aws:username}", "x"), field: st + ".conditions[StringEquals]", says: keyForm},
		{name: "key without values", spec: condition("StringEquals", "aws:a"), field: st + ".conditions.StringEquals.aws:a", says: "at least 1 items"},
		{name: "too many values", spec: statement("conditions: {StringEquals: {'aws:a': " + list(33, func(i int) string { return fmt.Sprint(i) }) + "}}"), field: st + ".conditions.StringEquals.aws:a", says: "Too many"},
		{name: "long value", spec: condition("StringEquals", "aws:a", strings.Repeat("x", 1025)), field: st + ".conditions.StringEquals.aws:a[0]", says: "Too long"},
		{name: "value beyond U+00FF", spec: condition("StringEquals", "aws:a", "Ā"), field: st + ".conditions.StringEquals.aws:a[0]", says: "should match"},
		{name: "value with a control character", spec: condition("StringEquals", "aws:a", "x\x07"), field: st + ".conditions.StringEquals.aws:a[0]", says: "should match"},
		{name: "scalar value", spec: statement("conditions: {Bool: {'aws:SecureTransport': 'true'}}"), field: st + ".conditions.Bool.aws:SecureTransport", says: "must be of type array"},
	}
}

func tagRefusals() []refusal {
	tag := func(key, value string) string { return fmt.Sprintf("tags: {%q: %q}", key, value) }
	many := func(n int) string {
		var pairs []string
		for i := range n {
			pairs = append(pairs, fmt.Sprintf("k%d: v", i))
		}
		return "tags: {" + strings.Join(pairs, ", ") + "}"
	}
	return []refusal{
		{name: "too many tags", spec: many(41), field: "spec.tags", says: "Too many"},
		{name: "empty tag key", spec: tag("", "v"), field: "spec.tags", says: "1 to 128 characters"},
		{name: "long tag key", spec: tag(strings.Repeat("k", 129), "v"), field: "spec.tags", says: "1 to 128 characters"},
		{name: "long tag value", spec: tag("team", strings.Repeat("v", 257)), field: "spec.tags.team", says: "Too long"},
		{name: "tag key with a character that IAM does not take", spec: tag("team?", "v"), field: "spec.tags", says: "tag team?: key and value have letters, digits, spaces and _.:/=+@- only"},
		{name: "tag value with a character that IAM does not take", spec: tag("team", "a,b"), field: "spec.tags", says: "letters, digits, spaces and _.:/=+@- only"},
		{name: "tag value with a line end", spec: tag("team", "a\n"), field: "spec.tags", says: "letters, digits, spaces and _.:/=+@- only"},
		{name: "AWS's tag key", spec: tag("aws:cloudformation:stack-name", "v"), field: "spec.tags", says: ": keys that start with aws: are reserved by AWS: choose another"},
		{name: "AWS's tag key in capitals", spec: tag("AWS:x", "v"), field: "spec.tags", says: ": keys that start with aws: are reserved by AWS: choose another"},
		{name: "the controller's tag key", spec: tag("ecs.taskrole.dev/name", "v"), field: "spec.tags", says: ": keys that start with ecs.taskrole.dev/ are reserved by the controller"},
		{name: "the controller's tag key in capitals", spec: tag("ECS.taskrole.dev/Namespace", "v"), field: "spec.tags", says: ": keys that start with ecs.taskrole.dev/ are reserved by the controller"},
		{name: "tag keys that differ in capitals", spec: "tags: {Team: a, team: b}", field: "spec.tags", says: "two keys differ only in their capitals: keep one"},
	}
}
