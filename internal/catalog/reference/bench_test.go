package reference

import "testing"

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Lookup("dynamodb")
	}
}

func BenchmarkFind(b *testing.B) {
	Find("s3:GetObject")
	b.ReportAllocs()
	for b.Loop() {
		Find("s3:GetObject")
	}
}

func BenchmarkReaches(b *testing.B) {
	for name, resource := range map[string]string{"yes": "arn:aws:s3:::b", "no": "arn:aws:s3:::b/*"} {
		a := action(b, "s3:ListBucket")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Reaches(resource)
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	a := action(b, "s3:GetObject")
	for name, key := range map[string]string{"own": "s3:x-amz-acl", "tag": "s3:ExistingObjectTag/class", "global": "aws:SourceIp"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Key(key)
			}
		})
	}
}

func BenchmarkNearest(b *testing.B) {
	for name, unknown := range map[string]string{"name": "ec2:DescribeInstnaces", "prefix": "dynamo:GetItem"} {
		Nearest(unknown)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Nearest(unknown)
			}
		})
	}
}

// BenchmarkFirst is what the first question costs: the index, or a service.
func BenchmarkFirst(b *testing.B) {
	b.Run("index", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			readIndex()
		}
	})
	for _, prefix := range []string{"sqs", "s3", "ec2"} {
		b.Run(prefix, func(b *testing.B) {
			known, _ := Lookup(prefix)
			b.ReportAllocs()
			for b.Loop() {
				s := &Service{Prefix: known.Prefix, stream: known.stream}
				s.decoded()
			}
		})
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, s := range readIndex().services {
				s.decoded()
			}
		}
	})
}
