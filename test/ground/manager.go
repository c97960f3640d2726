package ground

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// Deadline is far above what anything here takes: what is not there by then is
// not coming.
const Deadline = Patience * 30 * time.Second

// poll is the time between two looks at something that takes milliseconds.
const poll = 10 * time.Millisecond

// Launch says how a manager is started.
type Launch struct {
	Name       string             // of its log
	ClusterID  string             // --cluster-id
	Kubeconfig string             // path
	Identity   awssim.Credentials // its own, before it assumes roles
	Region     string             // where its own identity is
	Flags      []string           // further ones, of which the last counts
	Env        []string           // NAME=value
}

// Manager is a running manager.
type Manager struct {
	Log     string        // its path
	Probes  string        // URL
	Metrics string        // URL
	Ended   chan struct{} // closed when the process is gone
	Exit    error         // how it ended, then
	cmd     *exec.Cmd
}

// leashScript becomes the manager, and leaves a shell behind that kills it when
// the test's process is gone, however that ended.
const leashScript = `exec 3<&0 </dev/null
self=$$
( read -r _ || kill -KILL "$self" ) <&3 >/dev/null 2>&1 &
exec 3<&- "$@"`

// Launch starts a manager and waits until it answers its probes.
func (g *Ground) Launch(l Launch) (_ *Manager, err error) {
	m := &Manager{Ended: make(chan struct{})}
	probes, err := freeAddress()
	if err != nil {
		return nil, err
	}
	metrics, err := freeAddress()
	if err != nil {
		return nil, err
	}
	m.Probes, m.Metrics = "http://"+probes, "http://"+metrics
	log, err := os.CreateTemp(g.Folder, l.Name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }() // the manager has its own
	m.Log = log.Name()
	m.cmd = exec.Command("/bin/sh", slices.Concat([]string{
		"-c", leashScript, "sh", g.binary, "--cluster-id=" + l.ClusterID, "--health-probe-bind-address=" + probes,
		"--metrics-bind-address=" + metrics, "--metrics-secure=false",
	}, l.Flags)...)
	m.cmd.Env, m.cmd.Stdout, m.cmd.Stderr = slices.Concat(g.environment(l), l.Env), log, log
	if err := m.start(); err != nil {
		return nil, err
	}
	if err := m.ready(); err != nil {
		m.Kill()
		return nil, fmt.Errorf("%w\n%s", err, m.Tail(""))
	}
	return m, nil
}

func (g *Ground) environment(l Launch) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.Folder, "KUBECONFIG=" + l.Kubeconfig,
		"AWS_ENDPOINT_URL=" + g.AWS.URL(), "AWS_REGION=" + l.Region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + l.Identity.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + l.Identity.SecretAccessKey,
		"AWS_SESSION_TOKEN=" + l.Identity.SessionToken,
	}
}

func (m *Manager) start() error {
	stdin, leash, err := os.Pipe()
	if err != nil {
		return err
	}
	m.cmd.Stdin = stdin
	if err := errors.Join(m.cmd.Start(), stdin.Close()); err != nil {
		return errors.Join(err, leash.Close())
	}
	go func() {
		m.Exit = m.cmd.Wait()
		// A line says that the leash is not needed any more.
		_, writeErr := leash.WriteString("\n")
		m.Exit = errors.Join(m.Exit, writeErr, leash.Close())
		close(m.Ended)
	}()
	return nil
}

func (m *Manager) ready() error {
	return wait.PollUntilContextTimeout(context.Background(), poll, Deadline, true, func(context.Context) (bool, error) {
		if !m.Alive() {
			return false, fmt.Errorf("the manager ended at once: %w", m.Exit)
		}
		response, err := http.Get(m.Probes + "/readyz")
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
}

// Alive says whether the process still runs.
func (m *Manager) Alive() bool {
	select {
	case <-m.Ended:
		return false
	default:
		return true
	}
}

// PID is the number of the process.
func (m *Manager) PID() int { return m.cmd.Process.Pid }

// Terminate asks the manager to end, as Kubernetes does, and does not wait.
func (m *Manager) Terminate() error {
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// Kill ends the manager as a lost node would, and waits until it is gone.
func (m *Manager) Kill() {
	_ = m.cmd.Process.Kill() // already ended is as good
	<-m.Ended
}

// Stop ends the manager as Kubernetes does, and tells whether all was well.
func (m *Manager) Stop(signs ...string) error {
	if err := m.Terminate(); err != nil {
		return err
	}
	select {
	case <-m.Ended:
	case <-time.After(Patience * 40 * time.Second):
		m.Kill()
		return errors.New("the manager did not end within its time after SIGTERM")
	}
	if m.Exit != nil {
		return fmt.Errorf("the manager ended badly: %w\n%s", m.Exit, m.Tail(""))
	}
	return m.Healthy(signs...)
}

// Healthy says what no log may ever contain: traces of a panic or a data race, and
// what else signs names.
func (m *Manager) Healthy(signs ...string) error {
	content, err := os.ReadFile(m.Log)
	if err != nil {
		return err
	}
	for _, sign := range append([]string{"panic", "DATA RACE"}, signs...) {
		if at := bytes.Index(content, []byte(sign)); at >= 0 {
			return fmt.Errorf("the manager's log tells of %q:\n%s", sign, content[max(0, at-500):min(len(content), at+3000)])
		}
	}
	return nil
}

// told is how many lines of a log a failure shows.
const told = 30

// Tail returns the last lines of the log that contain text.
func (m *Manager) Tail(text string) string {
	content, err := os.ReadFile(m.Log)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, text) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-told):], "")
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
