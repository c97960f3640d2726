package desired

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func named(namespace, name, prefix string) Input {
	return input(func(in *Input) {
		in.TaskRole.Namespace, in.TaskRole.Name, in.Class.Spec.NamePrefix = namespace, name, prefix
		in.Class.Spec.Families = []v1alpha1.NamePattern{"*"}
	})
}

func TestNamesAreGeneratedAndCutWithAHash(t *testing.T) {
	long := strings.Repeat("a", 60)
	for _, c := range []struct{ namespace, name, prefix, want string }{
		{"shop", "orders-api", "", "prod.shop.orders-api"},
		{"shop", "orders.api", "ecs-", "ecs-prod.shop.orders.api"},
		{"shop", strings.Repeat("a", 54), "", "prod.shop." + strings.Repeat("a", 54)},
		{"shop", long, "", "prod.shop." + strings.Repeat("a", 45) + "-e84465c5"},
	} {
		got := build(t, named(c.namespace, c.name, c.prefix)).RoleName
		if got != c.want {
			t.Errorf("%s/%s: %s, not %s", c.namespace, c.name, got, c.want)
		}
	}
}

// label and subdomain are what Kubernetes takes for a namespace and for the name
// of an object (RFC 1123). Few letters, so that names come close to each other.
var (
	label     = rapid.StringMatching(`[ab]([ab-]{0,4}[ab])?`)
	longLabel = rapid.StringMatching(`a{50,60}[ab]{1,3}`)
	namespace = rapid.OneOf(label, label, longLabel)
	subdomain = rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(label, label, longLabel), 1, 4).Draw(t, "labels"), ".")
	})
	iamName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	iamPath = regexp.MustCompile(`^/[a-z0-9./-]*/$`)
)

func TestNoTwoTaskRolesShareANameOrAPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := Nothing(named(namespace.Draw(t, "ns"), subdomain.Draw(t, "name"), "")), Nothing(named(namespace.Draw(t, "ns2"), subdomain.Draw(t, "name2"), ""))
		if a.Owner == b.Owner {
			return
		}
		if strings.EqualFold(a.RoleName, b.RoleName) {
			t.Fatalf("%s and %s share role name %s", a.Owner, b.Owner, a.RoleName)
		}
		if a.Owner.PolicyPath() == b.Owner.PolicyPath() {
			t.Fatalf("%s and %s share path %s", a.Owner, b.Owner, a.Owner.PolicyPath())
		}
		if a.Owner.Namespace != b.Owner.Namespace {
			for _, mine := range []string{a.Owner.Path(), a.Owner.PolicyPath(), "/taskrole/prod/" + a.Owner.Namespace + "/"} {
				if strings.HasPrefix(mine, b.Owner.Path()) {
					t.Fatalf("%s of %s lies within %s of %s", mine, a.Owner, b.Owner.Path(), b.Owner)
				}
			}
		}
	})
}

func TestNamesAndPathsAreWhatIAMTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Nothing(named(namespace.Draw(t, "ns"), subdomain.Draw(t, "name"), rapid.SampledFrom([]string{"", "ecs-", "A_+=,.@-"}).Draw(t, "prefix")))
		if !iamName.MatchString(s.RoleName) {
			t.Fatalf("no name for a role: %s", s.RoleName)
		}
		for _, path := range []string{s.Owner.Path(), s.Owner.PolicyPath()} {
			if !iamPath.MatchString(path) || len(path) > maxPath {
				t.Fatalf("no path: %s", path)
			}
		}
	})
}

func TestNoFieldOfATaskRoleLeadsOutOfItsNamespacesPath(t *testing.T) {
	state := build(t, input(func(in *Input) {
		in.Class.Spec.AllowRoleNames = []v1alpha1.NamePattern{"*"}
		in.TaskRole.Spec.RoleName = "bank.orders"
		in.TaskRole.Name = "bank.orders"
	}))
	if !strings.HasPrefix(state.RoleARN(), "arn:aws:iam::111122223333:role/taskrole/prod/shop/") {
		t.Error(state.RoleARN())
	}
	if !strings.HasPrefix(state.PolicyARN(state.Policies[0].Name), "arn:aws:iam::111122223333:policy/taskrole/prod/shop/bank.orders/") {
		t.Error(state.PolicyARN(state.Policies[0].Name))
	}
}

func TestAPolicyOfOneTaskRoleNeverHasTheNameOfAnothers(t *testing.T) {
	long, other := name([]policy.Document{{}, {}}, Nothing(named("shop", "api", ""))), name([]policy.Document{{}}, Nothing(named("shop", "api-2", "")))
	if long[1].Name == other[0].Name {
		t.Errorf("both are %s", other[0].Name)
	}
	if !strings.Contains(long[1].Name, "_") { // which no name of Kubernetes holds
		t.Error(long[1].Name)
	}
}
