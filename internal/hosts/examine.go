package hosts

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Ports of the host that serve credentials: the agent's on Linux and Windows, and
// the proxy's on Windows (Amazon ECS Developer Guide: Amazon ECS task IAM role;
// ECS_RESERVED_PORTS in Amazon ECS container agent configuration).
const (
	agentPort = 51679
	proxyPort = 80
)

// examiner holds what of the family matters for every instance, reckoned once.
type examiner struct {
	// role stands for the roles that instances may have.
	role   model.InstanceRole
	family *Family
	ages   ages
	// required are the attributes that no symptom of their own stands for.
	required []Attribute
	agent    bool // a container maps agentPort
	proxy    bool // a container maps proxyPort
	exec     bool // ECS Exec is needed
	efsAuth  bool // a volume on Amazon EFS is mounted by the task's role
}

func newExaminer(f *Family) *examiner {
	e := &examiner{family: f, ages: newAges(f.NetworkMode), exec: f.ExecuteCommand, efsAuth: f.EFSAuthorization}
	for _, a := range f.RequiresAttributes {
		switch a.Name {
		case attrTaskRole, attrTaskRoleHost, attrTaskENI:
		case attrExec:
			e.exec = true
		case attrEFSAuth:
			e.efsAuth = true
		default:
			e.required = append(e.required, a)
		}
	}
	// In awsvpc mode a mapped port is one of the task's own interface.
	if f.NetworkMode != AWSVPC {
		e.agent = slices.Contains(f.HostPorts, agentPort)
		e.proxy = slices.Contains(f.HostPorts, proxyPort)
	}
	e.role = oneOf(f.InstanceRoles)
	return e
}

// roleOf is the role of the instance itself, or, where that is not known, what is
// known of those that it may be.
func (e *examiner) roleOf(i *Instance) model.InstanceRole {
	if i.Role.Name != "" {
		return i.Role
	}
	return e.role
}

// oneOf is a role that stands for all that are wide.
func oneOf(roles []model.InstanceRole) (out model.InstanceRole) {
	var wide []string
	for _, r := range roles {
		if len(r.Beyond) > 0 {
			wide = append(wide, r.Name)
			out.Beyond = append(out.Beyond, r.Beyond...)
		}
	}
	slices.Sort(out.Beyond)
	out.Name, out.Beyond = strings.Join(wide, " or "), slices.Compact(out.Beyond)
	return out
}

// examine finds the symptoms of one instance.
func (e *examiner) examine(i *Instance) (s set) {
	windows, external := i.windows(), i.external()
	s.when(agentDisconnected, !i.Connected)
	switch e.ages.of(i.AgentVersion) {
	case ageOld:
		s.add(agentTooOld)
	case ageUnknown:
		s.add(agentVersionUnknown)
	}
	if windows {
		e.windows(i, external, &s)
	} else {
		e.linux(i, external, &s)
	}
	if e.family.NetworkMode == AWSVPC {
		awsvpc(i, external, &s)
	}
	s.when(credentialsPort, e.agent)
	s.when(networkModeNone, e.family.NetworkMode == None)
	s.when(execUnsupported, e.exec && !i.has(attrExec))
	s.when(efsAuthUnsupported, e.efsAuth && !i.has(attrEFSAuth))
	s.when(missingAttributes, !e.satisfied(i))
	s.when(instanceRoleWide, len(e.roleOf(i).Beyond) > 0)
	return s
}

func (e *examiner) satisfied(i *Instance) bool {
	for k := range e.required {
		if !i.meets(e.required[k]) {
			return false
		}
	}
	return true
}

func (e *examiner) linux(i *Instance, external bool, s *set) {
	s.when(credentialsPortFree, i.ReservedPorts != nil && !slices.Contains(i.ReservedPorts, agentPort))
	s.when(notECSOptimized, !external && i.selfRun())
	switch e.family.NetworkMode {
	case Host:
		s.when(taskRoleHostDisabled, !i.has(attrTaskRoleHost))
		// An external instance has no metadata service to reach.
		s.when(hostModeIsolation, !external)
	case Bridge, DefaultMode:
		s.when(taskRoleDisabled, !i.has(attrTaskRole))
		s.when(imdsUnknown, !external && i.Attributes[AttributeIMDS] != IMDSBlocked)
	default:
		s.when(taskRoleDisabled, !i.has(attrTaskRole))
	}
}

// awsvpc: external instances have no such mode (Amazon ECS Developer Guide: Amazon
// ECS clusters for external instances), and the attribute of the block is shown
// only beside that of the mode.
func awsvpc(i *Instance, external bool, s *set) {
	switch {
	case external:
		s.add(networkModeUnsupported)
	case !i.has(attrTaskENI):
		s.add(awsvpcDisabled)
	default:
		s.when(imdsNotBlocked, !i.has(attrBlockIMDS))
	}
}

// windows: the agent reserves port 80 wherever task roles are on, whatever the
// configuration says of reserved ports (its source: agent/config/config_windows.go).
// What AWS says of Windows, it says of Amazon EC2 alone (Amazon ECS Developer Guide:
// Amazon ECS task IAM role, Additional configuration for Amazon EC2 Windows
// instances).
func (e *examiner) windows(i *Instance, external bool, s *set) {
	s.when(windowsTaskRoleDisabled, !i.has(attrTaskRole))
	s.when(windowsPort80, e.proxy)
	if external {
		s.add(windowsOutside)
		return
	}
	s.when(networkModeUnsupported, e.family.linuxMode())
	s.when(windowsPort80Free, i.has(attrTaskRole) && i.ReservedPorts != nil && !slices.Contains(i.ReservedPorts, proxyPort))
	s.when(windowsRoutes, e.family.NetworkMode == DefaultMode)
	s.add(windowsReboot)
}
