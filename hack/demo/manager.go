package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// propagation is how long a new role takes to reach the simulated ECS.
	propagation = 2 * time.Second
	// propagationWait is a little longer, and shorter than the manager's default:
	// nobody should have to wait here for AWS's slowest day.
	propagationWait = 3 * time.Second
	// readLag is short, too: the simulated AWS shows at once what was written.
	readLag = time.Second
	// resync is short, so that a visitor who changes something by hand sees it
	// put back.
	resync = 15 * time.Second
	// surveyAge is as short as it may be: a visitor who deploys something by hand sees
	// it noticed.
	surveyAge = time.Second
	// stopTimeout is longer than the manager's own graceful-shutdown-timeout.
	stopTimeout = 40 * time.Second
	// logLines of the manager's are enough to see why something did not happen.
	logLines = 20
)

// The ServiceAccount that config/rbac makes, and its namespace.
const (
	managerNamespace = "ecs-taskrole-system"
	managerAccount   = "ecs-taskrole-controller"
)

// startManager starts the manager as a process which has the permissions that
// config/rbac gives, and credentials of a role of its own in AWS.
func (d *demo) startManager(ctx context.Context) error {
	_, kubeconfig, err := d.plane.ServiceAccount(ctx, managerNamespace, managerAccount)
	if err != nil {
		return err
	}
	path := filepath.Join(d.folder, "manager.kubeconfig")
	if err := os.WriteFile(path, kubeconfig, 0o600); err != nil {
		return err
	}
	log, err := os.Create(d.managerLog())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the manager has it open itself

	// Not CommandContext: cleaning up stops it, and only when it is its turn.
	command := exec.Command(d.settings.manager, //nolint:noctx // see above
		"--cluster-id="+clusterID, "--kubeconfig="+path,
		"--leader-elect", "--leader-election-namespace="+managerNamespace,
		"--propagation-wait="+propagationWait.String(), "--resync-period="+resync.String(), "--read-lag="+readLag.String(),
		"--survey-age="+surveyAge.String(), "--rollout-poll="+surveyAge.String(),
		"--metrics-bind-address=0", "--health-probe-bind-address=0")
	command.Env = d.managerEnvironment()
	command.Stdout, command.Stderr = log, log
	// As with kubectl. Should the demo be killed, the manager loses the API server,
	// which ends with the demo, and so its lease, and ends too.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start the manager: %w: run `make build`", err)
	}
	d.watchManager(command.Process, command.Wait)
	d.screen.step("bin/manager runs as process %d, as %s in the cluster and as %s in AWS",
		command.Process.Pid, "system:serviceaccount:"+managerNamespace+":"+managerAccount, d.managerARN())
	return nil
}

// watchManager ends the demo if the manager ends first, and sees to it that the
// manager ends with the demo.
func (d *demo) watchManager(process *os.Process, wait func() error) {
	ended := make(chan struct{})
	go func() {
		err := wait()
		close(ended)
		// Of no effect if the demo is ending already.
		d.end(fmt.Errorf("the manager ended by itself: %w", errors.Join(err, d.lastWords())))
	}()
	d.undo = append(d.undo, func() error {
		// An error says that it has ended already.
		_ = process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
			return nil
		case <-time.After(stopTimeout):
			_ = process.Kill()
			<-ended
			return fmt.Errorf("the manager did not stop within %s and was killed", stopTimeout)
		}
	})
}

// managerEnvironment holds what the manager needs and nothing of the user's own:
// no profile, proxy or endpoint of theirs may lead it to the real AWS.
func (d *demo) managerEnvironment() []string {
	credentials := d.aws.Session(d.samples.class.Spec.AccountID, managerAccount, "manager")
	return append(environment(d.aws.URL(), d.samples.class.Spec.Region, credentials),
		"HOME="+d.folder, "TMPDIR="+os.TempDir(),
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
}

func (d *demo) managerARN() string {
	return fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/manager", d.samples.class.Spec.AccountID, managerAccount)
}

func (d *demo) managerLog() string { return filepath.Join(d.folder, "manager.log") }

// lastWords are the last lines of the manager's log, as an error to add to another.
func (d *demo) lastWords() error {
	text, err := os.ReadFile(d.managerLog())
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return fmt.Errorf("last lines of the manager's log:\n%s", strings.Join(lines[max(0, len(lines)-logLines):], "\n"))
}
