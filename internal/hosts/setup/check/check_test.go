package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
)

// rules are what iptables-save prints on a machine that was set up.
const rules = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:51679
-A OUTPUT -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 51679
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:DOCKER-USER - [0:0]
-A INPUT ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -d 169.254.169.254/32 -i docker+ -j DROP
-A DOCKER-USER -j RETURN
COMMIT
`

// ready is a machine with an image of its own that serves tasks in bridge mode.
func ready(change func(*Facts)) *Facts {
	is := func(from, text string) Text { return Text{Read: true, Text: text, From: from} }
	f := &Facts{
		Options: setup.Options{
			OS: setup.Linux, AMI: setup.OtherAMI, Distribution: setup.Debian,
			NetworkModes: []setup.NetworkMode{setup.Bridge}, Cluster: "shop",
		},
		Localnet:     is("sysctl", "1"),
		SysctlFiles:  []Text{is("/etc/sysctl.d/90-taskrole.conf", "net.ipv4.conf.all.route_localnet = 1\n")},
		Rules:        is("iptables-save", rules),
		SavedRules:   is("/etc/iptables/rules.v4", rules),
		AgentNetwork: is("docker", "host"),
		AgentVersion: is("agent", "1.94.0"),
	}
	var lines []string
	for _, v := range f.Options.WithDefaults().Variables() {
		lines = append(lines, v.Name+"="+v.Value)
	}
	f.Config = is("/etc/ecs/ecs.config", strings.Join(lines, "\n")+"\n")
	change(f)
	return f
}

func without(text Text, part string) Text {
	text.Text = strings.ReplaceAll(text.Text, part, "")
	return text
}

func TestAMachineThatWasSetUpLacksNothing(t *testing.T) {
	report := Judge(ready(func(*Facts) {}))
	for _, item := range report.Items {
		if item.Status != OK {
			t.Errorf("%+v", item)
		}
	}
	if len(report.Items) < 8 || report.SetUp != "" {
		t.Errorf("%d items, set-up %q", len(report.Items), report.SetUp)
	}
}

func TestWhatIsMissingIsNamedWithItsCureAndNothingElseIs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Facts)
		item   string
		status Status
	}{
		"an old agent":                    {func(f *Facts) { f.AgentVersion.Text = "1.10.9" }, "agent", Missing},
		"no agent to ask":                 {func(f *Facts) { f.AgentVersion = Text{} }, "agent", Unknown},
		"roles not turned on":             {func(f *Facts) { f.Config = without(f.Config, "ECS_ENABLE_TASK_IAM_ROLE=true\n") }, "variable ECS_ENABLE_TASK_IAM_ROLE", Missing},
		"the kernel's setting":            {func(f *Facts) { f.Localnet.Text = "0" }, "localnet", Missing},
		"the rule from bridges":           {func(f *Facts) { f.Rules = without(f.Rules, lineOf("PREROUTING")) }, "rule from bridges", Missing},
		"the rule from the host":          {func(f *Facts) { f.Rules = without(f.Rules, lineOf("OUTPUT")) }, "rule from the host", Missing},
		"the rule against the metadata":   {func(f *Facts) { f.Rules = without(f.Rules, lineOf("DOCKER-USER")) }, "rule that blocks the metadata", Missing},
		"a rule to another port":          {func(f *Facts) { f.Rules.Text = strings.ReplaceAll(f.Rules.Text, "127.0.0.1:51679", "127.0.0.1:51680") }, "rule from bridges", Missing},
		"rules that could not be read":    {func(f *Facts) { f.Rules = Text{} }, "rule from bridges", Unknown},
		"what the next start brings back": {func(f *Facts) { f.SavedRules = Text{} }, "kept rules", Missing},
	} {
		t.Run(name, func(t *testing.T) {
			report := Judge(ready(c.change))
			i := slices.IndexFunc(report.Items, func(item Item) bool { return item.Name == c.item })
			if i < 0 || report.Items[i].Status != c.status {
				t.Fatalf("%+v", report.Items)
			}
			if c.status == Missing && (report.Items[i].Cure == "" || !strings.Contains(report.SetUp, "hosts setup")) {
				t.Errorf("no cure: %+v, set-up %q", report.Items[i], report.SetUp)
			}
		})
	}
}

// lineOf is the first rule of a chain.
func lineOf(chain string) string {
	for line := range strings.Lines(rules) {
		if strings.HasPrefix(line, "-A "+chain+" ") {
			return line
		}
	}
	return "?"
}
