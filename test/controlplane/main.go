package controlplane

import (
	"fmt"
	"os"
	"testing"
)

// Main runs the tests of a package with one control plane for all of them, put
// into plane, and returns the exit code for TestMain. crdPaths are as in Start.
func Main(m *testing.M, plane **Plane, crdPaths ...string) (code int) {
	p, err := Start(crdPaths...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := p.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop control plane:", err)
			code = 1
		}
	}()
	*plane = p
	return m.Run()
}

// ForTest starts a control plane for one test, which ends with it. Prefer Main:
// a start takes about 3 s.
func ForTest(t testing.TB, crdPaths ...string) *Plane {
	t.Helper()
	p, err := Start(crdPaths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop control plane: %v", err)
		}
	})
	return p
}
