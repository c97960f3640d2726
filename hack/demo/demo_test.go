package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// binaries is the folder with the demo and the manager.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "demo-test-")
	if err == nil {
		defer func() { _ = os.RemoveAll(folder) }()
		binaries = folder
		err = build(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build builds what `make demo` builds, so that no test depends on an older bin/.
func build(folder string) error {
	root, err := controlplane.Root()
	if err != nil {
		return err
	}
	command := exec.Command("go", "build", "-buildvcs=false", "-o", folder, "./cmd/manager", "./cmd/kubectl-taskrole", "./hack/demo")
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func TestTheDemoShowsTheGuidesExampleComeTrueAndLeavesNothingBehind(t *testing.T) {
	p := start(t, "--once")
	if code := p.wait(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, want := range []string{
		"role/taskrole/demo/shop/AmazonECSTaskS3BucketRole",
		"ok: the trust policy is that of AWS's guide",
		"SERVICE_CONTEXT_KEY",
		"finding, Warning, IMPLIED_EFS, volume shared",
		"the role of orders-api may make exactly those that it should",
		"the role of checkout-worker may make exactly those that it should",
		`+    "taskRoleArn": "arn:aws:iam::111122223333:role/`,
		"and wrote nothing to AWS",
		"carries the role and the pipeline's new image",
		"ok: service shop/s3-reader was moved to ",
		"ok: TaskRole shop/orders-import is HostsNotReady",
		"TASK_ROLE_DISABLED",
		"ECS_ENABLE_TASK_IAM_ROLE=true",
	} {
		if !strings.Contains(p.output(), want) {
			t.Errorf("not shown: %s", want)
		}
	}
	p.nothingLeft()
}

func TestWhatDoesNotHappenInTimeIsNamedAndMakesTheDemoFail(t *testing.T) {
	// The same manager, which will not let a revision name a role today.
	slow := filepath.Join(t.TempDir(), "slow-manager")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\" --propagation-wait=1h\n", filepath.Join(binaries, "manager"))
	if err := os.WriteFile(slow, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	p := start(t, "--once", "--timeout=5s", "--manager="+slow)
	if code := p.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{"not done within 5s: ", "TaskRole shop/s3-reader: ", "Propagating", "last lines of the manager's log"} {
		if !strings.Contains(p.output(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	p.nothingLeft()
}

func TestCtrlCEndsTheDemoAtAnyTimeAndLeavesNothingBehind(t *testing.T) {
	for _, test := range []struct {
		when string
		args []string
		code int
	}{
		{"starting etcd and kube-apiserver", nil, 1},
		{"kubectl apply -k config/crd", nil, 1},
		{"Propagating", []string{"--once"}, 1},
		{"Ctrl-C here ends the demo", nil, 0},
	} {
		t.Run(test.when, func(t *testing.T) {
			p := start(t, test.args...)
			p.await(test.when)
			p.signal(syscall.SIGINT)
			if code := p.wait(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			p.nothingLeft()
		})
	}
}

func TestAKilledChildEndsTheDemoAndLeavesNothingBehind(t *testing.T) {
	for _, child := range []string{"manager", "kube-apiserver"} {
		t.Run(child, func(t *testing.T) {
			p := start(t)
			p.await("Ctrl-C here ends the demo")
			p.kill(child)
			if code := p.wait(); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			if !strings.Contains(p.output(), "the manager ended by itself") {
				t.Errorf("not told that the manager ended")
			}
			p.nothingLeft()
		})
	}
}

// process is a demo at work. Its own folder for temporary files tells what is its.
type process struct {
	t       *testing.T
	command *exec.Cmd
	temp    string
	seen    *bytes.Buffer
	lines   *bufio.Scanner
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	p := &process{t: t, temp: t.TempDir(), seen: &bytes.Buffer{}}
	args = append([]string{"--manager=" + filepath.Join(binaries, "manager"), "--plugin=" + filepath.Join(binaries, "kubectl-taskrole")}, args...)
	p.command = exec.CommandContext(ctx, filepath.Join(binaries, "demo"), args...)
	p.command.Env = append(os.Environ(), "TMPDIR="+p.temp)
	// As a terminal does it: a group of its own, which gets the Ctrl-C.
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.command.Stderr = p.command.Stdout
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(io.TeeReader(out, p.seen))
	p.lines.Buffer(nil, 1<<20)
	return p
}

// await reads until a line holds text.
func (p *process) await(text string) {
	p.t.Helper()
	for p.lines.Scan() {
		if strings.Contains(p.lines.Text(), text) {
			return
		}
	}
	p.t.Fatalf("the demo ended without %q:\n%s", text, p.output())
}

// wait returns the exit code.
func (p *process) wait() int {
	p.t.Helper()
	for p.lines.Scan() { // to its end
	}
	err := p.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the demo's output:\n%s", p.output())
		}
	})
	return p.command.ProcessState.ExitCode()
}

func (p *process) output() string { return p.seen.String() }

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(-p.command.Process.Pid, s); err != nil {
		p.t.Fatal(err)
	}
}

// kill kills a child of the demo's without warning.
func (p *process) kill(name string) {
	p.t.Helper()
	named := regexp.MustCompile(`^\s*(\d+)\s+\S*/` + name + `\s`)
	for line := range strings.Lines(p.processes()) {
		if found := named.FindStringSubmatch(line); found != nil {
			pid, err := strconv.Atoi(found[1])
			if err != nil {
				p.t.Fatal(err)
			}
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				p.t.Fatal(err)
			}
			return
		}
	}
	p.t.Fatalf("no process %s:\n%s", name, p.processes())
}

// processes are those with a file of this demo among their arguments.
func (p *process) processes() string {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), "ps", "-A", "-ww", "-o", "pid,args").Output()
	if err != nil {
		p.t.Skip("no ps on this machine")
	}
	var own strings.Builder
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, p.temp) {
			own.WriteString(line)
		}
	}
	return own.String()
}

// nothingLeft looks as soon as the demo has ended: what is to be cleaned up is
// cleaned up before that. Only the shells that guard the control plane may need a
// moment to see that they are dismissed.
func (p *process) nothingLeft() {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.temp, "*"))
	if err != nil || len(files) > 0 {
		p.t.Errorf("files left behind: %q, %v", files, err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for left := p.processes(); left != ""; left = p.processes() {
		if time.Now().After(deadline) {
			p.t.Fatalf("processes left behind:\n%s", left)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
