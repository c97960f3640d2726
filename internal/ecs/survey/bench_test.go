package survey

import (
	"fmt"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// What an account with 1,000 families has.
const (
	families  = 1000
	clusters  = 20
	services  = 4000
	instances = 2000
)

// floor is the fewest calls that tell it: what one call lists or describes at most
// is AWS's (Amazon ECS API Reference).
const floor = 1 + 1 + // ListClusters, DescribeClusters
	clusters*(services/clusters/listed) + services/servicesPerCall +
	clusters*(instances/clusters/listed) + instances/instancesPerCall

// BenchmarkRead counts the calls of one reading of a large account, and compares
// them with the fewest possible.
func BenchmarkRead(b *testing.B) {
	world := start(b, awssim.Options{})
	var arns []string
	for n := range families {
		arns = append(arns, world.family(fmt.Sprintf("family-%d", n)))
	}
	for n := range clusters {
		in := world.cluster(fmt.Sprintf("cluster-%02d", n))
		for k := range services / clusters {
			world.service(in.Name, fmt.Sprintf("service-%03d", k), arns[(n*services/clusters+k)%families])
		}
		for k := range instances / clusters {
			world.host(in, n*instances/clusters+k)
		}
	}
	world.made()
	calls := 0
	b.ReportAllocs()
	for b.Loop() {
		s := world.read(all, nil)
		calls = 0
		for _, n := range world.made() {
			calls += n
		}
		if got := len(s.Families()); got != families {
			b.Fatalf("%d families", got)
		}
	}
	b.ReportMetric(float64(calls), "calls/read")
	b.ReportMetric(float64(floor), "floor")
	if calls != floor {
		b.Errorf("%d calls, and %d tell it all", calls, floor)
	}
}
