package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	session  = "arn:aws:sts::111122223333:assumed-role/controller/one"
	ourRole  = "arn:aws:iam::111122223333:role/taskrole/prod/shop/prod.shop.api"
	somebody = "arn:aws:sts::111122223333:assumed-role/deployer/run-7"
)

func TestSessionsOfOneRoleAreOnePrincipal(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{session, session, true},
		{session, "arn:aws:sts::111122223333:assumed-role/controller/two", true},
		{session, "arn:aws:sts::111122223333:assumed-role/controller", true},
		{session, "arn:aws:iam::111122223333:role/platform/controller", true},
		{session, "arn:aws:sts::111122223333:assumed-role/controller2/one", false},
		{session, "arn:aws:sts::999999999999:assumed-role/controller/one", false},
		{session, "arn:aws-cn:sts::111122223333:assumed-role/controller/one", false},
		{session, "arn:aws:iam::999999999999:role/controller", false},
		{session, "arn:aws:iam::111122223333:user/controller", false},
		{"arn:aws:iam::111122223333:user/ci", "arn:aws:iam::111122223333:user/ci", true},
		{"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", true},
		{"", "", false},
		{session, "", false},
	} {
		if got := SamePrincipal(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
		if got := SamePrincipal(c.b, c.a); got != c.want {
			t.Errorf("%s and %s, turned round: %t", c.a, c.b, got)
		}
	}
}

func TestARevisionIsOursByWhoRegisteredItAndItsRole(t *testing.T) {
	for name, c := range map[string]struct {
		revision   Revision
		ours, last bool
	}{
		"our copy":            {Revision{RoleARN: ourRole, RegisteredBy: session}, true, false},
		"by us, another role": {Revision{RoleARN: "other", RegisteredBy: session}, false, false},
		"by us, no role":      {Revision{RegisteredBy: session}, false, false},
		"by others, our role": {Revision{RoleARN: ourRole, RegisteredBy: somebody}, false, true},
		"by nobody knows":     {Revision{RoleARN: ourRole}, false, true},
	} {
		f := Family{Caller: session}
		if f.Ours(c.revision, ourRole) != c.ours || f.Last(c.revision) != c.last {
			t.Errorf("%s: ours %t, last %t", name, f.Ours(c.revision, ourRole), f.Last(c.revision))
		}
	}
}

func TestTheNewestAndTheNewestForeignRevisionAreFound(t *testing.T) {
	f := Family{Caller: session, Revisions: []Revision{
		{Number: 3, RoleARN: ourRole, RegisteredBy: session}, {Number: 2, RegisteredBy: session}, {Number: 1, RegisteredBy: somebody},
	}}
	newest, _ := f.Newest()
	foreign, _ := f.NewestForeign(ourRole)
	if newest.Number != 3 || foreign.Number != 2 {
		t.Errorf("newest %d, foreign %d", newest.Number, foreign.Number)
	}
	if _, found := (Family{}).Newest(); found {
		t.Error("a newest of none")
	}
	if _, found := (Family{}).NewestForeign(ourRole); found {
		t.Error("a newest foreign of none")
	}
}

func TestOwnersAreToldByTheirTags(t *testing.T) {
	o := Owner{ClusterID: "prod", Namespace: "shop", Name: "api", Family: "orders"}
	if diff := cmp.Diff(o, OwnerOf(o.Tags())); diff != "" {
		t.Error(diff)
	}
	if got := OwnerOf(map[string]string{TagName: "api"}); got == o || got.Name != "api" {
		t.Errorf("half of the tags made %v", got)
	}
	if o.String() != "TaskRole shop/api (family orders) of cluster prod" || (Owner{}).String() != "nobody (it has no owner tags)" {
		t.Errorf("%s, %s", o, Owner{})
	}
	if o.Path() != "/taskrole/prod/shop/" || o.PolicyPath() != "/taskrole/prod/shop/api/" {
		t.Errorf("%s %s", o.Path(), o.PolicyPath())
	}
}

func TestRolesOfControllersAreToldByTheirPath(t *testing.T) {
	for arn, want := range map[string]bool{
		ourRole: true,
		"arn:aws-cn:iam::111122223333:role/taskrole/x/y/z": true,
		"arn:aws:iam::111122223333:role/taskrole":          false,
		"arn:aws:iam::111122223333:role/taskroles/x":       false,
		"arn:aws:iam::111122223333:role/a/taskrole/x":      false,
		"arn:aws:iam::111122223333:role/legacy":            false,
		"":                                                 false,
	} {
		if Managed(arn) != want {
			t.Errorf("%s: %t", arn, !want)
		}
	}
}

func TestAStateNamesItsARNs(t *testing.T) {
	s := State{
		Owner: Owner{ClusterID: "prod", Namespace: "shop", Name: "api"}, Place: Place{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"},
		RoleName: "r", Policies: []Policy{{Name: "r"}, {Name: "r-2"}}, ManagedPolicyARNs: []string{"m"},
	}
	if s.RoleARN() != "arn:aws-cn:iam::111122223333:role/taskrole/prod/shop/r" {
		t.Error(s.RoleARN())
	}
	want := []string{
		"arn:aws-cn:iam::111122223333:policy/taskrole/prod/shop/api/r", "arn:aws-cn:iam::111122223333:policy/taskrole/prod/shop/api/r-2", "m",
	}
	if diff := cmp.Diff(want, s.Attachments()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPoliciesAreFoundByName(t *testing.T) {
	o := Observed{Policies: []ObservedPolicy{{Name: "a", ID: "1"}, {Name: "b", ID: "2"}}}
	if p, found := o.PolicyNamed("b"); !found || p.ID != "2" {
		t.Errorf("%v %t", p, found)
	}
	if _, found := o.PolicyNamed("c"); found {
		t.Error("found what is not there")
	}
}
