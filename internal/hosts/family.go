package hosts

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// definition are the members of a registration that matter to a host (Amazon ECS
// API Reference: RegisterTaskDefinition). Each is read by itself, so that one that is
// younger than this code spoils no other.
type definition struct {
	requires    []Launch
	networkMode Mode
	platform    struct {
		CPUArchitecture       string `json:"cpuArchitecture"`
		OperatingSystemFamily string `json:"operatingSystemFamily"`
	}
	containers []struct {
		PortMappings []struct {
			HostPort int32 `json:"hostPort"`
		} `json:"portMappings"`
	}
	volumes []struct {
		EFS *struct {
			Authorization struct {
				IAM string `json:"iam"`
			} `json:"authorizationConfig"`
		} `json:"efsVolumeConfiguration"`
	}
}

func read(registration map[string]json.RawMessage) (d definition) {
	for member, into := range map[string]any{
		"requiresCompatibilities": &d.requires, "networkMode": &d.networkMode, "runtimePlatform": &d.platform,
		"containerDefinitions": &d.containers, "volumes": &d.volumes,
	} {
		if raw, found := registration[member]; found {
			_ = json.Unmarshal(raw, into) // what cannot be read asks nothing of a host
		}
	}
	return d
}

// FamilyOf is what a revision asks of the machine that runs it, and where it runs.
func FamilyOf(r model.Revision, use model.Use, roles []model.InstanceRole) Family {
	d := read(r.Registration)
	f := Family{
		Requires: d.requires, NetworkMode: d.networkMode, OSFamily: d.platform.OperatingSystemFamily, Architecture: d.platform.CPUArchitecture,
		ExecuteCommand: use.Execs(), InstanceRoles: roles,
	}
	for _, c := range r.Compatibilities {
		f.Compatibilities = append(f.Compatibilities, Launch(c))
	}
	for _, a := range r.Attributes {
		name, value, _ := strings.Cut(a, "=")
		f.RequiresAttributes = append(f.RequiresAttributes, Attribute{name, value})
	}
	for _, c := range d.containers {
		for _, m := range c.PortMappings {
			if m.HostPort > 0 {
				f.HostPorts = append(f.HostPorts, m.HostPort)
			}
		}
	}
	for _, v := range d.volumes {
		f.EFSAuthorization = f.EFSAuthorization || v.EFS != nil && v.EFS.Authorization.IAM == "ENABLED"
	}
	f.Uses = usesOf(use)
	return f
}

func usesOf(use model.Use) (out []Use) {
	add := func(u Use) {
		if !slices.ContainsFunc(out, func(other Use) bool {
			return other.Cluster == u.Cluster && other.Launch == u.Launch && slices.Equal(other.Providers, u.Providers)
		}) {
			out = append(out, u)
		}
	}
	for _, s := range use.Services {
		add(Use{Cluster: s.Cluster, Launch: Launch(s.Launch), Providers: s.Providers})
	}
	for _, t := range use.Tasks {
		u := Use{Cluster: t.Cluster, Launch: Launch(t.Launch)}
		if t.Provider != "" {
			u.Providers = []string{t.Provider}
		}
		add(u)
	}
	return out
}

// OnHosts says whether the family runs on EC2 or external instances, or, of one that
// was not seen running, may.
func (f *Family) OnHosts(clusters []Cluster) bool {
	if len(f.Uses) == 0 {
		p := f.pool(&Cluster{})
		return p.hosts()
	}
	for _, u := range f.Uses {
		c := Cluster{Name: u.Cluster}
		if at := slices.IndexFunc(clusters, func(c Cluster) bool { return c.Name == u.Cluster }); at >= 0 {
			c = clusters[at]
		}
		if p := f.pool(&c); p.hosts() {
			return true
		}
	}
	return false
}
