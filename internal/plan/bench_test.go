package plan

import (
	"strings"
	"testing"
)

func busy(in *Input) {
	in.Desired.Policies = parts(strings.Repeat("x y z ", 10))
}

func benchmark(b *testing.B, in Input, actions int) {
	b.Helper()
	opts := options()
	b.ReportAllocs()
	for b.Loop() {
		if p := Calculate(in, opts); len(p.Actions) != actions {
			b.Fatal(told(p))
		}
	}
}

func BenchmarkCalculateUnchanged(b *testing.B) {
	benchmark(b, unchanged(busy, func(in *Input) { in.Observed.Policies = observed(in.Desired.Policies) }), 0)
}

func BenchmarkCalculateNew(b *testing.B) { benchmark(b, unchanged(busy, nothingYet), 3) }
