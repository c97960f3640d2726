package lint

var _ = table(CodeInvalidAction,
	row{about: "no service", allow: `"Action":"GetObject","Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"GetObject", "s3:GetObject"}},
	row{about: "two colons", allow: `"Action":"s3:Get:Object","Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"s3:Get:Object", "colon"}},
	row{about: "a wildcard for the service", deny: `"Action":["s*:GetObject","s3:GetObject"],"Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"s*:GetObject"}},
	row{about: "in NotAction", deny: `"NotAction":"","Resource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"SERVICE:ACTION"}},
	row{about: "*:*", allow: `"Action":"*:*","Resource":"*"`, want: "Error", says: []string{"*:*"}},
	row{about: "a star alone", deny: `"Action":"*","Resource":"arn:aws:s3:::b/*"`},
	row{about: "a wildcard for the action", deny: `"Action":"s3:*","Resource":"arn:aws:s3:::b/*"`},
	row{about: "capitals", allow: `"Action":"S3:GETOBJECT","Resource":"arn:aws:s3:::b/*"`},
)

var _ = table(CodeUnknownService,
	row{about: "a slip", allow: `"Action":"dynamdb:GetItem","Resource":"*"`, want: "Warning", says: []string{"dynamdb:GetItem", "dynamodb:GetItem", "reference of 20"}},
	row{about: "nothing like it", allow: `"Action":"qqqqqqqqqq:GetItem","Resource":"*"`, want: "Warning", says: []string{"qqqqqqqqqq:GetItem"}},
	row{about: "several are told at once", deny: `"Action":["dynamdb:GetItem","dynamdb:*","snss:Publish","sq:X","k:M","l:x"],"Resource":"*"`, want: "Warning", says: []string{"dynamdb:GetItem", "and 3 more"}},
	row{about: "in NotAction", deny: `"NotAction":"dynamdb:GetItem","Resource":"*"`, want: "Warning", says: []string{"dynamodb:GetItem"}},
	row{about: "a known one", deny: `"Action":"DynamoDB:GetItem","Resource":"*"`},
	row{about: "a known one without such an action", deny: `"Action":"dynamodb:GetItm","Resource":"*"`},
)

var _ = table(CodeUnknownAction,
	row{about: "a slip", allow: `"Action":"s3:GetObjct","Resource":"arn:aws:s3:::b/*"`, want: "Warning", says: []string{"s3:GetObjct", "s3:GetObject?", "reference of 20"}},
	row{about: "SQS has no batch", allow: `"Action":"sqs:SendMessageBatch","Resource":"` + queue + `"`, want: "Warning", says: []string{"sqs:SendMessageBatch", "sqs:SendMessage?"}},
	row{about: "a wildcard that matches nothing", allow: `"Action":"s3:GetObjct*","Resource":"arn:aws:s3:::b/*"`, want: "Warning", says: []string{"s3:GetObjct* matches nothing", "s3:GetObject"}},
	row{about: "in NotAction", deny: `"NotAction":"s3:GetObjct","Resource":"*"`, want: "Warning", says: []string{"s3:GetObject?"}},
	row{about: "a known one in other capitals", allow: `"Action":"s3:getobject","Resource":"arn:aws:s3:::b/*"`},
	row{about: "a wildcard that matches one", allow: `"Action":"s3:GetObjec?","Resource":"arn:aws:s3:::b/*"`},
	row{about: "of an unknown service", allow: `"Action":"sx3:GetObjct","Resource":"arn:aws:s3:::b/*"`},
)

var _ = table(CodeNotAction,
	row{about: "on everything", allow: `"NotAction":"iam:*","Resource":"*"`, want: "Error", says: []string{"iam:*", "denies it"}},
	row{about: "on something", allow: `"NotAction":["s3:DeleteObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"`, want: "Warning", says: []string{"s3:DeleteObject and s3:PutObject"}},
	row{about: "in a Deny", deny: `"NotAction":"iam:*","Resource":"*"`},
	row{about: "Action", allow: `"Action":"iam:GetRole","Resource":"*"`},
)

var _ = table(CodeNotResource,
	row{about: "of everything", allow: `"Action":"*","NotResource":"arn:aws:s3:::b/*"`, want: "Error", says: []string{"arn:aws:s3:::b/*", "denies it"}},
	row{about: "of something", allow: `"Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"`, want: "Warning", says: []string{"arn:aws:s3:::b/*"}},
	row{about: "in a Deny", deny: `"Action":"*","NotResource":"arn:aws:s3:::b/*"`},
	row{about: "Resource", allow: object},
)

var _ = table(CodeFullAccess,
	row{about: "anything on anything", allow: `"Action":"*","Resource":"*"`, want: "Error", says: []string{"any action on any resource"}},
	row{about: "among others", allow: `"Action":["s3:GetObject","**"],"Resource":["arn:aws:s3:::b/*","*"]`, want: "Error", says: []string{"the account"}},
	row{about: "under a condition", allow: `"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}`, want: "Warning", says: []string{"Name the actions"}},
	row{about: "on something", allow: `"Action":"*","Resource":"arn:aws:s3:::b/*"`},
	row{about: "of a service", allow: `"Action":"s3:*","Resource":"*"`},
	row{about: "in a Deny", deny: `"Action":"*","Resource":"*"`},
)

var _ = table(CodeWildcardAction,
	row{about: "a service", allow: `"Action":"sqs:*","Resource":"` + queue + `"`, want: "Warning", says: []string{"sqs:* (", "actions)"}},
	row{about: "a service in other words", allow: `"Action":["sqs:SendMessage","SQS:?*"],"Resource":"` + queue + `"`, want: "Warning", says: []string{"SQS:?*"}},
	row{about: "every service", allow: `"Action":"*","Resource":"` + queue + `"`, want: "Warning", says: []string{"every action of every service"}},
	row{about: "some actions", allow: `"Action":"sqs:Send*","Resource":"` + queue + `"`},
	row{about: "told as full access", allow: `"Action":"*","Resource":"*"`},
	row{about: "in a Deny", deny: `"Action":"sqs:*","Resource":"` + queue + `"`},
)
