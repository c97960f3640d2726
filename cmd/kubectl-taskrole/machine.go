package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts/setup/check"
)

// patience is for the agent and Docker, both on this machine. A check is run by a
// person, or by a system that itself waits for a minute at most.
const patience = 5 * time.Second

// machine reads what check judges.
type machine struct {
	goos string
	// root stands before every file.
	root string
	// config is the agent's configuration.
	config string
	// introspection is where the agent tells about itself (Amazon ECS Developer
	// Guide: Amazon ECS container introspection).
	introspection string
	run           func(ctx context.Context, name string, args ...string) (string, error)
}

// read looks at everything. What cannot be read is told as such.
func (m *machine) read(ctx context.Context) check.Facts {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	facts := check.Facts{
		Config:       m.file(m.config),
		Localnet:     m.file("/proc/sys/" + strings.ReplaceAll(setup.Localnet, ".", "/")),
		SysctlFiles:  m.sysctlFiles(),
		Rules:        m.command(ctx, "iptables-save"),
		SavedRules:   m.savedRules(),
		AgentNetwork: m.command(ctx, "docker", "inspect", "--format", "{{.HostConfig.NetworkMode}}", "ecs-agent"),
		AgentVersion: m.version(ctx),
	}
	facts.AgentNetwork.Text = strings.TrimSpace(facts.AgentNetwork.Text)
	return facts
}

func (m *machine) file(path string) check.Text {
	content, err := os.ReadFile(filepath.Join(m.root, path))
	return check.Text{Read: err == nil, Text: string(content), From: path}
}

func (m *machine) command(ctx context.Context, name string, args ...string) check.Text {
	out, err := m.run(ctx, name, args...)
	return check.Text{Read: err == nil, Text: out, From: name}
}

// savedRules takes the file that is there: each distribution knows one of them.
func (m *machine) savedRules() check.Text {
	amazon, debian := m.file(setup.SavedRulesAmazon), m.file(setup.SavedRulesDebian)
	if debian.Read {
		return debian
	}
	if !amazon.Read {
		amazon.From = setup.SavedRulesAmazon + " nor " + setup.SavedRulesDebian
	}
	return amazon
}

// sysctlFiles are in the order of sysctl --system: by name, whatever their folder,
// of which the first hides a file of the same name; /etc/sysctl.conf is last.
func (m *machine) sysctlFiles() []check.Text {
	paths := map[string]string{}
	for _, folder := range []string{"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"} {
		found, err := filepath.Glob(filepath.Join(m.root, folder, "*.conf"))
		if err != nil {
			continue // only of a malformed pattern
		}
		for _, path := range found {
			if name := filepath.Base(path); paths[name] == "" {
				paths[name] = folder + "/" + name
			}
		}
	}
	names := make([]string, 0, len(paths))
	for name := range paths {
		names = append(names, name)
	}
	slices.Sort(names)
	var files []check.Text
	for _, name := range names {
		files = append(files, m.file(paths[name]))
	}
	return append(files, m.file("/etc/sysctl.conf"))
}

// version asks the agent. It says "Amazon ECS Agent - v1.86.2 (*0123abcd)".
func (m *machine) version(ctx context.Context) check.Text {
	unread := check.Text{From: m.introspection}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.introspection, http.NoBody)
	if err != nil {
		return unread
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return unread
	}
	defer func() { _ = response.Body.Close() }()
	var metadata struct{ Version string }
	// A megabyte is far more than the agent has to say.
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&metadata); err != nil {
		return unread
	}
	_, number, _ := strings.Cut(metadata.Version, " - ")
	return check.Text{Read: response.StatusCode == http.StatusOK && number != "", Text: number, From: m.introspection}
}

func runCommand(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return string(out), err
}
