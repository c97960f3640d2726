package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func TestHelpNamesEveryFlagAndGoesWhereItIsAskedFor(t *testing.T) {
	var out bytes.Buffer
	if _, err := parse([]string{"--help"}, &out); !errors.Is(err, pflag.ErrHelp) {
		t.Fatalf("got %v", err)
	}
	for _, flag := range []string{"--cluster-id", "--resync-period", "--propagation-wait", "--leader-elect", "--iam-rate", "--log-level", "--kubeconfig"} {
		if !strings.Contains(out.String(), flag) {
			t.Errorf("%s is not explained", flag)
		}
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > helpWidth+1 {
			t.Errorf("longer than %d: %s", helpWidth, line)
		}
	}
}

func TestDefaultsAreThoseThatTheHelpTells(t *testing.T) {
	s, err := parse([]string{"--cluster-id=prod-eu-1"}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if s.controller.Resync != 5*time.Minute || s.controller.PropagationWait != 15*time.Second || s.controller.MaxAttached != 10 {
		t.Errorf("got %+v", s.controller)
	}
}

func TestABadSettingIsRefusedByItsNameWithTheCure(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "--cluster-id is required"},
		{"--cluster-id=Prod", "lower-case"},
		{"--cluster-id=a.b", "lower-case"},
		{"--cluster-id=-a", "hyphen"},
		{"--cluster-id=" + strings.Repeat("a", 33), "32 at most"},
		{"--cluster-id=a --resync-period=0s", "--resync-period=0s: at least 1s"},
		{"--cluster-id=a --propagation-wait=-1s", "--propagation-wait=-1s"},
		{"--cluster-id=a --max-attached-policies=0", "--max-attached-policies=0"},
		{"--cluster-id=a --max-concurrent-reconciles=0", "--max-concurrent-reconciles=0"},
		{"--cluster-id=a --retry-first=10m", "--retry-first=10m0s"},
		{"--cluster-id=a --aws-call-timeout=0s", "--aws-call-timeout=0s"},
		{"--cluster-id=a --iam-rate=0", "--iam-rate=0"},
		{"--cluster-id=a --ecs-burst=0", "--ecs-burst=0"},
		{"--cluster-id=a --registration-rate=0", "--registration-rate=0"},
		{"--cluster-id=a --registration-burst=0", "--registration-burst=0"},
		{"--cluster-id=a --log-level=loud", "--log-level=loud"},
		{"--cluster-id=a --log-format=xml", "--log-format=xml"},
		{"--cluster-id=a extra", "is no flag"},
		{"--cluster-di=a", "unknown flag: --cluster-di"},
	} {
		_, err := parse(strings.Fields(c.args), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.args, err, c.want)
		}
	}
}
