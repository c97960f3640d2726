package hosts

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

var (
	modes     = []Mode{DefaultMode, Bridge, Host, AWSVPC, None}
	launches  = []Launch{EC2, Fargate, External, ManagedInstances}
	names     = []string{"blue", "green", "red", "shop", "test", "x", "y", "z"}
	providers = []string{"", "one", "two", "managed"}
	optional  = []string{attrTaskRole, attrTaskRoleHost, attrTaskENI, attrBlockIMDS, attrExec, attrEFSAuth, attrAWSLogsRole, AttributeIMDS, attrOSType, attrArchitecture, health}
)

func families() *rapid.Generator[Family] {
	return rapid.Custom(func(t *rapid.T) Family {
		f := Family{
			NetworkMode:      rapid.SampledFrom(modes).Draw(t, "mode"),
			Compatibilities:  rapid.SliceOfNDistinct(rapid.SampledFrom(launches), 0, 4, rapid.ID).Draw(t, "compatibilities"),
			Requires:         rapid.SliceOfNDistinct(rapid.SampledFrom(launches), 0, 1, rapid.ID).Draw(t, "requires"),
			HostPorts:        rapid.SliceOfNDistinct(rapid.SampledFrom([]int32{80, 8080, 51679}), 0, 2, rapid.ID).Draw(t, "ports"),
			OSFamily:         rapid.SampledFrom([]string{"", "LINUX", server}).Draw(t, "os"),
			Architecture:     rapid.SampledFrom([]string{"", "X86_64", "ARM64"}).Draw(t, "architecture"),
			ExecuteCommand:   rapid.Bool().Draw(t, "exec"),
			EFSAuthorization: rapid.Bool().Draw(t, "efs"),
		}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(append(optional, "a", "b")), 0, 3).Draw(t, "attributes") {
			f.RequiresAttributes = append(f.RequiresAttributes, Attribute{Name: name})
		}
		for range rapid.IntRange(0, 2).Draw(t, "uses") {
			u := Use{Cluster: rapid.SampledFrom(names).Draw(t, "cluster"), Launch: rapid.SampledFrom(launches).Draw(t, "launch")}
			if rapid.Bool().Draw(t, "strategy") {
				u.Providers = []string{rapid.SampledFrom(append(providers[1:], "FARGATE")).Draw(t, "provider")}
			}
			f.Uses = append(f.Uses, u)
		}
		return f
	})
}

func instances(id string) *rapid.Generator[Instance] {
	return rapid.Custom(func(t *rapid.T) Instance {
		build := rapid.SampledFrom([]func(string, ...change) Instance{linux, linux, windows}).Draw(t, "build")
		i := build(id, without(rapid.SliceOfN(rapid.SampledFrom(optional), 0, 3).Draw(t, "without")...))
		if rapid.IntRange(0, 3).Draw(t, "external") == 0 {
			outside(&i)
		}
		i.Connected = rapid.IntRange(0, 5).Draw(t, "connected") > 0
		i.AgentVersion = rapid.SampledFrom([]string{"1.94.0", "1.94.0", "1.11.3", "1.9.0", ""}).Draw(t, "agent")
		i.Status = rapid.SampledFrom([]string{"ACTIVE", "ACTIVE", "ACTIVE", "DRAINING", "REGISTERING"}).Draw(t, "status")
		i.Provider = rapid.SampledFrom(providers).Draw(t, "provider")
		if rapid.IntRange(0, 3).Draw(t, "wide") == 0 {
			role(rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "role"), rapid.SampledFrom([]string{"s3:*", "*"}).Draw(t, "beyond"))(&i)
		}
		return i
	})
}

func fleets() *rapid.Generator[[]Cluster] {
	return rapid.Custom(func(t *rapid.T) []Cluster {
		var out []Cluster
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID).Draw(t, "clusters") {
			c := Cluster{Name: name, ManagedProviders: []string{"managed"}}
			if rapid.IntRange(0, 5).Draw(t, "read") == 0 {
				c.Unread = "throttled"
			}
			for n := range rapid.IntRange(0, 8).Draw(t, "instances") {
				c.Instances = append(c.Instances, instances(fmt.Sprintf("i-%s-%d", name, n)).Draw(t, "instance"))
			}
			out = append(out, c)
		}
		return out
	})
}

func TestTheOrderOfClustersAndInstancesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, fleet := families().Draw(t, "family"), fleets().Draw(t, "fleet")
		want := Judge(f, fleet)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)) //nolint:gosec // order alone is random
		random.Shuffle(len(fleet), func(a, b int) { fleet[a], fleet[b] = fleet[b], fleet[a] })
		for _, c := range fleet {
			random.Shuffle(len(c.Instances), func(a, b int) { c.Instances[a], c.Instances[b] = c.Instances[b], c.Instances[a] })
		}
		if diff := cmp.Diff(want, Judge(f, fleet)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestJudgingChangesNoFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, fleet := families().Draw(t, "family"), fleets().Draw(t, "fleet")
		before, seen := fmt.Sprintf("%+v", f), fmt.Sprintf("%+v", fleet)
		Judge(f, fleet)
		if fmt.Sprintf("%+v", f) != before || fmt.Sprintf("%+v", fleet) != seen {
			t.Fatal("the facts changed")
		}
	})
}

// worth orders the verdicts.
func worth(v Verdict) int { return slices.Index([]Verdict{False, Unknown, True}, v) }

func TestOneMoreReadyInstanceNeverMakesItWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, fleet := families().Draw(t, "family"), fleets().Draw(t, "fleet")
		if len(fleet) == 0 {
			t.Skip("nowhere to add one")
		}
		c := &fleet[rapid.IntRange(0, len(fleet)-1).Draw(t, "to")]
		more := instances("i-more").Draw(t, "more")
		alone := Cluster{Name: c.Name, ManagedProviders: c.ManagedProviders, Instances: []Instance{more}}
		there := f
		there.Uses = slices.DeleteFunc(slices.Clone(f.Uses), func(u Use) bool { return u.Cluster != c.Name })
		if Judge(there, []Cluster{alone}).Verdict != True {
			t.Skip("not a ready one")
		}
		before := Judge(f, fleet)
		c.Instances = append(c.Instances, more)
		if after := Judge(f, fleet); worth(after.Verdict) < worth(before.Verdict) {
			t.Fatalf("%s became %s: %s", before.Verdict, after.Verdict, after.Message)
		}
	})
}

func TestFindingsAreBoundedAndGoWithTheVerdict(t *testing.T) {
	all := codes(t)
	rapid.Check(t, func(t *rapid.T) {
		got := Judge(families().Draw(t, "family"), fleets().Draw(t, "fleet"))
		seen := map[string]bool{}
		grave := false
		for k, f := range got.Findings {
			if seen[f.Code] || !slices.Contains(all, f.Code) {
				t.Fatalf("%s is there twice, or is no code", f.Code)
			}
			seen[f.Code] = true
			grave = grave || f.Severity == policy.Error || f.Code == CodeIMDSNotBlocked
			if len(f.Instances) > shown || f.Count < len(f.Instances) || len(f.Instances) < min(f.Count, shown) {
				t.Fatalf("%s names %d of %d", f.Code, len(f.Instances), f.Count)
			}
			if len(f.Plain().Message) > 1500 {
				t.Fatalf("%s has %d bytes: %s", f.Code, len(f.Plain().Message), f.Plain().Message)
			}
			if k > 0 && rank(f.Severity) < rank(got.Findings[k-1].Severity) {
				t.Fatalf("%s comes after what is less grave", f.Code)
			}
		}
		if grave != (got.Verdict == False) {
			t.Fatalf("%s with %v", got.Verdict, got.Findings)
		}
		if len(got.Message) > 1000 {
			t.Fatalf("%d bytes: %s", len(got.Message), got.Message)
		}
	})
}
