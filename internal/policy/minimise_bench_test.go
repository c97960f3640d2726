package policy

import (
	"fmt"
	"testing"
)

// compiled are about as many statements as n grants give.
func compiled(n int) Document {
	d := Document{Version: Version}
	for i := range n {
		arn := fmt.Sprintf("arn:aws:dynamodb:us-west-2:111122223333:table/orders-%d", i)
		bucket := fmt.Sprintf("arn:aws:s3:::bucket-%d", i)
		prefix := fmt.Sprintf("team-%d/", i%7)
		switch i % 5 {
		case 0:
			d.Statement = append(d.Statement,
				Statement{Effect: Allow, Action: Strings{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:DescribeTable", "dynamodb:ConditionCheckItem"}, Resource: Strings{arn}},
				Statement{Effect: Allow, Action: Strings{"dynamodb:Query", "dynamodb:Scan"}, Resource: Strings{arn + "/index/*"}})
		case 1:
			d.Statement = append(d.Statement,
				Statement{Effect: Allow, Action: Strings{"s3:GetObject"}, Resource: Strings{bucket + "/" + prefix + "*"}},
				Statement{Effect: Allow, Action: Strings{"s3:ListBucket"}, Resource: Strings{bucket}, Condition: Conditions{"StringLike": {"s3:prefix": {prefix, prefix + "*"}}}})
		case 2:
			d.Statement = append(d.Statement, Statement{Effect: Allow, Action: Strings{"s3:PutObject", "s3:AbortMultipartUpload"}, Resource: Strings{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i-1)}})
		case 3:
			d.Statement = append(d.Statement,
				Statement{Effect: Allow, Action: Strings{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"}, Resource: Strings{fmt.Sprintf("arn:aws:sqs:us-west-2:111122223333:queue-%d", i)}},
				Statement{Effect: Allow, Action: Strings{"kms:Decrypt"}, Resource: Strings{fmt.Sprintf("arn:aws:kms:us-west-2:111122223333:key/%d", i%11)}, Condition: Conditions{"StringEquals": {"kms:ViaService": {"sqs.us-west-2.amazonaws.com"}}}})
		default:
			d.Statement = append(d.Statement, Statement{Effect: Allow, Action: Strings{"dynamodb:PutItem", "dynamodb:UpdateItem"}, Resource: Strings{fmt.Sprintf("arn:aws:dynamodb:us-west-2:111122223333:table/orders-%d", i-4)}})
		}
	}
	return d
}

func BenchmarkMinimise(b *testing.B) {
	for _, n := range []int{50, 500, 5000} {
		d := compiled(n)
		b.Run(fmt.Sprintf("%d grants, %d statements", n, len(d.Statement)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Minimise(d)
			}
		})
	}
	b.Run("nothing in common", func(b *testing.B) {
		d := Document{Version: Version}
		for i := range 800 {
			d.Statement = append(d.Statement, Statement{Effect: Allow, Action: Strings{fmt.Sprintf("s3:Action%d", i)}, Resource: Strings{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i)}})
		}
		b.ReportAllocs()
		for b.Loop() {
			Minimise(d)
		}
	})
	b.Run("everything alike", func(b *testing.B) {
		d := Document{Version: Version}
		for i := range 800 {
			d.Statement = append(d.Statement, Statement{Effect: Allow, Action: Strings{fmt.Sprintf("s3:*a%d*", i)}, Resource: Strings{fmt.Sprintf("arn:aws:s3:::*-%d/*", i)}})
		}
		b.ReportAllocs()
		for b.Loop() {
			Minimise(d)
		}
	})
}
