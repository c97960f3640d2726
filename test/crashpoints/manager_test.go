package crashpoints

import (
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// flags leave the manager alone between what it is asked: each look that it
// takes is one that a scenario, or its own plan, asked for.
var flags = []string{
	"--resync-period=1h", "--propagation-wait=0s", "--read-lag=0s", "--retry-first=100ms", "--retry-most=2s",
	"--iam-rate=1000", "--ecs-rate=1000", "--iam-burst=1000", "--ecs-burst=1000", "--registration-rate=1000", "--registration-burst=1000",
}

func launch(l *lane) (*ground.Manager, error) {
	return world.Launch(ground.Launch{
		Name: l.name, ClusterID: l.name, Kubeconfig: l.kubeconfig, Region: ground.Region,
		Identity: world.AWS.Session(l.home, controller, "pod"), Flags: slices.Concat(flags, l.flags),
		Env: []string{"GOGC=400"}, // they do not live long
	})
}
