package setup

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clusterName is what AWS takes for one (Amazon ECS API Reference: CreateCluster).
// It also keeps what stands in a script from ending its quotes.
var clusterName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// A Refusal is an option or a combination of them that no machine can have.
type Refusal struct {
	// Flags are those that quarrel, as they were written: "--os windows".
	Flags []string
	// Because says why they cannot be.
	Because string
	// Write says what to write instead.
	Write string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s; write %s", strings.Join(r.Flags, " with "), r.Because, r.Write)
}

// Validate returns nil, or every Refusal at once, joined. It judges the options as
// they were given, before WithDefaults: what was left open is never to blame.
func (o Options) Validate() error {
	if err := o.unknown(); err != nil {
		return err
	}
	var refusals []error
	for _, rule := range impossible {
		if rule.when(&o) {
			refusals = append(refusals, &Refusal{Flags: rule.flags(&o), Because: rule.because, Write: rule.write})
		}
	}
	return errors.Join(refusals...)
}

// unknown finds values that are none.
func (o *Options) unknown() error {
	var refusals []error
	for _, mode := range o.NetworkModes {
		refusals = append(refusals, oneOf("--network-mode", mode, Values.NetworkMode))
	}
	refusals = append(refusals,
		oneOf("--os", o.OS, Values.OS),
		oneOf("--launch-type", o.LaunchType, Values.LaunchType),
		oneOf("--ami", o.AMI, Values.AMI),
		oneOf("--firewall", o.Firewall, Values.Firewall),
		oneOf("--distribution", o.Distribution, Values.Distribution),
		oneOf("--imds", o.IMDS, Values.IMDS),
		oneOf("--output", o.Output, Values.Output))
	if o.Cluster != "" && !clusterName.MatchString(o.Cluster) {
		refusals = append(refusals, &Refusal{
			Flags: []string{fmt.Sprintf("--cluster %q", o.Cluster)}, Because: "is no name of a cluster",
			Write: "its name (letters, digits, - and _, at most 255), not its ARN",
		})
	}
	return errors.Join(refusals...)
}

// advice is for values that people write and that mean something else here.
var advice = map[string]string{
	"--network-mode none":   "has no network, so no credentials either",
	"--firewall nftables":   "is what the agent and Docker know nothing of, they write their rules by iptables",
	"--firewall ufw":        "rewrites the rules by itself",
	"--launch-type fargate": "is AWS's own machine, where there is nothing to set up",
}

func oneOf[T ~string](flag string, value T, values []T) error {
	if value == "" || slices.Contains(values, value) {
		return nil
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	written := flag + " " + string(value)
	because, known := advice[strings.ToLower(written)]
	if !known {
		because = "is not known"
	}
	return &Refusal{Flags: []string{written}, Because: because, Write: alternatives(words)}
}

// alternatives lists them as a sentence does.
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
