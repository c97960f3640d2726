package plan

import (
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// legacy is a role that others made, opted in, under a TaskRole that adopts it.
func legacy(change ...func(*Input)) Input {
	in := unchanged(func(in *Input) {
		in.Desired.RolePath = "/apps/"
		in.Desired.Adoption = model.Adoption{Wanted: true, Opt: "shop/orders-api", Only: true, Protected: []string{"taskrole-controller"}}
		in.RecordedRoleID = ""
		role := in.Observed.Role
		role.Path, role.ARN = "/apps/", in.Desired.RoleARN()
		role.Trust, role.Tags = `{}`, map[string]string{model.TagAdopt: "shop/orders-api", "cost": "42"}
		role.Attached, role.Inline = []string{admin}, []string{"old"}
		in.Observed.Policies = nil
		in.Observed.Family = family(revision(1, role.ARN, pipeline, "a"))
	})
	for _, c := range change {
		c(&in)
	}
	return in
}

const refused = "hold Conflict, terminal"

func TestARoleIsAdoptedWhereTaskRoleClassAndRoleAgree(t *testing.T) {
	adopts := []string{
		"TagRole prod.shop.orders-api ecs.taskrole.dev/cluster-id ecs.taskrole.dev/family ecs.taskrole.dev/name ecs.taskrole.dev/namespace team",
		"UntagRole prod.shop.orders-api cost",
		"CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api",
		"DetachPolicy AdministratorAccess", "DeleteInline old", "UpdateTrust prod.shop.orders-api",
	}
	for name, s := range map[string]situation{
		"all agree":                         {in: legacy(), want: adopts},
		"the TaskRole does not ask, or ...": {in: legacy(func(in *Input) { in.Desired.Adoption = model.Adoption{} }), want: []string{refused}},
		"the role says nothing":             {in: legacy(func(in *Input) { delete(in.Observed.Role.Tags, model.TagAdopt) }), want: []string{refused}},
		"the role names another":            {in: legacy(func(in *Input) { in.Observed.Role.Tags[model.TagAdopt] = "bank/orders-api" }), want: []string{refused}},
		"it is linked to a service": {in: legacy(func(in *Input) {
			in.Observed.Role.Path = "/aws-service-role/ecs.amazonaws.com/"
		}), want: []string{refused}},
		"it is the controller's own": {in: legacy(func(in *Input) {
			in.Desired.Adoption.Protected = []string{"PROD.shop.orders-api"}
		}), want: []string{refused}},
		"it is in an instance profile": {in: legacy(func(in *Input) { in.Observed.Role.InstanceProfiles = []string{"hosts"} }), want: []string{refused}},
		"it is in another TaskRole's path": {in: legacy(func(in *Input) {
			in.Observed.Role.Path, in.Observed.Role.ARN = "/taskrole/prod/bank/", strings.Replace(in.Observed.Role.ARN, "/apps/", "/taskrole/prod/bank/", 1)
		}), want: []string{refused}},
		"its tags name another owner": {in: legacy(func(in *Input) {
			in.Observed.Role.Tags[model.TagNamespace], in.Observed.Role.Tags[model.TagName] = "bank", "api"
		}), want: []string{refused}},
		"its id was recorded, but not by adoption": {in: legacy(func(in *Input) {
			in.RecordedRoleID = "AROA1"
			delete(in.Observed.Role.Tags, model.TagAdopt)
		}), want: []string{refused}},
		"there is none": {in: legacy(func(in *Input) { in.Observed.Role = nil }), want: []string{refused}},
		"there is none, one may be made": {in: legacy(func(in *Input) {
			in.Observed.Role, in.Desired.Adoption.Only, in.Desired.RolePath = nil, false, ""
			in.Observed.Family = family()
		}), want: []string{"CreateRole prod.shop.orders-api", "CreatePolicy prod.shop.orders-api", "AttachPolicy prod.shop.orders-api", "hold WaitingForFamily"}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

// adopting is an adopted role after the plan above.
func wasAdopted(change ...func(*Input)) Input {
	in := legacy()
	states := applied(in, Calculate(in, options()).Actions)
	in.Observed = states[len(states)-1]
	for _, c := range change {
		c(&in)
	}
	return in
}

func TestAnAdoptedRoleIsKnownByItsIDOrByWhatLedToIt(t *testing.T) {
	drifted := func(in *Input) { in.Observed.Role.Inline = []string{"x"} }
	mended := []string{"DeleteInline x"}
	for name, s := range map[string]situation{
		"nothing changed":    {in: wasAdopted()},
		"drift, id recorded": {in: wasAdopted(drifted, func(in *Input) { in.RecordedRoleID = "AROA1" }), want: mended},
		"drift, status lost": {in: wasAdopted(drifted), want: mended},
		"drift, opt-in removed": {in: wasAdopted(drifted, func(in *Input) {
			in.RecordedRoleID = "AROA1"
			delete(in.Observed.Role.Tags, model.TagAdopt)
		}), want: mended},
		"status lost, opt-in removed": {in: wasAdopted(drifted, func(in *Input) { delete(in.Observed.Role.Tags, model.TagAdopt) }), want: []string{refused}},
		"trust edited":                {in: wasAdopted(drifted, func(in *Input) { in.Observed.Role.Trust = "{}" }), want: []string{"DeleteInline x", "UpdateTrust prod.shop.orders-api"}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

func TestTwoClustersOfOneIDAreToldApart(t *testing.T) {
	uids := func(role, ours string) func(*Input) {
		return func(in *Input) {
			in.Desired.Owner.ClusterUID = ours
			in.Desired.Role.Tags = with(in.Desired.Role.Tags, model.TagClusterUID, ours)
			in.Desired.Policies[0].Tags = with(in.Desired.Policies[0].Tags, model.TagClusterUID, ours)
			if role != "" {
				in.Observed.Role.Tags[model.TagClusterUID] = role
				in.Observed.Policies[0].Tags = with(in.Observed.Policies[0].Tags, model.TagClusterUID, role)
			}
		}
	}
	marked := []string{"TagRole prod.shop.orders-api ecs.taskrole.dev/cluster-uid", "TagPolicy prod.shop.orders-api ecs.taskrole.dev/cluster-uid"}
	other := []string{"hold OtherCluster, terminal"}
	for name, s := range map[string]situation{
		"the same cluster":                     {in: unchanged(uids("u1", "u1"))},
		"made before clusters were told apart": {in: unchanged(uids("", "u1")), want: marked},
		"another, id recorded":                 {in: unchanged(uids("u2", "u1")), want: other},
		"another, nothing recorded":            {in: unchanged(uids("u2", "u1"), func(in *Input) { in.RecordedRoleID = "" }), want: other},
		"moved from there":                     {in: unchanged(uids("u2", "u1")), opts: func(o *Options) { o.MovedFrom = []string{"u2"} }, want: marked},
		"moved from elsewhere":                 {in: unchanged(uids("u2", "u1")), opts: func(o *Options) { o.MovedFrom = []string{"u3"} }, want: other},
		"another, at deletion":                 {in: deleted(uids1), want: []string{"note RoleKept"}},
		"another's policy alone": {in: unchanged(uids("u1", "u1"), func(in *Input) {
			in.Observed.Policies[0].Tags = with(in.Observed.Policies[0].Tags, model.TagClusterUID, "u2")
		}), want: []string{refused}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}

// uids1 is another cluster's role with policies that are not attached to it.
func uids1(in *Input) {
	in.Desired.Owner.ClusterUID = "u1"
	in.Observed.Role.Tags[model.TagClusterUID] = "u2"
	in.Observed.Role.Attached = nil
	in.Observed.Policies[0].Tags = with(in.Observed.Policies[0].Tags, model.TagClusterUID, "u2")
}

func TestNothingIsDoneWhileReadsMayLag(t *testing.T) {
	soon := func(o *Options) { o.Settled = now.Add(wait) }
	for name, s := range map[string]situation{
		"nothing to do": {in: unchanged(), opts: soon},
		"drift": {in: unchanged(func(in *Input) { in.Observed.Role.Inline = []string{"x"} }), opts: soon,
			want: []string{"pending DeleteInline x", "hold Settling, 15s"}},
		"drift, later": {in: unchanged(func(in *Input) { in.Observed.Role.Inline = []string{"x"} }),
			opts: func(o *Options) { o.Settled = now }, want: []string{"DeleteInline x"}},
		"a copy to register": {in: unchanged(func(in *Input) { in.Observed.Family = family(revision(3, "", pipeline, "b")) }), opts: soon,
			want: []string{"pending RegisterCopy shop-orders:3 with prod.shop.orders-api", "hold Settling, 15s"}},
		"a deletion that finds nothing left": {in: deleted(nothingYet, func(in *Input) { in.Observed.Policies, in.Observed.Family = nil, family() }), opts: soon,
			want: []string{"hold Settling, 15s"}},
	} {
		t.Run(name, func(t *testing.T) { s.check(t) })
	}
}
