package grants

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	queue  = "arn:aws:sqs:us-west-2:111122223333:orders"
	topic  = "arn:aws:sns:us-west-2:111122223333:orders"
	orders = "arn:aws:dynamodb:us-west-2:111122223333:table/t"
)

func TestPermissionsComeByResourceThenVerbThenNeed(t *testing.T) {
	got := expand(t, Grant{Access: []string{"Write", "Read"}, Resources: []string{
		"arn:aws-cn:dynamodb:cn-north-1:111122223333:table/b", "arn:aws:dynamodb:*:111122223333:table/a",
	}})
	write := policy.Strings{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"}
	read := policy.Strings{"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}
	index := policy.Strings{"dynamodb:Query", "dynamodb:Scan"}
	one := func(verb string, actions policy.Strings, resource string) Permission {
		return Permission{Service: "dynamodb", Type: "table", Verb: verb,
			Statement: policy.Statement{Effect: policy.Allow, Action: actions, Resource: policy.Strings{resource}}}
	}
	want := []Permission{
		one("Write", write, "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/b"),
		one("Read", read, "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/b"),
		one("Read", index, "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/b/index/*"),
		one("Write", write, "arn:aws:dynamodb:*:111122223333:table/a"),
		one("Read", read, "arn:aws:dynamodb:*:111122223333:table/a"),
		one("Read", index, "arn:aws:dynamodb:*:111122223333:table/a/index/*"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheGrantsConditionsAreAddedToThoseOfTheVerb(t *testing.T) {
	granted := policy.Conditions{"StringLike": {"aws:PrincipalTag/team": {"a*"}}, "Bool": {"aws:SecureTransport": {"true"}}, "Null": {}}
	got := expand(t, Grant{Access: []string{"List", "Read"}, Resources: []string{"arn:aws:s3:::b/p/*"}, Conditions: granted})
	list := policy.Conditions{
		"StringLike": {"aws:PrincipalTag/team": {"a*"}, "s3:prefix": {"p/", "p/*"}}, "Bool": {"aws:SecureTransport": {"true"}},
	}
	read := policy.Conditions{"StringLike": {"aws:PrincipalTag/team": {"a*"}}, "Bool": {"aws:SecureTransport": {"true"}}}
	if diff := cmp.Diff([]policy.Conditions{list, read}, []policy.Conditions{got[0].Statement.Condition, got[1].Statement.Condition}); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsMadeSharesNothingWithTheGrantNorWithTheNext(t *testing.T) {
	g := Grant{Access: []string{"List", "Read"}, Resources: []string{"arn:aws:s3:::b/p/*"},
		Conditions: policy.Conditions{"Bool": {"aws:SecureTransport": {"true"}}}}
	first := expand(t, g)
	before := document(expand(t, g)).JSON()
	for i := range first {
		s := &first[i].Statement
		s.Action[0], s.Resource[0] = "x", "y"
		s.Condition["Bool"]["aws:SecureTransport"][0] = "z"
		s.Condition["Other"] = nil
	}
	if after := document(expand(t, g)).JSON(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// namedOnce says whether the message names the value, and does so once.
func namedOnce(p Problem) bool {
	name := p.Value
	if strings.Contains(p.Message, quote(name)) {
		name = quote(name)
	}
	return p.Value == "" && p.Index < 0 || strings.Count(p.Message, name) == 1
}

// wrong is a grant with one problem in one field.
type wrong struct {
	grant Grant
	field string
	index int
	value string
	says  []string
}

func access(resource string, verbs ...string) Grant {
	return Grant{Access: verbs, Resources: []string{resource}}
}

func resource(arn string) Grant { return access(arn, "Read") }

func under(c policy.Conditions, g Grant) Grant {
	g.Conditions = c
	return g
}

func TestWhatCannotBeGrantedIsNamedWithItsCure(t *testing.T) {
	for name, c := range map[string]wrong{
		"a verb that the type lacks": {access(queue, "Send", "Reed"), "access", 1, "Reed", []string{`"Reed"`, queue, "queue of sqs", "Consume, Send"}},
		"a verb in other capitals":   {access(queue, "consume"), "access", 0, "consume", []string{"which offers Consume, Send: write Consume"}},
		"a verb of the type's kin":   {access("arn:aws:s3:::b", "Read"), "access", 0, "Read", []string{"bucket of s3", "List, Locate", "write arn:aws:s3:::b/*"}},
		"a verb of a wider type": {access("arn:aws:dynamodb:us-west-2:111122223333:table/t/index/i", "Write"), "access", 0, "Write",
			[]string{"index of dynamodb", "which offers Read, ReadByKey, ReadPartiQL: it is for a table, write arn:aws:dynamodb:us-west-2:111122223333:table/t"}},
		"a verb of a type with other names": {access("arn:aws:bedrock:us-east-1::foundation-model/m", "Apply"), "access", 0, "Apply",
			[]string{"write arn:aws:bedrock:us-west-2:111122223333:guardrail/a1b2c3d4e5f6"}},
		"a verb that one of two types lacks": {Grant{Access: []string{"Read"}, Resources: []string{"arn:aws:s3:::b/*", "arn:aws:s3:::c"}}, "access", 0, "Read",
			[]string{"arn:aws:s3:::c (bucket of s3)"}},
		"a verb that two types lack": {Grant{Access: []string{"Fly"}, Resources: []string{queue, topic, queue}}, "access", 0, "Fly",
			[]string{`"Fly" is no verb of ` + queue + " (queue of sqs), which offers Consume, Send; nor of " + topic + " (topic of sns), which offers Publish"}},
		"a verb with a slip":                    {access(queue, "Consme"), "access", 0, "Consme", []string{"which offers Consume, Send: write Consume"}},
		"a verb with white space":               {access(queue, "Send "), "access", 0, "Send ", []string{`"Send "`, ": write Send"}},
		"no verb":                               {access(queue), "access", -1, "", []string{"no verb", "Consume, Send"}},
		"no resource":                           {Grant{Access: []string{"Read"}}, "resources", -1, "", []string{"no resource"}},
		"a service that is missing":             {resource("arn:aws:iam::111122223333:role/x"), "resources", 0, "arn:aws:iam::111122223333:role/x", []string{`"iam"`, "dynamodb, ", "sqs", "spec.statements"}},
		"a service in capitals":                 {resource("arn:aws:S3:::b/*"), "resources", 0, "arn:aws:S3:::b/*", []string{"did you mean s3?"}},
		"a service with a slip":                 {resource("arn:aws:dynamdb:us-west-2:111122223333:table/t"), "resources", 0, "arn:aws:dynamdb:us-west-2:111122223333:table/t", []string{"did you mean dynamodb?; it knows aoss, "}},
		"a service with half its name":          {resource("arn:aws:rds:us-west-2:111122223333:db/t"), "resources", 0, "arn:aws:rds:us-west-2:111122223333:db/t", []string{"did you mean rds-db?; it knows aoss, "}},
		"a service with more than its name":     {resource("arn:aws:bedrock-runtime:us-west-2:111122223333:x"), "resources", 0, "arn:aws:bedrock-runtime:us-west-2:111122223333:x", []string{"did you mean bedrock?"}},
		"a service by its title":                {resource("arn:aws:efs:us-west-2:111122223333:x"), "resources", 0, "arn:aws:efs:us-west-2:111122223333:x", []string{"did you mean elasticfilesystem?"}},
		"a service by its title, with a hyphen": {resource("arn:aws:step-functions:us-west-2:111122223333:x"), "resources", 0, "arn:aws:step-functions:us-west-2:111122223333:x", []string{"did you mean states?"}},
		"a service by its actions":              {resource("arn:aws:kafka-cluster:us-west-2:111122223333:x"), "resources", 0, "arn:aws:kafka-cluster:us-west-2:111122223333:x", []string{"did you mean kafka?"}},
		"a service by the title of two":         {resource("arn:aws:opensearch:us-west-2:111122223333:x"), "resources", 0, "arn:aws:opensearch:us-west-2:111122223333:x", []string{"did you mean aoss or es?"}},
		"a service like one that exists":        {resource("arn:aws:ec2:us-west-2:111122223333:x"), "resources", 0, "arn:aws:ec2:us-west-2:111122223333:x", []string{`no service "ec2"; it knows aoss, `}},
		"no service":                            {resource("arn:aws::us-west-2:111122223333:x"), "resources", 0, "arn:aws::us-west-2:111122223333:x", []string{`no service ""; it knows aoss, `}},
		"a service too long to guess":           {resource(strings.Repeat("x", 100) + ":y"), "resources", 0, strings.Repeat("x", 100) + ":y", []string{"; it knows aoss, "}},
		"an ARN that begins as one type": {resource("arn:aws:bedrock:us-west-2:111122223333:inference-profile/x"), "resources", 0, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/x",
			[]string{"write it as in arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0 (inference profile); for anything else"}},
		"an ARN that begins as no type": {resource("arn:aws:bedrock:us-west-2:111122223333:prompt/x"), "resources", 0, "arn:aws:bedrock:us-west-2:111122223333:prompt/x",
			[]string{"(foundation model)", "(application inference profile); it also knows provisioned model, imported model, guardrail, "}},
		"a short form that begins as one type": {resource("cloudwatch:namespce/Shop"), "resources", 0, "cloudwatch:namespce/Shop", []string{"write it as in cloudwatch:namespace/Shop/Orders (namespace); for"}},
		"white space behind an ARN":            {access(queue+"\n", "Send"), "resources", 0, queue + "\n", []string{`"` + queue + `\n" begins or ends with white space: remove it`}},
		"white space before an ARN":            {access(" "+queue, "Send"), "resources", 0, " " + queue, []string{`" ` + queue + `" begins or ends with white space: remove it`}},
		"white space within an ARN":            {access("arn:aws:sqs:us-west-2:111122223333:a b", "Send"), "resources", 0, "arn:aws:sqs:us-west-2:111122223333:a b", []string{`"arn:aws:sqs:us-west-2:111122223333:a b"`, "as in " + queue}},
		"a kind that is missing":               {resource("nope:traces"), "resources", 0, "nope:traces", []string{`"nope"`, "spec.statements"}},
		"an ARN of no type": {resource("arn:aws:dynamodb:us-west-2:111122223333:backup/x"), "resources", 0, "arn:aws:dynamodb:us-west-2:111122223333:backup/x",
			[]string{"arn:aws:dynamodb:us-west-2:111122223333:table/orders (table)", "(stream)", "(index)", "spec.statements"}},
		"a short form of a service with ARNs": {resource("s3:bucket/x"), "resources", 0, "s3:bucket/x", []string{"arn:aws:s3:::my-bucket/reports/* (object)"}},
		"a name for an ARN":                   {resource("orders"), "resources", 0, "orders", []string{`"orders" is no ARN`}},
		"nothing for an ARN":                  {resource(""), "resources", 0, "", []string{"every resource"}},
		"half an ARN":                         {resource("arn:aws:s3:b"), "resources", 0, "arn:aws:s3:b", []string{"six parts"}},
		"everything":                          {resource("*"), "resources", 0, "*", []string{"every resource of every service", "spec.statements"}},
		"everything, in other words":          {resource("**"), "resources", 0, "**", []string{"every resource of every service"}},
		"any service":                         {resource("arn:aws:*:us-west-2:111122223333:x"), "resources", 0, "arn:aws:*:us-west-2:111122223333:x", []string{"service's place"}},
		"any service of a prefix":             {resource("arn:aws:s*:us-west-2:111122223333:x"), "resources", 0, "arn:aws:s*:us-west-2:111122223333:x", []string{"service's place"}},
		"any partition":                       {resource("arn:*:s3:::b/*"), "resources", 0, "arn:*:s3:::b/*", []string{`"*" is no partition`}},
		"any bucket":                          {access("arn:aws:s3:::*", "List"), "resources", 0, "arn:aws:s3:::*", []string{"all of its kind", "begin with a name", "arn:aws:s3:::my-bucket"}},
		"any object of any bucket":            {resource("arn:aws:s3:::*/*"), "resources", 0, "arn:aws:s3:::*/*", []string{"all of its kind"}},
		"any bucket of a length":              {resource("arn:aws:s3:::???*/p"), "resources", 0, "arn:aws:s3:::???*/p", []string{"all of its kind"}},
		"any queue":                           {access("arn:aws:sqs:us-west-2:111122223333:*", "Send"), "resources", 0, "arn:aws:sqs:us-west-2:111122223333:*", []string{"all of its kind"}},
		"any account":                         {access("arn:aws:sqs:us-west-2:*:orders", "Send"), "resources", 0, "arn:aws:sqs:us-west-2:*:orders", []string{"account's place", "as in " + queue}},
		"an account of 11 digits":             {access("arn:aws:sqs:us-west-2:11112222333:orders", "Send"), "resources", 0, "arn:aws:sqs:us-west-2:11112222333:orders", []string{`"11112222333" is no account`}},
		"a missing account":                   {access("arn:aws:sqs:us-west-2::orders", "Send"), "resources", 0, "arn:aws:sqs:us-west-2::orders", []string{"account is missing", "as in " + queue}},
		"a missing region":                    {access("arn:aws:sqs::111122223333:orders", "Send"), "resources", 0, "arn:aws:sqs::111122223333:orders", []string{"region is missing"}},
		"the word region":                     {access("arn:aws:sqs:region:111122223333:orders", "Send"), "resources", 0, "arn:aws:sqs:region:111122223333:orders", []string{"literal word region"}},
		"an account for a region":             {access("arn:aws:sqs:111122223333:us-west-2:orders", "Send"), "resources", 0, "arn:aws:sqs:111122223333:us-west-2:orders", []string{`"111122223333" is no region`}},
		"a region too many":                   {resource("arn:aws:s3:us-west-2::b/*"), "resources", 0, "arn:aws:s3:us-west-2::b/*", []string{"no region", `"us-west-2"`}},
		"an account too many":                 {resource("arn:aws:s3::111122223333:b/*"), "resources", 0, "arn:aws:s3::111122223333:b/*", []string{"no account"}},
		"a variable for a region":             {access("arn:aws:sqs:${aws:RequestedRegion}:111122223333:orders", "Send"), "resources", 0, "arn:aws:sqs:${aws:RequestedRegion}:111122223333:orders", []string{"policy variable", "fifth colon"}},
		"a variable for an account":           {access("arn:aws:sqs:us-west-2:${aws:PrincipalAccount}:orders", "Send"), "resources", 0, "arn:aws:sqs:us-west-2:${aws:PrincipalAccount}:orders", []string{"policy variable"}},
		"a variable that is not closed":       {resource("arn:aws:s3:::b/${aws:PrincipalTag/team/*"), "resources", 0, "arn:aws:s3:::b/${aws:PrincipalTag/team/*", []string{"not closed"}},
		"an alias":                            {access("arn:aws:kms:us-west-2:111122223333:alias/orders", "Decrypt"), "resources", 0, "arn:aws:kms:us-west-2:111122223333:alias/orders", []string{"write the key's ARN"}},
		"a secret as ECS names it":            {resource("arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf:password::"), "resources", 0, "arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf:password::", []string{"leave it out", "execution role"}},
		"a condition that one action lacks": {under(policy.Conditions{"StringEquals": {"s3:prefix": {"p/"}}}, access("arn:aws:s3:::b/*", "Read", "List")), "conditions", -1, "StringEquals s3:prefix",
			[]string{"Read holds s3:GetObject, which does not know this key: grant it without this condition", "give List a grant of its own with this condition"}},
		"a condition that fits two of three verbs": {under(policy.Conditions{"StringEquals": {"dynamodb:LeadingKeys": {"a"}}}, access(orders, "Write", "ReadByKey", "WriteByKey")),
			"conditions", -1, "StringEquals dynamodb:LeadingKeys", []string{"Write also holds dynamodb:DescribeTable, ", "write WriteByKey in its place", "give ReadByKey, WriteByKey a grant of their own"}},
		"a condition that a verb knows on one of two types": {under(policy.Conditions{"StringEquals": {"dynamodb:LeadingKeys": {"a"}}},
			Grant{Access: []string{"ReadByKey", "Read"}, Resources: []string{orders, orders + "/index/i"}}), "conditions", -1, "StringEquals dynamodb:LeadingKeys",
			[]string{"Read (table of dynamodb) also holds dynamodb:DescribeTable, dynamodb:Scan,", "Read (index of dynamodb) also holds dynamodb:Scan,", "give ReadByKey (table of dynamodb), ReadByKey (index of dynamodb) a grant"}},
		"a condition that half a verb knows, and no other": {under(policy.Conditions{"StringEquals": {"s3:x-amz-server-side-encryption": {"aws:kms"}}}, access("arn:aws:s3:::b/*", "Write")),
			"conditions", -1, "StringEquals s3:x-amz-server-side-encryption",
			[]string{"Write also holds s3:AbortMultipartUpload, which does not know this key: write s3:PutObject with the condition into spec.statements"}},
		"a condition that two actions lack": {under(policy.Conditions{"StringEquals": {"dynamodb:LeadingKeys": {"a"}}},
			Grant{Access: []string{"Read"}, Resources: []string{"arn:aws:dynamodb:us-west-2:111122223333:table/t", "arn:aws:dynamodb:us-west-2:111122223333:table/u"}}),
			"conditions", -1, "StringEquals dynamodb:LeadingKeys",
			[]string{"Read also holds dynamodb:DescribeTable, dynamodb:Scan, which do not know this key: write ReadByKey in its place"}},
		"a condition of no action":            {under(policy.Conditions{"Bool": {"foo:bar": {"true"}}}, access(queue, "Send")), "conditions", -1, "Bool foo:bar", []string{"sqs:SendMessage", "do not know this key", "leave it out"}},
		"a tag's condition with a slip":       {under(policy.Conditions{"StringEquals": {"aws:ResourcTag/Team": {"a"}}}, access(queue, "Send")), "conditions", -1, "StringEquals aws:ResourcTag/Team", []string{"did you mean aws:ResourceTag/Team?"}},
		"a tag's condition without its slash": {under(policy.Conditions{"StringEquals": {"aws:ResourceTagTeam": {"a"}}}, access(queue, "Send")), "conditions", -1, "StringEquals aws:ResourceTagTeam", []string{"did you mean aws:ResourceTag/Team?"}},
		"a long tag's condition with a slip": {under(policy.Conditions{"StringEquals": {"aws:PrincipalTg/" + strings.Repeat("T", 100): {"a"}}}, access(queue, "Send")), "conditions", -1, "StringEquals aws:PrincipalTg/" + strings.Repeat("T", 100),
			[]string{"did you mean aws:PrincipalTag/" + strings.Repeat("T", 100) + "?"}},
		"a condition with white space":          {under(policy.Conditions{"StringEquals": {"s3:prefix ": {"p/"}}}, access("arn:aws:s3:::b", "List")), "conditions", -1, "StringEquals s3:prefix ", []string{`"StringEquals s3:prefix "`, "did you mean s3:prefix?"}},
		"a condition with a slip":               {under(policy.Conditions{"Bool": {"aws:SecureTrasport": {"true"}}}, access(queue, "Send")), "conditions", -1, "Bool aws:SecureTrasport", []string{"did you mean aws:SecureTransport?"}},
		"a condition with a wrong prefix":       {under(policy.Conditions{"StringEquals": {"iam:PrincipalOrgID": {"o-1"}}}, access(queue, "Send")), "conditions", -1, "StringEquals iam:PrincipalOrgID", []string{"did you mean aws:PrincipalOrgID?"}},
		"a condition without a prefix":          {under(policy.Conditions{"StringEquals": {"prefix": {"p/"}}}, access("arn:aws:s3:::b", "List")), "conditions", -1, "StringEquals prefix", []string{"did you mean s3:prefix?"}},
		"a condition that is too long to guess": {under(policy.Conditions{"Null": {"foo:" + strings.Repeat("x", 100): {"true"}}}, access(queue, "Send")), "conditions", -1, "Null foo:" + strings.Repeat("x", 100), []string{"leave it out"}},
		"a condition that the verb sets":        {under(policy.Conditions{"stringlike": {"S3:Prefix": {"q/*"}}}, access("arn:aws:s3:::b/p/*", "List")), "conditions", -1, "stringlike S3:Prefix", []string{"List sets this condition itself", "s3:ListBucket"}},
		"a condition without values":            {under(policy.Conditions{"StringEquals": {"aws:PrincipalTag/team": {}}}, access(queue, "Send")), "conditions", -1, "StringEquals aws:PrincipalTag/team", []string{"no values"}},
		"an operator that is none, on a key":    {under(policy.Conditions{"Sounds:Like": {"foo:bar": {"x"}}}, access(queue, "Send")), "conditions", -1, "Sounds:Like foo:bar", []string{"do not know"}},
	} {
		t.Run(name, func(t *testing.T) {
			permissions, problems := Expand(c.grant)
			if permissions != nil || len(problems) != 1 {
				t.Fatalf("%v, %v", permissions, problems)
			}
			p := problems[0]
			if p.Field != c.field || p.Index != c.index || p.Value != c.value {
				t.Errorf("%+v", p)
			}
			for _, text := range c.says {
				if !strings.Contains(p.Message, text) {
					t.Errorf("%q does not say %q", p.Message, text)
				}
			}
			if strings.Contains(p.Message, "%!") || !namedOnce(p) {
				t.Errorf("%q", p.Message)
			}
		})
	}
}

func TestAllProblemsAreToldAtOnceAndOncePerElement(t *testing.T) {
	_, problems := Expand(Grant{
		Access:     []string{"Read", "Fly", "List"},
		Resources:  []string{"arn:aws:s3:::b/*", "*", "arn:aws:s3:::b", "x"},
		Conditions: policy.Conditions{"StringEquals": {"s3:prefix": {"p"}, "foo:bar": {"x"}}},
	})
	var got []Problem
	for _, p := range problems {
		p.Message = ""
		got = append(got, p)
	}
	want := []Problem{
		{Field: "access", Index: 0, Value: "Read"}, {Field: "access", Index: 1, Value: "Fly"},
		{Field: "resources", Index: 1, Value: "*"}, {Field: "resources", Index: 3, Value: "x"},
		{Field: "conditions", Index: -1, Value: "StringEquals foo:bar"}, {Field: "conditions", Index: -1, Value: "StringEquals s3:prefix"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatMakesSenseIsGranted(t *testing.T) {
	for name, g := range map[string]Grant{
		"a variable":                       resource("arn:aws:s3:::b/${aws:PrincipalTag/team}/*"),
		"a variable for a bucket":          resource("arn:aws:s3:::${aws:PrincipalTag/team}/*"),
		"a pattern of buckets":             resource("arn:aws:s3:::in*/*"),
		"a prefix that leaks":              resource("arn:aws:s3:::in/in*"),
		"every region":                     access("arn:aws:sqs:*:111122223333:orders", "Send"),
		"some regions":                     access("arn:aws:sqs:eu-*-1:111122223333:orders", "Send"),
		"a region of four words":           access("arn:aws-us-gov:sqs:us-gov-west-1:111122223333:orders", "Send"),
		"twice the same":                   {Access: []string{"Send", "Send"}, Resources: []string{queue, queue}},
		"a verb that sets no condition":    under(policy.Conditions{"StringLike": {"s3:prefix": {"p/"}}}, access("arn:aws:s3:::b/*", "List")),
		"another operator on a verb's key": under(policy.Conditions{"StringNotLike": {"s3:prefix": {"p/x/*"}}}, access("arn:aws:s3:::b/p/*", "List")),
		"a key that all know":              under(policy.Conditions{"ArnLike": {"aws:PrincipalArn": {"*"}}}, Grant{Access: []string{"Read", "List"}, Resources: []string{"arn:aws:s3:::b/*"}}),
		"no condition at all":              under(policy.Conditions{"Bool": {}}, access(queue, "Send")),
	} {
		t.Run(name, func(t *testing.T) { expand(t, g) })
	}
}

func TestTwiceTheSameGivesTheSameTwice(t *testing.T) {
	once := expand(t, access(queue, "Send"))
	twice := expand(t, access(queue, "Send", "Send"))
	if diff := cmp.Diff(append(slices.Clone(once), once...), twice); diff != "" {
		t.Error(diff)
	}
}
