package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// screen is what the spectator sees. That nobody sees it is no error: it ends the
// demo by a signal.
type screen struct{ out io.Writer }

// step tells what just happened, with the time.
func (s screen) step(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, "%s  %s\n", time.Now().Format("15:04:05.0"), fmt.Sprintf(format, args...))
}

// check tells that something is as it should be.
func (s screen) check(format string, args ...any) {
	s.step("ok: "+format, args...)
}

// exhibit shows a text under a title.
func (s screen) exhibit(title, text string) {
	_, _ = fmt.Fprintf(s.out, "\n=== %s\n%s\n\n", title, strings.TrimRight(text, "\n"))
}
