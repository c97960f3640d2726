package hosts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// fleet is n instances in m clusters, of which one in ten is disconnected and one
// in seven runs an old agent.
func fleet(n, m int) []Cluster {
	out := make([]Cluster, m)
	for k := range out {
		out[k].Name = fmt.Sprintf("cluster-%02d", k)
	}
	for k := range n {
		i := linux(fmt.Sprintf("i-%04d", k), without(AttributeIMDS))
		i.Connected = k%10 != 0
		if k%7 == 0 {
			i.AgentVersion = "1.10.0"
		}
		c := &out[k%m]
		c.Instances = append(c.Instances, i)
	}
	return out
}

func TestAFindingNamesTheFirstFiveInstancesAndCountsTheRest(t *testing.T) {
	clusters := fleet(200, 2)
	slices.Reverse(clusters[0].Instances)
	got := Judge(on(Bridge), clusters)
	f := got.Findings[0]
	want := []string{"cluster-00/i-0000", "cluster-00/i-0010", "cluster-00/i-0020", "cluster-00/i-0030", "cluster-00/i-0040"}
	if f.Code != CodeAgentDisconnected || !slices.Equal(f.Instances, want) || f.Count != 20 {
		t.Errorf("%s %v of %d", f.Code, f.Instances, f.Count)
	}
	if begin := strings.Join(want, ", ") + " and 15 more: the agent is not connected"; !strings.HasPrefix(f.Message, begin) {
		t.Error(f.Message)
	}
	if f.Subject != "cluster cluster-00" {
		t.Error(f.Subject)
	}
	if old := got.Findings[1]; old.Subject != "clusters cluster-00 and cluster-01" || old.Count != 29 {
		t.Errorf("%s: %d", old.Subject, old.Count)
	}
}

func TestTheMessageNamesFiveClustersTheWorstFirstAndSumsTheRest(t *testing.T) {
	clusters := fleet(80, 8)
	for k := range clusters {
		for j := range clusters[k].Instances {
			clusters[k].Instances[j].Connected, clusters[k].Instances[j].AgentVersion = k != 7 || j > 2, "1.94.0"
		}
	}
	got := Judge(on(Host), clusters)
	want := "cluster cluster-07: 7 of 10 instances can serve the role; cluster cluster-00: 10 of 10 instances can serve the role; " +
		"cluster cluster-01: 10 of 10 instances can serve the role; cluster cluster-02: 10 of 10 instances can serve the role; " +
		"cluster cluster-03: 10 of 10 instances can serve the role; 3 more clusters: 30 of 30 instances can serve the role"
	if got.Message != want {
		t.Error(got.Message)
	}
	got = Judge(on(Host), clusters[2:])
	if strings.Contains(got.Message, "more") || strings.Count(got.Message, "cluster cluster-") != 6 {
		t.Error(got.Message)
	}
}

func TestAFindingForTheStatusHoldsItsCure(t *testing.T) {
	f := Judge(on(Bridge), shop(linux("i-1", without(attrTaskRole)))).Findings[0]
	want := policy.Finding{Severity: policy.Error, Code: "TASK_ROLE_DISABLED", Subject: "cluster shop", Message: f.Message + ". " + f.Cure}
	if f.Plain() != want {
		t.Errorf("%+v", f.Plain())
	}
}

func TestAnInstanceWithoutAnEC2IDIsNamedByItsARN(t *testing.T) {
	i := linux("i-1", disconnected, func(i *Instance) { i.EC2ID = "" })
	i.ARN = "arn:aws:ecs:us-west-2:111122223333:container-instance/shop/0f9d"
	if f := Judge(on(AWSVPC), shop(i)).Findings[0]; f.Instances[0] != "shop/0f9d" {
		t.Error(f.Instances)
	}
}

func TestRolesOfInstancesAreNamedOnceEach(t *testing.T) {
	got := Judge(on(AWSVPC), shop(
		linux("i-1", role("b", "s3:*")), linux("i-2", role("a", "1", "2", "3", "4", "5", "6", "7")), linux("i-3", role("b", "s3:*")), linux("i-4", role("c"))))
	f := got.Findings[0]
	if !strings.HasSuffix(f.Message, ": a (1, 2, 3, 4, 5 and 2 more) and b (s3:*)") || f.Count != 3 {
		t.Errorf("%d: %s", f.Count, f.Message)
	}
}

func TestFactsOfOneRoleThatDifferDoNotLetTheOrderShow(t *testing.T) {
	a, b := linux("i-1", role("r", "s3:*")), linux("i-2", role("r", "sqs:*"))
	one, other := Judge(on(AWSVPC), shop(a, b)), Judge(on(AWSVPC), shop(b, a))
	if one.Findings[0].Message != other.Findings[0].Message {
		t.Errorf("%s; %s", one.Findings[0].Message, other.Findings[0].Message)
	}
}

// UpdateContainerAgent is for the ECS-optimized AMIs of Linux.
func TestOnlyECSOptimizedLinuxIsToldToUpdateItsAgentByTheAPI(t *testing.T) {
	for _, c := range []struct {
		instance Instance
		want     bool
	}{
		{linux("i-1", agent("1.2.3")), true},
		{linux("i-1", agent("1.2.3"), without(attrEFSAuth, attrAWSLogsRole)), false},
		{linux("1", agent("1.2.3"), outside), false},
		{windows("i-1", agent("1.2.3")), false},
	} {
		f := Judge(on(DefaultMode), shop(c.instance)).Findings[0]
		if f.Code != CodeAgentTooOld || strings.Contains(f.Cure, "update-container-agent") != c.want {
			t.Errorf("%s: %s", c.instance.EC2ID, f.Cure)
		}
	}
}

// A judgement of 2,000 hosts allocates for what it says, not for what it reads.
func TestAJudgementAllocatesNothingForEachInstance(t *testing.T) {
	few, many := fleet(200, 20), fleet(2000, 20)
	f := on(Bridge)
	a, b := testing.AllocsPerRun(5, func() { Judge(f, few) }), testing.AllocsPerRun(5, func() { Judge(f, many) })
	if b > a+20 {
		t.Errorf("%.0f allocations for 200 instances, %.0f for 2,000", a, b)
	}
}

func BenchmarkJudge(b *testing.B) {
	clusters := fleet(2000, 20)
	f := on(Bridge, requiring(Attribute{Name: attrTaskRole}, Attribute{Name: attrExec}, Attribute{Name: attrAWSLogsRole}))
	b.ReportAllocs()
	for b.Loop() {
		Judge(f, clusters)
	}
}
