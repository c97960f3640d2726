package ecs

import "strconv"

// statistics are a cluster's counts by launch type, as DescribeClusters tells them
// where it is asked for STATISTICS.
func (cl *cluster) statistics() []any {
	out := []any{}
	for _, kind := range []struct{ launch, name string }{
		{launchEC2, "EC2"}, {launchFargate, "Fargate"}, {launchExternal, "External"}, {launchManaged, "ManagedInstances"},
	} {
		running, pending, active, draining := 0, 0, 0, 0
		for _, t := range cl.tasks {
			switch {
			case t.stopped() || t.where.launch != kind.launch:
			case t.pending:
				pending++
			default:
				running++
			}
		}
		for _, s := range cl.services {
			switch {
			case launchType(s.given) != kind.launch:
			case s.status == statusActive:
				active++
			case s.status == statusDraining:
				draining++
			}
		}
		for _, count := range []struct {
			name string
			n    int
		}{
			{"running" + kind.name + "TasksCount", running}, {"pending" + kind.name + "TasksCount", pending},
			{"active" + kind.name + "ServiceCount", active}, {"draining" + kind.name + "ServiceCount", draining},
		} {
			out = append(out, object{"name": count.name, "value": strconv.Itoa(count.n)})
		}
	}
	return out
}
