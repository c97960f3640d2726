package desired

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// allowing makes a class that allows these actions on these resources.
func allowing(actions, resources []string) func(*Input) {
	return func(in *Input) {
		in.Class.Spec.AllowedActions, in.Class.Spec.AllowedResources = nil, nil
		for _, a := range actions {
			in.Class.Spec.AllowedActions = append(in.Class.Spec.AllowedActions, v1alpha1.ActionPattern(a))
		}
		for _, r := range resources {
			in.Class.Spec.AllowedResources = append(in.Class.Spec.AllowedResources, v1alpha1.ResourcePattern(r))
		}
	}
}

func denying(actions ...v1alpha1.ActionPattern) func(*Input) {
	return func(in *Input) { in.Class.Spec.DeniedActions = actions }
}

// asking makes a TaskRole with one statement.
func asking(action, resource string) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.Statements = []v1alpha1.Statement{{Effect: v1alpha1.EffectAllow, Actions: []string{action}, Resources: []string{resource}}}
	}
}

func granting(verb, resource string) func(*Input) {
	return func(in *Input) {
		in.TaskRole.Spec.Statements = nil
		in.TaskRole.Spec.Grants = []v1alpha1.Grant{{Access: []string{verb}, Resources: []string{resource}}}
	}
}

func sameAccount(in *Input) { in.Class.Spec.SameAccountOnly = true }

const object = "arn:aws:s3:::b/x"

var all = []string{"*"}

func TestTheRailsOfAClass(t *testing.T) {
	const (
		action   = "spec.statements[0].actions[0]"
		resource = "spec.statements[0].resources[0]"
	)
	for name, c := range map[string]struct {
		change []func(*Input)
		field  string // empty: allowed
		says   []string
	}{
		"an action that is listed":                 {change: []func(*Input){allowing([]string{"s3:GetObject"}, all), asking("s3:GetObject", object)}},
		"an action in other capitals":              {change: []func(*Input){allowing([]string{"S3:getobject"}, all), asking("s3:GetObject", object)}},
		"a pattern within one that is listed":      {change: []func(*Input){allowing([]string{"s3:Get*"}, all), asking("s3:GetObj*", object)}},
		"an action that is not listed":             {change: []func(*Input){allowing([]string{"s3:Get*"}, all), asking("s3:PutObject", object)}, field: action, says: []string{"s3:PutObject", "its allowedActions are s3:Get*", "ask the platform team"}},
		"no action listed":                         {change: []func(*Input){allowing(nil, all), asking("s3:GetObject", object)}, field: action, says: []string{"its allowedActions are none"}},
		"a pattern wider than the one listed":      {change: []func(*Input){allowing([]string{"s3:Get*"}, all), asking("s3:Ge*", object)}, field: action, says: []string{"s3:Ge*"}},
		"a pattern that two listed ones make up":   {change: []func(*Input){allowing([]string{"s3:Get*", "s3:P*"}, all), asking("s3:*", object)}, field: action, says: []string{"s3:Get*, s3:P*"}},
		"everything, where everything is listed":   {change: []func(*Input){allowing(all, all), asking("*", "*")}, field: action, says: []string{"by name only"}},
		"an action that is denied":                 {change: []func(*Input){denying("s3:Delete*"), asking("s3:DeleteObject", object)}, field: action, says: []string{"class production denies s3:Delete*, which overlaps s3:DeleteObject"}},
		"a pattern that touches what is denied":    {change: []func(*Input){denying("s3:DeleteBucket"), asking("s3:D*", object)}, field: action, says: []string{"denies s3:DeleteBucket"}},
		"a pattern beside what is denied":          {change: []func(*Input){denying("s3:Delete*"), asking("s3:Get*", object)}},
		"iam by a wildcard":                        {change: []func(*Input){asking("iam:PassRole", "arn:aws:iam::111122223333:role/x")}, field: action, says: []string{"does not name iam:PassRole", "iam:*", "never by a wildcard"}},
		"iam by name":                              {change: []func(*Input){allowing([]string{"*", "iam:PassRole"}, all), asking("iam:PassRole", "arn:aws:iam::111122223333:role/x")}},
		"more of iam than is named":                {change: []func(*Input){allowing([]string{"*", "iam:PassRole"}, all), asking("iam:Pass*", "arn:aws:iam::111122223333:role/x")}, field: action, says: []string{"iam:Pass*"}},
		"sts:AssumeRole by sts:*":                  {change: []func(*Input){allowing([]string{"sts:*"}, all), asking("sts:AssumeRole", "arn:aws:iam::111122223333:role/x")}, field: action, says: []string{"sts:AssumeRole*"}},
		"sts:AssumeRole by name":                   {change: []func(*Input){allowing([]string{"sts:AssumeRole"}, all), asking("sts:AssumeRole", "arn:aws:iam::111122223333:role/x")}},
		"sts:GetCallerIdentity by a wildcard":      {change: []func(*Input){asking("sts:GetCallerIdentity", "*")}},
		"sts:AssumeRoot by a wildcard":             {change: []func(*Input){asking("sts:AssumeRoot", "arn:aws:iam::444455556666:root")}, field: action, says: []string{"does not name sts:AssumeRoot"}},
		"sts:AssumeRoot by name":                   {change: []func(*Input){allowing([]string{"*", "sts:AssumeRoot"}, all), asking("sts:AssumeRoot", "arn:aws:iam::444455556666:root")}},
		"sts:AssumeRole by the name of the other":  {change: []func(*Input){allowing([]string{"*", "sts:AssumeRoot"}, all), asking("sts:AssumeRole", "arn:aws:iam::444455556666:role/x")}, field: action},
		"organizations by a wildcard":              {change: []func(*Input){asking("organizations:ListAccounts", "*")}, field: action, says: []string{"organizations:*"}},
		"account by a wildcard":                    {change: []func(*Input){asking("account:GetContactInformation", "*")}, field: action, says: []string{"account:*"}},
		"account by a longer wildcard":             {change: []func(*Input){allowing([]string{"*", "account:Get*"}, all), asking("account:GetContactInformation", "*")}},
		"a resource that is listed":                {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::{{namespace}}-*"}), asking("s3:GetObject", "arn:aws:s3:::shop-b/*")}},
		"a resource of another namespace":          {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::{{namespace}}-*"}), asking("s3:GetObject", "arn:aws:s3:::bank-b/*")}, field: resource, says: []string{"arn:aws:s3:::bank-b/*", "its allowedResources are arn:aws:s3:::shop-*", "as a whole"}},
		"a resource in other capitals":             {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::shop-*"}), asking("s3:GetObject", "arn:aws:s3:::Shop-b/*")}, field: resource},
		"a resource wider than the one listed":     {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::shop-*"}), asking("s3:GetObject", "arn:aws:s3:::shop*")}, field: resource},
		"a variable within a pattern's star":       {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::shop-*"}), asking("s3:GetObject", "arn:aws:s3:::shop-b/${aws:PrincipalTag/team}/*")}},
		"a variable that could be anything":        {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::shop-b/team-*"}), asking("s3:GetObject", "arn:aws:s3:::shop-b/${aws:PrincipalTag/team}")}, field: resource},
		"no resource listed":                       {change: []func(*Input){allowing(all, nil), asking("s3:GetObject", object)}, field: resource, says: []string{"its allowedResources are none"}},
		"a star for an action that takes ARNs":     {change: []func(*Input){allowing(all, []string{"arn:*"}), asking("s3:GetObject", "*")}, field: resource},
		"a star for an action that knows none":     {change: []func(*Input){allowing(all, nil), asking("xray:PutTraceSegments", "*")}},
		"a star for an action that nobody knows":   {change: []func(*Input){allowing(all, nil), asking("xray:PutEverything", "*")}, field: resource},
		"a condition proves nothing":               {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::shop-*"}), asking("s3:GetObject", object), onlyShops}, field: resource},
		"what a grant comes to":                    {change: []func(*Input){allowing([]string{"s3:PutObject"}, all), granting("Write", object)}, field: "spec.grants[0]", says: []string{"access Write needs s3:AbortMultipartUpload: class production does not allow it", "or change the grant"}},
		"ECS Exec, where it is not allowed":        {change: []func(*Input){allowing([]string{"s3:*"}, all), enabled, one}, field: "spec.executeCommand", says: []string{"ECS Exec needs ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel"}},
		"ECS Exec, where it is":                    {change: []func(*Input){allowing([]string{"s3:*", "ssmmessages:*Channel"}, []string{"arn:aws:s3:::b/*"}), enabled}},
		"to assume itself":                         {change: []func(*Input){func(in *Input) { in.TaskRole.Spec.Trust.SelfAssume = true }}},
		"to deny what is not allowed":              {change: []func(*Input){allowing(nil, nil), denying("*"), asking("iam:*", "*"), deny}},
		"of the account, by ARN":                   {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "arn:aws:sqs:us-west-2:111122223333:q")}},
		"of another account":                       {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "arn:aws:sqs:us-west-2:444455556666:q")}, field: resource, says: []string{"resources of account 111122223333 only", "fifth part"}},
		"of any account":                           {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "arn:aws:sqs:us-west-2:*:q")}, field: resource},
		"of everybody":                             {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "*")}, field: resource, says: []string{"everybody's"}},
		"of an account that the ARN does not name": {change: []func(*Input){sameAccount, asking("route53:GetHostedZone", "arn:aws:route53:::hostedzone/Z1")}, field: resource},
		"a model of AWS's own":                     {change: []func(*Input){sameAccount, asking("bedrock:InvokeModel", "arn:aws:bedrock:us-west-2::foundation-model/m")}},
		"a model in every region":                  {change: []func(*Input){sameAccount, asking("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/m")}},
		"a resource of AWS's own":                  {change: []func(*Input){sameAccount, asking("ssm:GetParameter", "arn:aws:ssm:us-west-2:aws:parameter/x")}},
		"no model, where a model would stand":      {change: []func(*Input){sameAccount, asking("bedrock:InvokeModel", "arn:aws:bedrock:us-west-2::imported-model/m")}, field: resource, says: []string{"no account stands in the fifth part of arn:aws:bedrock", "a class without sameAccountOnly"}},
		"an account behind a star that runs on":    {change: []func(*Input){sameAccount, asking("s3:PutObject", "arn:aws:s3:*:111122223333:*")}, field: resource, says: []string{"arn:aws:s3:*:111122223333:*", "run on beyond it", "write partition and region out"}},
		"AWS behind a star that runs on":           {change: []func(*Input){sameAccount, asking("s3:PutObject", "arn:aws:s3:us-*:aws:*")}, field: resource, says: []string{"run on beyond it"}},
		"no account behind a star that runs on":    {change: []func(*Input){sameAccount, asking("s3:PutObject", "arn:aws:s3:us-*::*")}, field: resource, says: []string{"run on beyond it"}},
		"a partition that runs on":                 {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "arn:aws*:sqs:us-west-2:111122223333:q")}, field: resource, says: []string{"run on beyond it"}},
		"a star within the region":                 {change: []func(*Input){sameAccount, asking("sqs:SendMessage", "arn:aws:sqs:us-*-2:111122223333:q")}},
		"a queue in every region, by a grant":      {change: []func(*Input){sameAccount, granting("Send", "arn:aws:sqs:*:111122223333:q")}, field: "spec.grants[0]", says: []string{"access Send needs", "run on beyond it"}},
		"a key that reads like an access point":    {change: []func(*Input){allowing(all, []string{"arn:aws:s3:*:111122223333:accesspoint/*"}), asking("s3:PutObject", "arn:aws:s3:::evil/a:111122223333:accesspoint/x")}, field: resource, says: []string{"arn:aws:s3:::evil/a", "does not allow"}},
		"an access point of any region":            {change: []func(*Input){allowing(all, []string{"arn:aws:s3:*:111122223333:accesspoint/*"}), asking("s3:PutObject", "arn:aws:s3:us-west-2:111122223333:accesspoint/x/object/*")}},
		"a path that reads like an account":        {change: []func(*Input){allowing(all, []string{"arn:aws:execute-api:us-west-2:11112222333*:*"}), asking("execute-api:Invoke", "arn:aws:execute-api:us-west-2:444455556666:11112222333x:y")}, field: resource},
		"a name that reads like a region":          {change: []func(*Input){allowing(all, []string{"arn:aws:s*:us-west-2:111122223333:*"}), asking("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:x:us-west-2:111122223333:y")}, field: resource},
		"a name that reads like a service":         {change: []func(*Input){allowing(all, []string{"arn:*:s3:us-west-2:111122223333:*"}), asking("sqs:SendMessage", "arn:aws:sqs:us-west-2:111122223333:x:s3:us-west-2:111122223333:y")}, field: resource},
		"a model of another account":               {change: []func(*Input){sameAccount, asking("bedrock:InvokeModel", "arn:aws:bedrock:us-west-2:444455556666:foundation-model/m")}, field: resource},
		"a metric, which has no ARN, by a grant":   {change: []func(*Input){sameAccount, allowing([]string{"cloudwatch:PutMetricData"}, []string{"arn:aws:s3:::b/*"}), granting("Write", "cloudwatch:namespace/Shop")}},
		"a metric, which has no ARN, by a star":    {change: []func(*Input){allowing([]string{"cloudwatch:PutMetricData"}, []string{"arn:aws:s3:::b/*"}), asking("cloudwatch:PutMetricData", "*")}, field: resource},
		"what a grant derives":                     {change: []func(*Input){allowing(all, []string{"arn:aws:glue:*:*:table/*"}), granting("Read", "arn:aws:glue:us-west-2:111122223333:table/sales/orders")}, field: "spec.grants[0]", says: []string{"access Read needs arn:aws:glue:us-west-2:111122223333:catalog", "does not allow"}},
		"the file systems behind an access point":  {change: []func(*Input){allowing(all, []string{"arn:aws:elasticfilesystem:*:*:access-point/*"}), granting("Mount", accessPoint)}, field: "spec.grants[0]", says: []string{":file-system/*"}},
		"a resource of another partition":          {change: []func(*Input){asking("s3:GetObject", "arn:aws-cn:s3:::b/*")}, field: resource, says: []string{"is of partition aws-cn", "write arn:aws:..."}},
		"... even to deny it":                      {change: []func(*Input){asking("s3:GetObject", "arn:aws-cn:s3:::b/*"), deny}, field: resource},
		"a partition that is not known":            {change: []func(*Input){asking("s3:GetObject", "arn:${aws:PrincipalTag/p}:s3:::b/*")}},
		"a character that is written out":          {change: []func(*Input){allowing(all, []string{"arn:aws:s3:::b/x*"}), asking("s3:GetObject", "arn:aws:s3:::b/${*}")}, field: resource},
		"a queue of the account, by a grant":       {change: []func(*Input){sameAccount, granting("Send", "arn:aws:sqs:us-west-2:111122223333:q")}},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(c.change...)
			if c.field == "" {
				build(t, in)
				return
			}
			r := refusal(t, in)
			if r.Reason != v1alpha1.ReasonNotAllowed || r.Errors[0].Field != c.field {
				t.Fatalf("%s: %s", r.Reason, r)
			}
			for _, text := range c.says {
				if !strings.Contains(r.Error(), text) {
					t.Errorf("it does not say %q: %s", text, r)
				}
			}
		})
	}
}

func onlyShops(in *Input) {
	in.TaskRole.Spec.Statements[0].Conditions = v1alpha1.ConditionBlock{"StringLike": {"s3:prefix": {"shop-*"}}}
}

func enabled(in *Input) { in.TaskRole.Spec.ExecuteCommand = v1alpha1.ExecuteCommandEnabled }

func one(in *Input) { in.TaskRole.Spec.Statements = nil }

func deny(in *Input) { in.TaskRole.Spec.Statements[0].Effect = v1alpha1.EffectDeny }

// S3's ARNs do not say whose a bucket is.
func TestWhatIsPermittedOnS3IsBoundToTheAccountWhereTheClassKeepsToIt(t *testing.T) {
	state := build(t, input(sameAccount))
	same(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
		"Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}}]}`, state.Policies[0].Document)
}

// Two values of one key are a choice: the tenant's own must not become one.
func TestATenantsConditionDoesNotLoosenTheBindingToTheAccount(t *testing.T) {
	state := build(t, input(sameAccount, func(in *Input) {
		in.TaskRole.Spec.Statements[0].Conditions = v1alpha1.ConditionBlock{
			"StringEquals": {"AWS:resourceaccount": {"444455556666"}}, "StringLike": {"aws:ResourceAccount": {"*"}},
		}
	}))
	same(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
		"Condition":{"StringEquals":{"AWS:resourceaccount":"444455556666"},"StringLike":{"aws:ResourceAccount":"*"},
			"StringEqualsIgnoreCase":{"aws:ResourceAccount":"111122223333"}}}]}`, state.Policies[0].Document)
	r := refusal(t, input(sameAccount, func(in *Input) {
		in.TaskRole.Spec.Statements[0].Conditions = v1alpha1.ConditionBlock{
			"StringEquals": {"aws:ResourceAccount": {"1"}}, "StringLike": {"aws:ResourceAccount": {"*"}}, "StringEqualsIgnoreCase": {"aws:ResourceAccount": {"2"}},
		}
	}))
	if !strings.Contains(r.Error(), "by fewer operators") {
		t.Error(r)
	}
}

// IAM would take this statement, and with it permit to write into anybody's bucket.
func TestAStarThatRunsOnIsWhatTheRailsTakeItFor(t *testing.T) {
	in := input(asking("s3:PutObject", "arn:aws:s3:*:111122223333:*"))
	has := policy.Policies{Identity: []policy.Document{build(t, in).Policies[0].Document}}
	if has.Evaluate(policy.Request{Action: "s3:PutObject", Resource: "arn:aws:s3:::evil/a:111122223333:b"}) != policy.Allowed {
		t.Error("it does not run on: the rails refuse more than they must")
	}
	sameAccount(&in)
	if r := refusal(t, in); !strings.Contains(r.Error(), "run on") {
		t.Error(r)
	}
}

func TestAMessageListsNotMorePatternsThanAnybodyReads(t *testing.T) {
	var many []string
	for i := range 10 {
		many = append(many, fmt.Sprintf("s3:A%d", i))
	}
	r := refusal(t, input(allowing(many, all), asking("s3:GetObject", object)))
	if !strings.Contains(r.Error(), "s3:A7 and 2 more;") || strings.Contains(r.Error(), "s3:A8") {
		t.Error(r)
	}
}

func TestWhatIsDeniedOnS3IsDeniedInEveryAccount(t *testing.T) {
	same(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
		build(t, input(sameAccount, deny)).Policies[0].Document)
}
