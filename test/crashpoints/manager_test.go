package crashpoints

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// manager is a running manager.
type manager struct {
	cmd    *exec.Cmd
	log    string // its path
	probes string // URL
	ended  chan struct{}
}

// leashScript becomes the manager, and leaves a shell behind that kills it when
// the test's process is gone, however that ended.
const leashScript = `exec 3<&0 </dev/null
self=$$
( read -r _ || kill -KILL "$self" ) <&3 >/dev/null 2>&1 &
exec 3<&- "$@"`

// flags leave the manager alone between what it is asked: each look that it
// takes is one that a scenario, or its own plan, asked for.
var flags = []string{
	"--resync-period=1h", "--propagation-wait=0s", "--retry-first=100ms", "--retry-most=2s",
	"--iam-rate=1000", "--ecs-rate=1000", "--iam-burst=1000", "--ecs-burst=1000", "--metrics-bind-address=0",
}

func launch(l *lane) (_ *manager, err error) {
	m := &manager{ended: make(chan struct{})}
	probes, err := freeAddress()
	if err != nil {
		return nil, err
	}
	m.probes = "http://" + probes
	log, err := os.CreateTemp(world.folder, l.name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }() // the manager has its own
	m.log = log.Name()
	args := []string{"-c", leashScript, "sh", world.manager, "--cluster-id=" + l.name, "--health-probe-bind-address=" + probes}
	m.cmd = exec.Command("/bin/sh", slices.Concat(args, flags, l.flags)...)
	m.cmd.Env, m.cmd.Stdout, m.cmd.Stderr = environment(l), log, log
	if err := m.start(); err != nil {
		return nil, err
	}
	if err := m.ready(); err != nil {
		m.kill()
		return nil, fmt.Errorf("%w\n%s", err, m.tail(""))
	}
	return m, nil
}

func environment(l *lane) []string {
	key := world.aws.Session(l.home, controller, "pod")
	return []string{
		"GOGC=400", // they do not live long
		"PATH=" + os.Getenv("PATH"), "HOME=" + world.folder, "KUBECONFIG=" + l.kubeconfig,
		"AWS_ENDPOINT_URL=" + world.aws.URL(), "AWS_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + key.SecretAccessKey, "AWS_SESSION_TOKEN=" + key.SessionToken,
	}
}

func (m *manager) start() error {
	stdin, leash, err := os.Pipe()
	if err != nil {
		return err
	}
	m.cmd.Stdin = stdin
	if err := errors.Join(m.cmd.Start(), stdin.Close()); err != nil {
		return errors.Join(err, leash.Close())
	}
	go func() {
		// It is always killed: how it ended says nothing.
		_ = m.cmd.Wait()
		// A line says that the leash is not needed any more.
		_, _ = leash.WriteString("\n")
		_ = leash.Close()
		close(m.ended)
	}()
	return nil
}

func (m *manager) ready() error {
	return wait.PollUntilContextTimeout(context.Background(), 10*time.Millisecond, deadline, true, func(context.Context) (bool, error) {
		if !m.alive() {
			return false, errors.New("the manager ended at once")
		}
		response, err := http.Get(m.probes + "/readyz")
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
}

func (m *manager) alive() bool {
	select {
	case <-m.ended:
		return false
	default:
		return true
	}
}

// kill ends the manager as a lost node would, and waits until it is gone.
func (m *manager) kill() {
	_ = m.cmd.Process.Kill() // already ended is as good
	<-m.ended
}

// tail returns the last lines of the log that contain text.
func (m *manager) tail(text string) string {
	content, err := os.ReadFile(m.log)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, text) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-20):], "")
}
