package hosts

import (
	"slices"
	"strings"
)

// pool is where in a cluster the family may be placed.
type pool struct {
	ec2       bool     // on any EC2 instance
	external  bool     // on any external one
	providers []string // on instances of these capacity providers
	// elsewhere: also on machines that AWS keeps.
	elsewhere bool
	// named: a service or task was seen here, so that hosts are expected.
	named bool
}

func (p *pool) hosts() bool { return p.ec2 || p.external || len(p.providers) > 0 }

// launches are the launch types of a family that was not seen running: those it
// was registered for, else those it is fit for.
func (f *Family) launches() []Launch {
	if len(f.Requires) > 0 {
		return f.Requires
	}
	return f.Compatibilities
}

// pool tells where in the cluster the family may be placed: where its services and
// tasks say, and without any, where its launch types let it.
func (f *Family) pool(c *Cluster) pool {
	var p pool
	if len(f.Uses) == 0 {
		for _, l := range f.launches() {
			p.launch(l)
		}
		return p
	}
	for i := range f.Uses {
		if u := &f.Uses[i]; u.Cluster == c.Name {
			p.named = true
			p.use(u, f, c)
		}
	}
	return p
}

func (p *pool) use(u *Use, f *Family, c *Cluster) {
	if len(u.Providers) == 0 {
		p.launch(u.Launch)
	}
	for _, name := range u.Providers {
		if name == "FARGATE" || name == "FARGATE_SPOT" || slices.Contains(c.ManagedProviders, name) || f.managedOnly() {
			p.elsewhere = true
		} else {
			p.providers = append(p.providers, name)
		}
	}
}

// launch adds a launch type; one that is not told is EC2, as it is of a service
// that names none in a cluster without a default strategy (Amazon ECS API
// Reference: CreateService, launchType).
func (p *pool) launch(l Launch) {
	switch l {
	case EC2, "":
		p.ec2 = true
	case External:
		p.external = true
	default:
		p.elsewhere = true
	}
}

// managedOnly: the definition fits Managed Instances and no EC2 instance of one's
// own, so an unknown capacity provider is a managed one.
func (f *Family) managedOnly() bool {
	return slices.Contains(f.Compatibilities, ManagedInstances) && !slices.Contains(f.Compatibilities, EC2)
}

// holds says whether the instance is one that the family may be placed on.
func (p *pool) holds(f *Family, c *Cluster, i *Instance) bool {
	switch {
	case i.Provider != "" && slices.Contains(c.ManagedProviders, i.Provider):
		return false
	case i.external():
		if !p.external {
			return false
		}
	case !p.ec2 && !slices.Contains(p.providers, i.Provider):
		return false
	}
	return f.fits(i)
}

// fits says whether the definition is meant for this kind of machine. One of
// another kind is no fault: Amazon ECS does not place the task there.
func (f *Family) fits(i *Instance) bool {
	windows := i.windows()
	switch {
	case f.OSFamily != "" && windowsFamily(f.OSFamily) != windows:
		return false
	case f.OSFamily == "" && windows && f.linuxMode():
		return false
	case f.Architecture != "" && i.has(attrArchitecture) && !strings.EqualFold(f.Architecture, i.Attributes[attrArchitecture]):
		return false
	}
	for _, a := range f.RequiresAttributes {
		if platform(a.Name) && i.has(a.Name) && !i.meets(a) {
			return false
		}
	}
	return true
}

// linuxMode: modes that Windows does not have (Amazon ECS Developer Guide: Task
// networking for tasks on Amazon EC2 instances).
func (f *Family) linuxMode() bool {
	return f.NetworkMode == Bridge || f.NetworkMode == Host || f.NetworkMode == None
}

func platform(name string) bool {
	return name == attrOSType || name == attrOSFamily || name == attrArchitecture
}
