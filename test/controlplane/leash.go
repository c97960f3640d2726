package controlplane

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// leash ends the control plane's processes when ours ends without having done
// so: Ctrl-C, a test that times out, kill -9. envtest puts each process into a
// group of its own, where no signal meant for us arrives, and the death of a
// parent is no news to a child.
//
// It is a folder with a script in place of each binary. The script becomes the
// binary, and leaves a shell behind which reads from a pipe whose other end we
// hold open: its end of file is our end.
type leash struct {
	folder string
	held   *os.File
	names  []string
	tails  map[string]*tail
}

// maxShells is more than the two binaries times the five attempts that envtest
// makes to start them.
const maxShells = 32

//go:embed leash.sh
var script string

// newLeash makes the folder, with a script for each named binary of assets.
func newLeash(assets string, names ...string) (_ *leash, err error) {
	folder, err := os.MkdirTemp("", "controlplane-")
	if err != nil {
		return nil, err
	}
	l := &leash{folder: folder, names: names, tails: map[string]*tail{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.release())
		}
	}()
	if err := syscall.Mkfifo(l.path("leash"), 0o600); err != nil {
		return nil, fmt.Errorf("mkfifo: %w", err)
	}
	// For reading too, because opening only for writing waits for a reader.
	if l.held, err = os.OpenFile(l.path("leash"), os.O_RDWR, 0); err != nil {
		return nil, err
	}
	for _, name := range names {
		text := strings.NewReplacer(
			"@FOLDER@", quote(folder),
			"@BINARY@", quote(filepath.Join(assets, name)),
		).Replace(script)
		if err := os.WriteFile(l.path(name), []byte(text), 0o700); err != nil {
			return nil, err
		}
		for _, dir := range []string{name + "-data", name + "-certs"} {
			if err := os.Mkdir(l.path(dir), 0o700); err != nil {
				return nil, err
			}
		}
		l.tails[name] = &tail{}
	}
	return l, nil
}

// path returns where something of that name stands in the leash's folder.
func (l *leash) path(name string) string { return filepath.Join(l.folder, name) }

// log returns where the named process shall write its log.
func (l *leash) log(name string) *tail { return l.tails[name] }

// logs returns the last lines that each process logged, for an error message.
func (l *leash) logs() string {
	var out strings.Builder
	for _, name := range l.names {
		fmt.Fprintf(&out, "--- last lines of %s ---\n%s\n", name, l.tails[name])
	}
	return out.String()
}

// release dismisses the shells, once the processes have been stopped, and
// removes the folder.
func (l *leash) release() error {
	var err error
	if l.held != nil {
		// A line for each shell says that all is in good order.
		_, writeErr := l.held.WriteString(strings.Repeat("\n", maxShells))
		err = errors.Join(writeErr, l.held.Close())
		l.held = nil
	}
	return errors.Join(err, os.RemoveAll(l.folder))
}

// quote makes one word of a string, for sh.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// tailBytes holds the few dozen lines before a failed start that say why.
const tailBytes = 8 << 10

// tail is a writer which keeps the last tailBytes of what it was given.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write keeps the end of p, and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
