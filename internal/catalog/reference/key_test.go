package reference

import (
	"slices"
	"strings"
	"testing"
)

func TestAnActionKnowsItsOwnKeysItsTypesAndTheGlobalOnes(t *testing.T) {
	for _, c := range []struct{ action, key, name, kind string }{
		// Its own.
		{"s3:ListBucket", "s3:prefix", "s3:prefix", "String"},
		{"s3:ListBucket", "S3:PREFIX", "s3:prefix", "String"},
		{"s3:ListBucket", "s3:max-keys", "s3:max-keys", "Numeric"},
		{"kms:Decrypt", "kms:ViaService", "kms:ViaService", "String"},
		{"kms:Decrypt", "kms:EncryptionContextKeys", "kms:EncryptionContextKeys", "ArrayOfString"},
		{"sqs:CreateQueue", "aws:TagKeys", "aws:TagKeys", "ArrayOfString"},
		{"elasticfilesystem:ClientMount", "elasticfilesystem:AccessPointArn", "elasticfilesystem:AccessPointArn", "ARN"},
		{"cloudwatch:PutMetricData", "cloudwatch:namespace", "cloudwatch:namespace", "String"},
		{"iam:PassRole", "iam:PassedToService", "iam:PassedToService", "String"},
		{"dynamodb:GetItem", "dynamodb:LeadingKeys", "dynamodb:LeadingKeys", "ArrayOfString"},
		// Its resource types'.
		{"secretsmanager:GetSecretValue", "secretsmanager:ResourceTag/team", "secretsmanager:ResourceTag/tag-key", "String"},
		{"ecs:DescribeTasks", "ecs:ResourceTag/team", "ecs:ResourceTag/${TagKey}", "String"},
		{"ssm:GetParameter", "ssm:ResourceTag/team", "ssm:resourceTag/tag-key", "String"},
		{"ssm:SendCommand", "ssm:ResourceTag/team", "ssm:resourceTag/${TagKey}", "String"},
		// Keys that stand for many.
		{"s3:GetObject", "s3:ExistingObjectTag/class", "s3:ExistingObjectTag/<key>", "String"},
		{"kms:Decrypt", "kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContext:${EncryptionContextKey}", "String"},
		{"s3:GetObject", "aws:ResourceTag/a/b", "aws:ResourceTag/${TagKey}", "String"},
		{"s3:PutObject", "aws:RequestTag/${TagKey}", "aws:RequestTag/${TagKey}", "String"},
		// Others' that it knows.
		{"sts:AssumeRoleWithSAML", "saml:aud", "saml:aud", "String"},
		// Global ones.
		{"sqs:SendMessage", "aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}", "String"},
		{"sqs:SendMessage", "AWS:sourceip", "aws:SourceIp", "IPAddress"},
		{"xray:PutTraceSegments", "aws:SecureTransport", "aws:SecureTransport", "Bool"},
		// None of its.
		{"s3:GetObject", "s3:prefix", "", ""},
		{"sqs:SendMessage", "kms:ViaService", "", ""},
		{"sqs:SendMessage", "sqs:nosuch", "", ""},
		{"s3:GetObject", "s3:ExistingObjectTag/", "", ""},
		{"s3:GetObject", "aws:ResourceTag/", "", ""},
		{"s3:GetObject", "aws:ResourceTag", "", ""},
		{"s3:GetObject", "", "", ""},
	} {
		k, found := action(t, c.action).Key(c.key)
		if found != (c.name != "") || !strings.EqualFold(k.Name, c.name) || k.Type != c.kind {
			t.Errorf("%s: %s is %+v, %v", c.action, c.key, k, found)
		}
	}
}

func TestKeysOfAnyServiceAreKnown(t *testing.T) {
	for key, want := range map[string]string{
		"s3:prefix":                           "s3:prefix",
		"KMS:viaservice":                      "kms:ViaService",
		"saml:aud":                            "saml:aud",
		"agent.acme.buildkite.dev:cluster_id": "agent.${Domain}.buildkite.dev:cluster_id",
		"oidc.circleci.com/org/o:oidc.circleci.com/project-id": "oidc.circleci.com/org/${OrgId}:oidc.circleci.com/project-id",
		"cognito-identity.amazonaws.com:amr":                   "cognito-identity.amazonaws.com:amr",
		"logs:LogGeneratingResourceArns":                       "logs:LogGeneratingResourceArns",
		"catalog:ChangeType":                                   "catalog:ChangeType",
		"aws:CalledVia":                                        "aws:CalledVia",
		"aws:RequestTag/x":                                     "aws:RequestTag/${TagKey}",
		"s3:nosuch":                                            "",
		"nosuch:key":                                           "",
		"aws:nosuch":                                           "",
		"prefix":                                               "",
		"":                                                     "",
	} {
		if k, found := Known(key); k.Name != want || found != (want != "") {
			t.Errorf("%s is %+v, %v", key, k, found)
		}
	}
}

func TestEveryKeyThatAnActionRefersToIsKnown(t *testing.T) {
	for _, a := range Matching("*") {
		for _, i := range a.keys {
			name := a.Service.data.keys[i].Name
			if _, found := a.Key(name); !found {
				t.Errorf("%s does not know its own %s", a.FullName(), name)
			}
		}
	}
	for _, s := range index().services {
		for _, k := range s.decoded().keys {
			if _, found := Known(k.Name); !found {
				t.Errorf("%s of %s is not known", k.Name, s.Prefix)
			}
		}
	}
}

func TestGlobalKeysHaveTheTypesOfIAMsPage(t *testing.T) {
	for key, want := range map[string]string{
		"aws:PrincipalArn": "ARN", "aws:PrincipalAccount": "String", "aws:PrincipalOrgPaths": "ArrayOfString",
		"aws:PrincipalServiceNamesList": "ArrayOfString", "aws:PrincipalIsAWSService": "Bool", "aws:username": "String",
		"aws:AssumedRoot": "Bool", "aws:TokenIssueTime": "Date", "aws:MultiFactorAuthAge": "Numeric",
		"aws:MultiFactorAuthPresent": "Bool", "aws:ChatbotSourceArn": "ARN", "aws:Ec2InstanceSourcePrivateIPv4": "IPAddress",
		"ec2:RoleDelivery": "Numeric", "ec2:SourceInstanceARN": "ARN", "lambda:SourceFunctionArn": "ARN",
		"aws:SourceIp": "IPAddress", "aws:VpcSourceIp": "IPAddress", "aws:SourceVpc": "String", "aws:SourceVpcArn": "ARN",
		"aws:ResourceOrgPaths": "ArrayOfString", "aws:ResourceAccount": "String", "aws:CalledVia": "ArrayOfString",
		"aws:CalledViaFirst": "String", "aws:ViaAWSService": "Bool", "aws:CurrentTime": "Date", "aws:EpochTime": "Date",
		"aws:Referer": "String", "aws:RequestedRegion": "String", "aws:TagKeys": "ArrayOfString", "aws:SecureTransport": "Bool",
		"aws:SourceAccount": "String", "aws:SourceArn": "ARN", "aws:SourceOrgID": "String", "aws:UserAgent": "String",
		"aws:PrincipalTag/team": "String", "aws:RequestTag/team": "String", "aws:ResourceTag/team": "String",
		"aws:PrincipalTag/": "", "aws:SourceTag/team": "", "s3:prefix": "",
	} {
		if k, _ := Global(key); k.Type != want {
			t.Errorf("%s: %+v", key, k)
		}
	}
	for _, k := range globals {
		if found, _ := Global(strings.ToUpper(k.Name)); found != k {
			t.Errorf("%s is found as %+v", k.Name, found)
		}
	}
	if !slices.IsSortedFunc(globals, func(a, b Key) int { return compare(a.Name, strings.ToLower(b.Name)) }) {
		t.Error("the global keys are not sorted")
	}
}
