package policy

import (
	"fmt"
	"testing"
)

// BenchmarkEquivalent compares two documents of 6 KB that differ in their order.
func BenchmarkEquivalent(b *testing.B) {
	var d, reversed Document
	for i := 0; Size(d) < 6000; i++ {
		s := read(fmt.Sprintf("S%d", i), fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i), fmt.Sprintf("arn:aws:s3:::bucket-%d", i))
		s.Condition = Conditions{"StringEquals": {"aws:ResourceAccount": {"111122223333"}}}
		d.Statement = append(d.Statement, s)
		reversed.Statement = append(Statements{s}, reversed.Statement...)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !Equivalent(d, reversed) {
			b.Fatal("not equivalent")
		}
	}
}
