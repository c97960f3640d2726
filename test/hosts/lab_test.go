package hosts_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// lab is a container instance, a task in bridge mode on it, and what lies beyond:
// three network namespaces. The instance has files, packages, units and a Docker of
// its own.
//
//	task 172.17.0.2 -- docker0 [instance] 10.9.0.1 -- 10.9.0.2 [beyond]
//	                                                  169.254.169.254 metadata
//	                                                  169.254.169.253 resolver
type lab struct {
	*testing.T
	instance, task, beyond string
	// folder holds etc, the state of the machine and its commands.
	folder string
}

var labs atomic.Int64

// backends are the ways in which iptables reaches the kernel.
var backends = []string{"nft", "legacy"}

// eachBackend runs a test with every one that works on this machine.
func eachBackend(t *testing.T, test func(t *testing.T, backend string)) {
	t.Helper()
	required(t)
	var forbidden []string
	for _, backend := range backends {
		t.Run(backend, func(t *testing.T) {
			if out, err := exec.Command("unshare", "--net", "iptables-"+backend, "-t", "nat", "-L").CombinedOutput(); err != nil {
				forbidden = append(forbidden, backend)
				t.Skipf("SKIPPED: iptables-%s does not work on this machine: %s", backend, out)
			}
			t.Parallel()
			test(t, backend)
		})
	}
	if len(forbidden) == len(backends) {
		t.Fatal("NOTHING of the rules was tested: no back end of iptables works on this machine")
	}
}

// newLab starts everything; docker0 is there, and Docker's chain with it.
func newLab(t *testing.T, backend string) *lab {
	t.Helper()
	prefix := fmt.Sprintf("taskrole-%d-%d-", os.Getpid(), labs.Add(1))
	l := &lab{T: t, instance: prefix + "instance", task: prefix + "task", beyond: prefix + "beyond", folder: t.TempDir()}
	for _, name := range []string{l.instance, l.task, l.beyond} {
		l.command("ip", "netns", "add", name)
		t.Cleanup(func() { l.command("ip", "netns", "del", name) })
	}
	l.equip(backend)
	l.wire()
	l.serve(l.instance, "127.0.0.1:51679", "credentials")
	l.serve(l.beyond, "169.254.169.254:80", "metadata")
	l.serve(l.beyond, "169.254.169.253:80", "resolver")
	l.docker()
	return l
}

// wire connects the three. The order is: the instance makes both links, whose other
// ends the others then bring up.
func (l *lab) wire() {
	l.Helper()
	l.in(l.instance, "bash", "-ec", `
		ip link set lo up
		ip link add docker0 type bridge
		ip addr add 172.17.0.1/16 dev docker0
		ip link set docker0 up
		ip link add veth0 type veth peer name eth0 netns "$0"
		ip link set veth0 master docker0 up
		ip link add eth0 type veth peer name eth0 netns "$1"
		ip addr add 10.9.0.1/24 dev eth0
		ip link set eth0 up
		ip route add default via 10.9.0.2
		sysctl -q -w net.ipv4.ip_forward=1`, l.task, l.beyond)
	l.in(l.task, "bash", "-ec", `
		ip link set lo up
		ip addr add 172.17.0.2/16 dev eth0
		ip link set eth0 up
		ip route add default via 172.17.0.1`)
	l.in(l.beyond, "bash", "-ec", `
		ip link set lo up
		ip addr add 10.9.0.2/24 dev eth0
		ip link set eth0 up
		ip route add 172.17.0.0/16 via 10.9.0.1
		ip addr add 169.254.169.254/32 dev lo
		ip addr add 169.254.169.253/32 dev lo`)
}

// equip gives the instance its files and commands.
func (l *lab) equip(backend string) {
	l.Helper()
	for _, folder := range []string{"state/units", "state/packages", "commands"} {
		if err := os.MkdirAll(filepath.Join(l.folder, folder), 0o755); err != nil {
			l.Fatal(err)
		}
	}
	// What commands need of /etc to run; the rest is what the machine does not have.
	l.command("bash", "-ec", `mkdir "$0"; cd /etc
		for file in alternatives ld.so.cache passwd group nsswitch.conf protocols services os-release; do
			[ ! -e "$file" ] || cp -a "$file" "$0/"
		done`, filepath.Join(l.folder, "etc"))
	commands := map[string]string{"docker": "docker", "systemctl": "systemctl"}
	for _, name := range []string{"apt-get", "dpkg", "rpm", "yum", "ufw"} {
		commands[name] = "packages"
	}
	for name, file := range commands {
		text, err := os.ReadFile(filepath.Join("testdata", "commands", file))
		if err != nil {
			l.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(l.folder, "commands", name), text, 0o755); err != nil {
			l.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-save", "-restore"} {
		path, err := exec.LookPath("iptables-" + backend + suffix)
		if err != nil {
			l.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(l.folder, "commands", "iptables"+suffix)); err != nil {
			l.Fatal(err)
		}
	}
}

// docker sets what Docker sets in the filter table when it starts.
func (l *lab) docker() {
	l.Helper()
	l.shell(`iptables -n -L DOCKER-USER >/dev/null 2>&1 || iptables -N DOCKER-USER
		iptables -A DOCKER-USER -j RETURN
		iptables -I FORWARD -j DOCKER-USER`)
}

// serve answers on an address of a namespace, until the test ends.
func (l *lab) serve(namespace, address, body string) {
	l.Helper()
	server := exec.Command("ip", "netns", "exec", namespace, os.Args[0])
	server.Env = append(os.Environ(), serveVariable+"="+address, bodyVariable+"="+body)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		l.Fatal(err)
	}
	if err := server.Start(); err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		l.Fatalf("no listener on %s: %v %s", address, err, line)
	}
}

// ask is the answer that a namespace gets; an error where there is none.
func (l *lab) ask(namespace, url string) (string, error) {
	client := exec.Command("ip", "netns", "exec", namespace, os.Args[0])
	client.Env = append(os.Environ(), askVariable+"="+url)
	out, err := client.Output()
	return string(out), err
}

// gets fails the test unless the answer is the one wanted; "" wants none.
func (l *lab) gets(namespace, url, want string) {
	l.Helper()
	got, err := l.ask(namespace, url)
	if want == "" && err == nil {
		l.Errorf("%s got %q from %s, it should get no answer", namespace, got, url)
	}
	if want != "" && (err != nil || got != want) {
		l.Errorf("%s got %q from %s (%v), not %q", namespace, got, url, err, want)
	}
}

func (l *lab) command(name string, arguments ...string) string {
	l.Helper()
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		l.Fatalf("%s %s: %v: %s", name, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

func (l *lab) in(namespace string, command ...string) string {
	l.Helper()
	return l.command("ip", append([]string{"netns", "exec", namespace}, command...)...)
}

// on runs a script on the instance: in its network, with its files and commands.
func (l *lab) on(script string, arguments ...string) *exec.Cmd {
	enter := `mount --bind "$1" /etc && shift && exec "$@"`
	words := append([]string{"netns", "exec", l.instance, "unshare", "--mount", "bash", "-c", enter, "enter", filepath.Join(l.folder, "etc"), "bash", "-c", script, "script"}, arguments...)
	command := exec.Command("ip", words...)
	command.Env = append(os.Environ(), "PATH="+filepath.Join(l.folder, "commands")+":/usr/sbin:/usr/bin:/sbin:/bin", "MACHINE="+filepath.Join(l.folder, "state"))
	return command
}

// shell runs a script that must succeed, and returns what it says.
func (l *lab) shell(script string) string {
	l.Helper()
	out, err := l.on(script).CombinedOutput()
	if err != nil {
		l.Fatalf("%v: %s\nof\n%s", err, out, script)
	}
	return string(out)
}

// try runs a script that may fail; the error holds what it said.
func (l *lab) try(script string) error {
	out, err := l.on(script).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// volatile is what differs between two dumps of the same rules.
var volatile = regexp.MustCompile(`(?m)^#.*\n| \[\d+:\d+\]`)

// rules are those of the instance, as iptables-save prints them.
func (l *lab) rules() string {
	return volatile.ReplaceAllString(l.shell("iptables-save"), "")
}

// changes are the commands that changed something, without those of before.
func (l *lab) changes() string {
	path := filepath.Join(l.folder, "state", "changes")
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if err := os.Remove(path); err != nil {
		l.Fatal(err)
	}
	return string(text)
}

// state is every file of the instance.
func (l *lab) state() map[string]string {
	files := map[string]string{}
	for _, part := range []string{"etc", "state"} {
		maps.Copy(files, l.tree(filepath.Join(l.folder, part)))
	}
	return files
}

func (l *lab) tree(folder string) map[string]string {
	l.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = info.Mode().String() + info.ModTime().String() + "\n" + string(text)
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
	return files
}

// write puts a file on the instance.
func (l *lab) write(path, text string) {
	l.Helper()
	path = filepath.Join(l.folder, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.Fatal(err)
	}
}

func (l *lab) readFile(path string) string {
	l.Helper()
	text, err := os.ReadFile(filepath.Join(l.folder, path))
	if err != nil {
		l.Fatal(err)
	}
	return string(text)
}
