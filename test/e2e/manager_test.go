package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	// home is the manager's own AWS account, controller the role that it has in
	// every account.
	home       = "100000000000"
	controller = "taskrole-controller"
	clusterID  = "e2e"
	// sharedResync is how soon the shared manager sees what was done by hand.
	sharedResync = 2 * time.Second
)

// manager is a running manager.
type manager struct {
	cmd     *exec.Cmd
	log     string // its path
	probes  string // URL
	metrics string // URL
	ended   chan struct{}
	exit    error
}

// leashScript becomes the manager, and leaves a shell behind that kills it when
// the test's process is gone, however that ended.
const leashScript = `exec 3<&0 </dev/null
self=$$
( read -r _ || kill -KILL "$self" ) <&3 >/dev/null 2>&1 &
exec 3<&- "$@"`

// launch starts a manager and waits until it answers its probes. Later flags
// override the harness's own.
func launch(flags ...string) (_ *manager, err error) {
	m := &manager{ended: make(chan struct{})}
	probes, err := freeAddress()
	if err != nil {
		return nil, err
	}
	metrics, err := freeAddress()
	if err != nil {
		return nil, err
	}
	m.probes, m.metrics = "http://"+probes, "http://"+metrics
	log, err := os.CreateTemp(world.folder, "manager-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }() // the manager has its own
	m.log = log.Name()
	args := append([]string{
		"-c", leashScript, "sh", world.manager,
		"--cluster-id=" + clusterID, "--health-probe-bind-address=" + probes,
		"--metrics-bind-address=" + metrics, "--metrics-secure=false",
		"--propagation-wait=200ms", "--retry-first=100ms", "--retry-most=2s",
		"--iam-rate=1000", "--ecs-rate=1000", "--iam-burst=1000", "--ecs-burst=1000",
		"--registration-rate=1000", "--registration-burst=1000",
	}, flags...)
	m.cmd = exec.Command("/bin/sh", args...)
	m.cmd.Env, m.cmd.Stdout, m.cmd.Stderr = environment(), log, log
	if err := m.start(); err != nil {
		return nil, err
	}
	if err := m.ready(); err != nil {
		m.kill()
		return nil, fmt.Errorf("%w\n%s", err, m.tail(""))
	}
	return m, nil
}

func environment() []string {
	key := world.aws.Session(home, controller, "pod")
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + world.folder, "KUBECONFIG=" + world.kubeconfig,
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
		m.exit = m.cmd.Wait()
		// A line says that the leash is not needed any more.
		_, writeErr := leash.WriteString("\n")
		m.exit = errors.Join(m.exit, writeErr, leash.Close())
		close(m.ended)
	}()
	return nil
}

func (m *manager) ready() error {
	return wait.PollUntilContextTimeout(context.Background(), 20*time.Millisecond, patience*30*time.Second, true, func(context.Context) (bool, error) {
		select {
		case <-m.ended:
			return false, fmt.Errorf("the manager ended at once: %w", m.exit)
		default:
		}
		status, _, err := get(m.probes + "/readyz")
		return err == nil && status == http.StatusOK, nil
	})
}

// kill ends the manager as a lost node would.
func (m *manager) kill() {
	_ = m.cmd.Process.Kill() // already ended is as good
	<-m.ended
}

// stop ends the manager as Kubernetes does, and tells whether all was well.
func (m *manager) stop() error {
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-m.ended:
	case <-time.After(patience * 40 * time.Second):
		m.kill()
		return errors.New("the manager did not end within its time after SIGTERM")
	}
	if m.exit != nil {
		return fmt.Errorf("the manager ended badly: %w\n%s", m.exit, m.tail(""))
	}
	return m.healthy()
}

// healthy says what no log of ours may ever contain.
func (m *manager) healthy() error {
	content, err := os.ReadFile(m.log)
	if err != nil {
		return err
	}
	for _, sign := range []string{"panic", "DATA RACE", "is forbidden: User"} {
		if at := bytes.Index(content, []byte(sign)); at >= 0 {
			return fmt.Errorf("the manager's log tells of %q:\n%s", sign, content[max(0, at-500):min(len(content), at+3000)])
		}
	}
	return nil
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
	return strings.Join(lines[max(0, len(lines)-30):], "")
}

// sharedManager is the manager of the parallel tests, started when the first of
// them needs it.
type sharedManager struct {
	mu      sync.Mutex
	running *manager
}

func (s *sharedManager) use(t testing.TB) *manager {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		m, err := launch("--resync-period="+sharedResync.String(), "--max-concurrent-reconciles=16")
		if err != nil {
			t.Fatal(err)
		}
		s.running = m
	}
	return s.running
}

// stop makes room for a manager of a test's own: two would both act.
func (s *sharedManager) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	m := s.running
	s.running = nil
	return m.stop()
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func get(url string) (status int, body string, err error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), errors.Join(err, response.Body.Close())
}
