package v1alpha1_test

import (
	"os"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, &plane, "config/crd/bases"))
}
