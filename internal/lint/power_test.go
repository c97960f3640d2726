package lint

import (
	"slices"
	"testing"
)

const toTasks = `,"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}`

var _ = table(CodePassRole,
	row{about: "a star", allow: `"Action":"iam:PassRole","Resource":"*"` + toTasks, want: "Warning", says: []string{"iam:PassRole on *", "arn:aws:iam::<account>:role/<name>"}},
	row{about: "every role of an account", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/*"` + toTasks, want: "Warning", says: []string{"role/*"}},
	row{about: "by a wildcard", allow: `"Action":"iam:Pass*","Resource":"*"` + toTasks, want: "Warning", says: []string{"iam:PassRole"}},
	row{about: "a role", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r"` + toTasks},
	row{about: "roles of a path", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/shop/*"` + toTasks},
	row{about: "in a Deny", deny: `"Action":"iam:PassRole","Resource":"*"`},
	row{about: "another action", allow: `"Action":"iam:GetRole","Resource":"*"`},
)

var _ = table(CodePassRoleToAnyService,
	row{about: "no condition", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r"`, want: "Warning", says: []string{"StringEquals of iam:PassedToService with ecs-tasks.amazonaws.com"}},
	row{about: "if it is there", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}`, want: "Warning", says: []string{"iam:PassedToService"}},
	row{about: "all but one", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r","Condition":{"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`, want: "Warning", says: []string{"iam:PassedToService"}},
	row{about: "to a service", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r"` + toTasks},
	row{about: "to a resource", allow: `"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/r","Condition":{"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:ecs:us-west-2:111122223333:*"}}`},
	row{about: "another action", allow: `"Action":"iam:GetRole","Resource":"arn:aws:iam::111122223333:role/r"`},
)

var _ = table(CodePrivilegeEscalation,
	row{about: "a policy of its own on a role", allow: `"Action":"iam:PutRolePolicy","Resource":"arn:aws:iam::111122223333:role/r"`, want: "Warning", says: []string{"by iam:PutRolePolicy.", "boundary"}},
	row{about: "on any role", allow: `"Action":"iam:AttachRolePolicy","Resource":"*"`, want: "Error", says: []string{"iam:AttachRolePolicy"}},
	row{about: "by a wildcard", allow: `"Action":"iam:*Policy*","Resource":"*"`, want: "Error", says: []string{"iam:AttachGroupPolicy"}},
	row{about: "a function", allow: `"Action":["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"`, want: "Warning", says: []string{"iam:PassRole with lambda:CreateFunction and lambda:InvokeFunction"}},
	row{about: "a task, over two statements", statements: `{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/*"` + toTasks + `},{"Sid":"Run","Effect":"Allow","Action":["ecs:RunTask"],"Resource":"arn:aws:ecs:us-west-2:111122223333:task-definition/t:*"}`, want: "Warning", says: []string{"iam:PassRole with ecs:RunTask in statement 1 and statement Run"}},
	row{about: "to any service but one", allow: `"Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*","Condition":{"StringNotEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`, want: "Warning", says: []string{"iam:PassRole with ec2:RunInstances"}},
	row{about: "to a service, if it is there", allow: `"Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"lambda.amazonaws.com"}}`, want: "Warning", says: []string{"iam:PassRole with ec2:RunInstances"}},
	row{about: "a Deny under a condition", statements: `{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, want: "Error", says: []string{"iam:PutRolePolicy"}},
	row{about: "held to a boundary", allow: `"Action":["iam:PutRolePolicy","iam:AttachRolePolicy"],"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p"}}`},
	row{about: "policies that were chosen", allow: `"Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/p"}}`},
	row{about: "denied", statements: `{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}`},
	row{about: "a role that was chosen", allow: `"Action":["iam:PassRole","ecs:RunTask"],"Resource":["arn:aws:iam::111122223333:role/r","arn:aws:ecs:us-west-2:111122223333:task-definition/t:*"]`},
	row{about: "to another service", statements: `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"` + toTasks + `},{"Effect":"Allow","Action":["lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}`},
	row{about: "half of it", allow: `"Action":["iam:PassRole","lambda:CreateFunction"],"Resource":"*"`},
	row{about: "passing denied", statements: `{"Effect":"Allow","Action":["iam:PassRole","ecs:RunTask"],"Resource":"*"},{"Effect":"Deny","Action":"iam:PassRole","Resource":"*"}`},
	row{about: "on what is no role", allow: `"Action":"iam:PutRolePolicy","Resource":"arn:aws:s3:::b"`},
	row{about: "told as full access", allow: `"Action":"*","Resource":"*"`},
	row{about: "to read", allow: `"Action":["iam:GetRole","iam:ListPolicies"],"Resource":"*"`},
)

var _ = table(CodeCredentialExposure,
	row{about: "all secrets", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"*"`, want: "Warning", says: []string{"secretsmanager:GetSecretValue on *", "arn:aws:secretsmanager:<Region>:<Account>:secret:<SecretId>"}},
	row{about: "all of an account and a region", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-west-2:111122223333:secret:*"`, want: "Warning", says: []string{"secret:*"}},
	row{about: "all parameters", allow: `"Action":["ssm:GetParameter*","ssm:PutParameter"],"Resource":"arn:aws:ssm:us-west-2:111122223333:parameter/*"`, want: "Warning", says: []string{"ssm:GetParameter"}},
	row{about: "all keys", allow: `"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}`, want: "Warning", says: []string{"kms:Decrypt"}},
	row{about: "all roles", allow: `"Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/*"`, want: "Warning", says: []string{"sts:AssumeRole"}},
	row{about: "a secret", allow: `"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-west-2:111122223333:secret:db-??????"`},
	row{about: "parameters of a path", allow: `"Action":"ssm:GetParameter","Resource":"arn:aws:ssm:us-west-2:111122223333:parameter/shop/*"`},
	row{about: "keys of a service", allow: `"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-west-2.amazonaws.com"}}`},
	row{about: "a token that knows no resource", allow: `"Action":["ecr:GetAuthorizationToken","sts:GetCallerIdentity"],"Resource":"*"`},
	row{about: "to write", allow: `"Action":"secretsmanager:PutSecretValue","Resource":"*"`},
	row{about: "in a Deny", deny: `"Action":"secretsmanager:GetSecretValue","Resource":"*"`},
)

func TestWhatIsLookedUpIsSorted(t *testing.T) {
	for name, list := range map[string][]string{"credentials": credentials, "escalations": escalations} {
		if !slices.IsSorted(list) {
			t.Errorf("%s are not", name)
		}
	}
}
