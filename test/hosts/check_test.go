package hosts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// plugin builds kubectl-taskrole.
func plugin(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubectl-taskrole")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "../../cmd/kubectl-taskrole")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func TestHostsCheckFindsWhatTheSetUpMendsAndNothingAfterIt(t *testing.T) {
	required(t)
	path := plugin(t)
	for name, c := range map[string]struct {
		options setup.Options
		flags   string
		found   []string
	}{
		"other AMI": {other, "--ami other --network-mode bridge,host,awsvpc --cluster production", []string{
			"variable ECS_CLUSTER", "variable ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST", "variable ECS_AWSVPC_BLOCK_IMDS",
			"localnet", "rule from bridges", "rule from the host", "rule that guards loopback", "rule that blocks the metadata", "kept localnet", "kept rules",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, backend string) {
				l := newLab(t, backend)
				l.serve(l.instance, "127.0.0.1:51678", `{"Cluster":"production","Version":"Amazon ECS Agent - v1.86.2 (*0123abcd)"}`)
				l.shell("sysctl -q -w net.ipv4.conf.all.route_localnet=0")
				check := path + " hosts check " + c.flags
				err := l.try(check)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != 1 {
					t.Fatalf("before: %v", err)
				}
				for _, item := range c.found {
					if !strings.Contains(err.Error(), "MISSING  "+item+":") {
						t.Errorf("before: %s is not said to be missing:\n%v", item, err)
					}
				}
				if changes := l.changes(); changes != "" {
					t.Errorf("the check changed something:\n%s", changes)
				}
				l.shell(script(t, c.options))
				if err := l.try(check); err != nil {
					t.Errorf("after: %v", err)
				}
			})
		})
	}
}
