package lint

import (
	"fmt"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// full is a document of AWS's limit, made of as many of the statement as fit.
func full(statement func(i int) policy.Statement) policy.Document {
	d := policy.Document{Version: policy.Version}
	for i := 0; ; i++ {
		next := policy.Document{Version: d.Version, Statement: append(d.Statement[:i:i], statement(i))}
		if policy.Size(next) > policy.MaxManagedSize {
			return d
		}
		d = next
	}
}

// The documents: ordinary ones, those of wildcards, those in which all is wrong.
var benchmarks = map[string]func(i int) policy.Statement{
	"ordinary": func(i int) policy.Statement {
		return policy.Statement{
			Effect: policy.Allow, Action: policy.Strings{"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"},
			Resource:  policy.Strings{fmt.Sprintf("arn:aws:s3:::bucket-%d/in/*", i), fmt.Sprintf("arn:aws:s3:::bucket-%d/out/*", i)},
			Condition: policy.Conditions{"StringEquals": {"aws:ResourceAccount": {"111122223333"}}},
		}
	},
	"wildcards": func(i int) policy.Statement {
		return policy.Statement{
			Effect: policy.Allow, Action: policy.Strings{"ec2:*", "iam:*", "s3:Get*", "dynamodb:*"},
			Resource: policy.Strings{fmt.Sprintf("arn:aws:s3:::bucket-%d", i), fmt.Sprintf("arn:aws:ec2:*:*:nothing-%d/*", i)},
		}
	},
	"broken": func(i int) policy.Statement {
		return policy.Statement{
			Effect: policy.Allow, Action: policy.Strings{"s3:GetObjct", "sqs:SendMessageBatch", "dynamdb:GetItem"},
			Resource:  policy.Strings{fmt.Sprintf("arn:aws:s3:us-west-2::bucket-%d/in*", i), "queue"},
			Condition: policy.Conditions{"StringEqual": {"s3:prefx": {"a*"}}, "Bool": {"aws:SecureTransports": {"yes"}}},
		}
	},
	"one resource each": func(i int) policy.Statement {
		return policy.Statement{Effect: policy.Allow, Action: policy.Strings{"sqs:SendMessage"}, Resource: policy.Strings{fmt.Sprintf("arn:aws:sqs:us-west-2:111122223333:q%d", i)}}
	},
}

func BenchmarkCheck(b *testing.B) {
	for name, statement := range benchmarks {
		d := full(statement)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(d, nil)
			}
		})
	}
}
