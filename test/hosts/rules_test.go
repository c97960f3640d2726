package hosts_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

const (
	credentials = "http://169.254.170.2/"
	metadata    = "http://169.254.169.254/"
	resolver    = "http://169.254.169.253/"
)

// other is a machine whose image is not AWS's, for tasks of every Linux mode.
var other = setup.Options{
	OS: setup.Linux, AMI: setup.OtherAMI, Distribution: setup.Debian, Cluster: "production",
	NetworkModes: []setup.NetworkMode{setup.Bridge, setup.Host, setup.AWSVPC},
}

func script(t *testing.T, o setup.Options) string {
	t.Helper()
	text, err := setup.Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTasksReachTheAgentAfterTheSetUpAndNotBefore(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		l.gets(l.task, credentials, "")
		l.gets(l.instance, credentials, "")
		l.shell(script(t, other))
		l.gets(l.task, credentials, "credentials")
		l.gets(l.instance, credentials, "credentials")
	})
}

func TestTasksInBridgeModeNoLongerReachTheMetadataAndTheInstanceDoes(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		l.gets(l.task, metadata, "metadata")
		l.shell(script(t, other))
		l.gets(l.task, metadata, "")
		if dropped := l.shell("iptables -L DOCKER-USER 1 -n -v -x"); !strings.Contains(dropped, "169.254.169.254") || strings.Fields(dropped)[0] == "0" {
			t.Errorf("no packet was dropped by the rule:\n%s", dropped)
		}
		l.gets(l.task, resolver, "resolver")
		l.gets(l.instance, metadata, "metadata")
	})
}

func TestIMDSAllowLeavesTheMetadataWithinReach(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		o := other
		o.IMDS = setup.AllowIMDS
		l.shell(script(t, o))
		l.gets(l.task, metadata, "metadata")
		l.gets(l.task, credentials, "credentials")
	})
}

func TestRunningTheSetUpAgainChangesNothing(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		for name, o := range map[string]setup.Options{
			"other AMI":     other,
			"Amazon Linux":  {OS: setup.Linux, AMI: setup.OtherAMI, Distribution: setup.AmazonLinux2023, NetworkModes: []setup.NetworkMode{setup.Bridge}},
			"ECS-optimized": {OS: setup.Linux, Distribution: setup.AmazonLinux2, NetworkModes: []setup.NetworkMode{setup.Bridge, setup.AWSVPC}, Cluster: "production"},
		} {
			t.Run(name, func(t *testing.T) {
				l := newLab(t, backend)
				if o.AMI != setup.OtherAMI {
					l.write("state/units/ecs.service", "")
				}
				first := l.shell(script(t, o))
				if l.changes() == "" || !strings.Contains(first, "rule: ") {
					t.Fatalf("the first run did nothing:\n%s", first)
				}
				rules, state := l.rules(), l.state()
				second := l.shell(script(t, o))
				if diff := cmp.Diff(rules, l.rules()); diff != "" {
					t.Errorf("other rules after the second run:\n%s", diff)
				}
				if diff := cmp.Diff(state, l.state()); diff != "" {
					t.Errorf("other files after the second run:\n%s", diff)
				}
				if want := "taskrole-hosts: done\n"; second != want {
					t.Errorf("the second run says\n%s", second)
				}
			})
		}
	})
}

func TestTheNextStartBringsEverythingBack(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		for distribution, saved := range map[setup.Distribution]string{setup.Debian: "etc/iptables/rules.v4", setup.AmazonLinux2023: "etc/sysconfig/iptables"} {
			t.Run(string(distribution), func(t *testing.T) {
				before := newLab(t, backend)
				o := other
				o.Distribution = distribution
				before.shell(script(t, o))

				// Another machine with the same files: nothing of the kernel's is left.
				after := newLab(t, backend)
				after.shell("iptables -F; iptables -X; iptables -t nat -F")
				after.gets(after.task, credentials, "")
				after.command("iptables-"+backend+"-restore", "--test", filepath.Join(before.folder, saved))
				after.shell("sysctl -q -p " + filepath.Join(before.folder, setup.SysctlFile) + " && iptables-restore " + filepath.Join(before.folder, saved))
				if rules := before.rules(); rules != after.rules() {
					t.Errorf("other rules than before:\n%s", cmp.Diff(rules, after.rules()))
				}
				after.gets(after.task, credentials, "credentials")
				after.gets(after.instance, credentials, "credentials")
				after.gets(after.task, metadata, "")
				after.gets(after.instance, metadata, "metadata")
			})
		}
	})
}

func TestARuleThatComesTooLateIsMovedToTheTop(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		l.shell("iptables -A DOCKER-USER -i docker+ -d 169.254.169.254/32 -j DROP; iptables -A DOCKER-USER -i docker+ -d 169.254.169.254/32 -j DROP")
		l.gets(l.task, metadata, "metadata")
		l.shell(script(t, other))
		l.gets(l.task, metadata, "")
		if n := strings.Count(l.rules(), "169.254.169.254"); n != 1 {
			t.Errorf("%d rules of it:\n%s", n, l.rules())
		}
	})
}

func TestBeforeDockerWasEverStartedTheRuleWaitsForIt(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		l.shell("iptables -F FORWARD; iptables -F DOCKER-USER; iptables -X DOCKER-USER")
		l.shell(script(t, other))
		l.docker()
		l.gets(l.task, metadata, "")
	})
}

func TestAMachineOnTheLinkDoesNotReachTheLoopbackInterface(t *testing.T) {
	eachBackend(t, func(t *testing.T, backend string) {
		l := newLab(t, backend)
		for _, command := range []string{"sysctl -q -w net.ipv4.conf.all.route_localnet=1", "ip addr del 127.0.0.1/8 dev lo", "ip route add 127.0.0.1/32 via 10.9.0.1"} {
			l.in(l.beyond, strings.Fields(command)...)
		}
		neighbour := "http://127.0.0.1:51679/"
		l.shell("sysctl -q -w net.ipv4.conf.all.route_localnet=1")
		l.gets(l.beyond, neighbour, "credentials")
		l.shell(script(t, other))
		l.gets(l.beyond, neighbour, "")
		l.gets(l.instance, neighbour, "credentials")
		l.gets(l.task, credentials, "credentials")
	})
}
