package hosts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// optimized is an ECS-optimized machine.
var optimized = setup.Options{
	OS: setup.Linux, Distribution: setup.AmazonLinux2023, Cluster: "production",
	NetworkModes: []setup.NetworkMode{setup.Bridge, setup.AWSVPC},
}

// oneBackend is enough where the rules are not what is tested.
func oneBackend(t *testing.T, test func(l *lab)) {
	required(t)
	test(newLab(t, backends[0]))
}

func TestVariablesAreSetOnceAndOthersStay(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("etc/ecs/ecs.config", "ECS_CLUSTER=old\n# mine\nECS_ENABLE_TASK_IAM_ROLE=false\nECS_LOGLEVEL=debug\n  ECS_CLUSTER=older\nECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=false")
		l.shell(script(l.T, other))
		want := "# mine\nECS_LOGLEVEL=debug\nECS_CLUSTER=production\nECS_ENABLE_TASK_IAM_ROLE=true\nECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true\nECS_ENABLE_TASK_ENI=true\nECS_AWSVPC_BLOCK_IMDS=true\n"
		if diff := cmp.Diff(want, l.readFile("etc/ecs/ecs.config")); diff != "" {
			l.Error(diff)
		}
	})
}

func TestAnAgentWithoutAServiceRunsOnTheNetworkOfTheHost(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("state/docker/network", "bridge\n")
		l.write("state/docker/env", "ECS_DATADIR=/data\n")
		l.write("state/docker/state", "running\n")
		l.shell(script(l.T, other))
		changes := l.changes()
		for _, want := range []string{"docker stop ecs-agent", "docker rm ecs-agent", "docker run --name=ecs-agent", "--net=host", "--restart=unless-stopped", "--cap-add=NET_ADMIN"} {
			if !strings.Contains(changes, want) {
				t.Errorf("no %s in\n%s", want, changes)
			}
		}
		if env := l.readFile("state/docker/env"); !strings.Contains(env, "ECS_ENABLE_TASK_IAM_ROLE=true") {
			t.Errorf("the agent knows nothing of roles:\n%s", env)
		}

		l.write("state/docker/state", "stopped\n")
		l.shell(script(l.T, other))
		if got := l.changes(); got != "docker start ecs-agent\n" {
			t.Errorf("an agent that stands still is started, got %q", got)
		}
	})
}

func TestAnAgentThatWouldLoseItsTasksIsLeftAlone(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("state/docker/network", "bridge\n")
		l.write("state/docker/env", "ECS_CLUSTER=production\n")
		l.write("state/docker/state", "running\n")
		err := l.try(script(l.T, other))
		if err == nil || !strings.Contains(err.Error(), "ECS_DATADIR") {
			t.Errorf("got %v", err)
		}
		if changes := l.changes(); strings.Contains(changes, "docker") {
			t.Errorf("it was touched:\n%s", changes)
		}
	})
}

func TestARunThatWasCutShortIsFinishedByTheNext(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("state/units/ecs.service", "")
		whole := script(l.T, optimized)
		part, _, found := strings.Cut(whole, "\n# --- The agent reads its variables")
		if !found {
			t.Fatal("the script has another order")
		}
		l.shell(part)
		l.changes()
		l.shell(whole)
		if got := l.changes(); got != "systemctl restart ecs\n" {
			t.Errorf("the agent does not learn of its variables: %q", got)
		}
	})
}

func TestUserDataDoesNotWaitForAServiceThatWaitsForIt(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("state/units/ecs.service", "")
		o := optimized
		o.Output = setup.UserData
		l.shell(script(l.T, o))
		if changes := l.changes(); strings.Contains(changes, "ecs") {
			t.Errorf("the agent starts later by itself, but was touched:\n%s", changes)
		}
		l.write("state/units/ecs.active", "")
		l.shell(script(l.T, o))
		if got := l.changes(); got != "systemctl restart --no-block ecs\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestAnECSOptimizedMachineGetsOnlyTheBlockOfTheMetadata(t *testing.T) {
	oneBackend(t, func(l *lab) {
		l.write("state/units/ecs.service", "")
		l.shell(script(l.T, optimized))
		rules := l.rules()
		if strings.Contains(rules, "169.254.170.2") || !strings.Contains(rules, setup.BlockMetadata.Saved()) {
			t.Errorf("got\n%s", rules)
		}
	})
}

func TestNothingIsChangedWhereItCannotBeFinished(t *testing.T) {
	for name, c := range map[string]struct {
		options setup.Options
		file    string
		says    string
	}{
		"firewalld":               {other, "state/units/firewalld.active", "firewalld is at work"},
		"ufw":                     {other, "state/ufw", "ufw is at work"},
		"another distribution":    {setup.Options{OS: setup.Linux, AMI: setup.OtherAMI}, "etc/os-release", "unknown distribution plan99.1"},
		"another back end":        {setup.Options{OS: setup.Linux, AMI: setup.OtherAMI, Distribution: setup.Debian, Firewall: setup.IPTablesLegacy}, "state/x", "is not iptables-legacy"},
		"no ECS-optimized at all": {optimized, "state/x", "give --ami other"},
		"no external agent":       {setup.Options{OS: setup.Linux, LaunchType: setup.External, Distribution: setup.Debian}, "state/x", "register the machine"},
	} {
		t.Run(name, func(t *testing.T) {
			oneBackend(t, func(l *lab) {
				l.command("rm", "-f", l.folder+"/etc/os-release")
				l.write(c.file, "ID=plan9\nVERSION_ID=9.1\n")
				rules := l.rules()
				err := l.try(script(l.T, c.options))
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("it says %v, not %q", err, c.says)
				}
				if diff := cmp.Diff(rules, l.rules()); diff != "" {
					t.Errorf("rules were set:\n%s", diff)
				}
			})
		})
	}
}

func TestTheScriptFindsOutTheDistribution(t *testing.T) {
	for release, saved := range map[string]string{
		"ID=\"amzn\"\nVERSION_ID=\"2023\"\n":                        "etc/sysconfig/iptables",
		"ID=\"amzn\"\nVERSION_ID=\"2\"\n":                           "etc/sysconfig/iptables",
		"ID=debian\nVERSION_ID=\"12\"\n":                            "etc/iptables/rules.v4",
		"ID=ubuntu\nVERSION_ID=\"24.04\"\nID_LIKE=debian\n":         "etc/iptables/rules.v4",
		"ID=pop\nVERSION_ID=\"22.04\"\nID_LIKE=\"ubuntu debian\"\n": "etc/iptables/rules.v4",
	} {
		t.Run(release, func(t *testing.T) {
			oneBackend(t, func(l *lab) {
				l.command("rm", "-f", l.folder+"/etc/os-release")
				l.write("etc/os-release", release)
				l.shell(script(l.T, setup.Options{OS: setup.Linux, AMI: setup.OtherAMI}))
				if rules := l.readFile(saved); !strings.Contains(rules, setup.ToAgent.Saved()) {
					t.Errorf("%s:\n%s", saved, rules)
				}
			})
		})
	}
}
