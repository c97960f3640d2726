package hosts

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// change turns a ready instance into the one of a case.
type change func(*Instance)

// linux is an instance of an ECS-optimized AMI on which everything is as it should
// be, for every network mode.
func linux(id string, changes ...change) Instance {
	i := Instance{
		ARN: "arn:aws:ecs:us-west-2:111122223333:container-instance/shop/" + id, EC2ID: id,
		Status: "ACTIVE", Connected: true, AgentVersion: "1.94.0",
		Attributes: map[string]string{
			attrOSType: "linux", attrOSFamily: "LINUX", attrArchitecture: "x86_64", attrAMI: "ami-0a1b",
			attrTaskRole: "", attrTaskRoleHost: "", attrTaskENI: "", attrBlockIMDS: "", attrExec: "", attrEFSAuth: "", attrAWSLogsRole: "",
			AttributeIMDS: IMDSBlocked,
		},
		ReservedPorts: []int32{22, 2375, 2376, 51678, 51679},
	}
	for _, c := range changes {
		c(&i)
	}
	return i
}

// windows is the same of an ECS-optimized AMI for Windows.
func windows(id string, changes ...change) Instance {
	i := linux(id, func(i *Instance) {
		i.Attributes[attrOSType], i.Attributes[attrOSFamily] = "windows", "WINDOWS_SERVER_2022_FULL"
		delete(i.Attributes, attrTaskRoleHost)
		delete(i.Attributes, attrEFSAuth)
		delete(i.Attributes, attrAWSLogsRole)
		i.ReservedPorts = append(i.ReservedPorts, 80)
	})
	for _, c := range changes {
		c(&i)
	}
	return i
}

func without(names ...string) change {
	return func(i *Instance) {
		for _, n := range names {
			delete(i.Attributes, n)
		}
	}
}

func with(name, value string) change { return func(i *Instance) { i.Attributes[name] = value } }

func agent(version string) change { return func(i *Instance) { i.AgentVersion = version } }

func status(s string) change { return func(i *Instance) { i.Status = s } }

func provider(name string) change { return func(i *Instance) { i.Provider = name } }

func ports(p ...int32) change { return func(i *Instance) { i.ReservedPorts = p } }

func role(name string, beyond ...string) change {
	return func(i *Instance) { i.Role = model.InstanceRole{Name: name, Beyond: beyond} }
}

func disconnected(i *Instance) { i.Connected = false }

// outside makes an instance one of Amazon ECS Anywhere: such an agent withholds
// what external instances do not have.
func outside(i *Instance) {
	i.EC2ID = "mi-" + i.EC2ID
	without(attrTaskENI, attrBlockIMDS, AttributeIMDS, attrAMI)(i)
	with(attrExternal, "")(i)
}

func on(mode Mode, changes ...func(*Family)) Family {
	f := Family{NetworkMode: mode, Compatibilities: []Launch{EC2, External}}
	if mode == AWSVPC {
		f.Compatibilities = []Launch{EC2, Fargate}
	}
	for _, c := range changes {
		c(&f)
	}
	return f
}

func requiring(attributes ...Attribute) func(*Family) {
	return func(f *Family) { f.RequiresAttributes = append(f.RequiresAttributes, attributes...) }
}

func used(uses ...Use) func(*Family) { return func(f *Family) { f.Uses = append(f.Uses, uses...) } }

func mapping(p ...int32) func(*Family) { return func(f *Family) { f.HostPorts = p } }

func osFamily(name string) func(*Family) { return func(f *Family) { f.OSFamily = name } }

func shop(instances ...Instance) []Cluster { return []Cluster{{Name: "shop", Instances: instances}} }

// situation is a row of the table: what the hosts and the definition are, and what
// must be said of them.
type situation struct {
	name     string
	family   Family
	clusters []Cluster
	verdict  string // VERDICT REASON
	// codes are those of all findings, in order; after a colon, what stands in the
	// finding's message or cure.
	codes   []string
	message string // a part of the condition's
}

func (s situation) check(t *testing.T) {
	t.Helper()
	got := Judge(s.family, s.clusters)
	if verdict := string(got.Verdict) + " " + got.Reason; verdict != s.verdict {
		t.Errorf("verdict %s, not %s: %s", verdict, s.verdict, got.Message)
	}
	if !strings.Contains(got.Message, s.message) || got.Message == "" {
		t.Errorf("the message lacks %q: %s", s.message, got.Message)
	}
	var codes, wanted []string
	for _, w := range s.codes {
		code, _, _ := strings.Cut(w, ":")
		wanted = append(wanted, code)
	}
	for _, f := range got.Findings {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, wanted) {
		t.Fatalf("findings %v, not %v", codes, wanted)
	}
	for k, w := range s.codes {
		f := got.Findings[k]
		if _, says, _ := strings.Cut(w, ":"); !strings.Contains(f.Message+". "+f.Cure, strings.TrimSpace(says)) {
			t.Errorf("%s lacks %q: %s. %s", f.Code, says, f.Message, f.Cure)
		}
		if f.Cure == "" || f.Message == "" || f.Subject == "" || f.Severity == "" {
			t.Errorf("%s is not whole: %+v", f.Code, f)
		}
	}
}
