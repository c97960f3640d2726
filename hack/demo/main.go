// Command demo shows the controller at work on this machine: a real Kubernetes
// control plane, a simulated AWS, and the manager as its own process under its own
// permissions. Everything listens on loopback only, nothing of the environment's
// AWS or Kubernetes settings is used, and nothing is left behind.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// settings are what the command line says.
type settings struct {
	once    bool
	manager string
	plugin  string
	timeout time.Duration
}

func main() {
	s, err := parse(os.Args[1:])
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(2)
	}
	// The libraries would only tell what the demo tells better.
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.BoolVar(&s.once, "once", false, "end when everything was shown, with exit code 1 if something is not as it should be")
	flags.StringVar(&s.manager, "manager", "", "the manager's binary (default bin/manager of the checkout)")
	flags.StringVar(&s.plugin, "plugin", "", "the kubectl plugin's binary (default bin/kubectl-taskrole of the checkout)")
	flags.DurationVar(&s.timeout, "timeout", 2*time.Minute, "longest time to wait for any one thing")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("%q is no flag, see --help", flags.Arg(0))
	}
	root, err := controlplane.Root()
	s.manager = cmp.Or(s.manager, filepath.Join(root, "bin", "manager"))
	s.plugin = cmp.Or(s.plugin, filepath.Join(root, "bin", "kubectl-taskrole"))
	return s, err
}

// errInterrupted is why a demo ends that somebody did not want to see to its end.
var errInterrupted = errors.New("interrupted")

// run shows everything, and cleans up in any case.
func run(s settings) (err error) {
	ctx, end := context.WithCancelCause(context.Background())
	defer end(nil)
	signals := make(chan os.Signal, 1)
	// SIGPIPE among them: whoever pipes the output into head wants no leftovers either.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		// Only the first counts: cleaning up is not to be interrupted.
		<-signals
		end(errInterrupted)
	}()

	d := &demo{settings: s, screen: screen{os.Stdout}, end: end}
	defer func() { err = errors.Join(err, d.cleanUp()) }()
	if err := d.show(ctx); err != nil {
		// What ended the context is the reason for whatever it ended.
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	if s.once {
		return nil
	}
	d.stay()
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, errInterrupted) {
		return cause
	}
	return nil
}
