// Package hosts_test runs what `kubectl taskrole hosts setup` prints: with real
// iptables, in network namespaces that stand for a container instance, a task on it
// and the instance metadata service. It needs root, and runs when HOSTS_TEST is
// set, as `make test-hosts` does.
package hosts_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// In a namespace this test binary serves or asks, in place of the tests.
const (
	serveVariable = "HOSTS_TEST_SERVE"
	bodyVariable  = "HOSTS_TEST_BODY"
	askVariable   = "HOSTS_TEST_ASK"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(serveVariable) != "":
		os.Exit(serve(os.Getenv(serveVariable), os.Getenv(bodyVariable)))
	case os.Getenv(askVariable) != "":
		os.Exit(ask(os.Getenv(askVariable)))
	}
	os.Exit(m.Run())
}

// serve says on its output that it listens, then answers until it is killed.
func serve(address, body string) int {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("listening")
	server := http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, body)
	})}
	fmt.Fprintln(os.Stderr, server.Serve(listener))
	return 1
}

// answered is far above what an answer from the same machine takes; a packet that
// is dropped has no answer at any time.
const answered = 1500 * time.Millisecond

// ask prints the answer.
func ask(url string) int {
	client := http.Client{Timeout: answered, Transport: &http.Transport{Proxy: nil}}
	response, err := client.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = response.Body.Close() }() // all has been read by then
	_, err = io.Copy(os.Stdout, response.Body)
	if err != nil {
		return 1
	}
	return 0
}

// required skips a test of machines where it was not asked for, and fails where it
// was and this machine cannot.
func required(t *testing.T) {
	t.Helper()
	if os.Getenv("HOSTS_TEST") == "" {
		t.Skip("SKIPPED: runs as root with iptables and network namespaces; run make test-hosts")
	}
	if os.Geteuid() != 0 {
		t.Fatal("make test-hosts needs root: it makes network namespaces and sets rules in them")
	}
	for _, tool := range []string{"bash", "ip", "unshare", "mount", "sysctl", "iptables", "iptables-save", "iptables-restore"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: make test-hosts installs it", err)
		}
	}
	if out, err := exec.Command("unshare", "--net", "--mount", "true").CombinedOutput(); err != nil {
		t.Fatalf("this machine forbids namespaces, so NOTHING of the rules was tested: %v: %s", err, out)
	}
}
