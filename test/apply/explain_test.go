package apply_test

import (
	"strings"
	"testing"
)

func TestKubectlExplainsEveryField(t *testing.T) {
	install(t)
	for _, path := range []string{
		"taskrole.spec", "taskrole.spec.statements", "taskrole.spec.trust", "taskrole.status",
		"taskroleclass.spec", "taskroleclass.spec.defaults", "taskroleclass.status",
	} {
		out := kubectl(t, "explain", path)
		t.Logf("kubectl explain %s\n%s", path, out)
		_, fields, found := strings.Cut(out, "FIELDS:\n")
		if !found {
			t.Errorf("%s: no fields", path)
		}
		for _, field := range strings.Split(strings.TrimSpace(fields), "\n\n") {
			if strings.HasPrefix(strings.TrimSpace(field), "enum:") {
				continue
			}
			if name, _, _ := strings.Cut(strings.TrimSpace(field), "\t"); strings.Contains(field, "<no description>") {
				t.Errorf("%s.%s has no description", path, name)
			}
		}
	}
}

func TestKubectlGetShowsWhatMatters(t *testing.T) {
	install(t)
	kubectl(t, "apply", "-k", base(t, "samples"))
	for _, sample := range render(t, base(t, "samples")) {
		if sample.GetKind() != "Namespace" {
			asTheManagerLeavesIt(t, sample)
		}
	}
	for what, header := range map[string]string{
		"taskroles":       "NAME READY REASON FAMILY REVISION ROLE AGE",
		"taskroleclasses": "NAME READY ACCOUNT REGION DEFAULT AGE",
	} {
		out := kubectl(t, "get", what, "--namespace=shop")
		t.Logf("kubectl get %s\n%s", what, out)
		if got := strings.Join(strings.Fields(strings.SplitN(out, "\n", 2)[0]), " "); got != header {
			t.Errorf("kubectl get %s: columns %s, want %s", what, got, header)
		}
	}
	wide := kubectl(t, "get", "tr", "--namespace=shop", "-o", "wide")
	if !strings.Contains(wide, "CLASS") || !strings.Contains(wide, "revision 42 carries the role") {
		t.Errorf("kubectl get -o wide shows no class or message:\n%s", wide)
	}
	for _, category := range []string{"aws", "ecs"} {
		out := kubectl(t, "get", category, "--namespace=shop")
		if !strings.Contains(out, "taskrole.ecs.taskrole.dev/orders-api") || !strings.Contains(out, "taskroleclass.ecs.taskrole.dev/production") {
			t.Errorf("kubectl get %s does not list both kinds:\n%s", category, out)
		}
	}
	remove(t)
}
