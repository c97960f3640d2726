// Command kubectl-taskrole is a plugin of kubectl: it prints how to set up machines
// that serve task roles, looks at the one that it runs on, explains what the
// controller found of those of a TaskRole, and prints the queries that find what
// tasks did.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

// What the command exits with.
const (
	exitOK = 0
	// exitFailed: it could not do its work, `hosts check` found something missing,
	// or `hosts explain` hosts that are not ready.
	exitFailed = 1
	// exitUsage: the command line is at fault.
	exitUsage = 2
	// exitUnknown: `hosts check` found nothing missing, but could not read all, or
	// the controller cannot tell `hosts explain` whether hosts are ready.
	exitUnknown = 3
)

// exit is an error that ends with a code of its own; its text is empty where all
// has been said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usage marks an error as one of the command line.
func usage(err error) error { return &exit{exitUsage, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// run runs the command line and returns what to exit with.
func run(ctx context.Context, args []string, s streams) int {
	command := newRoot(s) //nolint:contextcheck // commands get the context by ExecuteContext
	command.SetArgs(args)
	err := command.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(s.err, "error:", text) // nobody is left to tell
	}
	var e *exit
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailed
}
