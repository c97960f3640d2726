package reference

// operations are those of AWS's APIs that are authorised by an action of another
// name, and are often taken for actions (Amazon S3: Required permissions for
// Amazon S3 API operations; the API references of Bedrock, Lambda and DynamoDB).
// Each is given the action that it cannot do without.
var operations = []struct{ operation, action string }{
	{"bedrock:converse", "bedrock:InvokeModel"},
	{"bedrock:conversestream", "bedrock:InvokeModelWithResponseStream"},
	{"dynamodb:transactgetitems", "dynamodb:GetItem"},
	{"lambda:invoke", "lambda:InvokeFunction"},
	{"lambda:invokewithresponsestream", "lambda:InvokeFunction"},
	{"s3:completemultipartupload", "s3:PutObject"},
	{"s3:copyobject", "s3:PutObject"},
	{"s3:createmultipartupload", "s3:PutObject"},
	{"s3:deleteobjects", "s3:DeleteObject"},
	{"s3:headbucket", "s3:ListBucket"},
	{"s3:headobject", "s3:GetObject"},
	{"s3:listbuckets", "s3:ListAllMyBuckets"},
	{"s3:listmultipartuploads", "s3:ListBucketMultipartUploads"},
	{"s3:listobjects", "s3:ListBucket"},
	{"s3:listobjectsv2", "s3:ListBucket"},
	{"s3:listobjectversions", "s3:ListBucketVersions"},
	{"s3:listparts", "s3:ListMultipartUploadParts"},
	{"s3:uploadpart", "s3:PutObject"},
	{"s3:uploadpartcopy", "s3:PutObject"},
}
